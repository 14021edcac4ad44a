import pytest
from displays.legibility import assert_legible, numbers, words

from duonen_stats.displays.events.dot_plot import DotInterval, DotRow, draw_dot_plot
from duonen_stats.displays.model.content import Number

ARMS = ("A", "B", "C", "D")


def row(name="Anaemia", shares=None, differences=None):
    return DotRow(
        label=(name,), count=(Number(f"{name}.n", "12"), " (21.4%)"),
        shares={arm: 10.0 * place for place, arm in enumerate(ARMS)} if shares is None else shares,
        differences={arm: DotInterval(5.0, -3.0, 12.0) for arm in ARMS[1:]} if differences is None else differences,
    )  # fmt: skip


def draw(rows):
    return draw_dot_plot(
        rows, keys={arm: (f"Arm {arm}",) for arm in ARMS}, count_head="All arms", share_label="Patients, %",
        difference_label="Difference to arm A",
    )  # fmt: skip


def lines(figure, label):
    return [one for axes in figure.axes for one in axes.lines if one.get_label() == label]


def test_marks_and_intervals_stand_at_their_values():
    figure = draw([row()])
    (share,), (interval,) = lines(figure, "share Anaemia D"), lines(figure, "interval B Anaemia")
    assert share.get_xdata()[0] == 30
    assert list(interval.get_xdata()) == [-3, 12]
    assert numbers(figure)["Anaemia.n"] == "12"
    assert lines(figure, "no difference")[0].get_xdata()[0] == 0
    assert_legible(figure)


def test_the_first_row_is_at_the_top():
    figure = draw([row("First"), row("Second")])
    heights = [lines(figure, f"share {name} A")[0].get_ydata()[0] for name in ("First", "Second")]
    assert heights[0] > heights[1]


def test_an_arm_without_patients_has_no_mark():
    figure = draw([row(shares={"A": 5.0}, differences={})])
    assert not lines(figure, "share Anaemia B")
    assert "No data" in words(figure)


@pytest.mark.parametrize(
    "rows", [[], [row("A very long term of a dictionary that has to be broken over lines")] * 3]
)
def test_it_is_legible_without_rows_and_with_long_names(rows):
    assert_legible(draw(rows))
