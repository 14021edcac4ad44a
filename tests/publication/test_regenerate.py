from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledger import entry

from duonen_stats.publication.regenerate import agrees, written


@pytest.mark.parametrize(
    ("printed", "value", "same"),
    [
        ("31.3", 31.25, True),
        ("31.2", 31.25, False),
        ("-10.3", -10.25, True),
        ("<0.0001", 0.00009999, True),
        ("<0.0001", float(np.nextafter(0.0001, 1)), False),
        ("<0.25", 0.25, False),  # a quarter is exact in binary
        ("<0.25", float(np.nextafter(0.25, 0)), True),
        (">0.25", 0.25, False),
        (">60", 60.87, True),
        (">60", 60.0, False),
        ("<=20", 20.0, True),
        (">=60", 59.9, False),
        ("≈60", 60.87, True),
        ("≈60", 61.5, False),
        ("0.00", -0.004, True),
    ],
)
def test_numbers_are_compared_as_they_are_printed(printed, value, same):
    assert agrees(entry("x", printed), value) is same


def test_a_regenerated_number_is_written_like_the_printed_one():
    assert written(entry("x", "31.3"), 31.25) == "31.3"
    assert written(entry("x", "<0.0001", stat="p"), 0.000003) == "<0.0001"
    assert written(entry("x", ">60", stat="pct"), 60.87) == "60.9"


@pytest.mark.law
@given(st.integers(-10_000, 10_000), st.integers(0, 4))
def test_a_printed_number_agrees_with_itself_and_with_no_neighbour(units, decimals):
    value = Decimal(units).scaleb(-decimals)
    printed = entry("x", f"{value:.{decimals}f}")
    assert agrees(printed, float(value))
    assert not agrees(printed, float(value + Decimal(1).scaleb(-decimals)))
