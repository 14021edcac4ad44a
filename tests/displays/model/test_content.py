import pytest

from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Number,
    ProducedDisplay,
    TableContent,
    TableRow,
    plain,
    table_as_text,
)


def test_a_line_is_read_as_text():
    assert plain(("p = ", Number("x.p", "0.027"), ".")) == "p = 0.027."


def test_a_ragged_table_is_refused():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        TableContent(columns=(Column(header="a"), Column(header="b")), rows=(TableRow(cells=(("x",),)),))


def produced(content):
    return ProducedDisplay(
        key="t", label="Table 9", ich_number="14.9", title="A title", population=("Safety",), content=content,
        footnotes=(("A note.",),), source="Source: ADSL.", cut="Data cut 2025-06-30.",
    )  # fmt: skip


@pytest.mark.snapshot
def test_a_table_prints_with_all_it_needs():
    table = TableContent(columns=(Column(header="Arm", align="left"),), rows=(TableRow(cells=(("A",),)),))
    assert str(produced(table)).splitlines() == [
        "Table 9. A title", "Safety", "", "Arm", "───", "A", "───", "",
        "A note.", "Source: ADSL.", "Data cut 2025-06-30.",
    ]  # fmt: skip


@pytest.mark.snapshot
def test_a_figure_prints_as_its_words():
    figure = FigureContent(draw=lambda: pytest.fail("drawn for a terminal"), alt="Boxes by arm.")
    assert "Boxes by arm." in str(produced(figure))


@pytest.mark.snapshot
def test_columns_are_aligned_and_nothing_is_cut():
    table = TableContent(
        columns=(
            Column(header="Analyte", align="left"),
            Column(header="Median Δ", below=("(IQR)",)),
            Column(header="p", align="right"),
        ),
        rows=(
            TableRow(cells=(("Blood",), (), ()), kind="group"),
            TableRow(
                cells=(("Hemoglobin",), (Number("a", "−0.90"), " (−1.60 to −0.50)"), (Number("b", "0.027"),)),
                indent=1,
            ),
        ),
    )
    assert table_as_text(table).splitlines() == [
        "Analyte              Median Δ             p",
        "                      (IQR)",
        "────────────  ──────────────────────  ─────",
        "Blood",
        "  Hemoglobin  −0.90 (−1.60 to −0.50)  0.027",
        "────────────  ──────────────────────  ─────",
    ]
