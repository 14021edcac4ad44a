from datetime import date, datetime
from io import BytesIO

import openpyxl
from made_sheet import texts_held

from duonen_stats.raw.intake.readers.spreadsheets.excel import open_excel
from duonen_stats.raw.intake.readers.spreadsheets.workbook import read_xlsx, same_name
from duonen_stats.raw.intake.reshape.header import FileDescription

NAMES = ["SUBJID", "VALUE", "LBDT"]


def _book(*rows, title="labs", then=None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if then is not None:
        then(book, sheet)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_numbers_dates_and_text_as_stored():
    sheet = read_xlsx(
        _book(NAMES, ["01", 3, date(2024, 2, 29)], ["Łódź", "2,5", datetime(2024, 2, 29, 8)]), "labs"
    )
    assert [(line, *cells.values()) for line, cells in sheet.rows] == [
        (2, "01", "3", "2024-02-29"),
        (3, "Łódź", "2,5", "2024-02-29 08:00:00"),
    ]
    assert texts_held(sheet) == {"SUBJID": ["01", "Łódź"], "VALUE": ["2,5"], "LBDT": []}
    assert (sheet.form, sheet.findings) == ({"format": "Excel", "worksheet": "labs"}, ())


def test_a_number_whose_format_changes_what_it_says_is_read_as_it_is_seen():
    def add(_, sheet):
        sheet["A2"].number_format = sheet["A3"].number_format = "0000"
        sheet["B2"].number_format, sheet["B3"].number_format = "0.0%", "0.00"

    sheet = read_xlsx(_book(NAMES, [7, 0.07, None], [12345, 0.07, None], then=add), "labs")
    assert [(*cells.values(),) for _, cells in sheet.rows] == [("0007", "7%", ""), ("12345", "0.07", "")]


def test_title_above_blank_lines_and_empty_columns_beside():
    rows = (["Laboratorium"], [None], NAMES, ["01", 1, None], [None, None, None, "  "], ["02", 2, None])
    sheet = read_xlsx(_book(*rows), "labs", FileDescription(expected=frozenset(NAMES)))
    assert [(line, cells["SUBJID"]) for line, cells in sheet.rows] == [(4, "01"), (6, "02")]
    assert [one.rule for one in sheet.findings] == ["RD-HEADROW"]


def test_a_formula_counts_by_its_stored_value_and_one_without_is_found():
    def add(_, sheet):
        sheet["B3"] = "=1+1"

    sheet = read_xlsx(_book(NAMES, ["01", 1, None], ["02", None, None], then=add), "labs")
    assert [(one.rule, one.row) for one in sheet.findings] == [("RD-FORMULA", 3)]
    assert [(one.what, one.column, one.cells) for one in sheet.converted] == [
        ("stored values of formulas", "VALUE", 1)
    ]


def test_errors_of_the_spreadsheet_merged_and_hidden_parts_are_found():
    def add(book, sheet):
        sheet["B2"] = "#REF!"
        sheet.merge_cells("A3:A4")
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.sheet_state = "hidden"
        book.create_sheet("notes")

    sheet = read_xlsx(_book(NAMES, ["01", None, None], ["02", 1, None], [None, 2, None], then=add), "labs")
    assert [(one.rule, one.severity) for one in sheet.findings] == [
        ("RD-HIDDEN", "note"),
        ("RD-HIDDEN", "note"),
        ("RD-MERGED", "warning"),
        ("RD-ERRORCELL", "error"),
    ]
    assert sheet.lines == 3


def test_of_several_worksheets_the_one_named_after_the_table():
    data = _book(
        NAMES, ["01", 1, None], title="LABS", then=lambda book, _: book.create_sheet("x").append(["a"])
    )
    sheet = read_xlsx(data, "labs")
    assert len(sheet.rows) == 1
    assert [(one.rule, one.severity) for one in sheet.findings] == [("RD-BESIDE", "warning")]
    assert [one.rule for one in read_xlsx(data, "subjects").findings] == ["RD-SHEETS"]


def test_the_only_filled_worksheet_whatever_its_name():
    data = _book(NAMES, ["01", 1, None], title="Arkusz1", then=lambda book, _: book.create_sheet("Arkusz2"))
    assert len(read_xlsx(data, "labs").rows) == 1


def test_parts_of_an_opened_workbook():
    book = open_excel(BytesIO(_book(NAMES, ["01", 1, None], title="Adverse events")))
    assert book.titles == ["Adverse events"]
    assert same_name("Adverse events", "adverse_events")
    assert book.read("Adverse events", "adverse_events", FileDescription()).lines == 1
