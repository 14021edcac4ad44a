import pandas as pd
import pytest

from duonen_stats.raw.findings import (
    CheckRule,
    Finding,
    findings_frame,
    in_order,
    shown,
    without_identifiers,
)


def _finding(severity="error", table="labs", **more) -> Finding:
    return Finding(**{"severity": severity, "rule": "X", "table": table, "message": "m"} | more)


def test_findings_are_in_order_of_gravity_table_and_line_and_never_twice():
    note = _finding("note", "subjects", row=1)
    late, early = _finding(row=10), _finding(row=9)
    whole = _finding("error", "subjects")
    other = _finding("error", "zebra.csv")
    findings = [note, late, other, early, late, whole]
    assert in_order(findings, ["subjects", "labs"]) == (whole, early, late, other, note)
    assert in_order(reversed(findings), ["subjects", "labs"]) == in_order(findings, ["subjects", "labs"])


def test_findings_as_a_table():
    frame = findings_frame([_finding(row=3, column="C", subject="S"), _finding()])
    assert [*frame.columns] == [
        "severity",
        "rule",
        "table",
        "row",
        "column",
        "subject",
        "message",
        "site",
        "lines",
    ]
    assert frame["row"].to_list() == [3, pd.NA]
    assert frame["subject"].to_list() == ["S", None]


def test_no_findings_are_an_empty_table_with_the_same_columns():
    frame = findings_frame([])
    assert len(frame) == 0
    assert frame["row"].dtype == "Int64"
    assert [*frame.columns] == [*findings_frame([_finding()]).columns]


def test_a_finding_of_a_rule_has_its_id_and_severity():
    found = CheckRule("A-B", "warning", "Text.", question="Please check.").found("labs", "What.", row=2)
    assert (found.rule, found.severity, found.message) == ("A-B", "warning", "What.")


def test_cells_are_quoted_shortly():
    assert shown("abc") == "'abc'"
    assert len(shown("x" * 500)) < 40


@pytest.mark.parametrize(
    ("subject", "message", "expected"),
    [
        ("P-1", "found 'p-1' here", "found a patient's identifier here"),
        ("P-1", "Visit P-1, but", "Visit a patient's identifier, but"),
        ("P-1", "P-12 and XP-1", "P-12 and XP-1"),
        ("7", "found '7' on day 7", "found a patient's identifier on day 7"),
        ("A", "arm A", "arm A"),
    ],
)
def test_identifiers_that_strayed_into_other_cells_are_not_repeated(subject, message, expected):
    tables = {"subjects": pd.DataFrame({"SUBJID": [subject, None]}), "data_cut": pd.DataFrame({"X": [1]})}
    (found,) = without_identifiers([_finding(message=message, subject=subject)], tables, {})
    assert (found.message, found.subject) == (expected, subject)


def test_of_identifiers_that_begin_alike_the_longest_is_taken_out_whole():
    names = [f"01-00{end}" for end in ("", "1", "1-2", "1-2-b", "1.5")]
    tables = {"subjects": pd.DataFrame({"SUBJID": names})}
    for name in names:
        (found,) = without_identifiers([_finding(message=f"see {name}, {name}", subject=None)], tables, {})
        assert found.message == "see a patient's identifier, a patient's identifier"


def test_names_of_files_and_words_of_totals_are_no_identifiers():
    tables = {
        "subjects": pd.DataFrame({"SUBJID": ["01-001"]}),
        "labs": pd.DataFrame({"SUBJID": ["01-001", "RAZEM", "9-9"]}),
    }
    places = {"labs": pd.DataFrame({"SOURCE": ["site 1/patient 01-001.csv", "site 1/patient 01-002.csv"]})}
    message = "site 1/patient 01-001.csv: 'Razem' is not one of T1; nor is '01-001' or '9-9'"
    (found,) = without_identifiers([_finding(message=message, subject=None)], tables, places)
    assert found.message == (
        "site 1/patient 01-001.csv: 'Razem' is not one of T1; nor is a patient's identifier or a patient's identifier"
    )
