from itertools import combinations, pairwise
from math import hypot, inf

import numpy as np
import pytest
from displays.legibility import assert_legible, box_of, numbers, words
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PathCollection

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.boxes import (
    BoxGroup,
    BoxPanel,
    LimitLine,
    draw_box_panels,
    draw_boxes,
    spread,
    swarm,
)
from duonen_stats.displays.model.content import Number

LIMIT = LimitLine(value=23, label="Kidney limit 23 Gy")
LABEL = "Cumulative kidney dose (Gy)"
VALUES = {
    "A": (9.1, 12.4, 13.0, 15.6, 16.2, 18.8, 24.1),
    "B": (14.0, 17.1, 21.6, 21.6, 26.2, 30.3),
    "C": (15.2, 21.6, 29.1, 36.2, 44.9),
    "D": (14.9, 18.3, 21.2, 24.0),
}
BOXES = {"A": (9.1, 12.4, 15.6, 18.8, 24.1), "B": (14.0, 16.3, 21.6, 27.2, 30.3)}
BOXES |= {"C": (15.2, 18.4, 29.1, 40.6, 44.9), "D": (14.9, 15.8, 19.8, 23.3, 24.0)}


def group(arm="A", values=None, box=None, label=None, median=None):
    values = VALUES[arm] if values is None else values
    low, q1, middle, q3, high = box or (None, None, median, None, None)
    return BoxGroup(
        arm=arm,
        label=label or f"Arm {arm}",
        values=values,
        n=Number(f"f.{arm}.n", str(len(values))),
        median=middle,
        q1=q1,
        q3=q3,
        whisker_low=low,
        whisker_high=high,
        median_number=None if middle is None else Number(f"f.{arm}.median", f"{middle:.1f}"),
    )


FOUR = [group(arm, box=BOXES[arm]) for arm in "ABCD"]


def points(figure, axes=0):
    found = figure.axes[axes].collections
    return {c.get_label()[-1]: c.get_offsets() for c in found if isinstance(c, PathCollection)}


def test_every_patient_is_a_point_at_his_value():
    drawn = points(draw_boxes(FOUR, y_label=LABEL))
    for arm, values in VALUES.items():
        assert sorted(drawn[arm][:, 1]) == sorted(values)


def test_points_of_an_arm_stay_in_its_lane():
    equal = [group(arm, values=(20.0,) * 40) for arm in "ABCD"]
    for position, offsets in enumerate(points(draw_boxes(equal, y_label=LABEL)).values()):
        assert np.all(np.abs(offsets[:, 0] - position) < 0.5)
        assert len(set(offsets[:, 0])) == 40


def test_each_arm_has_its_marker():
    shapes = {
        c.get_paths()[0].vertices.tobytes() for c in draw_boxes(FOUR, y_label=LABEL).axes[0].collections
    }
    assert len(shapes) == 4


def test_boxes_are_drawn_from_the_numbers_given():
    axes = draw_boxes(FOUR, y_label=LABEL).axes[0]
    for arm, (_, q1, _, q3, _) in BOXES.items():
        box = next(patch for patch in axes.patches if patch.get_label() == f"box {arm}")
        assert box.get_path().get_extents().intervaly == pytest.approx((q1, q3))
    medians = [line.get_ydata()[0] for line in axes.lines if line.get_label() == "median"]
    assert medians == [box[2] for box in BOXES.values()]


def test_a_side_without_a_whisker_ends_with_the_box():
    axes = draw_boxes(
        [group(values=(1.0, 8.0, 9.0, 30.0), box=(None, 7.5, 8.5, 9.5, 9.5))], y_label=LABEL
    ).axes[0]
    assert any(patch.get_label() == "box A" for patch in axes.patches)
    drawn = [value for line in axes.lines for value in line.get_ydata()]
    assert min(drawn) == 7.5
    assert max(drawn) == 9.5


