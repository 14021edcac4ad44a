from dataclasses import replace

import pandas as pd
import pytest

from duonen_stats.raw import Finding
from duonen_stats.raw.blinded_view import blinded_view, check_blinded_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.derived.record_names import record_names


def _finding(table="labs", row=2, **more) -> Finding:
    return Finding(**{"severity": "note", "rule": "X", "table": table, "row": row, "message": "m"} | more)


def _named(cut, study, table, finding=None, **columns):
    """Name the record of a table that has these rows alone, on the lines from 2 on."""
    count = len(next(iter(columns.values())))
    empty = cut.tables[table].iloc[:0].reindex(range(count))
    frame = empty.assign(**{"_ROW": range(2, 2 + count), **columns})
    (name,) = record_names([finding or _finding(table)], replace(cut, tables={table: frame}), study)
    return name


def _days(*texts):
    return pd.to_datetime([*texts])


@pytest.mark.parametrize(
    ("table", "columns", "name"),
    [
        ("labs", {"VISIT": ["V2"], "LBDT": _days("2023-05-04"), "ANALYTE": ["HGB"]}, "V2, 2023-05-04, HGB"),
        ("labs", {"VISIT": ["V2"], "LBDT": _days("2023-05-04"), "LBTM": ["08:30"]}, "V2, 2023-05-04 08:30"),
        ("labs", {"VISIT": ["V2"], "LBDT": _days(None), "LBTM": ["08:30"]}, "V2"),
        ("administrations", {"CYCLE": ["T3"], "EXDT": _days("2023-09-19")}, "T3, 2023-09-19"),
        ("dosimetry", {"CYCLE": ["T1"], "ORGAN": ["LIVER"], "ISOTOPE": ["Y90"]}, "T1, LIVER, Y90"),
        ("adverse_events", {"AESEQ": [4], "STARTDT": _days("2022-03-01")}, "AESEQ 4, 2022-03-01"),
        (
            "adverse_events",
            {"AESEQ": [4], "STARTDT": _days("2022-03-01"), "STARTDTC": ["2022-03"]},
            "AESEQ 4, 2022-03",
        ),
        ("adverse_events", {"AESEQ": pd.array([None], "Int64")}, ""),
        ("tumour_assessments", {"ASSESSDT": _days("2024-01-31")}, "2024-01-31"),
        ("follow_up", {"LASTDT": _days("2024-01-31")}, "LASTDT 2024-01-31"),
        (
            "reference_ranges",
            {"LABORATORY": ["L9"], "ANALYTE": ["HGB"], "AGE_LOW": [18.5]},
            "L9, HGB, AGE_LOW 18.5",
        ),
    ],
)
def test_a_record_is_named_by_its_key_and_date(cut, study, table, columns, name):
    assert _named(cut, study, table, **columns) == name


def test_results_of_one_sample_are_named_by_the_sample(cut, study):
    sample = {"VISIT": ["V2"] * 3, "LBDT": _days(*["2023-05-04"] * 3), "ANALYTE": ["HGB", "WBC", "PLAT"]}
    assert _named(cut, study, "labs", _finding(lines=(2, 3, 4)), **sample) == "V2, 2023-05-04"
    assert _named(cut, study, "labs", _finding(row=3), **sample) == "V2, 2023-05-04, WBC"
    assert _named(cut, study, "labs", _finding(), **sample, _ROW=[2] * 3) == "V2, 2023-05-04"  # a wide line


def test_of_many_records_the_first_are_named(cut, study):
    cycles = {"CYCLE": ["T1", "T2", "T3", "T4", "T5"]}
    found = [
        _named(cut, study, "administrations", _finding("administrations", lines=lines), **cycles)
        for lines in ((2, 3), (2, 3, 4), (2, 3, 4, 5, 6))
    ]
    assert found == ["T1; T2", "T1; T2; T3", "T1; T2; T3; 2 more"]


def test_of_a_line_that_several_files_have_the_patients_own_record_is_named(cut, study):
    rows = {"SUBJID": ["P-1", "P-2"], "CYCLE": ["T1", "T2"], "_ROW": [2, 2]}
    assert _named(cut, study, "administrations", _finding("administrations", subject="P-2"), **rows) == "T2"
    assert _named(cut, study, "administrations", _finding("administrations"), **rows) == "T1; T2"


@pytest.mark.parametrize(
    "finding",
    [_finding(row=None), _finding(row=10**6), _finding("old.csv"), _finding(row=None, subject="P-1")],
)
def test_what_is_of_no_record_has_no_name(cut, study, finding):
    assert record_names([finding], cut, study) == [""]


def test_of_a_blinded_check_no_record_is_named(worked, study):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": "V4", "ANALYTE": "HGB"}, VALUE="1")
    worked.change("administrations", {"SUBJID": "P-1", "CYCLE": "T1"}, EXDT="2030-01-01")
    cut = worked.read()
    view = blinded_view(cut, study)
    found = check_blinded_cut(view, study)
    assert {one.table for one in found} >= {"labs", "administrations"}
    assert {*record_names(found, view, study)} == {""}
    assert any(record_names(check_cut(cut, study), cut, study))


def test_a_blinded_view_has_no_withheld_record_to_name(cut, study):
    view = blinded_view(cut, study)
    lines = cut.tables["dosimetry"]["_ROW"].tolist()
    assert {*record_names([_finding("dosimetry", row=line) for line in lines], view, study)} == {""}
