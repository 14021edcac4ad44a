from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.raw.intake.reshape.amounts import amount_factor, less, multiplied


@pytest.mark.parametrize(
    ("unit", "wanted", "factor"),
    [
        ("GBq", "MBq", 1000),
        ("GBQ", "MBq", 1000),
        ("kBq", "MBq", Fraction(1, 1000)),
        ("mCi", "MBq", 37),
        ("cGy", "Gy", Fraction(1, 100)),
        ("mGy", "Gy", Fraction(1, 1000)),
        ("rad", "Gy", Fraction(1, 100)),
        ("cm", "mm", 10),
        ("years", "months", 12),
        ("lata", "months", 12),
        ("kg/m2", "kg/m²", 1),
        ("Gy/GBq", "Gy", None),
        ("mGy/MBq", "Gy", None),
        ("mbq", "MBq", None),
        ("Gy", "MBq", None),
        ("stone", "kg/m²", None),
    ],
)
def test_factors(unit, wanted, factor):
    assert amount_factor(unit, wanted) == factor


@pytest.mark.law
@given(st.decimals(0, 10**6, places=4), st.sampled_from([1, 3, -3, -2]))
def test_a_power_of_ten_moves_the_point_and_rounds_nothing(number, power):
    factor = Fraction(10) ** power
    assert Decimal(multiplied(format(number, "f"), factor)) == number.scaleb(power)


def test_what_is_no_number_stays():
    assert [multiplied(text, Fraction(2)) for text in ("<3", "", "NaN", "1e99999")] == [
        "<3",
        "",
        "NaN",
        "1e99999",
    ]


def test_a_factor_without_an_end_is_cut_at_fifteen_digits():
    assert multiplied("1", Fraction(1, 3)) == "0.333333333333333"


def test_a_difference_is_exact_and_needs_all_its_numbers():
    assert less("7.449", "0.077") == "7.372"
    assert less("3693", "53", "1.5") == "3638.5"
    assert (less("", "1"), less("1", "x")) == ("", "")
