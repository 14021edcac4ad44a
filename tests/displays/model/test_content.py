import pytest

from duonen_stats.displays.model.content import (
    Column,
    Number,
    TableContent,
    TableRow,
    plain,
)


def test_a_line_is_read_as_text():
    assert plain(("p = ", Number("x.p", "0.027"), ".")) == "p = 0.027."


def test_a_ragged_table_is_refused():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        TableContent(columns=(Column(header="a"), Column(header="b")), rows=(TableRow(cells=(("x",),)),))
