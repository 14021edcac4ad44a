from itertools import pairwise

from duonen_stats.displays.drawings.drawing import scale_for
from duonen_stats.displays.drawings.profile import (
    GRADES,
    ActivityBars,
    DecisionMarks,
    EventSpan,
    ProfileCurve,
    draw_profile,
)

BARS = ActivityBars(
    title="Activity", kinds=("Lu", "Y"), days=(1, 57), heights=((3700.0, 3800.0), (1850.0, 0.0))
)
CURVE = ProfileCurve(
    title="Hb", days=(-1, 15, 70), values=(13.0, 9.0, 10.0), grades=(0, 2, None),
    band=((12.0, 16.0), (None, None), (12.0, None)),
)  # fmt: skip


def drawn(curves=(CURVE,), spans=(), marks=()):
    return draw_profile(
        BARS, curves, spans, cycles=[("T1", 1), ("T2", 57)], marks=marks, x_scale=scale_for([-1.0, 90.0]),
        x_label="Days",
    )  # fmt: skip


def test_every_panel_has_the_same_axis_of_time():
    assert len({axes.get_xlim() for axes in drawn((CURVE, CURVE, CURVE)).axes}) == 1


def test_points_are_filled_by_their_grade():
    points = drawn().axes[1].collections[-1]
    colours = [tuple(round(part, 3) for part in colour[:3]) for colour in points.get_facecolors()]
    wanted = [
        tuple(round(int(code[i : i + 2], 16) / 255, 3) for i in (1, 3, 5))
        for code in (GRADES[0], GRADES[2], "#d9d9d9")
    ]
    assert colours == wanted


def test_an_event_that_goes_on_reaches_the_end_and_has_an_arrow():
    figure = drawn(spans=[EventSpan(label="Anemia, grade 2", start=10, end=None, grade=2, serious=False)])
    axes = figure.axes[-1]
    bar = axes.patches[0]
    assert bar.get_x() + bar.get_width() == axes.get_xlim()[1]
    assert axes.lines[-1].get_marker() == ">"


def test_decisions_stand_on_their_days_a_line_each():
    marks = [
        DecisionMarks(label="Reduced", days=((10, 10), (57, 57))),
        DecisionMarks(label="Growth factor", days=((20, None),)),
    ]
    axes = drawn(marks=marks).axes[-2]
    bars = [(bar.get_y(), bar.get_x(), round(bar.get_x() + bar.get_width())) for bar in axes.patches]
    assert [(round(y, 2), x, end) for y, x, end in bars] == [
        (0.15, 10, 11),
        (0.15, 57, 58),
        (1.15, 20, 95),
    ]  # to the end of the axis
    assert {text.get_text() for text in axes.texts} == {"Reduced", "Growth factor"}


def test_what_is_not_there_is_said():
    empty = ProfileCurve(title="Hb", days=(), values=())
    figure = draw_profile(
        ActivityBars(title="Activity", kinds=("Lu",), days=(), heights=((),)), [empty], [], cycles=[],
        x_scale=scale_for([1.0, 2.0]), x_label="Days",
    )  # fmt: skip
    texts = " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
    assert "No cycle given" in texts
    assert "No value" in texts
    assert "No adverse event" in texts
    assert "No changed activity, growth factor or transfusion, and no other treatment" in texts


def test_panels_stand_one_under_the_other_on_the_same_days():
    places = [axes.get_position() for axes in drawn((CURVE, CURVE, CURVE)).axes]
    assert len({(round(place.x0, 9), round(place.x1, 9)) for place in places}) == 1
    assert all(above.y0 > below.y1 for above, below in pairwise(places))


def test_names_of_cycles_that_would_touch_are_left_out():
    figure = draw_profile(
        BARS, [CURVE], [], cycles=[("T1", 1), ("T2", 2), ("T3", 57)], x_scale=scale_for([-1.0, 900.0]), x_label="Days"
    )  # fmt: skip
    codes = [text.get_text() for text in figure.texts if text.get_text() in {"T1", "T2", "T3"}]
    assert codes == ["T1", "T3"]


def test_no_line_of_a_cycle_goes_through_the_words_that_nothing_is_recorded():
    *_, decisions, events = drawn().axes
    assert not decisions.lines
    assert not events.lines


def test_a_label_is_on_none_of_its_boxes():
    """Boxes near both ends: after them there is no room, and the label stands in the gap."""
    days = ((3, 3), (8, 8), (60, 88))
    axes = drawn(marks=[DecisionMarks(label="Increased after dosimetry", days=days)]).axes[-2]
    axes.figure.canvas.draw()
    label = axes.texts[0].get_window_extent()
    boxes = [box.get_window_extent() for box in axes.patches]
    assert len(boxes) == 3
    assert not any(label.x0 < box.x1 and box.x0 < label.x1 for box in boxes)


def test_isotopes_that_were_not_given_are_not_in_the_key():
    bars = ActivityBars(title="Activity", kinds=("Lu", "Y"), days=(1,), heights=((3700.0,), (0.0,)))
    figure = draw_profile(
        bars, [CURVE], [], cycles=[("T1", 1)], x_scale=scale_for([1.0, 90.0]), x_label="Days"
    )
    named = {text.get_text() for text in figure.texts}
    assert "Lu" in named
    assert "Y" not in named
