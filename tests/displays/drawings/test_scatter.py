import numpy as np
import pytest
from displays.legibility import assert_legible, box_of, numbers, words

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.scatter import ScatterGroup, Smooth, draw_residuals, draw_scatter
from duonen_stats.displays.model.content import Number

X_LABEL, Y_LABEL = "Cumulative marrow dose (Gy)", "Lymphocyte nadir, change from T1 (×10⁹/L)"
NOTE = ("Spearman ρ = ", Number("f6.rho", "−0.49"), ", p = ", Number("f6.p", "0.0006"))
X = {"A": (0.2, 0.31, 0.4), "B": (0.5, 0.6), "C": (0.79, 1.1, 1.3, 0.6), "D": (0.45,)}
Y = {"A": (-0.4, -0.7, -0.6), "B": (-0.9, -1.1), "C": (-1.4, -1.6, -2.0, -0.2), "D": (-0.8,)}


def group(arm, label=None, x=None, y=None):
    x, y = (X[arm] if x is None else x), (Y[arm] if y is None else y)
    return ScatterGroup(arm=arm, label=label or f"Arm {arm}", x=x, y=y, n=Number(f"f6.{arm}.n", str(len(x))))


FOUR = [group(arm) for arm in "ABCD"]


def draw(groups=FOUR, **options):
    return draw_scatter(groups, **{"x_label": X_LABEL, "y_label": Y_LABEL, "notes": [NOTE]} | options)


def test_every_patient_is_a_point_at_both_values():
    drawn = {c.get_label()[-1]: c.get_offsets() for c in draw().axes[0].collections}
    for arm in "ABCD":
        np.testing.assert_array_equal(drawn[arm], np.column_stack([X[arm], Y[arm]]))


def test_numbers_are_written_with_their_ids():
    figure = draw()
    assert numbers(figure) == {
        "f6.rho": "−0.49",
        "f6.p": "0.0006",
        "f6.A.n": "3",
        "f6.B.n": "2",
        "f6.C.n": "4",
        "f6.D.n": "1",
    }


def test_annotation_stands_above_the_axes_where_no_point_is():
    figure = draw()
    assert_legible(figure)
    assert box_of(figure, "−0.49").y0 > figure.axes[0].bbox.y1


def test_lines_at_zero_are_drawn_when_asked():
    figure = draw(zero_y=True, zero_x=True)
    axes = figure.axes[0]
    assert [line.get_label() for line in axes.lines] == ["zero y", "zero x"]
    assert axes.get_ylim()[0] < 0 < axes.get_ylim()[1]
    assert not draw().axes[0].lines


def test_an_axis_can_begin_at_zero():
    assert draw(from_zero_x=True).axes[0].get_xlim()[0] == 0


def test_without_legend_no_arm_is_named():
    assert "Arm A (n =" in words(draw())
    assert "Arm A (n =" not in words(draw(legend=False))


def test_an_empty_drawing_says_so():
    for groups in ([], [group("C", x=(), y=())]):
        figure = draw(groups, zero_y=True)
        assert "No data" in words(figure)
        assert not figure.axes[0].collections
        assert_legible(figure)


LONG = "Arm B: [¹⁷⁷Lu]Lu-DOTA-TATE with dosimetry-guided ⁹⁰Y in every cycle after the first"


@pytest.mark.parametrize(
    "groups",
    [
        FOUR,
        [group("C", x=(1.0,), y=(2.0,))],
        [group("C", x=(1.0, 1.0), y=(2.0, 2.0))],
        [group(arm, label=LONG) for arm in "ABCD"],
        [group("A", x=(1e6, 9.87654e6), y=(-1e6, 1e6))],
        [group("A", x=(0.1, 500.0), y=(-0.1, 800.0))],
        [group("A", x=(-4210.5, 12.5), y=(1e-6, 2e-6))],
    ],
)
def test_nothing_is_cut_or_hidden(groups):
    remark = ("A remark that goes on beyond the width of the drawing, with p = ", Number("q", "0.5"))
    assert_legible(draw(groups, notes=[NOTE, remark], zero_y=True))
    assert_legible(draw(groups, x_label=X_LABEL * 4, y_label=f"{Y_LABEL} " * 4, width_mm=60))


def test_the_same_points_give_the_same_bytes():
    assert style.svg(draw()) == style.svg(draw())


@pytest.mark.parametrize(
    ("x", "y", "message"), [((1.0,), (1.0, 2.0), "1 x values but 2 y"), ((1.0,), (np.nan,), "finite")]
)
def test_unpaired_or_missing_values_are_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        group("A", x=x, y=y)


TIME, VALUE = (3.0, 9.0, 20.0, 41.0), (-1.2, 0.8, 1.9, -0.4)
SMOOTH = Smooth(
    time=TIME, value=(-0.5, 0.0, 0.3, 0.1), low=(None, -1.0, -0.9, -80.0), high=(None, 1.0, 1.2, 90.0)
)


def draw_residual_plot(time=TIME, value=VALUE, smooth=SMOOTH, constant=-0.7):
    return draw_residuals(
        time, value, smooth, constant=constant, x_label="Months", y_label="Scaled Schoenfeld residual",
        notes=[("Test of proportional hazards: p = 0.3",)],
    )  # fmt: skip


def test_every_event_is_a_point_and_the_curve_runs_through():
    axes = draw_residual_plot().axes[0]
    (points,) = (found for found in axes.collections if found.get_label() == "events")
    assert [tuple(at) for at in points.get_offsets()] == list(zip(TIME, VALUE, strict=True))
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert lines["smooth"] == list(SMOOTH.value)
    assert lines["proportional"] == [-0.7, -0.7]


def test_a_wide_band_does_not_squeeze_the_points():
    low, high = draw_residual_plot().axes[0].get_ylim()
    assert high - low < 10


@pytest.mark.parametrize("smooth", [SMOOTH, Smooth(time=(), value=())])
@pytest.mark.parametrize("time", [TIME, ()])
@pytest.mark.parametrize("constant", [None, 0.4])
def test_nothing_is_cut_or_hidden_of_residual_plot(smooth, time, constant):
    figure = draw_residual_plot(time, VALUE[: len(time)], smooth, constant)
    assert_legible(figure)
    if not time:
        assert "No data" in words(figure)


def test_the_same_numbers_give_the_same_bytes():
    assert style.svg(draw_residual_plot()) == style.svg(draw_residual_plot())


@pytest.mark.parametrize("value", [(1.0,), (1.0, 2.0, 3.0, float("inf"))])
def test_a_residual_without_time_is_refused(value):
    with pytest.raises(ValueError, match="every residual"):
        draw_residual_plot(value=value)
