"""Studentized range distribution."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from duonen_stats.methods.groups.studentized_range import range_quantile, range_sf


@pytest.mark.parametrize(
    ("confidence", "k", "df", "printed"),
    [
        (0.95, 3, 10, 3.877),
        (0.95, 4, 20, 3.958),
        (0.99, 5, 15, 5.556),
        (0.95, 10, 60, 4.646),
        (0.95, 2, 5, 3.635),
    ],
)
def test_quantiles_as_in_the_printed_table(confidence, k, df, printed):
    # Table of the studentized range in any textbook, e.g. Harter (1960).
    assert range_quantile(confidence, k, df) == pytest.approx(printed, abs=6e-4)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(st.floats(0.01, 8), st.floats(1, 200))
def test_two_groups_are_student(q, df):
    t = q / math.sqrt(2)
    assert range_sf(q, 2, df) == pytest.approx(2 * special.stdtr(df, -t), rel=1e-7)


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(st.floats(0.5, 0.999), st.integers(2, 8), st.floats(1.5, 300))
def test_quantile_and_tail_are_inverse(confidence, k, df):
    assert range_sf(range_quantile(confidence, k, df), k, df) == pytest.approx(1 - confidence, rel=1e-8)


def test_the_tail_starts_at_one_and_never_reaches_zero():
    assert range_sf(0.0, 4, 20) == pytest.approx(1)
    assert 0 < range_sf(1e4, 4, 20) < range_sf(50.0, 4, 20) < 1e-14
