"""Description of one sample."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import describe, geometric_mean, hinges, quantile

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def test_describe_by_hand():
    found = describe([4, None, 1, 3, 2])
    assert (found.n, found.n_missing, found.mean, found.median) == (4, 1, 2.5, 2.5)
    assert found.sd == pytest.approx(math.sqrt(5 / 3))
    assert (found.minimum, found.maximum) == (1, 4)
    assert (found.q1, found.q3) == (1.25, 3.75)


@pytest.mark.parametrize(("quantile_type", "q1", "q3"), [(2, 1.5, 3.5), (6, 1.25, 3.75), (7, 1.75, 3.25)])
def test_quartile_definitions_differ(quantile_type, q1, q3):
    found = describe([1, 2, 3, 4], quantile_type=quantile_type)
    assert (found.q1, found.q3) == (q1, q3)


def test_one_value_has_no_sd():
    found = describe([7.5])
    assert found.sd is None
    assert (found.n, found.mean, found.q1, found.q3) == (1, 7.5, 7.5, 7.5)


@pytest.mark.parametrize("function", [describe, hinges, geometric_mean])
@pytest.mark.parametrize(
    ("x", "reason"), [([], "empty_group"), ([None], "empty_group"), ([1, math.inf], "non_finite")]
)
def test_no_values_and_infinite_values(function, x, reason):
    with pytest.raises(NotEstimable) as caught:
        function(x)
    assert caught.value.reason == reason


@pytest.mark.reference
def test_quantiles_as_in_r():
    # R 4.2.2: quantile(x, c(.05, .25, .5, .75, .95), type = 2 | 6 | 7); fivenum(x)[c(2, 4)]
    x = [13.9, 18.9, 12.3, 16.8, 17.4, 23.5, 19.4, 15, 21.5, 14.4, 18.8, 11.8, 25.7, 9.3, None, 14.6]
    probs = (0.05, 0.25, 0.5, 0.75, 0.95)
    assert quantile(x, probs, quantile_type=2) == (9.3, 13.9, 16.8, 19.4, 25.7)
    assert quantile(x, probs, quantile_type=6) == (9.3, 13.9, 16.8, 19.4, 25.7)
    assert quantile(x, probs, quantile_type=7) == pytest.approx((11.05, 14.15, 16.8, 19.15, 24.16), rel=1e-12)
    assert hinges(x) == pytest.approx((14.15, 19.15))


def test_a_step_that_is_whole_on_paper_is_averaged():
    # 0.29 * 100 is 28.999999999999996 in binary, so that numpy takes the 29th value alone.
    assert 100 * 0.29 < 29
    assert quantile(range(1, 101), [0.29], quantile_type=2) == (29.5,)


@pytest.mark.parametrize(
    ("x", "expected"), [([1, 2, 3, 4, 5], (2, 4)), ([1, 2, 3, 4], (1.5, 3.5)), ([3], (3, 3))]
)
def test_hinges_by_hand(x, expected):
    assert hinges(x) == expected


def test_geometric_mean_by_hand():
    assert geometric_mean([1, 10, None, 100]) == pytest.approx(10)
    with pytest.raises(NotEstimable) as caught:
        geometric_mean([1, 0, 2])
    assert caught.value.reason == "not_positive"


@pytest.mark.parametrize(("probs", "kind"), [([1.2], 6), ([-0.1], 6), ([0.5], 5)])
def test_impossible_quantiles_are_refused(probs, kind):
    with pytest.raises(DataError):
        quantile([1, 2], probs, quantile_type=kind)


@pytest.mark.law
@settings(deadline=None, max_examples=100)
@given(numbers, st.sampled_from([2, 6, 7]), st.floats(0, 1))
def test_quantiles_lie_within_the_data_and_rise(x, kind, p):
    low, at, high = quantile(x, [0, p, 1], quantile_type=kind)
    assert min(x) == low <= at <= high == max(x)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(numbers)
def test_description_does_not_depend_on_the_order(x):
    assert describe(x) == describe(x[::-1])
    assert describe([*x, None]).mean == describe(x).mean


@pytest.mark.law
@settings(deadline=None, max_examples=100)
@given(numbers, st.sampled_from([(6, "weibull"), (7, "linear")]), st.integers(0, 16))
def test_types_6_and_7_are_those_of_numpy(x, kind, sixteenth):
    p = sixteenth / 16  # whole in binary: no rounding of n * p
    mine = quantile(x, [p], quantile_type=kind[0])[0]
    assert mine == pytest.approx(float(np.quantile(x, p, method=kind[1])), rel=1e-9, abs=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("n", "p", "ours", "theirs"), [(20, 0.55, 11.5, 11.5), (90, 0.7, 63.5, 63), (100, 0.55, 55.5, 56)]
)
def test_type_2_averages_where_n_p_is_whole_on_paper(n, p, ours, theirs):
    """``theirs`` is R 4.2.2's quantile(1:n, p, type = 2): docs/methods.md names the two pairs where it differs."""
    assert quantile(range(1, n + 1), [p], quantile_type=2) == (ours,)
    assert (ours == theirs) == (n == 20)
