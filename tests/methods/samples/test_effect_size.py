"""Cohen's d and Hedges' g."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import cohens_d, hedges_g

SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
sample = st.lists(st.integers(-9, 9), min_size=2, max_size=8).filter(lambda x: len(set(x)) > 1)


@pytest.mark.reference
def test_effect_sizes_as_in_r():
    # R 4.2.2, effectsize 0.8.3: cohens_d(x, y); hedges_g(x, y); its limits are accurate to 1e-4
    d, g = cohens_d([*SLEEP[0], None], SLEEP[1]), hedges_g(*SLEEP)
    assert d.estimate == pytest.approx(-0.8321810813495396, rel=1e-12)
    assert g.estimate == pytest.approx(-0.7969352391911223, rel=1e-12)
    assert (d.ci_low, d.ci_high) == pytest.approx((-1.738816769254417, 0.09545043565750974), rel=1e-4)
    assert (g.ci_low, g.ci_high) == pytest.approx((-1.6651716663254206, 0.09140776866527169), rel=1e-4)
    assert (d.n_x, d.n_y, d.n_missing) == (10, 10, 1)


@pytest.mark.parametrize("function", [cohens_d, hedges_g])
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 1], [1, 1, 1], "zero_variance"),
        ([1, 1], [2, 2], "zero_variance"),
        ([1], [2, 3], "group_too_small"),
        ([], [2, 3], "empty_group"),
        ([1, math.inf], [2, 3], "non_finite"),
    ],
)
def test_edge_cases(function, x, y, reason):
    with pytest.raises(NotEstimable) as caught:
        function(x, y)
    assert caught.value.reason == reason


@pytest.mark.parametrize("gap", [10, 100])
def test_samples_far_apart_have_limits(gap):
    found = cohens_d([0, 1, 2, 3], [gap, gap + 1, gap + 2, gap + 3])
    assert found.ci_low < found.estimate < found.ci_high < 0


def test_samples_too_far_apart_have_none():
    with pytest.raises(NotEstimable) as caught:
        cohens_d([0, 1, 2, 3], [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3])
    assert caught.value.reason == "no_limits"


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(sample, sample, st.integers(1, 20), st.integers(-100, 100))
def test_exchange_unit_and_origin(x, y, factor, shift):
    plain = hedges_g(x, y)
    turned = hedges_g([factor * v + shift for v in y], [factor * v + shift for v in x])
    assert turned.estimate == pytest.approx(-plain.estimate, abs=1e-9)
    assert turned.ci_low == pytest.approx(-plain.ci_high, abs=1e-5)
    assert plain.ci_low < plain.estimate < plain.ci_high
    assert abs(plain.estimate) <= abs(cohens_d(x, y).estimate)