def test_n_and_median_are_written_with_their_ids():
    figure = draw_boxes(FOUR, y_label=LABEL)
    assert numbers(figure) == {f"f.{arm}.n": str(len(v)) for arm, v in VALUES.items()} | {
        f"f.{arm}.median": f"{box[2]:.1f}" for arm, box in BOXES.items()
    }
    found = words(figure)
    assert found.count("n =") == 4
    assert "Median" in found


def test_limit_is_at_its_value_and_its_name_beside_the_axes():
    figure = draw_boxes(FOUR, y_label=LABEL, limit_lines=[LIMIT], from_zero=True)
    assert_legible(figure)
    (axes,) = figure.axes
    line = next(line for line in axes.lines if line.get_label() == LIMIT.label)
    assert list(line.get_ydata()) == [23, 23]
    name = box_of(figure, "Kidney limit")
    assert name.x0 > axes.bbox.x1
    at_line = axes.transData.transform((0, 23))[1]
    assert name.y0 - name.height < at_line < name.y1


def test_names_of_limits_stand_in_the_order_of_their_values():
    limits = [LimitLine(value=value, label=f"{value} Gy") for value in (45, 23, 24)]
    figure = draw_boxes(FOUR, y_label=LABEL, limit_lines=limits)
    assert_legible(figure)
    heights = [box_of(figure, f"{value} Gy").y0 for value in (23, 24, 45)]
    assert heights == sorted(heights)


def test_a_limit_no_patient_reaches_is_still_seen():
    axes = draw_boxes(FOUR, y_label=LABEL, limit_lines=[LimitLine(value=90, label="Limit")]).axes[0]
    assert axes.get_ylim()[1] > 90


def test_zero_line_is_drawn_when_asked_and_zero_is_on_the_axis():
    falls = [group("A", values=(-0.9, -1.6, -0.5))]
    axes = draw_boxes(falls, y_label="Change (g/dL)", zero_line=True).axes[0]
    assert [line.get_label() for line in axes.lines] == ["zero"]
    assert axes.get_ylim()[1] > 0
    assert not draw_boxes(falls, y_label="Change (g/dL)").axes[0].lines


def test_a_small_arm_shows_points_and_median_but_no_box():
    small = [group("A", values=()), group("B", values=(20.0,), median=20.0), group("C", values=(20.0, 30.0))]
    figure = draw_boxes(small, y_label=LABEL)
    axes = figure.axes[0]
    assert not axes.patches
    assert [len(offsets) for offsets in points(figure).values()] == [1, 2]
    assert [line.get_ydata()[0] for line in axes.lines] == [20.0]
    found = words(figure)
    assert found.count("No data") == 1
    assert found.count("–") == 2  # no median for arms A and C
    assert_legible(figure)


def test_two_panels_stand_level_and_apart():
    marrow = BoxPanel(
        groups=FOUR[:3], y_label="Cumulative marrow dose (Gy)", title="B  Marrow", from_zero=True
    )
    kidney = BoxPanel(groups=FOUR, y_label=LABEL, title="A  Kidneys", limit_lines=[LIMIT])
    figure = draw_box_panels([kidney, marrow])
    left, right = (axes.get_position() for axes in figure.axes)
    assert (left.y0, left.y1) == (right.y0, right.y1)
    assert left.x1 < right.x0
    assert {"A Kidneys", "B Marrow"} <= set(words(figure))
    assert figure.get_size_inches()[0] == pytest.approx(180 / 25.4)
    assert_legible(figure)


