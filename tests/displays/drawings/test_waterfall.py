import pytest
from displays.legibility import assert_legible, numbers, words

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.waterfall import ReferenceLine, WaterfallGroup, draw_waterfall
from duonen_stats.displays.model.content import Number

LINES = [ReferenceLine(value=-30, label="−30%"), ReferenceLine(value=20, label="+20%")]


def group(arm="A", values=(40.0, 5.0, -35.0, -60.0)):
    return WaterfallGroup(arm=arm, label=f"Arm {arm}", values=values, n=Number(f"{arm}.n", str(len(values))))


def draw(groups):
    return draw_waterfall(groups, y_label="Best change of the sum of diameters (%)", lines=LINES)


def test_every_patient_is_a_bar_of_his_change():
    figure = draw([group(arm) for arm in "ABCD"])
    bars = [found.patches[0].get_height() for found in figure.axes[0].containers]
    assert bars == [40.0, 5.0, -35.0, -60.0] * 4
    assert numbers(figure) == {f"{arm}.n": "4" for arm in "ABCD"}
    assert_legible(figure)


def test_arms_differ_by_hatch_and_stand_apart():
    found = draw([group(arm) for arm in "ABCD"]).axes[0].containers
    assert len({bar.patches[0].get_hatch() for bar in found}) == 4
    left = [bar.patches[0].get_x() for bar in found]
    assert left[4] - left[3] > 2


def test_limits_are_at_their_values_on_the_axis():
    axes = draw([group(values=(2.0,))]).axes[0]
    at = {line.get_label(): line.get_ydata()[0] for line in axes.lines}
    assert at == {"zero": 0, "−30%": -30, "+20%": 20}
    low, high = axes.get_ylim()
    assert low < -30 < 20 < high


@pytest.mark.parametrize(
    "groups", [[], [group(values=())], [group(), group("B", ())], [group("A", (900.0,) * 40)]]
)
def test_nothing_is_cut_or_hidden(groups):
    figure = draw(groups)
    assert_legible(figure)
    if not all(found.values for found in groups) or not groups:
        assert "No data" in words(figure)


def test_the_same_numbers_give_the_same_bytes():
    assert style.svg(draw([group()])) == style.svg(draw([group()]))


def test_a_missing_value_is_refused():
    with pytest.raises(ValueError, match="Arm A: every value"):
        group(values=(float("nan"),))
