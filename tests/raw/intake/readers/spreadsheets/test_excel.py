from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers import optional
from duonen_stats.raw.intake.readers.spreadsheets.excel import open_excel, shown_number, unescaped
from duonen_stats.raw.intake.reshape.header import FileDescription

STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://example.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://example.org/ooxml/relationships",
}


def _book(*rows, then=None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if then is not None:
        then(book, book.active)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _changed(data: bytes, **changes: tuple[bytes, bytes]) -> bytes:
    """Change the bytes of parts whose name ends on something."""
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).replace(b"<v/>", b"<v />").replace(b"<v></v>", b"<v />")
            for ending, (before, after) in changes.items():
                if ending in name:
                    assert before in part
                    part = part.replace(before, after)
            new.writestr(name, part)
    return buffer.getvalue()


def _read(data: bytes):
    book = open_excel(BytesIO(data))
    return book.read(book.titles[0], "labs", FileDescription())


def _cells(data: bytes) -> list[tuple[str, ...]]:
    return [(*cells.values(),) for _, cells in _read(data).rows]


def test_values_of_every_type():
    data = _book(
        ["A", "B", "C", "D", "E"],
        [1, 1.5, "x", True, date(2024, 2, 29)],
        [10**15, 1 / 3, " Łódź & <b> ", False, datetime(2024, 2, 29, 8, 30)],
        [-3, 1e-7, "3", None, time(8, 30)],
    )
    assert _cells(data) == [
        ("1", "1.5", "x", "TRUE", "2024-02-29"),
        ("1000000000000000", "0.3333333333333333", "Łódź & <b>", "FALSE", "2024-02-29 08:30:00"),
        ("-3", "1e-07", "3", "", "08:30:00"),
    ]


@pytest.mark.law
@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(-(10**9), 10**9),
            st.text(
                st.characters(categories=["L", "N", "S"], exclude_characters="="), min_size=1, max_size=8
            ),
            st.dates(date(1905, 1, 1), date(2099, 12, 31)),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_the_public_library_reads_is_read(values):
    data = _book(["NAME", "MORE"], *([value, "x"] for value in values))
    book = open_excel(BytesIO(data))
    public = openpyxl.load_workbook(BytesIO(data), data_only=True).active.iter_rows(values_only=True)
    assert [cells for _, cells in book.grid(book.titles[0]).rows] == [[*row] for row in public]


def test_the_strict_form_of_the_format_with_dates_as_text():
    data = _book(["A", "B"], ["x", 1])
    strict = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(strict, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            for before, after in STRICT.items():
                part = part.replace(before, after)
            if "sheet1" in name:
                part = part.replace(
                    b'<c r="B2" t="n"><v>1</v>', b'<c r="B2" t="d"><v>2024-02-29T00:00:00</v>'
                )
            new.writestr(name, part)
    assert _cells(strict.getvalue()) == [("x", "2024-02-29")]


def test_days_counted_from_1904():
    def then(book, _):
        book.epoch = CALENDAR_MAC_1904

    assert _cells(_book(["A"], [date(2024, 2, 29)], then=then)) == [("2024-02-29",)]


def test_a_number_that_is_no_date_is_a_finding():
    def then(_, sheet):
        sheet["A2"].number_format = "yyyy-mm-dd"

    sheet = _read(_book(["A"], [1e9], then=then))
    assert [one.rule for one in sheet.findings] == ["RD-ERRORCELL"]


def test_a_number_of_a_style_that_the_book_does_not_have_is_a_plain_number():
    def then(_, sheet):
        sheet["A2"].number_format = "0%"  # the last style of the book

    data = _book(["A", "B"], [0.07, 0.07], then=then)
    assert _cells(data) == [("7%", "0.07")]
    assert _cells(_changed(data, sheet1=(b'<c r="B2"', b'<c r="B2" s="9"'))) == [("7%", "0.07")]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (0.07, "0%", "7%"),
        (0.123, "0.0 %", "12.3%"),
        (7, '0"%"', 7),
        (7, r"0\%", 7),
        (7, r"0_%", 7),
        (-0.07, '0;-0"%"', -0.07),
        (-0.07, "0%;(0%)", "-7%"),
        (0, '0%;0%;"-"', 0),
        (7, "0000", "0007"),
        (0, "0000", "0000"),
        (12345, "000", "12345"),
        (7, "[Red]0%", "700%"),
        (1.5, '0.0 "GBq;%"', 1.5),
    ],
)
def test_a_number_is_read_as_its_format_shows_it_where_that_says_something_else(value, form, shown):
    assert shown_number(value, form) == shown


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (44774, "mmm yyyy", "2022-08"),
        (44774, "[$-415]mmmm yy", "2022-08"),
        (44562, "yyyy", "2022"),
        (44774, "yyyy", datetime(2022, 8, 1)),
        (44775, "mmm yyyy", datetime(2022, 8, 2)),
        (44774, "dd.mm.yyyy", datetime(2022, 8, 1)),
        (44774, 'mmm "day" yyyy', "2022-08"),
        (44774.5, "mm/yyyy hh:mm", datetime(2022, 8, 1, 12)),
        (0.5, "hh:mm", time(12)),
    ],
)
def test_a_month_that_a_spreadsheet_keeps_as_its_first_day_is_a_month(value, form, shown):
    assert shown_number(value, form) == shown


