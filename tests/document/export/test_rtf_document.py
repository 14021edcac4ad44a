from datetime import UTC, datetime

import pytest
from document.export.handed_over import small_picture, tables_of_html, tables_of_rtf
from document.sample_document import sample_document
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.document.export.flow import (
    Flow,
    FlowCell,
    FlowRow,
    FlowTable,
    FlowWords,
    Frame,
    Turn,
    flow_of,
)
from duonen_stats.document.export.rtf_document import escaped, rtf_document
from duonen_stats.document.markup import printable
from duonen_stats.document.stored import read_document

MADE = datetime(2024, 1, 31, tzinfo=UTC)
FRAME = Frame(title="Report", running_title="Report", cut_line="Data cut 2024-01-31")


@pytest.fixture(scope="module")
def sample() -> bytes:
    document = sample_document()
    pictures = {shown.key: small_picture() for shown in document.displays()}
    return rtf_document(flow_of(document), pictures, made=MADE)


def test_groups_are_closed_and_the_file_is_ascii(sample):
    text = sample.decode("ascii").replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    assert text.startswith("{\\rtf1")
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0


def test_marks_contents_and_alternative_text(sample):
    text = sample.decode("ascii")
    banner = escaped(sample_document().stamp.banner)
    assert f"{banner}\\par" in text.split("{\\header", 1)[1].split("{\\footer", 1)[0]
    assert "PAGEREF" in text
    assert "{\\sn wzDescription}" in text
    assert "\\trhdr" in text
    assert "\\tqdec\\tx" in text


def test_a_wide_table_that_begins_a_file_has_a_landscape_page():
    text = rtf_document(Flow(FRAME, (Turn(landscape=True), FlowWords(text="x"))), {}, made=MADE).decode()
    assert text.count("\\lndscpsxn") == 1
    assert "\\sect\\sectd" not in text


def test_a_heading_within_a_table_and_its_last_rows_keep_to_what_follows():
    cells = (FlowCell(lines=("Row",)), FlowCell(lines=("1",)))
    rows = (
        FlowRow(cells=cells, head=True),
        FlowRow(cells=(FlowCell(lines=("Group",), columns=2),)),
        *(FlowRow(cells=cells),) * 4,
    )
    table = FlowTable(title="T", description="", widths=(80.0, 80.0), size=8.0, rows=rows)
    assert [table.keeps_to_next(i) for i in range(len(rows))] == [True, True, False, False, True, True]
    text = rtf_document(Flow(FRAME, (table, FlowWords(text="Notes.", style="note"))), {}, made=MADE).decode()
    kept = ["\\keepn" in row for row in text.split("\\trowd")[1:]]
    assert kept == [True, True, False, False, True, True]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("\\par{x}", "\\\\par\\{x\\}"),
        ("µ", "\\u181?"),
        ("\uff1d", "\\u-227?"),
        ("\U0001d70c", "\\u-10187?\\u-8436?"),
        ("a\nb\tc", "a\\line b\\tab c"),
    ],
)
def test_escaped(text, written):
    assert escaped(text) == written


@given(st.text(max_size=60))
def test_any_cell_is_read_back_as_it_was(text):
    shown = printable(text).strip()
    row = FlowRow(cells=(FlowCell(lines=(shown,)), FlowCell(lines=("end",))))
    table = FlowTable(title="", description="", widths=(100.0, 50.0), size=8.0, rows=(row,))
    content = rtf_document(Flow(FRAME, (table,)), {}, made=MADE)
    assert tables_of_rtf(content) == [[[shown, "end"]]]


def test_every_table_of_the_report_has_the_cells_of_the_page(written_report):
    document = read_document((written_report / "document.json").read_bytes(), "report")
    pictures = {shown.key: small_picture() for shown in document.displays()}
    tables = tables_of_rtf(rtf_document(flow_of(document), pictures, made=MADE))
    page = tables_of_html((written_report / "report.html").read_text(encoding="utf-8"))
    remaining = [*tables]
    for display in document.displays():
        if hasattr(display.content, "draw"):
            continue
        assert page[display.key] in remaining, display.key
        remaining = remaining[remaining.index(page[display.key]) + 1 :]
