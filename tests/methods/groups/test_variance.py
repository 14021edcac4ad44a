"""Levene's test."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import levene

PLANTS = {
    "ctrl": [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
    "trt1": [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
    "trt2": [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
}
sample = st.lists(st.integers(-20, 20), min_size=3, max_size=8, unique=True)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("center", "f", "p"),
    [("mean", 1.2369629544697833, 0.3061949229914475), ("median", 1.11918569487039, 0.3412266241254738)],
)
def test_levene_as_in_r(center, f, p):
    # R 4.2.2, car 3.1: leveneTest(weight ~ group, PlantGrowth, center = mean | median)
    found = levene(PLANTS, center=center)
    assert (found.df1, found.df2) == (2, 27)
    assert found.statistic == pytest.approx(f, rel=1e-12)
    assert found.p_value == pytest.approx(p, rel=1e-12)
    assert center in found.method


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({"A": [1, 1, 1], "B": [2, 2, 2]}, "zero_variance"),
        ({"A": [1.1, 2.3], "B": [0.7, 9.1]}, "zero_variance"),  # two values lie equally far from their mean
        ({"A": [1], "B": [2]}, "group_too_small"),
        ({"A": [1, 2, 3]}, "single_group"),
        ({"A": [1, 2, 3], "B": [None]}, "empty_group"),
        ({"A": [1, 2, 3], "B": [1, -math.inf]}, "non_finite"),
    ],
)
def test_edge_cases(groups, reason):
    with pytest.raises(NotEstimable) as caught:
        levene(groups)
    assert caught.value.reason == reason


def test_one_constant_group_is_compared():
    assert 0 < levene({"A": [1, 2, 4, 9], "B": [4, 4, 4]}).p_value < 1


def test_an_unknown_centre_is_refused():
    with pytest.raises(DataError, match="trimmed"):
        levene(PLANTS, center="trimmed")


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, st.integers(-500, 500), st.sampled_from(["mean", "median"]))
def test_neither_order_nor_origin_matters(a, b, shift, center):
    try:
        plain = levene({"A": a, "B": b}, center=center)
    except NotEstimable:
        return
    turned = levene({"B": b, "A": [value + shift for value in a]}, center=center)
    assert turned.statistic == pytest.approx(plain.statistic, rel=1e-6, abs=1e-9)
