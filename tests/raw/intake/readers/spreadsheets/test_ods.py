from io import BytesIO
from zipfile import ZipFile

import pytest

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers import optional
from duonen_stats.raw.intake.readers.spreadsheets.ods import open_ods
from duonen_stats.raw.intake.readers.spreadsheets.workbook import read_ods
from duonen_stats.raw.intake.reshape.header import FileDescription

SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
    }.items()
)
STYLES = (
    '<office:automatic-styles><style:style style:name="s"><style:text-properties '
    'style:text-line-through-style="solid"/></style:style><style:style style:name="h">'
    '<style:table-properties table:display="false"/></style:style>'
    '<number:date-style style:name="N1"><number:month/><number:year/></number:date-style>'
    '<number:date-style style:name="N2"><number:day/><number:month/><number:year/></number:date-style>'
    '<style:style style:name="m" style:data-style-name="N1"/><style:style style:name="d" style:data-style-name="N2"/>'
    "</office:automatic-styles>"
)


def _book(**tables: str) -> bytes:
    sheets = "".join(
        f'<table:table table:name="{name}" {rows}</table:table>' for name, rows in tables.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>{STYLES}<office:body>'
        f"<office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = BytesIO()
    with ZipFile(buffer, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
    return buffer.getvalue()


def _row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def _cell(text: str = "", kind: str = "string", more: str = "", inner: str = "", **values: str) -> str:
    stored = " ".join(f'office:{name.replace("_", "-")}="{value}"' for name, value in values.items())
    shown = f"<text:p>{text}</text:p>" if text else ""
    typed = f'office:value-type="{kind}"' if kind else ""
    return f"<table:table-cell {typed} {stored} {more}>{inner}{shown}</table:table-cell>"


def _read(*rows: str, more: str = ""):
    book = open_ods(BytesIO(_book(labs=f"{more}>" + "".join(rows))))
    return book.read("labs", "labs", FileDescription())


def test_values_of_every_type():
    header = _row(*(_cell(name) for name in "ABCDEF"))
    one = _row(
        _cell("1,50", "float", value="1.5"),
        _cell("0007", "float", value="7"),
        _cell("12,5%", "percentage", value="0.125"),
        _cell("29.02.2024", "date", date_value="2024-02-29"),
        _cell("29.02.24", "date", date_value="2024-02-29T08:30:00"),
        _cell("PRAWDA", "boolean", boolean_value="true"),
    )
    text = "Ł<text:s text:c='2'/>ó</text:p><text:p>dź &amp; <text:span>x</text:span>"
    two = _row(_cell(text), '<table:table-cell table:number-columns-repeated="5"/>')
    sheet = _read(header, one, two)
    assert [(line, *cells.values()) for line, cells in sheet.rows] == [
        (2, "1.5", "0007", "12.5%", "2024-02-29", "2024-02-29 08:30:00", "TRUE"),
        (3, "Ł  ó\ndź & x", "", "", "", "", ""),
    ]
    assert sheet.form == {"format": "OpenDocument", "worksheet": "labs"}


@pytest.mark.parametrize(
    ("shown", "stored", "text"),
    [
        ("12:15", "PT00H12M15S", "00:12:15"),
        ("08:30", "PT08H30M59S", "08:30:59"),
        ("30:15,5", "PT30M15.5S", "00:30:15.500000"),
        ("08:29", "PT08H29M59.999999393S", "08:30:00"),
        ("00:00", "PT00H00M00S", "00:00:00"),
        ("30:00", "PT30H00M00S", "30:00"),
        ("06:09:57", "PT1042374H09M57.999999393S", "06:09:57"),
        ("12:15", "PT", "12:15"),
        ("12:15", "", "12:15"),
    ],
)
def test_a_time_below_a_day_is_its_value_and_not_what_is_on_the_screen(shown, stored, text):
    """As in a workbook of Excel; a day and more is as shown: a duration, or a moment shown without its date."""
    sheet = _read(_row(_cell("A")), _row(_cell(shown, "time", time_value=stored)))
    assert [cells["A"] for _, cells in sheet.rows] == [text]


def test_repeated_cells_and_rows_count_if_they_are_filled():
    filled = _row(_cell("x", more='table:number-columns-repeated="2"'), more='table:number-rows-repeated="3"')
    empty = _row("<table:table-cell/>", more='table:number-rows-repeated="1048000"')
    sheet = _read(_row(_cell("A"), _cell("B")), filled, empty, _row(_cell("y")))
    assert [(line, *cells.values()) for line, cells in sheet.rows] == [
        *((line, "x", "x") for line in (2, 3, 4)),
        (1_048_005, "y", ""),
    ]


def test_a_repetition_without_end_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr(optional, "MOST_CELLS", 1_000)
    wide = _row(_cell("x", more='table:number-columns-repeated="1000000000"'))
    long = _row(_cell("x"), more='table:number-rows-repeated="1000000000"')
    for row in (wide, long):
        with pytest.raises(UnreadableFileError, match="more than 1000 cells"):
            _read(_row(_cell("A")), row)


def test_what_a_spreadsheet_hides_is_told():
    note = "<office:annotation><text:p>pre</text:p><text:p>liminary</text:p></office:annotation>"
    sheet = _read(
        "<table:table-column/><table:table-column table:visibility='collapse'/>",
        _row(_cell("A"), _cell("B")),
        _row(_cell("1", "float", inner=note, value="1"), _cell("x", more='table:style-name="s"')),
        _row(_cell("y"), _cell("#REF!", more='table:formula="of:=x"'), more='table:visibility="collapse"'),
        _row(_cell("z", more='table:number-columns-spanned="2"'), "<table:covered-table-cell/>"),
        _row(_cell("q"), _cell(kind="", more='table:formula="of:=1"')),
        _row(_cell("q"), _cell(kind="string", more='table:formula="of:=x"')),
        more='table:style-name="h"',
    )
    assert [(one.rule, one.row) for one in sheet.findings] == [
        ("RD-HIDDEN", None),
        ("RD-HIDDEN", None),
        ("RD-MERGED", 4),
        ("RD-FORMULA", 5),
        ("RD-ERRORCELL", 3),
        ("RD-STRUCK", 2),
        ("RD-COMMENT", 2),
    ]
    assert "A4:B4" in sheet.findings[2].message
    assert "'pre liminary'" in sheet.findings[6].message
    assert sheet.rows[0][1] == {"A": "1", "B": "x"}


def test_worksheets_of_a_book_and_the_one_of_a_table():
    data = _book(
        notes=">" + _row(_cell("n")), LABS=">" + _row(_cell("A")) + _row(_cell("1", "float", value="1"))
    )
    assert open_ods(BytesIO(data)).titles == ["notes", "LABS"]
    sheet = read_ods(data, "labs", FileDescription())
    assert [cells["A"] for _, cells in sheet.rows] == ["1"]
    assert [one.rule for one in sheet.findings] == ["RD-BESIDE"]


def test_what_is_no_workbook_is_a_finding():
    for data in (b"", b"x", _book()[:-9]):
        assert [one.rule for one in read_ods(data, "labs", FileDescription()).findings] == ["RD-UNREADABLE"]


def test_a_month_that_is_kept_as_its_first_day_is_a_month():
    header = _row(_cell("A"), _cell("B"))
    first = {"date_value": "2022-08-01"}
    shown = (
        _cell("sie 22", "date", 'table:style-name="m"', **first),
        _cell("1.08.22", "date", 'table:style-name="d"', **first),
    )
    assert _read(header, _row(*shown)).rows[0][1] == {"A": "2022-08", "B": "2022-08-01"}


def test_what_is_hidden_counts_as_far_as_there_are_values():
    gone = 'table:visibility="collapse"'
    columns = f'<table:table-column/><table:table-column {gone} table:number-columns-repeated="16383"/>'
    unused = _row(_cell(kind=""), more=f'{gone} table:number-rows-repeated="1048573"')
    rows = (columns, _row(_cell("A"), _cell("B")), _row(_cell("1"), _cell("2"), more=gone), unused)
    assert [one.message.partition(";")[0] for one in _read(*rows).findings] == ["Hidden: 1 row and column B"]
