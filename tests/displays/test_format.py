from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.displays.format import count, fixed, grade_range, noun_of, p_value, percent, rounded


@pytest.mark.worked
@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (31.25, 1, "31.3"), (68.75, 1, "68.8"), (-10.25, 1, "−10.3"), (2.5, 0, "3"), (-0.004, 2, "0.00"),
        (0.285, 2, "0.29"), (1.005, 2, "1.01"), (14.85, 1, "14.9"), (0.1 + 0.2, 1, "0.3"), (1e6, 0, "1000000"),
    ],
)  # fmt: skip
def test_half_is_rounded_away_from_zero(value, decimals, shown):
    assert fixed(value, decimals) == shown


@pytest.mark.worked
def test_a_change_carries_its_sign():
    assert [fixed(value, 2, signed=True) for value in (0.9, -0.9, 0.0, -0.001)] == [
        "+0.90",
        "−0.90",
        "0.00",
        "0.00",
    ]


@pytest.mark.worked
def test_whole_percentages_have_no_decimals():
    assert [percent(value) for value in (0, 100, 53.5714, 1.7857)] == ["0%", "100%", "53.6%", "1.8%"]


@pytest.mark.worked
def test_a_count_is_whole():
    assert count(56.0) == "56"
    with pytest.raises(ValueError, match="not a count"):
        count(1.5)


@pytest.mark.worked
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0431, "0.043"), (0.0078, "0.0078"), (0.17, "0.17"), (0.0001, "0.0001"), (0.00004, "<0.0001"),
        (0.0, "<0.0001"), (0.996, ">0.99"), (1.0, ">0.99"), (0.5, "0.50"), (0.00995, "0.010"), (0.0996, "0.10"),
    ],
)  # fmt: skip
def test_a_p_value_is_never_zero_or_one(value, shown):
    assert p_value(value) == shown


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


@pytest.mark.worked
@pytest.mark.parametrize(
    ("number", "wanted"), [(0, "errors"), (1, "error"), (1.0, "error"), (2, "errors"), (None, "errors")]
)
def test_a_noun_follows_its_number(number, wanted):
    assert noun_of(number, "error") == wanted


@pytest.mark.worked
@pytest.mark.parametrize(
    ("low", "high", "shown"), [(3, 3, "3"), (3.0, 4.0, "3 or 4"), (0, 4, "0 to 4"), (0, 1, "0 or 1")]
)
def test_grades_that_are_possible(low, high, shown):
    assert grade_range(low, high) == shown
