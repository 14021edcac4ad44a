import pandas as pd
import pytest

from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.checks.schema import (
    bare,
    respelt,
    shape,
    table_findings,
    usual_shape,
)
from duonen_stats.raw.cut import read_cut
from duonen_stats.raw.intake.convert import ROW, typed_table
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.study import load_study


def _told(findings):
    return [(one.severity, one.rule, one.table, one.row, one.column, one.subject) for one in findings]


def _found(worked):
    return _told(worked.findings())


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("subjects", "ARM", "E", "DD-CODE"),
        ("subjects", "SEX", "X", "DD-CODE"),
        ("subjects", "AGE", "17", "DD-RANGE"),
        ("subjects", "AGE", "111", "DD-RANGE"),
        ("subjects", "BMI", "251", "DD-RANGE"),
        ("subjects", "RANDDT", "", "DD-MISSING"),
        ("adverse_events", "GRADE", "6", "DD-RANGE"),
        ("adverse_events", "AESEQ", "", "DD-MISSING"),
        ("follow_up", "STATUS", "Living", "DD-CODE"),
    ],
)
def test_cells_that_are_errors(worked, table, column, value, rule):
    worked.change(table, {"SUBJID": "P-2"}, **{column: value})
    assert ("error", rule, table, 3, column, "P-2") in _told(worked.formal())


@pytest.mark.parametrize(("column", "found"), [("BMI", True), ("SEX", True), ("KI67", False)])
def test_empty_cells_that_an_analysis_can_stand(worked, column, found):
    worked.change("subjects", {"SUBJID": "P-2"}, **{column: ""})
    assert _found(worked) == [("warning", "DD-GAP", "subjects", 3, column, "P-2")] * found


@pytest.mark.parametrize(("column", "value"), [("AGE", "18"), ("AGE", "110"), ("KPS", "100")])
def test_the_bounds_of_a_range_belong_to_it(worked, column, value):
    worked.change("subjects", {"SUBJID": "P-2"}, **{column: value})
    assert _found(worked) == []


def test_an_unknown_arm_is_told_what_is_known(worked):
    worked.change("subjects", {"SUBJID": "P-2"}, ARM="E")
    (message,) = [one.message for one in worked.formal() if one.rule == "DD-CODE"]
    assert message == "'E' is not one of A, B, C, D; correct the cell."


def test_a_cell_that_could_not_be_read_is_not_also_missing(worked):
    worked.change("subjects", {"SUBJID": "P-2"}, RANDDT="soon")
    assert _found(worked) == [("error", "DD-TYPE", "subjects", 3, "RANDDT", "P-2")]


def test_every_repetition_of_a_key(worked):
    row = worked.one("administrations", SUBJID="P-2", CYCLE="T2")
    for _ in range(2):
        worked.add("administrations", **row)
    assert _found(worked) == [
        ("error", "DD-KEY", "administrations", 8, "CYCLE", "P-2"),
        ("error", "DD-KEY", "administrations", 9, "CYCLE", "P-2"),
    ]
    assert all("line 7" in one.message for one in worked.findings())


def test_rows_without_a_key_do_not_repeat_each_other(worked):
    for _ in range(2):
        worked.add("follow_up", LASTDT="2024-02-01", STATUS="ALIVE")
    assert _found(worked) == [
        ("error", "DD-MISSING", "follow_up", 4, "SUBJID", None),
        ("error", "DD-MISSING", "follow_up", 5, "SUBJID", None),
    ]


def test_a_patient_never_randomised(worked):
    worked.add(
        "administrations", SUBJID="P-9", CYCLE="T1", EXDT="2023-05-01", LU177_MBQ="7400", REASON="PLANNED"
    )
    (found,) = worked.findings()
    assert (found.severity, found.rule, found.row, found.subject) == ("error", "DD-REFERENCE", 8, "P-9")
    assert "P-9" not in found.message


@pytest.mark.parametrize(("subject", "zeros"), [("P-01", True), ("P-10", False), ("P-9", False)])
def test_an_identifier_that_lost_or_gained_zeros_is_told(worked, subject, zeros):
    worked.add(
        "administrations", SUBJID=subject, CYCLE="T1", EXDT="2023-05-01", LU177_MBQ="7400", REASON="PLANNED"
    )
    (found,) = worked.findings()
    assert ("differs in zeros in front of numbers only" in found.message) is zeros


def test_a_number_that_may_be_a_code_is_told_how_to_state_it(worked):
    worked.change("subjects", {"SUBJID": "P-2"}, BMI="-99")
    assert "if it is a code for a missing value, state it under missing" in worked.formal()[0].message
    worked.change("subjects", {"SUBJID": "P-2"}, BMI="250")
    assert "missing" not in worked.formal()[0].message


def test_of_two_rows_with_one_key_in_two_files_the_earlier_is_named():
    table = load_study().table("enrolment")
    values = {"SITEID": "01", "ENROLDT": pd.Timestamp("2023-01-01")}
    frame = typed_table(Sheet(), table)[0]
    rows = [{"SUBJID": "P-1", **values, ROW: 7}, {"SUBJID": "P-1", **values, ROW: 2}]
    frame = pd.DataFrame(rows, columns=frame.columns).astype(frame.dtypes.to_dict())
    (found,) = table_findings(frame, table, {})
    assert (found.row, found.message) == (
        2,
        "Same SUBJID as line 7 of an earlier file or worksheet; keep one of the rows.",
    )


@pytest.mark.parametrize(
    ("table", "rule", "severity"),
    [
        ("labs", "DD-ROWS", "error"),
        ("data_cut", "DD-ROWS", "error"),
        ("adverse_events", "DD-NOROWS", "warning"),
    ],
)
def test_a_table_without_rows(worked, table, rule, severity):
    worked.tables[table] = []
    assert (severity, rule, table, None, None, None) in _told(worked.formal())


def test_two_rows_where_there_must_be_one(worked):
    worked.add("data_cut", **{**worked.one("data_cut"), "STUDYID": "DUONEN"})
    assert ("error", "DD-ROWS", "data_cut", None, None, None) in _told(worked.formal())


@pytest.mark.parametrize("other", ["01 -004", "01-O04", "01\u2013004", "0l004", "01_004 "])
def test_what_looks_alike_is_one_identifier(other):
    assert bare(other) == bare("01-004") == "01004"


def test_respelt_is_what_is_not_known_but_nearly():
    identifiers = pd.Series(["01-004", "01 004", "01-005", None, "--"], index=[3, 4, 5, 6, 7], dtype=object)
    told = respelt(identifiers, ["01-004", "?"])
    assert told.to_dict() == {3: False, 4: True, 5: False, 6: False, 7: False}


def test_the_usual_shape_is_that_of_more_than_half():
    assert shape("Ab-0 1") == "Aa-9 9"
    assert usual_shape(["01-004", "01-005", "01 -006"]) == "99-999"
    assert usual_shape(["01-004", "1"]) is None
    assert usual_shape([]) is None


def test_records_made_twice_of_the_same_lines_are_one_finding(worked):
    worked.read()
    entry = "{source: labs.csv, table: labs, filled: %s}"
    mapping = f"sources: [{entry % 'VALUE'}, {entry % 'UNIT'}]\n"
    (worked.folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    found = [
        one
        for one in check_cut(read_cut(worked.study, worked.folder), worked.study, among=())
        if one.rule == "DD-KEY"
    ]
    assert [(one.table, one.row, one.subject, len(one.lines)) for one in found] == [("labs", 2, None, 120)]
    assert "Two entries of the mapping file" in found[0].message
