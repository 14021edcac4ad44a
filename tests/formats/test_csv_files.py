"""Files for other programs: every digit, no formulas, the same bytes every time."""

import csv
import io
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from document.sample_document import HOSTILE, sample_document

from duonen_stats.formats.csv_files import (
    PLACE_COLUMNS,
    dataset_csv,
    displays_csv,
    findings_csv,
    guarded,
    is_findings_csv,
    places,
    results_csv,
    table_csv,
)
from duonen_stats.raw.findings import Finding
from duonen_stats.results.rows.table import ResultRow, Results


def rows(content):
    return list(csv.reader(StringIO(content.decode(), newline="")))


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r1", "\n1", "＝1", "-–", HOSTILE[5]]
)
def test_formulas_become_texts(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("seen;=1+1", "seen;'=1+1"),
        ("=1;@b", "'=1;'@b"),
        ("first\n=second", "first\n'=second"),
        ("\n=1", "'\n'=1"),
        ("a; -2 since then", "a; -2 since then"),
        ("1;-2;+3", "1;-2;+3"),
    ],
)
def test_formulas_behind_a_semicolon_or_a_line_end_become_texts_too(text, written):
    assert guarded(text) == written


@pytest.mark.parametrize(
    "text",
    ["", "-", "+", "-0.84", "+0.12", "-1,234.5", "-4.8e-05", "−2", "–", "<0.0001", "12%", "a=b", "'=1"],
)
def test_numbers_and_words_are_left_alone(text):
    assert guarded(text) == text


def test_results_keep_every_digit_and_say_why_there_is_none():
    about = {"population": "Safety", "stat_name": "mean", "stat_label": "Mean"}
    results = Results(
        [
            ResultRow(analysis_id="a", display="t", stat=0.1 + 0.2, n=3, unit="Gy", **about),
            ResultRow(analysis_id="b", display="t", stat=None, note="=too few", **about),
            ResultRow(analysis_id="c", display="t", stat=np.float64(5), variable='x, "y"\nz', **about),
        ]
    )
    head, first, second, third = rows(results_csv(results))
    assert head == [
        "analysis_id", "display", "population", "group1", "group1_level", "group2", "group2_level",
        "variable", "variable_level", "context", "stat_name", "stat_label", "stat", "unit", "n", "method",
        "note",
    ]  # fmt: skip
    found = dict(zip(head, first, strict=True))
    assert (found["stat"], found["n"], found["unit"]) == ("0.30000000000000004", "3", "Gy")
    found = dict(zip(head, second, strict=True))
    assert (found["stat"], found["n"], found["note"]) == ("", "", "'=too few")
    assert dict(zip(head, third, strict=True))["stat"] == "5.0"
    assert dict(zip(head, third, strict=True))["variable"] == 'x, "y"\nz'
    assert b"\r" not in results_csv(results)


def test_a_column_of_any_type_of_numbers_may_have_missing_values():
    frame = pd.DataFrame(
        {
            "AVAL": pd.Series([0.0, -0.0, 1.5, None]),
            "BASE": pd.Series([0.0, -0.0, 1.5, None], dtype="Float64"),
            "CHG": pd.Series([0.0, 1.0, 1.5, None], dtype="Float64"),
            "N": pd.Series([0, 0, 1, None], dtype="Int64"),
        }
    )
    assert dataset_csv(frame) == b"AVAL,BASE,CHG,N\n0.0,0.0,0.0,0\n-0.0,-0.0,1.0,0\n1.5,1.5,1.5,1\n,,,\n"


def test_datasets_have_iso_dates_and_empty_cells():
    frame = pd.DataFrame(
        {
            "SUBJID": ["=1", None],
            "ADT": pd.to_datetime(["2024-03-31", None]),
            "ADTM": pd.to_datetime([None, "2024-03-31 10:30:00"]),
            "AVAL": [1 / 3, np.nan],
            "N": pd.array([4, None], dtype="Int64"),
            "FL": pd.array(["Y", None], dtype="string"),
        },
        index=[7, 9],
    )
    assert dataset_csv(frame) == (
        b"SUBJID,ADT,ADTM,AVAL,N,FL\n'=1,2024-03-31,,0.3333333333333333,4,Y\n,,2024-03-31T10:30:00,,,\n"
    )
    assert dataset_csv(frame.iloc[:0]) == b"SUBJID,ADT,ADTM,AVAL,N,FL\n"


