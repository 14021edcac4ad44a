import pytest
from displays.legibility import assert_legible, words

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.residual_plot import Smooth, draw_residuals

TIME, VALUE = (3.0, 9.0, 20.0, 41.0), (-1.2, 0.8, 1.9, -0.4)
SMOOTH = Smooth(
    time=TIME, value=(-0.5, 0.0, 0.3, 0.1), low=(None, -1.0, -0.9, -80.0), high=(None, 1.0, 1.2, 90.0)
)


def draw(time=TIME, value=VALUE, smooth=SMOOTH, constant=-0.7):
    return draw_residuals(
        time, value, smooth, constant=constant, x_label="Months", y_label="Scaled Schoenfeld residual",
        notes=[("Test of proportional hazards: p = 0.3",)],
    )  # fmt: skip


def test_every_event_is_a_point_and_the_curve_runs_through():
    axes = draw().axes[0]
    (points,) = (found for found in axes.collections if found.get_label() == "events")
    assert [tuple(at) for at in points.get_offsets()] == list(zip(TIME, VALUE, strict=True))
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
    assert lines["smooth"] == list(SMOOTH.value)
    assert lines["proportional"] == [-0.7, -0.7]


def test_a_wide_band_does_not_squeeze_the_points():
    low, high = draw().axes[0].get_ylim()
    assert high - low < 10


@pytest.mark.parametrize("smooth", [SMOOTH, Smooth(time=(), value=())])
@pytest.mark.parametrize("time", [TIME, ()])
@pytest.mark.parametrize("constant", [None, 0.4])
def test_nothing_is_cut_or_hidden(smooth, time, constant):
    figure = draw(time, VALUE[: len(time)], smooth, constant)
    assert_legible(figure)
    if not time:
        assert "No data" in words(figure)


def test_the_same_numbers_give_the_same_bytes():
    assert style.svg(draw()) == style.svg(draw())


@pytest.mark.parametrize("value", [(1.0,), (1.0, 2.0, 3.0, float("inf"))])
def test_a_residual_without_time_is_refused(value):
    with pytest.raises(ValueError, match="every residual"):
        draw(value=value)
