import pytest
from displays.legibility import assert_legible, words
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import (
    Area,
    Key,
    add_axes,
    draw_y_axis,
    key_rows,
    left_room,
    marked_figure,
    scale_for,
    write_keys,
)
from duonen_stats.displays.drawings.text_layout import text_width
from duonen_stats.displays.model.content import FigureContent, plain


@pytest.mark.law
@given(st.lists(st.floats(-1e5, 1e5).map(lambda x: float(f"{x:.3f}")), min_size=1), st.booleans())
def test_every_value_is_on_the_axis(values, from_zero):
    scale = scale_for(values, from_zero=from_zero)
    assert all(scale.low <= value <= scale.high for value in values)
    assert scale.low < scale.high
    assert len(scale.ticks) >= 2
    assert len(set(scale.labels)) == len(scale.ticks)


def test_ticks_are_round_with_a_true_minus():
    assert scale_for([-2.3, 0.4]).labels == ("−2.0", "−1.5", "−1.0", "−0.5", "0.0", "0.5")
    assert scale_for([0, 38.2], from_zero=True).labels == ("0", "10", "20", "30", "40")


def test_an_axis_from_zero_begins_there_unless_values_lie_on_both_sides():
    assert scale_for([3, 40], from_zero=True).low == 0
    assert scale_for([-3, -40], from_zero=True).high == 0
    assert scale_for([-1, 40], from_zero=True).low < -1
    assert scale_for([30, 40]).low > 0


def test_one_value_gets_an_axis_around_it():
    scale = scale_for([20.0])
    assert (scale.low, scale.high) == (18, 22)
    assert scale_for([0.0], from_zero=True).high == 0.5


@pytest.mark.law
@given(st.lists(st.integers(0, 500)), st.integers(4, 8))
def test_what_is_counted_has_whole_ticks(counts, ticks):
    scale = scale_for([0.0, *counts], from_zero=True, ticks=ticks, whole=True)
    assert all(tick == int(tick) for tick in scale.ticks)
    assert all(label.isdigit() for label in scale.labels)
    assert len(set(scale.labels)) >= 2


def test_nothing_has_no_ticks_and_says_so():
    figure = style.new_figure(100, 100)
    draw_y_axis(add_axes(figure, Area(10, 10, 80, 80)), scale_for(()))
    assert words(figure) == ["No data"]


def test_axes_fill_their_area():
    figure = style.new_figure(200, 100)
    place = add_axes(figure, Area(20, 10, 150, 80)).get_position()
    assert (place.x0, place.y0, place.x1, place.y1) == pytest.approx((0.1, 0.1, 0.85, 0.9))


def test_room_beside_the_axis_grows_with_tick_labels_and_lines():
    short, long = scale_for([0, 1]), scale_for([0, 100_000])
    assert left_room([("Gy",)], long) > left_room([("Gy",)], short)
    assert left_room([("a",), ("b",)], short) > left_room([("a",)], short)


KEYS = [Key(style.arm_mark(arm), (f"Arm {arm}",)) for arm in "ABCD"]


@pytest.mark.parametrize(("width", "rows"), [(400, [4]), (110, [2, 2]), (50, [1, 1, 1, 1])])
def test_a_legend_takes_the_rows_it_needs(width, rows):
    assert [len(row) for row in key_rows(KEYS, width)] == rows


def test_a_long_entry_is_broken_and_signed_once():
    rows = key_rows([Key(style.arm_mark("B"), ("Arm B with a very long name of its treatment",))], 80)
    assert [key.sign is None for (key,) in rows] == [False] + [True] * (len(rows) - 1)
    assert all(10 + text_width(plain(key.label), style.TEXT) <= 80 for (key,) in rows)


def test_a_legend_is_written_with_a_sign_for_every_entry():
    figure = style.new_figure(130, 60)
    below = write_keys(figure, 5, 55, key_rows([*KEYS, Key(style.Fill(colour="#ffffff"), ("Bar",))], 120))
    assert words(figure) == ["Arm A", "Arm B", "Arm C", "Arm D", "Bar"]
    assert len(figure.findobj(Line2D)) == 4
    assert len(figure.findobj(Rectangle)) == 2  # the page itself, and the sign of the bar
    assert below < 55
    assert_legible(figure)


def test_marks_are_part_of_the_drawing_in_every_format():
    content = FigureContent(draw=lambda: style.new_figure(200, 100), alt="nothing")
    assert marked_figure(content, Stamp(simulated=False)) is content
    both = marked_figure(content, Stamp(simulated=True, blinded=True)).draw()
    (text,) = both.texts
    assert text.get_text() == "SIMULATED DATA\nBLINDED DRY RUN"
    assert b"SIMULATED DATA" in style.svg(both).encode()
    bare = content.draw()
    assert style.png(both, dpi=50) != style.png(bare, dpi=50)
    assert style.pdf(both) != style.pdf(bare)
