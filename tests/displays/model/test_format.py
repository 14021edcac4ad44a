from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.displays.model.format import (
    analyte_name,
    count,
    fixed,
    grade_range,
    lower_first,
    noun_of,
    p_value,
    percent,
    rounded,
    upper_first,
)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (31.25, 1, "31.3"), (68.75, 1, "68.8"), (-10.25, 1, "−10.3"), (2.5, 0, "3"), (-0.004, 2, "0.00"),
        (0.285, 2, "0.29"), (1.005, 2, "1.01"), (14.85, 1, "14.9"), (0.1 + 0.2, 1, "0.3"), (1e6, 0, "1000000"),
    ],
)  # fmt: skip
def test_half_is_rounded_away_from_zero(value, decimals, shown):
    assert fixed(value, decimals) == shown


def test_a_change_carries_its_sign():
    assert [fixed(value, 2, signed=True) for value in (0.9, -0.9, 0.0, -0.001)] == [
        "+0.90",
        "−0.90",
        "0.00",
        "0.00",
    ]


def test_whole_percentages_have_no_decimals():
    assert [percent(value) for value in (0, 100, 53.5714, 1.7857)] == ["0%", "100%", "53.6%", "1.8%"]


def test_a_count_is_whole():
    assert count(56.0) == "56"
    with pytest.raises(ValueError, match="not a count"):
        count(1.5)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0431, "0.043"), (0.0078, "0.0078"), (0.17, "0.17"), (0.0001, "0.0001"), (0.00004, "<0.0001"),
        (0.0, "<0.0001"), (0.996, ">0.99"), (1.0, ">0.99"), (0.5, "0.50"), (0.00995, "0.010"), (0.0996, "0.10"),
    ],
)  # fmt: skip
def test_a_p_value_is_never_zero_or_one(value, shown):
    assert p_value(value, (0.05,)) == shown


@pytest.mark.law
@given(st.decimals(-(10**6), 10**6, places=6), st.integers(0, 5))
def test_rounding_agrees_with_decimal_arithmetic(value, decimals):
    """The laws of the paper: a number written with six decimals is rounded as it is read, not as it is stored."""
    expected = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert rounded(float(value), decimals) == expected


@pytest.mark.law
@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_rounding_moves_a_number_by_half_a_unit_at_most(value, decimals):
    assert abs(float(rounded(value, decimals)) - value) <= 0.5 * 10.0**-decimals + 1e-6


@pytest.mark.parametrize(
    ("number", "wanted"), [(0, "errors"), (1, "error"), (1.0, "error"), (2, "errors"), (None, "errors")]
)
def test_a_noun_follows_its_number(number, wanted):
    assert noun_of(number, "error") == wanted


@pytest.mark.parametrize(
    ("low", "high", "shown"), [(3, 3, "3"), (3.0, 4.0, "3 or 4"), (0, 4, "0 to 4"), (0, 1, "0 or 1")]
)
def test_grades_that_are_possible(low, high, shown):
    assert grade_range(low, high) == shown


LEVELS = (0.001, 0.01, 0.0245, 0.025, 0.049, 0.05, 0.1, 0.2)


def says_below(shown, level):
    """How a reader takes it: whether what is written is below the level; None if it does not say."""
    sign, number = ("", shown) if shown[0] not in "<>≥" else (shown[0], shown[1:])
    if sign == "<":
        return True if Decimal(number) <= Decimal(repr(level)) else None
    if sign:
        return False if Decimal(number) >= Decimal(repr(level)) else None
    return Decimal(number) < Decimal(repr(level))


@pytest.mark.law
@given(
    st.sampled_from(LEVELS),
    st.one_of(st.floats(0, 1), st.tuples(st.sampled_from(LEVELS), st.floats(-1e-3, 1e-3)).map(sum)),
)
def test_no_p_value_is_rounded_across_its_level(level, value):
    value = min(1.0, max(0.0, value))
    assert says_below(p_value(value, (level,)), level) == (value < level)


@pytest.mark.law
@given(st.floats(-11, -2), st.sampled_from(LEVELS), st.sampled_from([-1, 1]))
def test_however_near_a_p_value_comes_to_its_level(exponent, level, side):
    value = max(0.0, level + side * 10.0**exponent)
    assert says_below(p_value(value, LEVELS), level) == (value < level)


@pytest.mark.parametrize(
    ("value", "level", "shown"),
    [
        (0.04996, 0.05, "0.04996"), (0.0496, 0.05, "0.0496"), (0.0494, 0.05, "0.049"), (0.05, 0.05, "0.050"),
        (0.05004, 0.05, "0.050"), (0.0499999999, 0.05, "<0.05"), (0.0494, 0.049, "0.049"),
        (0.04896, 0.049, "0.04896"), (0.0246, 0.025, "0.0246"), (0.00996, 0.01, "0.00996"), (0.0995, 0.1, "0.0995"),
        (0.02447, 0.0245, "0.024"), (0.02451, 0.02455, "0.0245"), (0.0245, 0.0245, "0.025"),
        (0.00003, 0.00005, "0.00003"), (0.00003, 0.00001, "0.00003"), (0.996, 0.05, ">0.99"),
        (0.02545, 0.02549, "0.025"), (0.025456, 0.02545, "0.0255"), (0.024996, 0.02499, "0.025"),
    ],
)  # fmt: skip
def test_a_p_value_near_its_level_keeps_the_digits_that_show_its_side(value, level, shown):
    assert p_value(value, (level,)) == shown


@pytest.mark.parametrize(
    ("value", "bound", "shown"),
    [
        (23.004, 23, "23.004"), (23.0, 23, "23.00"), (22.996, 23, "22.996"), (22.99, 23, "22.99"),
        (0.99996, 1, "0.99996"), (-0.001, 0, "−0.001"), (23 + 1e-13, 23, "23.00"), (23 + 1e-9, 23, "23.000000"),
    ],
)  # fmt: skip
def test_a_number_is_not_rounded_onto_a_bound_it_is_read_beside(value, bound, shown):
    assert fixed(value, 2, bounds=(bound,)) == shown


def test_long_labels_give_way_to_the_short_name(study):
    names = {code: analyte_name(study.analyte(code)) for code in ("HGB", "WBC", "EGFR", "ALT", "BILI")}
    assert names == {"HGB": "Hemoglobin", "WBC": "WBC", "EGFR": "eGFR", "ALT": "ALT", "BILI": "Bilirubin"}


def test_abbreviations_keep_their_capitals_in_a_sentence():
    assert [lower_first(name) for name in ("Hemoglobin", "WBC", "eGFR")] == ["hemoglobin", "WBC", "eGFR"]


def test_words_at_the_beginning_of_a_sentence():
    assert upper_first("any cycle up") == "Any cycle up"
    assert upper_first("") == ""


def test_what_is_rounded_to_zero_has_no_sign():
    assert str(rounded(-0.04, 1)) == "0.0"
    assert str(rounded(-0.05, 1)) == "-0.1"
