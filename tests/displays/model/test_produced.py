import pytest

from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    TableContent,
    TableRow,
)
from duonen_stats.displays.model.produced import Produced

pytestmark = pytest.mark.snapshot


def produced(content):
    return Produced(
        key="t", label="Table 9", ich_number="14.9", title="A title", population=("Safety",), content=content,
        footnotes=(("A note.",),), source="Source: ADSL.", cut="Data cut 2025-06-30.",
    )  # fmt: skip


def test_a_table_prints_with_all_it_needs():
    table = TableContent(columns=(Column(header="Arm", align="left"),), rows=(TableRow(cells=(("A",),)),))
    assert str(produced(table)).splitlines() == [
        "Table 9. A title", "Safety", "", "Arm", "───", "A", "───", "",
        "A note.", "Source: ADSL.", "Data cut 2025-06-30.",
    ]  # fmt: skip


def test_a_figure_prints_as_its_words():
    figure = FigureContent(draw=lambda: pytest.fail("drawn for a terminal"), alt="Boxes by arm.")
    assert "Boxes by arm." in str(produced(figure))