def hard_cases():
    long = "Arm C: dosimetry-guided [¹⁷⁷Lu]Lu-DOTA-TATE with fixed ⁹⁰Y andpneumonoultramicroscopicactivity"
    yield "four arms", FOUR, [LIMIT]
    yield "no arm", [], []
    yield "no patient", [group(arm, values=()) for arm in "ABCD"], [LIMIT]
    yield "all equal", [group(arm, values=(0.0,) * 16, box=(0.0,) * 5) for arm in "ABCD"], []
    yield "extreme", [FOUR[0], group("B", values=(*VALUES["B"], 4000.0), box=BOXES["B"])], [LIMIT]
    yield "tiny", [group("A", values=(1e-5, 2e-5))], []
    yield "long names", [group(arm, box=BOXES[arm], label=long) for arm in "ABCD"], [LIMIT]
    close = [
        LIMIT,
        LimitLine(value=23.2, label="Another limit 23.2 Gy"),
        LimitLine(value=45, label="Top 45 Gy"),
    ]
    yield "close limits", FOUR, close
    yield "large", [group(a, values=tuple(1e6 * v for v in VALUES[a])) for a in "ABCD"], []


@pytest.mark.parametrize(("groups", "limits"), [pytest.param(g, m, id=i) for i, g, m in hard_cases()])
@pytest.mark.parametrize("label", [LABEL, "A name of an axis that is far too long for one line " * 3])
def test_nothing_is_cut_or_hidden(groups, limits, label):
    figure = draw_boxes(
        groups, y_label=label, limit_lines=limits, title_panel="A  Title of the panel, long or short " * 2
    )
    assert_legible(figure)
    for offsets in points(figure).values():
        low, high = figure.axes[0].get_ylim()
        assert np.all((offsets[:, 1] >= low) & (offsets[:, 1] <= high))


@pytest.mark.parametrize("groups", [[], [group("A", values=())]])
def test_an_empty_drawing_says_so(groups):
    found = words(draw_boxes(groups, y_label=LABEL, limit_lines=[LIMIT]))
    assert "No data" in found
    assert "Kidney limit" not in found


def test_the_same_numbers_give_the_same_bytes():
    first, second = (style.svg(draw_boxes(FOUR, y_label=LABEL, limit_lines=[LIMIT])) for _ in range(2))
    assert first == second
    assert 'id="ard:f.A.n"' in first


def test_a_missing_value_is_refused():
    with pytest.raises(ValueError, match="Arm A: every value of a box has to be finite"):
        group("A", values=(1.0, float("nan")))


def test_a_drawing_without_panels_is_refused():
    with pytest.raises(ValueError, match="needs a panel"):
        draw_box_panels([])


heights = st.lists(st.floats(0, 100), max_size=30)


@pytest.mark.law
@given(heights)
def test_with_room_no_point_hides_another(places):
    points = list(zip(swarm(places, spacing=4, room=inf), places, strict=True))
    assert all(hypot(a[0] - b[0], a[1] - b[1]) >= 4 - 1e-6 for a, b in combinations(points, 2))


@pytest.mark.law
@given(heights, st.floats(1, 50))
def test_no_point_leaves_its_lane(places, room):
    offsets = swarm(places, spacing=4, room=room)
    assert len(offsets) == len(places)
    assert all(abs(x) <= room * (1 + 1e-9) for x in offsets)


def test_equal_values_stand_side_by_side_about_the_middle():
    assert sorted(swarm([7.0] * 5, spacing=4, room=100)) == pytest.approx([-8, -4, 0, 4, 8])


def test_values_far_apart_stand_in_the_middle():
    assert swarm([30, 10, 20], spacing=4, room=100) == [0, 0, 0]


def test_labels_clear_of_each_other_stay_where_they_are():
    assert spread([10, 50], [8, 8], 0, 100) == [10, 50]


def test_close_labels_are_moved_apart_and_kept_on_the_page():
    assert spread([20, 22], [8, 8], 0, 100) == [20, 28]
    assert spread([96, 99], [8, 8], 0, 100) == [88, 96]
    assert spread([0], [8], 0, 100) == [4]


@pytest.mark.law
@given(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted))
def test_labels_that_fit_never_overlap(centres):
    placed = spread(centres, [10.0] * len(centres), 0, 100)
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(placed))
    assert placed[-1] <= 95
    assert placed[0] >= 5 - 1e-9
