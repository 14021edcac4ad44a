import pytest

from duonen_stats.displays.model.content import Column
from duonen_stats.document.column_widths import PADDING, text_width
from duonen_stats.document.export.decimal_point import decimal_place


def test_numbers_of_a_column_stand_with_their_points_below_each_other():
    column = Column(header="n")
    texts = ["8 (50.0%)", "103 (7.1%)", "–", "−1.5"]
    place = decimal_place(column, texts, 8.0, 120.0)
    assert place is not None
    before = text_width("103", size=8.0) * 0.9
    after = text_width(" (50.0%)", size=8.0) * 0.9
    assert place == pytest.approx((120 - PADDING - before - after) / 2 + before)


@pytest.mark.parametrize(
    ("texts", "align", "width"),
    [
        (["yes", "no"], "center", 100.0),  # words
        (["8", "9"], "left", 100.0),
        (["8 (50.0%)", "9 of those who were treated as planned"], "center", 60.0),  # more than a line
        ([], "center", 100.0),
    ],
)
def test_other_columns_are_not_aligned(texts, align, width):
    assert decimal_place(Column(header="x", align=align), texts, 8.0, width) is None
