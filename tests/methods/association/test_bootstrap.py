"""Bootstrap limits of Spearman's correlation."""

import math

import numpy as np
import pytest
from scipy import stats

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import spearman, spearman_bootstrap

X = [
    0.42, 0.56, 0.21, 0.95, 0.68, 0.67, 0.58, None, 0.5, 0.92, 0.75, 0.41, 0.29, 0.22, 0.35, 0.35,
    0.86, 0.42, 0.9,
]  # fmt: skip
Y = [
    -0.3, -0.27, -0.12, -1.28, -0.61, -0.45, -0.88, 1.0, -1.19, -1.95, None, -0.5, -0.65, -0.84,
    -0.57, -0.2, -0.31, -0.54, -1.5,
]  # fmt: skip


def test_same_seed_same_limits():
    first = spearman_bootstrap(X, Y, resamples=500, seed=7)
    assert first == spearman_bootstrap(X, Y, resamples=500, seed=7)
    assert first != spearman_bootstrap(X, Y, resamples=500, seed=8)
    assert (first.n, first.n_missing, first.resamples, first.seed) == (17, 2, 500, 7)
    assert first.coefficient == spearman(X, Y).coefficient


def test_limits_surround_the_coefficient_and_widen_with_confidence():
    wide = spearman_bootstrap(X, Y, resamples=2000, confidence=0.99)
    narrow = spearman_bootstrap(X, Y, resamples=2000, confidence=0.8)
    assert -1 <= wide.percentile_low < narrow.percentile_low < wide.coefficient
    assert wide.coefficient < narrow.percentile_high < wide.percentile_high <= 1
    assert wide.bca_low < narrow.bca_low < narrow.bca_high < wide.bca_high


@pytest.mark.independent
def test_limits_of_few_values_from_the_textbook():
    """Resamples equal to the coefficient, which few values give often, count half below it."""
    x, y = np.array([1.0, 2, 3, 4, 5, 6, 7]), np.array([2.0, 1, 4, 3, 6, 5, 5])
    weights = np.random.default_rng(3).multinomial(7, np.full(7, 1 / 7), size=400)
    drawn = [(np.repeat(x, one), np.repeat(y, one)) for one in weights]
    rho = np.array([stats.spearmanr(a, b).statistic for a, b in drawn if np.ptp(a) and np.ptp(b)])
    observed = stats.spearmanr(x, y).statistic
    equal = np.isclose(rho, observed, atol=1e-12)
    assert equal.sum() > 3
    bias = stats.norm.ppf(((rho < observed) & ~equal).mean() + equal.mean() / 2)
    left_out = np.array([stats.spearmanr(np.delete(x, one), np.delete(y, one)).statistic for one in range(7)])
    influence = left_out.mean() - left_out
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    shifted = bias + stats.norm.ppf([0.025, 0.975])
    tails = stats.norm.cdf(bias + shifted / (1 - acceleration * shifted))
    found = spearman_bootstrap(x, y, resamples=400, seed=3)
    assert (found.bca_low, found.bca_high) == pytest.approx(
        np.quantile(rho, tails, method="weibull"), abs=1e-9
    )


def test_resamples_without_spread_are_counted_and_left_out():
    found = spearman_bootstrap([1, 1, 1, 2, 3], [3, 1, 2, 2, 5], resamples=2000)
    # Three values are one and the same: 0.6^5 of the resamples hold nothing else, a few more are constant.
    assert 0.05 < found.n_degenerate / 2000 < 0.12
    assert -1 <= found.percentile_low <= found.percentile_high <= 1


def test_no_bca_limits_if_a_pair_carries_all_spread():
    found = spearman_bootstrap([1, 1, 1, 2], [1, 2, 3, 3], resamples=500)
    assert (found.bca_low, found.bca_high) == (None, None)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 2], [2, 1], "n_too_small"),
        ([1, 1, 1], [1, 2, 3], "constant_input"),
        ([1, 2, 3, 4], [4, 3, 2, 1], "zero_variance"),
        ([1, 2, math.inf], [1, 2, 3], "non_finite"),
    ],
)
def test_edge_cases(x, y, reason):
    with pytest.raises(NotEstimable) as caught:
        spearman_bootstrap(x, y)
    assert caught.value.reason == reason
