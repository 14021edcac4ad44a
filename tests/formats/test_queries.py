from io import BytesIO

import openpyxl
import pytest

from duonen_stats.errors import DuonenError
from duonen_stats.formats import queries
from duonen_stats.formats.queries import COLUMNS, findings_xlsx
from duonen_stats.raw import Finding


def _finding(**more) -> Finding:
    return Finding(
        **{"severity": "warning", "rule": "LAB-JUMP", "table": "labs", "row": 7, "message": "odd"} | more
    )


def _book(cut, study, *findings):
    return openpyxl.load_workbook(BytesIO(findings_xlsx(findings, cut, study)))


def test_a_worksheet_a_centre_and_one_for_the_rest(cut, study):
    book = _book(cut, study, _finding(site="02"), _finding(), _finding(site="01"), _finding(site="02", row=8))
    assert book.sheetnames == ["Summary", "Centre 01", "Centre 02", "Data management"]
    assert [cell.value for cell in book["Centre 02"][5]] == [name for name, _ in COLUMNS]
    rows = [*book["Centre 02"].iter_rows(min_row=6, values_only=True)]
    assert [row[5] for row in rows] == ["7", "8"]
    assert rows[0][8].startswith("Please check the value")
    assert list(book["Summary"].iter_rows(min_row=6, values_only=True))[1] == (
        "Centre 02",
        "0",
        "2",
        "0",
        "0",
    )


def test_it_says_of_what_data_it_is(cut, study):
    sheet = _book(cut, study, _finding(site="01"))["Centre 01"]
    assert "SIMULATED" in sheet["A2"].value
    assert "2025-09-30" in sheet["A2"].value


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-2", "a\x07b\ud800", "=cmd|' /C calc'!A0"])
def test_every_cell_is_text_whatever_the_data_say(cut, study, text):
    book = _book(cut, study, _finding(subject=text, message=text, column=text, site=text))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert all(cell.quotePrefix for cell in cells)


@pytest.mark.parametrize("centres", [("a/b", "a:b"), ("x" * 60, "x" * 59), ("A", "a"), ("[]", "'")])
def test_titles_that_excel_takes_and_tells_apart(cut, study, centres):
    book = _book(cut, study, *[_finding(site=one) for one in centres])
    assert len({title.casefold() for title in book.sheetnames}) == 3
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in book.sheetnames)


def test_no_findings_are_a_summary(cut, study):
    assert _book(cut, study).sheetnames == ["Summary"]


def test_without_the_library_one_clear_error(cut, study, monkeypatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(queries, "import_module", absent)
    with pytest.raises(DuonenError, match=r"pip install 'duonen-stats\[io\]'"):
        findings_xlsx([], cut, study)
