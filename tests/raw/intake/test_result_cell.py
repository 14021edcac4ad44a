"""Tests of duonen_stats.raw.intake.result_cell: what a cell of results holds, and what is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.raw.intake.result_cell import (
    ResultCell,
    bound_parts,
    mark_beside,
    split_result,
    without_marks,
)

NUMBERS = ["12,3", "12.3", "0,5", "150", ".5", "1E3", "-5", "1 234,5", "1.234,5"]
FLAGS = ["L", "H", "LL", "HH", "(L)", "[H]", "↑", "↓↓", "*", "+", "!", "H*", "H *", "* L"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_behind_a_number_is_told_from_it(number: str, flag: str) -> None:
    """Whether there is a space before the flag or not, the number is as delivered."""
    for cell in (f"{number} {flag}", f"{number}{flag}"):
        assert split_result(cell) == ResultCell(number=number, flag=flag)


@pytest.mark.parametrize("mark", ["*", "** ", "↑", "H ", "H: ", "(L) ", "[H]"])
@pytest.mark.parametrize("number", ["12,3", "<0,3"])
def test_a_mark_before_a_number_is_told_from_it(number: str, mark: str) -> None:
    """A letter has to be apart from the number, as "L3" may be the name of something."""
    found = split_result(f"{mark}{number}")
    assert (found.number or found.bound, found.flag) == (number, mark.strip())
    assert split_result("L3").rest == "L3"


@pytest.mark.parametrize("mark", ["high", "Low", "wysoki", "(w normie)", "poniżej normy", "N", "(N)"])
def test_a_mark_may_be_a_word(mark: str) -> None:
    """It stands apart, as a word or unit may begin with it."""
    assert split_result(f"12,3 {mark}") == ResultCell(number="12,3", flag=mark)
    assert split_result("12,3 normoblasts").rest == "12,3 normoblasts"


@pytest.mark.parametrize(
    ("cell", "bound"),
    [
        ("<0,3", "<0,3"),
        ("< 0,3", "<0,3"),
        ("≤5", "<=5"),
        ("=<5", "<=5"),
        (">90", ">90"),
        ("≥ 90", ">=90"),
        (">= 90", ">=90"),
        ("&lt;0,3", "<0,3"),
        ("poniżej 0,3", "<0,3"),
        ("more than 90", ">90"),
    ],
)
def test_a_bound_keeps_its_sign_and_number(cell: str, bound: str) -> None:
    """A bound is neither a number nor a reason."""
    assert split_result(cell) == ResultCell(bound=bound)
    assert split_result(f"{cell} H") == ResultCell(bound=bound, flag="H")


@pytest.mark.parametrize(
    "word",
    [
        "hemoliza",
        "Haemolysed",
        "skrzep w próbce",
        "brak",
        "---",
        "w toku",
        "NAV",
        "n/a",
        "Not done",
        "lipemia",
        "QNS",
    ],
)
def test_a_word_in_place_of_a_result_is_a_reason(word: str) -> None:
    """It is kept as delivered."""
    assert split_result(word) == ResultCell(reason=word)


@pytest.mark.parametrize(
    "cell",
    [
        "12.3 g/L", "12 l", "12 G/l", "12,3 mg%", "3 G", "negative", "trace", "n.d.", "ND", "none", "12a", "1-2",
        "12/13", "2024-01-01", "12,3 hemoliza", "<", "< 5 mg", "0,1 <", "12 H L", "L", "+", "O.5",
    ],
)  # fmt: skip
def test_what_is_not_certain_stays_whole(cell: str) -> None:
    """A unit is no flag, a word that may be a result is no reason, and half of a cell is never taken."""
    assert split_result(cell) == ResultCell(rest=cell)


def test_a_flag_may_stand_before_a_number_if_it_is_apart() -> None:
    """Two flags are not understood."""
    assert split_result("H 12,3") == ResultCell(number="12,3", flag="H")
    assert split_result("* <0,3") == ResultCell(bound="<0,3", flag="*")
    assert split_result("H 12 L") == ResultCell(rest="H 12 L")
    assert split_result("H12") == ResultCell(rest="H12")


@given(st.text(max_size=20))
def test_no_text_is_lost_or_read_twice(text: str) -> None:
    """Exactly one of number, bound, reason and rest is there, unless the cell is blank; nothing is raised."""
    found = split_result(text)
    parts = [found.number, found.bound, found.reason, found.rest]
    assert sum(map(bool, parts)) == (1 if text.split() else 0)


@given(st.decimals(min_value=0, max_value=100000, places=3), st.sampled_from(["<", "<=", ">", ">="]))
def test_a_bound_of_the_raw_format_is_read_back(number: object, sign: str) -> None:
    """What ``split_result`` gives, with a decimal point, has a sign and a number."""
    assert bound_parts(split_result(f"{sign} {number}").bound) == (sign, float(str(number)))


@pytest.mark.parametrize("text", ["", "0.3", "< 0.3", "<0,3", "≤0.3", "<x", "<", ">1.2.3"])
def test_another_text_is_no_bound_of_the_raw_format(text: str) -> None:
    """The raw format has one way to write a bound."""
    assert bound_parts(text) is None


@pytest.mark.parametrize(
    ("cell", "left"),
    [
        ("< 0,1 #", "< 0,1"),
        ("12,3#", "12,3"),
        ("# 12,3 g/dl (11-16) !!", "12,3 g/dl (11-16)"),
        ("12,3 W", "12,3"),
        ("12,3W", "12,3W"),
        ("#", "#"),
        ("hemoliza #", "hemoliza #"),
        ("12,3 ?", "12,3 ?"),
    ],
)
def test_stated_marks_beside_a_number_are_left_out(cell: str, left: str) -> None:
    """Only beside a number, and a letter only if it is apart."""
    assert without_marks(cell, ["#", "!!", "W"]) == left
    assert without_marks(cell, []) == cell


def test_a_sign_that_may_be_a_mark_is_not_one_that_is_known() -> None:
    """What is read already needs no statement, and neither units nor words are signs."""
    cells = ("12,3 #", "12,3 ##", "12,3 ?", "~12 ~", "12 *", "12 g/l", "hemoliza #", "12 (11)", "4 ↑")
    assert [mark_beside(text) for text in cells] == ["#", "##", *[""] * 7]
