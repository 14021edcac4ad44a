"""Shapiro-Wilk test."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import shapiro_wilk

CTRL = [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14]


@pytest.mark.reference
def test_shapiro_as_in_r():
    # R 4.2.2: shapiro.test(PlantGrowth$weight[1:10])
    found = shapiro_wilk([*CTRL, None])
    assert found.p_value == pytest.approx(0.7474734438296213, rel=1e-6)
    assert found.w == pytest.approx(0.9566815, rel=1e-6)
    assert (found.n, found.n_missing) == (10, 1)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        ([], "n_too_small"),
        ([1, 2, None], "n_too_small"),
        ([4, 4, 4, 4], "zero_variance"),
        ([1, 2, math.inf, 4], "non_finite"),
        (np.arange(5001.0), "n_too_large"),
    ],
)
def test_samples_without_an_answer(x, reason):
    with pytest.raises(NotEstimable) as caught:
        shapiro_wilk(x)
    assert caught.value.reason == reason


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(-50, 50), min_size=4, max_size=20, unique=True),
    st.integers(1, 9),
    st.integers(-9, 9),
)
def test_shapiro_does_not_depend_on_unit_or_origin(x, factor, shift):
    plain, changed = shapiro_wilk(x), shapiro_wilk([factor * value + shift for value in x])
    assert changed.w == pytest.approx(plain.w, rel=1e-8)
