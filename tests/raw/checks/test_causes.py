"""One fault gives one finding: nothing is said that follows from it."""

from dataclasses import replace

import pytest

from duonen_stats.raw.checks.causes import ABSENCE, DATED_LATE, unread_patients
from duonen_stats.raw.checks.check import CROSS_RULES, check_cut
from duonen_stats.raw.findings import Finding


@pytest.mark.parametrize(
    ("table", "where", "column", "text"),
    [
        ("dosimetry", {"SUBJID": "P-1", "CYCLE": "T2", "ORGAN": "KIDNEY"}, "DOSE_GY", "see report"),
        ("administrations", {"SUBJID": "P-1", "CYCLE": "T2"}, "LU177_MBQ", "about 7"),
        ("labs", {"SUBJID": "P-1", "VISIT": "T1", "ANALYTE": "HGB"}, "VALUE", "see report"),
        ("labs", {"SUBJID": "P-1", "VISIT": "T1", "ANALYTE": "HGB"}, "LLN", "low"),
        ("labs", {"SUBJID": "P-1", "VISIT": "T1", "ANALYTE": "HGB"}, "UNIT", "spoons"),
        ("adverse_events", {"SUBJID": "P-1"}, "ENDDT", "soon"),
        ("tumour_assessments", {"SUBJID": "P-1"}, "SUMDIAM", "large"),
    ],
)
def test_a_cell_that_cannot_be_read_is_not_an_empty_one(worked, table, where, column, text):
    worked.change(table, where, **{column: text})
    (found,) = worked.findings()
    assert (found.rule, found.column) == ("LAB-UNIT" if column == "UNIT" else "DD-TYPE", column)


def test_an_empty_cell_is_still_reported(worked):
    worked.change("administrations", {"SUBJID": "P-1", "CYCLE": "T2"}, LU177_MBQ="")
    assert worked.rules() == {"TRT-NOTHING", "DOS-NOACTIVITY"}


@pytest.mark.parametrize("table", ["labs", "tumour_assessments", "adverse_events"])
def test_a_date_after_the_cut_is_one_finding(worked, on, table):
    """Of a date ten years late nothing follows about the order of visits, scans and the last contact."""
    column = {"labs": "LBDT", "tumour_assessments": "ASSESSDT", "adverse_events": "STARTDT"}[table]
    where = {"SUBJID": "P-1"} | ({"VISIT": "V2", "ANALYTE": "HGB"} if table == "labs" else {})
    if table == "tumour_assessments":
        worked.add(
            table, SUBJID="P-1", METHOD="CT", SUMDIAM="80", NEWLESION="N", RESPONSE="SD", ASSESSDT=on(80)
        )
        where["ASSESSDT"] = on(80)
    before = worked.rules()
    worked.change(table, where, **{column: on(4000)})
    assert worked.rules() - before <= {"CUT-DATE", "AE-DATES"}
    assert [one.rule for one in worked.findings()].count("CUT-DATE") == 1


def test_a_cut_dated_too_early_is_asked_as_usual(worked, on):
    worked.change("data_cut", {}, CUTDT=on(30))
    assert [one.rule for one in worked.findings()].count("CUT-DATE") > 10


def _in_two_files(worked, table, line):
    """Read the cut as if P-2's row of a table were on a line of that number in a second file."""
    cut = worked.read()
    frame = cut.tables[table]
    second = frame["SUBJID"].eq("P-2") & ~frame.duplicated("SUBJID", keep="last")
    moved = frame.assign(_ROW=frame["_ROW"].mask(second, line))
    return check_cut(replace(cut, tables={**cut.tables, table: moved}), worked.study)


