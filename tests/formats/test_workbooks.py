from dataclasses import replace
from datetime import datetime
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from duonen_stats.errors import DataError, DuonenError
from duonen_stats.formats import workbooks
from duonen_stats.formats.file_table import FileTable
from duonen_stats.formats.workbooks import (
    COLUMNS,
    QUERIES,
    TABLES,
    findings_xlsx,
    is_unchanged_workbook,
    workbook_bytes,
)
from duonen_stats.raw import Finding
from duonen_stats.raw.intake.readers.spreadsheets.workbook import read_xlsx

FRAME = pd.DataFrame(
    {
        "A": pd.Series(["=1+1", "007", None], dtype=object),
        "N": pd.array([1, None, 3], dtype="Int64"),
        "D": pd.to_datetime(["2024-02-29", None, "1999-12-31"]),
        "X": [0.1 + 0.2, 0.1, float("nan")],
    }
)


def _table(name="labs", frame=FRAME):
    return FileTable(name=name, label="", frame=frame, labels={}, made=datetime(2025, 6, 30))


def test_texts_are_texts_dates_are_dates_and_no_digit_is_lost():
    sheet = openpyxl.load_workbook(BytesIO(workbook_bytes([_table()])))["labs"]
    assert [cell.value for cell in sheet["A"]] == ["A", "=1+1", "007", None]
    assert {cell.data_type for cell in sheet["A"]} == {"s", "n"}  # n: an empty cell
    assert [cell.value for cell in sheet["C"]][1:] == [datetime(2024, 2, 29), None, datetime(1999, 12, 31)]
    assert [cell.value for cell in sheet["D"]][1:] == ["0.30000000000000004", 0.1, None]


def test_a_text_like_an_escape_of_excel_is_read_as_it_was():
    frame = pd.DataFrame({"A": pd.Series(["_x000D_", "a_x0041_b", "_x005F_"], dtype=object)})
    sheet = read_xlsx(workbook_bytes([_table(frame=frame)]), "labs")
    assert [cells["A"] for _, cells in sheet.rows] == ["_x000D_", "a_x0041_b", "_x005F_"]


def test_the_same_tables_give_the_same_bytes_whatever_the_clock():
    assert workbook_bytes([_table(), _table("subjects")]) == workbook_bytes([_table(), _table("subjects")])
    assert openpyxl.load_workbook(BytesIO(workbook_bytes([_table()]))).properties.modified == datetime(
        2025, 6, 30
    )


def saved(content, change):
    """The file as a spreadsheet saves it, after a change."""
    book = openpyxl.load_workbook(BytesIO(content))
    change(book)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_known_again_until_somebody_works_in_it(cut, study):
    tables, queries = workbook_bytes([_table()]), findings_xlsx([], cut, study)
    assert is_unchanged_workbook(tables, TABLES)
    assert is_unchanged_workbook(queries, QUERIES)
    assert not is_unchanged_workbook(tables, QUERIES)
    assert not is_unchanged_workbook(queries, TABLES)
    answered = saved(queries, lambda book: book["Summary"].cell(9, 9, "answered"))
    assert openpyxl.load_workbook(BytesIO(answered)).properties.identifier.startswith("duonen_stats query")
    assert not is_unchanged_workbook(answered, QUERIES)


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"PK\x03\x04", "own"])
def test_what_is_not_a_workbook_of_the_package_is_not_known(content):
    if content == "own":
        book, buffer = openpyxl.Workbook(), BytesIO()
        book.save(buffer)
        content = buffer.getvalue()
    assert not is_unchanged_workbook(content, QUERIES)


def test_a_query_listing_depends_on_the_findings_alone_and_not_on_the_clock(cut, study):
    listing = findings_xlsx([], cut, study)
    assert listing == findings_xlsx([], cut, study)
    assert openpyxl.load_workbook(BytesIO(listing)).properties.modified == cut.cut_date


def test_what_excel_cannot_hold_is_refused():
    with pytest.raises(DataError, match="control character"):
        workbook_bytes([_table(frame=pd.DataFrame({"A": ["a\x01b"]}, dtype=object))])
    with pytest.raises(DataError, match="more than 32767 characters in A"):
        workbook_bytes([_table(frame=pd.DataFrame({"A": ["x" * 32768]}, dtype=object))])
    with pytest.raises(DataError, match="too long"):
        workbook_bytes([_table(name="x" * 32)])


