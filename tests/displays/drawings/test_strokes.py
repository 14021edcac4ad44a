import pytest
from displays.legibility import assert_legible, numbers

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.strokes import (
    StrokeKey,
    key_block,
    line_of,
    write_key_block,
)
from duonen_stats.displays.model.content import Number

KEYS = [StrokeKey(arm=arm, label=(f"Arm {arm}, n = ", Number(f"{arm}.n", "23"))) for arm in "ABCD"]


def test_an_entry_is_a_row_with_a_piece_of_its_line():
    figure = style.new_figure(300, 100)
    block = key_block(KEYS, 280)
    below = write_key_block(figure, 5, 95, block)
    assert below == pytest.approx(95 - block.height)
    assert len(figure.artists) + len(figure.lines) == 4
    assert set(numbers(figure)) == {f"{arm}.n" for arm in "ABCD"}
    assert_legible(figure)


def test_a_long_entry_goes_on_without_a_line():
    block = key_block([StrokeKey(arm="A", label=("word " * 60,))], 200)
    assert len(block.rows) > 2
    assert [arm for arm, _ in block.rows].count("A") == 1


def test_arms_and_pooled_arms_have_lines_of_their_own():
    looks = {
        (line_of(arm, [0], [0]).get_color(), style.arm_stroke(arm).dashes)
        for arm in ("A", "B", "C", "D", "BCD")
    }
    assert len(looks) == 5
    assert style.arm_stroke("all") not in [style.arm_stroke(arm) for arm in ("A", "BCD")]