def test_escapes_of_the_format_are_characters():
    def then(_, sheet):
        sheet["A2"].value = "line_x000D_end _x0142_ _x005F_x000D_ _xD83D__xDE00_"

    data = _book(["A_x0042_"], ["x"], then=then)
    # The public writer escapes nothing, so that the file has what Excel would store.
    assert _cells(data) == [("line\rend ł _x000D_ 😀",)]
    assert _read(data).header == ("AB",)


@pytest.mark.law
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_without_escapes_stays(text):
    assert unescaped(text.replace("_x", "_X")) == text.replace("_x", "_X")


def test_a_formula_with_an_empty_text_is_an_empty_cell_and_one_without_a_value_is_found():
    def then(_, sheet):
        sheet["B2"], sheet["B3"], sheet["B4"] = '=IF(1,"","x")', "=1+1", "=2+2"

    data = _book(["A", "B"], ["x", None], ["y", None], ["z", None], then=then)
    data = _changed(data, sheet1=(b'<c r="B2"><f>', b'<c r="B2" t="str"><f>'))
    data = _changed(data, sheet1=(b"<f>2+2</f><v />", b"<f>2+2</f><v>4</v>"))
    sheet = _read(data)
    assert [cells["B"] for _, cells in sheet.rows] == ["", "", "4"]
    assert [(one.rule, one.row) for one in sheet.findings] == [("RD-FORMULA", 3)]
    assert [(one.column, one.cells) for one in sheet.converted] == [("B", 3)]


def test_comments_and_what_is_struck_through_are_told_with_their_place():
    def then(_, sheet):
        sheet["B2"].comment = Comment("preliminary\nvalue", "Someone")
        sheet["A3"].font = sheet["B3"].font = Font(strike=True)
        sheet["B4"].value = CellRichText("4 ", TextBlock(InlineFont(strike=True), "5"))

    sheet = _read(_book(["A", "B"], ["x", 1], ["y", 2], ["z", None], then=then))
    assert [(one.rule, one.severity, one.row) for one in sheet.findings] == [
        ("RD-STRUCK", "warning", 3),
        ("RD-STRUCK", "warning", 4),
        ("RD-COMMENT", "note", 2),
    ]
    assert "'preliminary value'" in sheet.findings[2].message
    assert [cells["B"] for _, cells in sheet.rows] == ["1", "2", "4 5"]


def test_a_book_with_macros_is_read_like_others():
    data = _changed(_book(["A"], [1]), Content=(b"sheet.main+xml", b"sheet.macroEnabled.main+xml"))
    assert _cells(data) == [("1",)]


def test_cells_without_references_stand_one_behind_the_other():
    data = _changed(_book(["A", "B"], [1, 2]), sheet1=(b' r="B2"', b""))
    data = _changed(data, sheet1=(b' r="A2"', b""))
    data = _changed(data, sheet1=(b'<row r="2"', b"<row"))
    assert _cells(data) == [("1", "2")]
    assert [number for number, _ in _read(data).rows] == [2]


@pytest.mark.parametrize(("before", "after"), [(b'r="B2"', b'r="A2"'), (b'r="A2"', b'r="C2"')])
def test_cells_out_of_order_are_refused(before, after):
    with pytest.raises(UnreadableFileError, match="row 2 are not in order"):
        _read(_changed(_book(["A", "B"], [1, 2]), sheet1=(before, after)))


def test_a_claim_about_size_costs_nothing():
    data = _changed(_book(["A"], [1]), sheet1=(b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    assert _cells(data) == [("1",)]


def test_too_many_cells_are_refused(monkeypatch):
    far = _book(["A"], [1], then=lambda _, sheet: sheet.cell(2, 16_384, 1))
    monkeypatch.setattr(optional, "MOST_CELLS", 20_000)
    with pytest.raises(UnreadableFileError, match="2 rows of up to 16384 columns are more than 20000 cells"):
        _read(far)
    monkeypatch.setattr(optional, "MOST_CELLS", 20)
    with pytest.raises(UnreadableFileError, match="more than 20 cells"):
        _read(far)


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("sheet1", b'r="A2"', b'r="XFE2"'),
        ("sheet1", b'<row r="2"', b'<row r="1048577"'),
        ("workbook.xml.rels", b"sheet1.xml", b"sheet9.xml"),
    ],
)
def test_what_no_workbook_has_is_refused(part, before, after):
    with pytest.raises(UnreadableFileError, match=r"beyond|missing"):
        _read(_changed(_book(["A"], [1]), **{part: (before, after)}))


def test_entities_in_a_worksheet_are_refused():
    data = _changed(_book(["A"], [1]), sheet1=(b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet"))
    with pytest.raises(UnreadableFileError, match="entities"):
        _read(data)
