"""Figures of several panels at the width of a single column of a journal."""

import pytest
from displays.legibility import assert_legible, numbers

from duonen_stats.displays.drawings import style
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.document.export.pictures import smallest_letters
from duonen_stats.document.markup import figure_size

COLUMN = 85.0
TALLEST = 235.0
"""Width of a single column, and height of a page of a journal without its margins, in mm."""

STACKED = ("figure_2", "figure_s3", "figure_s11", "figure_s12", "figure_s13", "figure_s14", "figure_s16")


def test_every_figure_of_several_panels_can_be_stacked(shown):
    figures = {key: one.content for key, one in shown.items() if isinstance(one.content, FigureContent)}
    wide = {key for key, content in figures.items() if len(content.draw().axes) > 1}
    assert wide == set(STACKED) == {key for key, content in figures.items() if content.stacked}


@pytest.mark.parametrize("key", STACKED)
def test_a_stacked_figure_is_legible_in_a_single_column(key, shown):
    content = shown[key].content
    figure = content.stacked()
    drawn = style.svg(figure)
    width, height = figure_size(drawn)
    assert smallest_letters(drawn, COLUMN) >= 6
    assert height / width * COLUMN < TALLEST
    assert numbers(figure) == numbers(content.draw())
    assert len(figure.axes) == len(content.draw().axes)
    assert_legible(figure)
