import pytest

from duonen_stats.displays.model.content import (
    Column,
    Number,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.text import table_as_text

pytestmark = pytest.mark.snapshot


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
