"""Drawings of a design."""

import pytest
from matplotlib.lines import Line2D

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.design_figures import (
    STROKES,
    Curve,
    describe_curves,
    draw_curves,
)

CURVES = (
    Curve(label="Schoenfeld", x=[0.3, 0.5, 0.7], y=[95, 67, 25]),
    Curve(label="Lakatos", x=[0.3, 0.5, 0.7], y=[98, 74, 26], signs=True),
    Curve(label="Simulated", x=[0.5], y=[73], error=[1.5], line=False),
)


def drawn(**looks):
    return draw_curves(CURVES, x_label="Hazard ratio", y_label="Power (%)", **looks)


def test_every_curve_is_drawn_as_given_and_named_in_the_key():
    figure = drawn(level=90)
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.get_lines()}
    for curve in CURVES:
        assert list(lines[curve.label].get_xdata()) == list(curve.x)
        assert list(lines[curve.label].get_ydata()) == list(curve.y)
    words = {text.get_text() for text in figure.texts}
    assert {"Schoenfeld", "Lakatos", "Simulated", "Hazard ratio", "Power (%)"} <= words
    assert sum(isinstance(artist, Line2D) for artist in figure.artists) + len(figure.lines) == len(CURVES)


def test_points_have_bars_and_no_line():
    (axes,) = drawn().axes
    points = next(line for line in axes.get_lines() if line.get_label() == "Simulated")
    assert points.get_linestyle() == "None"
    (bars,) = (collection for collection in axes.collections if len(collection.get_paths()) == 1)
    assert sorted(y for _, y in bars.get_paths()[0].vertices) == [71.5, 74.5]


def test_lines_differ_without_colour():
    assert len({dashes for _, dashes in STROKES}) == len(STROKES)


def test_the_same_curves_give_the_same_bytes():
    assert style.svg(drawn()) == style.svg(drawn())
    assert "Lakatos" in style.svg(drawn())


def test_no_curve_says_so():
    figure = draw_curves([], x_label="x", y_label="y")
    assert "No data" in {text.get_text() for text in figure.axes[0].texts}


@pytest.mark.parametrize("bad", [{"y": [1.0]}, {"y": [1.0, float("inf")]}, {"y": [1.0, 2.0], "error": [1.0]}])
def test_a_curve_that_cannot_be_drawn_is_refused(bad):
    with pytest.raises(ValueError, match="odd"):
        Curve(label="odd", x=[1.0, 2.0], **bad)


def test_the_words_name_every_curve():
    said = describe_curves(CURVES, x_measure="Hazard ratio", y_measure="Power (%)")
    assert said == "Power (%) over Hazard ratio: Schoenfeld (line); Lakatos (line); Simulated (points)."
