import pytest
from displays.legibility import assert_legible, numbers, words

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.forest import ForestRow, draw_forest, has_arrows
from duonen_stats.displays.model.content import Number


def row(name="Male", estimate=0.5, low=0.2, high=1.4, **changes):
    cells = ((Number(f"{name}.e", "12"), "/", Number(f"{name}.n", "30")), ("5/10",))
    facts = {"label": (name,), "cells": cells, "after": (("0.50 (0.20–1.40)",), ("0.43",))}
    return ForestRow(**{**facts, "estimate": estimate, "low": low, "high": high, **changes})


def draw(rows):
    return draw_forest(
        rows, heads=("Subgroup", "B+C+D", "A"), after_heads=("HR (95% CI)", "p"), x_label="Hazard ratio",
        lower="favours B + C + D", higher="favours A",
    )  # fmt: skip


def drawn(figure, label):
    return [line for line in figure.axes[0].lines if line.get_label() == label]


def test_estimate_and_interval_stand_at_their_values():
    figure = draw([row("All", 0.5, summary=True), row("Male", 0.8)])
    (interval,), (estimate,) = drawn(figure, "interval All"), drawn(figure, "estimate All")
    assert list(interval.get_xdata()) == [0.2, 1.4]
    assert (estimate.get_xdata()[0], estimate.get_ydata()[0]) == (0.5, 1.5)
    assert estimate.get_marker() == "D"
    assert drawn(figure, "no effect")[0].get_xdata()[0] == 1
    assert numbers(figure)["Male.e"] == "12"
    assert_legible(figure)


def test_an_interval_beyond_the_axis_ends_in_an_arrow():
    figure = draw([row(low=0.001, high=900.0)])
    assert len(drawn(figure, "beyond 0")) == len(drawn(figure, "beyond 1")) == 1
    low, high = figure.axes[0].get_xlim()
    assert 0.03 < low < high < 30


def test_a_missing_limit_runs_to_the_edge():
    figure = draw([row(low=None)])
    assert drawn(figure, "beyond 0")
    assert not drawn(figure, "beyond 1")


def test_a_row_without_an_estimate_keeps_its_words():
    figure = draw([row("Male"), row("Female", None, None, None)])
    assert "Female" in words(figure)
    assert not drawn(figure, "estimate Female")


@pytest.mark.parametrize(
    "rows", [[], [row(estimate=None, low=None, high=None)]], ids=["no row", "no estimate"]
)
def test_an_empty_plot_says_so(rows):
    figure = draw(rows)
    assert "No data" in words(figure)
    assert_legible(figure)


@pytest.mark.parametrize("estimate", [0.06, 0.3, 1.0, 3.0, 18.0])
def test_words_under_the_axis_stay_on_the_page(estimate):
    assert_legible(draw([row(estimate=estimate, low=estimate / 2, high=2 * estimate, indent=1)]))


def test_the_same_numbers_give_the_same_bytes():
    assert style.svg(draw([row()])) == style.svg(draw([row()]))


def test_a_ratio_of_zero_is_refused():
    with pytest.raises(ValueError, match="Male: estimates and limits"):
        row(estimate=0.0)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"low": 0.001},
        {"high": 900.0},
        {"low": None},
        {"low": None, "high": None},
        {"estimate": None, "low": None},
    ],
)
def test_has_arrows_tells_what_is_drawn(changes):
    rows = [row(), row("Female", **changes)]
    drawn_arrows = [line for line in draw(rows).axes[0].lines if "beyond" in str(line.get_label())]
    assert has_arrows(rows) == bool(drawn_arrows)
