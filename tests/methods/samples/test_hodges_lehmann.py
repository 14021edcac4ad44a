"""Hodges-Lehmann estimates and their limits."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import hodges_lehmann_paired, hodges_lehmann_two_sample

sample = st.lists(st.integers(-30, 30), min_size=1, max_size=12)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("x", "y", "expected", "level"),
    [
        # R 4.2.2: wilcox.test(x, y, conf.int = TRUE, exact = TRUE)
        ([0, 1, 2, 3, 9], [4, 5, 6, 7, 8, 10, 11], (-5, -8, -1), 0.952020202020202),
        (
            [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
            [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
            (-0.945, -1.5, -0.31),
            0.9567429474550218,
        ),
    ],
)
def test_exact_shift_as_in_r(x, y, expected, level):
    found = hodges_lehmann_two_sample([*x, None], y)
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(expected, rel=1e-12)
    assert found.achieved_confidence == pytest.approx(level, rel=1e-12)
    assert (found.n_x, found.n_y, found.n_missing) == (len(x), len(y), 1)


@pytest.mark.reference
def test_paired_as_in_r():
    # R 4.2.2: wilcox.test(x - y, conf.int = TRUE, exact = TRUE)
    found = hodges_lehmann_paired(
        [125, 115, 130, 140, 140.5, 115.2, 140.3, 125.7], [110, 122, 125.5, 120, 140.1, 124.6, 123, 137.9]
    )
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx((3.925, -9.4, 17.3), rel=1e-12)


@pytest.mark.reference
def test_asymptotic_shift_by_moses():
    # R 4.2.2: sort(outer(x, y, "-"))[c(C, n1*n2 + 1 - C)], C = round(n1*n2/2 - 1.96*sqrt(n1*n2*(N + 1)/12))
    x, y = [11, 3, 15, 17, 7, 15, 19, 23], [-13, 8, -28, 1, -6, 4, 3, -13, -25, 3]
    found = hodges_lehmann_two_sample(x, y, method="asymptotic")
    assert (found.estimate, found.ci_low, found.ci_high, found.order) == (17.5, 9, 32, 18)
    assert found.achieved_confidence is None


def test_ties_leave_the_median_difference():
    assert hodges_lehmann_two_sample([1, 2, 2, 3, 3, 3, 4], [2, 2, 3, 3, 4, 4, 4, 5]).estimate == -1


def test_small_samples_say_which_level_they_reach():
    found = hodges_lehmann_paired([1, 2, 3])
    assert (found.ci_low, found.ci_high) == (1, 3)
    assert found.achieved_confidence == pytest.approx(0.75)
    assert hodges_lehmann_paired([5]).achieved_confidence == 0


def test_paired_asymptotic_by_hand():
    # n = 10: 27.5 - 1.96 * sqrt(96.25) = 8.27, so the 8th Walsh average from either end.
    found = hodges_lehmann_paired(range(10), method="asymptotic")
    assert (found.order, found.estimate) == (8, 4.5)
    assert found.ci_low == 9 - found.ci_high


@pytest.mark.parametrize(
    ("x", "y", "paired", "independent"),
    [
        ([], [], "n_too_small", "empty_group"),
        ([None], [1], "n_too_small", "empty_group"),
        ([1, math.inf], [1, 2], "non_finite", "non_finite"),
    ],
)
def test_edge_cases(x, y, paired, independent):
    for function, reason in ((hodges_lehmann_paired, paired), (hodges_lehmann_two_sample, independent)):
        with pytest.raises(NotEstimable) as caught:
            function(x, y)
        assert caught.value.reason == reason


@pytest.mark.parametrize("function", [hodges_lehmann_paired, hodges_lehmann_two_sample])
def test_an_unknown_method_is_refused(function):
    with pytest.raises(DataError):
        function([1, 2], [3, 5], method="bootstrap")


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, st.integers(-100, 100), st.sampled_from(["exact", "asymptotic"]))
def test_exchange_and_shift(x, y, shift, method):
    plain = hodges_lehmann_two_sample(x, y, method=method)
    turned = hodges_lehmann_two_sample(y, [v + shift for v in x], method=method)
    assert (turned.estimate, turned.ci_low, turned.ci_high) == pytest.approx(
        (-plain.estimate - shift, -plain.ci_high - shift, -plain.ci_low - shift)
    )
    assert plain.ci_low <= plain.estimate <= plain.ci_high


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, st.integers(-100, 100), st.sampled_from(["exact", "asymptotic"]))
def test_the_paired_estimate_moves_with_the_data(x, shift, method):
    plain, moved = (
        hodges_lehmann_paired(x, method=method),
        hodges_lehmann_paired([v + shift for v in x], method=method),
    )
    assert (moved.estimate, moved.ci_low, moved.ci_high) == pytest.approx(
        (plain.estimate + shift, plain.ci_low + shift, plain.ci_high + shift)
    )