def test_findings_are_rows():
    found = Finding(severity="error", rule="DD-CODE", table="labs", row=3, column="UNIT", message='="x"')
    assert findings_csv([found]) == (
        b'severity,rule,table,row,column,subject,message,site,lines\nerror,DD-CODE,labs,3,UNIT,,"\'=""x""",,\n'
    )


def test_findings_may_name_their_records():
    found = Finding(severity="error", rule="DD-CODE", table="labs", row=3, message="m")
    written = findings_csv([found, found], ["V2, 2023-05-04", ""])
    assert written.splitlines()[0].endswith(b",lines,record")
    assert written.splitlines()[1:] == [
        b'error,DD-CODE,labs,3,,,m,,,"V2, 2023-05-04"',
        b"error,DD-CODE,labs,3,,,m,,,",
    ]
    assert is_findings_csv(written)
    assert not is_findings_csv(written.replace(b",record", b",answer"))


def test_a_list_of_findings_is_known_again_unless_it_is_another():
    written = findings_csv([Finding(severity="note", rule="R", table="labs", message='a, "b"\nc')])
    assert is_findings_csv(written)
    assert is_findings_csv(findings_csv([]))
    assert not is_findings_csv(written.replace(b"message", b"comment"))
    assert not is_findings_csv(written.replace(b"\n", b"\r\n"))  # saved by a spreadsheet
    assert not is_findings_csv(b"\xef\xbb\xbf" + written)
    assert not is_findings_csv(written + b"note,R,labs\n")
    assert not is_findings_csv(b"\xff\xfe")


def test_a_table_is_written_as_shown():
    demography, figure, laboratory, _ = sample_document().displays()
    table = rows(table_csv(demography))
    assert table[0] == ["", "Arm A (N=16)", "Arm B (N=16)", "Arm C (N=15)", "Arm D (N=14)", "p"]
    assert table[1] == ["Age, years", "", "", "", "", ""]
    assert table[2][:2] == ["Median (IQR)", "58.2 (51.2–66.8)"]
    heads = rows(table_csv(laboratory))[:2]
    assert heads[0][:4] == ["Visit", "Arm A", "Arm A", "Arm B"]
    assert heads[1][:4] == ["", "median (IQR)", "Δ vs T1", "median (IQR)"]
    assert heads[0][-1] == "p between arms"
    with pytest.raises(TypeError, match="Figure 1 is not a table"):
        table_csv(figure)


@pytest.fixture(scope="module")
def document():
    return sample_document()


@pytest.fixture(scope="module")
def rows_shown(document):
    return list(csv.DictReader(io.StringIO(displays_csv(document).decode(), newline="")))


def test_every_number_of_the_report_stands_in_the_register(document, rows_shown):
    assert tuple(rows_shown[0]) == PLACE_COLUMNS
    assert {row["analysis_id"] for row in rows_shown} - {""} == {number.id for number in document.numbers()}
    shown = {(row["analysis_id"], row["shown"].removeprefix("'")) for row in rows_shown if row["analysis_id"]}
    assert shown == {(number.id, number.text) for number in document.numbers()}


def test_every_display_and_section_is_a_place(document, rows_shown):
    keys = [produced.key for produced in document.displays()]
    sections = [f"section:{section.key}" for section in document.sections]
    assert {row["display"] for row in rows_shown} == {*keys, *sections}
    named = {place.key: place.name for place, _ in places(document)}
    assert named["t1"] == "Table 1"
    assert named[sections[0]].startswith("section ")


def test_a_place_without_numbers_has_one_row(document, rows_shown):
    empty = [place.key for place, numbers in places(document) if not numbers]
    assert empty
    for key in empty:
        assert [row["shown"] for row in rows_shown if row["display"] == key] == [""]
