import pytest
from displays.legibility import assert_legible, numbers, words

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.bars import (
    CATEGORIES,
    ModificationBar,
    ModificationGroup,
    ReferenceLine,
    WaterfallGroup,
    draw_modification_bars,
    draw_waterfall,
)
from duonen_stats.displays.model.content import Number

COUNTS = {"B": (8, 5, 2, 1), "C": (9, 2, 1, 0), "D": (1, 3, 8, 0)}


def group(arm, counts=None, isotope="⁹⁰Y modified"):
    counts = COUNTS[arm] if counts is None else counts
    n = sum(counts)
    bars = [
        ModificationBar(
            category=category,
            share=100 * k / n,
            count=Number(f"f1.{arm}.{category}.count", str(k)),
            percent=Number(f"f1.{arm}.{category}.percent", f"{100 * k / n:.1f}%"),
        )
        for category, k in zip(CATEGORIES, counts, strict=False)
    ]
    n_number = Number(f"f1.{arm}.n", str(n))
    return ModificationGroup(arm=arm, label=f"Arm {arm}", isotope=isotope, n=n_number, bars=bars)


THREE = [group(arm) for arm in COUNTS]


def heights(figure):
    return {c.get_label(): c.patches[0].get_height() for c in figure.axes[0].containers}


def test_a_bar_is_as_high_as_its_share():
    drawn = heights(draw_modification_bars(THREE))
    assert len(drawn) == 12
    assert drawn["B DECREASED"] == 50
    assert drawn["C DECREASED"] == 75
    assert drawn["D NOT EVALUABLE"] == 0


def test_every_bar_has_its_count_and_percentage_with_their_ids():
    found = numbers(draw_modification_bars(THREE))
    assert len(found) == 3 + 2 * 12
    assert found["f1.C.DECREASED.count"] == "9"
    assert found["f1.C.DECREASED.percent"] == "75.0%"
    assert found["f1.D.NOT EVALUABLE.count"] == "0"
    assert found["f1.B.n"] == "16"


def test_bars_of_a_category_keep_their_place_and_look():
    few = group("B", counts=(0, 3))  # only decreased and unchanged
    axes = draw_modification_bars([few, group("C")]).axes[0]
    places = {c.get_label(): c.patches[0].get_x() for c in axes.containers}
    assert places["C UNCHANGED"] - places["B UNCHANGED"] == pytest.approx(1)
    colours = {c.get_label(): c.patches[0].get_facecolor() for c in axes.containers}
    assert colours["C UNCHANGED"] == colours["B UNCHANGED"] != colours["C DECREASED"]


def test_arm_isotope_and_legend_are_named():
    found = words(draw_modification_bars(THREE))
    assert {"Arm B", "⁹⁰Y modified", "Patients (%)", *CATEGORIES.values()} <= set(found)


def test_an_arm_without_patients_says_so():
    empty = ModificationGroup(arm="C", label="Arm C", isotope="¹⁷⁷Lu", n=Number("n", "0"), bars=())
    figure = draw_modification_bars([group("B"), empty])
    assert words(figure).count("No data") == 1
    assert_legible(figure)
    for none in ([], [empty]):
        nothing = draw_modification_bars(none)
        assert "No data" in words(nothing)
        assert_legible(nothing)


@pytest.mark.parametrize(
    "groups",
    [
        THREE,
        [group("B", counts=(2, 0, 0, 0))],
        [group(arm, isotope="¹⁷⁷Lu modified in every cycle after the first, within limits") for arm in "BCD"],
        [group(arm) for arm in "BCDBCD"],
    ],
)
@pytest.mark.parametrize("width_mm", [88, 136, 180])
def test_nothing_is_cut_or_hidden(groups, width_mm):
    assert_legible(draw_modification_bars(groups, width_mm=width_mm))


def test_the_same_counts_give_the_same_bytes():
    assert style.svg(draw_modification_bars(THREE)) == style.svg(draw_modification_bars(THREE))


def test_an_unknown_category_is_refused():
    strange = ModificationBar(category="DOUBLED", share=10, count=Number("c", "1"))
    wrong = ModificationGroup(arm="B", label="Arm B", isotope="⁹⁰Y", n=Number("n", "10"), bars=[strange])
    with pytest.raises(ValueError, match="DOUBLED"):
        draw_modification_bars([wrong])


@pytest.mark.parametrize("share", [-1, 101, float("nan")])
def test_a_share_outside_0_to_100_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 100"):
        ModificationBar(category="DECREASED", share=share, count=Number("c", "1"))


LINES = [ReferenceLine(value=-30, label="−30%"), ReferenceLine(value=20, label="+20%")]


def group_waterfall(arm="A", values=(40.0, 5.0, -35.0, -60.0)):
    return WaterfallGroup(arm=arm, label=f"Arm {arm}", values=values, n=Number(f"{arm}.n", str(len(values))))


def draw(groups):
    return draw_waterfall(groups, y_label="Best change of the sum of diameters (%)", lines=LINES)


def test_every_patient_is_a_bar_of_his_change():
    figure = draw([group_waterfall(arm) for arm in "ABCD"])
    bars = [found.patches[0].get_height() for found in figure.axes[0].containers]
    assert bars == [40.0, 5.0, -35.0, -60.0] * 4
    assert numbers(figure) == {f"{arm}.n": "4" for arm in "ABCD"}
    assert_legible(figure)


def test_arms_differ_by_hatch_and_stand_apart():
    found = draw([group_waterfall(arm) for arm in "ABCD"]).axes[0].containers
    assert len({bar.patches[0].get_hatch() for bar in found}) == 4
    left = [bar.patches[0].get_x() for bar in found]
    assert left[4] - left[3] > 2


def test_limits_are_at_their_values_on_the_axis():
    axes = draw([group_waterfall(values=(2.0,))]).axes[0]
    at = {line.get_label(): line.get_ydata()[0] for line in axes.lines}
    assert at == {"zero": 0, "−30%": -30, "+20%": 20}
    low, high = axes.get_ylim()
    assert low < -30 < 20 < high


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [group_waterfall(values=())],
        [group_waterfall(), group_waterfall("B", ())],
        [group_waterfall("A", (900.0,) * 40)],
    ],
)
def test_nothing_is_cut_or_hidden_of_waterfall(groups):
    figure = draw(groups)
    assert_legible(figure)
    if not all(found.values for found in groups) or not groups:
        assert "No data" in words(figure)


def test_the_same_numbers_give_the_same_bytes():
    assert style.svg(draw([group_waterfall()])) == style.svg(draw([group_waterfall()]))


def test_a_missing_value_is_refused():
    with pytest.raises(ValueError, match="Arm A: every value"):
        group_waterfall(values=(float("nan"),))
