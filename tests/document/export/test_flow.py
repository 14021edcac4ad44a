from dataclasses import replace

import pytest
from document.sample_document import HOSTILE, sample_document

from duonen_stats.displays.model.content import Column, ProducedDisplay, TableContent, TableRow
from duonen_stats.document.content_model import DisplayBlock, Paragraph, Section
from duonen_stats.document.export.flow import (
    Caption,
    Contents,
    FlowTable,
    FlowWords,
    Frame,
    Heading,
    Picture,
    Title,
    Turn,
    caption_of,
    flow_of,
    flow_of_display,
    flow_table,
)

FRAME = Frame(title="Report", running_title="Report", cut_line="Data cut 2024-01-31")


def table(*rows: tuple[str, ...], landscape: bool = False, label: str = "Table 1") -> ProducedDisplay:
    columns = (Column(header="Sex", align="left"), Column(header="Arm A", below=("(N = 16)",)))
    shown = tuple(TableRow(cells=tuple((text,) for text in row)) for row in rows)
    return ProducedDisplay(
        key="table_1",
        label=label,
        ich_number="14.1",
        title="Sex",
        population=("Randomised",),
        content=TableContent(columns=columns, rows=shown, landscape=landscape),
        footnotes=(("A note.",),),
        source="Source: ADSL.",
        cut="Data cut 2024-01-31.",
        sentence=("Half are men.",),
    )


def test_a_display_alone_has_everything_but_the_sentence_of_the_report():
    items = flow_of_display(table(("Male", "8 (50.0%)")), FRAME).items
    assert [type(item) for item in items] == [Caption, FlowWords, FlowTable, FlowWords, FlowWords]
    assert [item.text for item in items if isinstance(item, FlowWords)] == [
        "Randomised", "A note.", "Source: ADSL.  ·  Data cut 2024-01-31.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("Table 1", ("Table", "", 1, "")),
        ("Table S10a", ("Table", "S", 10, "a")),
        ("Figure E2", ("Figure", "E", 2, "")),
        ("Listing 16.2.7", ("Table", "", None, "")),
    ],
)
def test_a_label_is_divided_into_words_and_number(label, parts):
    found = caption_of(table(("Male", "8"), label=label))
    assert (found.kind, found.before, found.number, found.after) == parts
    assert found.text == f"{label}. Sex"


def test_a_heading_of_rows_covers_all_columns_and_has_a_rule():
    content = TableContent(
        columns=(Column(header="", align="left"), Column(header="A")),
        rows=(
            TableRow(cells=(("Age",), ("60",))),
            TableRow(cells=(("Sex",), ()), kind="group"),
            TableRow(cells=(("Male",), ("8",)), indent=1),
            TableRow(cells=(("All",), ("16",)), kind="total"),
        ),
    )
    rows = flow_table(content, title="", description="").rows
    assert [row.head for row in rows] == [True, False, False, False, False]
    assert [(row.rule, len(row.cells)) for row in rows[1:]] == [
        ("none", 2),
        ("hair", 1),
        ("none", 2),
        ("thin", 2),
    ]
    assert rows[2].cells[0].columns == 2
    assert rows[3].cells[0].indent == 1


def test_a_heading_over_two_columns_leaves_a_covered_cell_below_its_neighbour():
    columns = (
        Column(header="Visit", align="left"),
        Column(header="Arm A", below=("n",)),
        Column(header="Arm A", below=("p",)),
    )
    content = TableContent(columns=columns, rows=(TableRow(cells=(("V1",), ("3",), ("0.1",))),))
    first, second, _ = flow_table(content, title="", description="").rows
    assert [(cell.columns, cell.rows) for cell in first.cells] == [(1, 2), (2, 1)]
    assert [cell.covered for cell in second.cells] == [True, False, False]


def test_the_page_turns_for_a_wide_table_with_what_leads_into_it_and_its_notes():
    shown = replace(table(("Male", "8"), landscape=True), sentence=())
    items = flow_of_display(shown, FRAME).items
    assert items[0] == Turn(landscape=True)
    assert not any(isinstance(item, Turn) for item in items[1:])


def test_a_report_is_a_flow_with_title_page_contents_and_numbered_sections():
    document = sample_document()
    flow = flow_of(document)
    assert isinstance(flow.items[0], Title)
    assert any(isinstance(item, Contents) for item in flow.items)
    headings = [item.text for item in flow.items if isinstance(item, Heading)]
    assert headings[0].startswith("1 ")
    shown = [item for item in flow.items if isinstance(item, Caption) and item.label]
    assert [item.key for item in shown] == [display.key for display in document.displays()]
    assert flow.frame.banner == document.stamp.banner
    drawn = [item.key for item in flow.items if isinstance(item, Picture)]
    assert drawn == [display.key for display in document.displays() if hasattr(display.content, "draw")]
    everything = repr(flow.items)
    assert all(repr(text)[1:-1] in everything for text in HOSTILE[:1])


def shape(*blocks):
    """Say of a section with these blocks what is on upright and what on turned pages, from its heading on."""
    section = Section(key="s", title="Doses", blocks=blocks)
    document = replace(sample_document(), sections=(section,), looked_up=False)
    items = flow_of(document).items
    begun = next(i for i, item in enumerate(items) if isinstance(item, Heading | Turn))
    return [type(item).__name__ if not isinstance(item, Turn) else item.landscape for item in items[begun:]]


def test_few_lines_before_a_wide_table_turn_with_it_and_part_no_heading():
    wide = DisplayBlock(table(("Male", "8"), landscape=True))
    other = DisplayBlock(replace(table(("Male", "8"), landscape=True), key="table_2", label="Table 2"))
    few, many = Paragraph(("A line.",)), Paragraph(("Many words. " * 100,))
    assert shape(few, wide)[:4] == [True, "Heading", "FlowWords", "Caption"]
    assert shape(wide, few, other).count(True) == 1
    assert shape(wide, many, other).count(True) == 2
    assert shape(many, wide)[:4] == ["Heading", "FlowWords", True, "Caption"]
    # Words that follow an upright display stay with it.
    upright = DisplayBlock(replace(table(("Male", "8")), key="table_3", label="Table 3"))
    assert shape(upright, few, wide)[-8:-6] == ["FlowWords", True]
