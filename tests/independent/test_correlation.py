"""Second programming: correlation, its exact distribution, adjustment and bootstrap."""

import math
from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from duonen_stats.methods import partial_spearman, pearson, spearman, spearman_bootstrap

pytestmark = pytest.mark.independent

RNG = np.random.default_rng(22)
X = RNG.integers(0, 15, 40) / 2
Y = np.round(0.3 * X + RNG.normal(size=40), 1)
Z = np.round(X - 0.5 * Y + RNG.normal(size=40), 0)
ARM = RNG.choice(list("ABCD"), 40)


def test_pearson_and_spearman_by_the_library():
    r, rho = stats.pearsonr(X, Y), stats.spearmanr(X, Y)
    found = pearson(X, Y, confidence=0.9)
    assert (found.coefficient, found.p_value) == pytest.approx((r.statistic, r.pvalue), rel=1e-10)
    limits = r.confidence_interval(0.9)
    assert (found.ci_low, found.ci_high) == pytest.approx((limits.low, limits.high), rel=1e-10)
    ranked = spearman(X, Y)
    assert (ranked.coefficient, ranked.p_value) == pytest.approx((rho.statistic, rho.pvalue), rel=1e-10)


@pytest.mark.parametrize("n", [4, 6, 7])
def test_exact_spearman_by_permuting(n):
    x, y = RNG.permutation(n), RNG.permutation(n)
    observed = abs(stats.spearmanr(x, y).statistic)
    ranks = np.array(list(permutations(range(n))))
    squares = ((ranks - np.arange(n)) ** 2).sum(axis=1)
    rho = np.abs(1 - 6 * squares / (n**3 - n))
    assert spearman(x, y, method="exact").p_value == pytest.approx((rho >= observed - 1e-9).mean(), rel=1e-12)


def test_partial_by_the_inverse_correlation_matrix():
    inverse = np.linalg.inv(np.corrcoef([stats.rankdata(v) for v in (X, Y, Z)]))
    r = -inverse[0, 1] / math.sqrt(inverse[0, 0] * inverse[1, 1])
    found = partial_spearman(X, Y, Z)
    assert found.coefficient == pytest.approx(r, rel=1e-9)
    t = r * math.sqrt(37 / (1 - r**2))
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(t), 37), rel=1e-8)


def test_partial_on_arm_by_centring_ranks_within_arms():
    a, b = stats.rankdata(X), stats.rankdata(Y)
    for arm in "ABCD":
        a[arm == ARM] -= a[arm == ARM].mean()
        b[arm == ARM] -= b[arm == ARM].mean()
    r = float(a @ b / np.sqrt((a @ a) * (b @ b)))
    found = partial_spearman(X, Y, ARM)
    assert found.coefficient == pytest.approx(r, rel=1e-9)
    assert found.df == 40 - 2 - 3


def test_bootstrap_by_drawing_pairs_one_by_one():
    drawn = []
    for _ in range(1500):
        chosen = RNG.integers(0, 40, 40)
        drawn.append(stats.spearmanr(X[chosen], Y[chosen]).statistic)
    low, high = np.quantile(drawn, [0.025, 0.975])
    found = spearman_bootstrap(X, Y, resamples=5000)
    assert (found.percentile_low, found.percentile_high) == pytest.approx((low, high), abs=0.05)


def test_bca_by_the_library():
    library = stats.bootstrap(
        (X, Y),
        lambda x, y: stats.spearmanr(x, y).statistic,
        paired=True,
        vectorized=False,
        n_resamples=1500,
        method="BCa",
        rng=np.random.default_rng(5),
    ).confidence_interval
    found = spearman_bootstrap(X, Y, resamples=5000)
    assert (found.bca_low, found.bca_high) == pytest.approx((library.low, library.high), abs=0.05)