def test_a_cell_that_cannot_be_read_hides_nothing_of_the_same_line_of_another_file(worked):
    worked.change("administrations", {"SUBJID": "P-1", "CYCLE": "T2"}, LU177_MBQ="about 7")
    worked.change("administrations", {"SUBJID": "P-2", "CYCLE": "T2"}, LU177_MBQ="", Y90_MBQ="")
    found = {(one.rule, one.subject) for one in _in_two_files(worked, "administrations", 3)}
    assert {("DD-TYPE", "P-1"), ("TRT-NOTHING", "P-2")} <= found
    assert ("TRT-NOTHING", "P-1") not in found


def test_nor_does_a_date_after_the_cut(worked, on):
    worked.change("adverse_events", {"SUBJID": "P-1"}, STARTDT=on(4000), ENDDT="")
    worked.change("adverse_events", {"SUBJID": "P-2"}, STARTDT=on(-5))
    line = worked.line("adverse_events", SUBJID="P-1")
    found = {(one.rule, one.subject) for one in _in_two_files(worked, "adverse_events", line)}
    assert {("CUT-DATE", "P-1"), ("AE-EARLY", "P-2")} <= found


def test_a_wrong_identifier_is_one_finding_whatever_its_rows_and_tables(worked):
    for table in ("labs", "administrations", "dosimetry"):
        for row in worked.rows(table, SUBJID="P-2"):
            row["SUBJID"] = "Q-77"
    found = [one for one in worked.findings() if one.rule == "DD-REFERENCE"]
    assert [(one.table, len(one.places), one.subject) for one in found] == [("administrations", 2, "Q-77")]
    assert "(also 8 in dosimetry, 40 in labs)" in found[0].message


def test_the_rules_named_here_are_rules():
    assert ABSENCE | {DATED_LATE} <= {one.rule.id for one in CROSS_RULES}


def test_patients_of_cells_and_of_columns(worked):
    tables = worked.read().tables
    cell = Finding(severity="error", rule="C", table="labs", row=2, column="VALUE", message="m")
    column = Finding(severity="error", rule="K", table="dosimetry", row=1, column="DOSE_GY", message="m")
    other = Finding(severity="error", rule="X", table="labs", row=3, column="UNIT", message="m")
    found = unread_patients([cell, column, other], tables, ("C",), ("K",))
    assert found == {"labs": {"P-1"}, "dosimetry": {"P-1", "P-2"}}


def _year(text: str, years: int) -> str:
    return f"{int(text[:4]) + years}{text[4:]}"


@pytest.mark.parametrize(
    ("table", "where", "column", "years"),
    [
        ("administrations", {"SUBJID": "P-1", "CYCLE": "T2"}, "EXDT", -1),
        ("labs", {"SUBJID": "P-1", "VISIT": "V2"}, "LBDT", -1),
        ("subjects", {"SUBJID": "P-1"}, "RANDDT", 1),
    ],
)
def test_a_date_a_year_off_is_one_finding_that_says_so(worked, table, where, column, years):
    right = worked.rows(table, **where)[0][column]
    wrong = _year(right, years)
    worked.change(table, where, **{column: wrong})
    (found,) = worked.findings()
    assert f"The year of {column} in {table}, line" in found.message
    assert f"may be wrong: under {right} for {wrong}" in found.message
    assert found.severity == "error"


def test_what_another_year_does_not_mend_stays(worked):
    worked.change("administrations", {"SUBJID": "P-1", "CYCLE": "T2"}, EXDT="2021-07-20")
    rules = [one.rule for one in worked.findings()]
    assert "TRT-EARLY" in rules
    assert len(rules) > 1
    assert not any("may be wrong" in one.message for one in worked.findings())


def test_findings_beside_a_wrong_year_stay(worked):
    worked.change("administrations", {"SUBJID": "P-1", "CYCLE": "T2"}, EXDT="2022-03-07")
    worked.change("adverse_events", {"SUBJID": "P-1"}, OUTCOME="FATAL")
    worked.change("labs", {"SUBJID": "P-2", "VISIT": "T1", "ANALYTE": "HGB"}, VALUE="1300")
    rules = {one.rule for one in worked.findings()}
    assert {"AE-FATAL", "LAB-IMPLAUSIBLE"} <= rules