def _finding(**more) -> Finding:
    return Finding(
        **{"severity": "warning", "rule": "LAB-JUMP", "table": "labs", "row": 7, "message": "odd"} | more
    )


def _book(cut, study, *findings):
    return openpyxl.load_workbook(BytesIO(findings_xlsx(findings, cut, study)))


def test_a_worksheet_a_centre_and_one_for_the_rest(cut, study):
    book = _book(cut, study, _finding(site="02"), _finding(), _finding(site="01"), _finding(site="02", row=8))
    assert book.sheetnames == ["Summary", "Kinds", "Centre 01", "Centre 02", "Data management"]
    assert [cell.value for cell in book["Centre 02"][5]] == [name for name, _ in COLUMNS]
    rows = [*book["Centre 02"].iter_rows(min_row=6, values_only=True)]
    assert [row[6] for row in rows] == [7, 8]
    assert rows[0][9].startswith("Please check the value")
    assert list(book["Summary"].iter_rows(min_row=6, values_only=True))[1] == (
        "Centre 02",
        0,
        2,
        0,
        0,
    )


def test_the_record_is_named_as_a_centre_knows_it(cut, study):
    labs = cut.tables["labs"]
    sample = labs[(labs["SUBJID"] == labs["SUBJID"].iloc[0]) & (labs["VISIT"] == "V2")]
    lines = tuple(sample["_ROW"].tolist())
    found = (_finding(site="01", row=lines[0], lines=lines), _finding(site="01", row=None))
    rows = [*_book(cut, study, *found)["Centre 01"].iter_rows(min_row=6, values_only=True)]
    place = [name for name, _ in COLUMNS].index("Record")
    assert [row[place] for row in rows] == [f"V2, {sample['LBDT'].iloc[0]:%Y-%m-%d}", None]
    assert findings_xlsx(found, cut, study) == findings_xlsx(found, cut, study)


def test_findings_of_one_kind_are_one_line(cut, study):
    code = {"rule": "DD-CODE", "severity": "error", "column": "ARM", "table": "subjects"}
    found = [
        _finding(**code, message="'Z' is not one of A, B", row=row, subject=f"P-{row}", site="01")
        for row in range(2, 9)
    ]
    found += [_finding(**code, message="'Q' is not one of A, B", site="02"), _finding(lines=(7, 8))]
    rows = [*_book(cut, study, *found)["Kinds"].iter_rows(min_row=6, values_only=True)]
    assert [row[:8] for row in rows] == [
        ("error", "DD-CODE", "subjects", "ARM", "Z", 7, 7, "01"),
        ("error", "DD-CODE", "subjects", "ARM", "Q", 1, None, "02"),
        ("warning", "LAB-JUMP", "labs", None, None, 1, None, None),
    ]
    assert [row[8] for row in rows] == ["2, 3, 4, 5, 6 and 2 more", "7", "7, 8"]
    assert rows[0][9] == "'Z' is not one of A, B"


def test_it_says_of_what_data_it_is(cut, study):
    sheet = _book(cut, study, _finding(site="01"))["Centre 01"]
    assert "SIMULATED" in sheet["A2"].value
    assert "2025-09-30" in sheet["A2"].value


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-2", "a\x07b\ud800", "=cmd|' /C calc'!A0"])
def test_every_cell_but_a_count_is_text_whatever_the_data_say(cut, study, text):
    frame = cut.tables["labs"].assign(VISIT=text)
    odd = replace(cut, tables={**cut.tables, "labs": frame})
    book = _book(odd, study, _finding(message=text, column=text, site=text), _finding(subject=text))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {type(cell.value) for cell in cells} == {int, str}
    cells = [cell for cell in cells if not isinstance(cell.value, int)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert all(cell.quotePrefix for cell in cells)


@pytest.mark.parametrize("centres", [("a/b", "a:b"), ("x" * 60, "x" * 59), ("A", "a"), ("[]", "'")])
def test_titles_that_excel_takes_and_tells_apart(cut, study, centres):
    book = _book(cut, study, *[_finding(site=one) for one in centres])
    assert len({title.casefold() for title in book.sheetnames}) == 4
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in book.sheetnames)


def test_no_findings_are_a_summary(cut, study):
    assert _book(cut, study).sheetnames == ["Summary"]


def test_without_the_library_one_clear_error(cut, study, monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(workbooks, "import_module", absent)
    with pytest.raises(DuonenError, match=r"pip install 'duonen-stats\[io\]'"):
        findings_xlsx([], cut, study)
