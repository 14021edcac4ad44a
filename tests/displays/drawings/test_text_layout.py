import pytest
from displays.legibility import numbers, texts
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.text_layout import (
    page,
    text_width,
    wrapped,
    write,
    write_block,
    write_upright,
)
from duonen_stats.displays.model.content import Number, plain

RHO, P = Number("f3.rho", "−0.74"), Number("f3.p", "0.037")


def unspaced(text):
    return "".join(text.split())


@pytest.mark.law
@given(text=st.text("ab -(éΔ", max_size=60), width=st.floats(15, 200))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text, width):
    lines = [plain(line) for line in wrapped(text, width)]
    assert all(text_width(line, style.TEXT) <= width for line in lines)
    assert unspaced("".join(lines)) == unspaced(text)


def test_lines_break_between_words_and_numbers_stay_whole():
    line = ("Spearman ρ = ", RHO, ", p = ", P)
    lines = wrapped(line, text_width("Spearman ρ = −0.74,", style.TEXT) + 1)
    assert [plain(found).replace("\u00a0", " ") for found in lines] == ["Spearman ρ = −0.74,", "p = 0.037"]
    assert RHO in lines[0]
    assert P in lines[1]


def test_words_of_a_line_are_one_text_so_that_a_search_finds_them():
    assert wrapped("Kidney limit 23 Gy", 500) == [("Kidney limit 23 Gy",)]


def test_a_long_word_is_broken_after_its_hyphen():
    width = text_width("dosimetry-", style.TEXT) + 1
    assert wrapped("dosimetry-guided", width) == [("dosimetry-",), ("guided",)]


def test_a_number_is_a_text_of_its_own_with_its_id():
    figure = style.new_figure(200, 50)
    write(figure, 10, 20, ("ρ = ", RHO, ", p = ", P))
    assert numbers(figure) == {"f3.rho": "−0.74", "f3.p": "0.037"}


@pytest.mark.parametrize(("align", "start"), [("left", 100.0), ("center", 50.0), ("right", 0.0)])
def test_a_line_of_parts_is_aligned_as_a_whole(align, start):
    line = ("n = ", Number("n", "14"))
    width = text_width("n = 14", style.TEXT)
    figure = style.new_figure(200, 50)
    write(figure, 100, 20, line, align=align)
    first = texts(figure)[0].get_position()[0] * 200
    assert first == pytest.approx(100 - width * (100 - start) / 100)


def test_a_block_goes_down_by_its_lines():
    figure = style.new_figure(200, 100)
    below = write_block(figure, 5, 90, [("a",), ("b",)], size=10)
    assert below == pytest.approx(90 - 2 * 13)
    first, second = (text.get_position()[1] * 100 for text in texts(figure))
    assert first - second == pytest.approx(13)


def test_an_upright_label_stands_half_way_up():
    figure = style.new_figure(100, 200)
    write_upright(figure, 5, 120, [("Dose (Gy)",)])
    (label,) = texts(figure)
    assert (label.get_rotation(), label.get_position()[1] * page(figure)[1]) == (90, pytest.approx(120))
