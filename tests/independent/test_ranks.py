"""Second programming: rank tests from their textbook definitions, and by the library where it is right."""

import math
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from duonen_stats.methods import (
    dunn,
    friedman,
    kruskal_wallis,
    mann_whitney,
    wilcoxon_signed_rank,
)

pytestmark = pytest.mark.independent

RNG = np.random.default_rng(21)
SAMPLES = [
    (RNG.integers(0, 12, 16) / 2, RNG.integers(0, 12, 9) / 2, RNG.integers(2, 14, 12) / 2),
    (RNG.normal(size=7), RNG.normal(size=11), RNG.normal(1, 1, size=5)),
    (RNG.integers(0, 3, 20), RNG.integers(0, 3, 20), RNG.integers(1, 4, 20)),
]


@pytest.mark.parametrize("samples", SAMPLES)
def test_kruskal_wallis_by_the_library(samples):
    found = kruskal_wallis(dict(zip("ABC", samples, strict=True)))
    library = stats.kruskal(*samples)
    assert found.statistic == pytest.approx(library.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(library.pvalue, rel=1e-12)


@pytest.mark.parametrize("samples", SAMPLES)
def test_kruskal_wallis_is_anova_of_ranks(samples):
    """H = (N - 1) * between / total sum of squares of the ranks, ties included."""
    ranks = stats.rankdata(np.concatenate(samples))
    parts = np.split(ranks, np.cumsum([len(s) for s in samples])[:-1])
    between = sum(len(part) * (part.mean() - ranks.mean()) ** 2 for part in parts)
    h = (len(ranks) - 1) * between / ((ranks - ranks.mean()) ** 2).sum()
    assert kruskal_wallis(dict(zip("ABC", samples, strict=True))).statistic == pytest.approx(h, rel=1e-12)


def test_kruskal_wallis_exact_by_nested_choices():
    """Every allocation of nine tied values to groups of 4, 3 and 2, chosen group by group."""
    values = np.array([1, 1, 2, 3, 3, 3, 5, 6, 6])
    sizes = (4, 3, 2)
    given = {"A": values[[0, 2, 3, 4]], "B": values[[1, 5, 6]], "C": values[[7, 8]]}
    everyone = frozenset(range(9))
    hits = total = 0
    observed = stats.kruskal(*given.values()).statistic
    for first in combinations(range(9), sizes[0]):
        rest = everyone - set(first)
        for second in combinations(sorted(rest), sizes[1]):
            third = sorted(rest - set(second))
            h = stats.rankdata(values)
            sums = [h[list(part)].sum() ** 2 / len(part) for part in (first, second, third)]
            total += 1
            n = 9
            raw = 12 / (n * (n + 1)) * sum(sums) - 3 * (n + 1)
            hits += raw / (1 - (6 + 24 + 6) / (n**3 - n)) >= observed - 1e-9
    found = kruskal_wallis(given, method="exact")
    assert found.resamples == total == 1260
    assert found.p_value == pytest.approx(hits / total, rel=1e-12)


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("continuity", [True, False])
def test_mann_whitney_by_the_library(samples, continuity):
    x, y, _ = samples
    found = mann_whitney(x, y, method="asymptotic", continuity=continuity)
    library = stats.mannwhitneyu(x, y, method="asymptotic", use_continuity=continuity)
    assert found.statistic == library.statistic
    assert found.p_value == pytest.approx(min(1.0, library.pvalue), rel=1e-12)


@cache
def _ways(u, m, n):
    """Mann & Whitney's recurrence: ways to obtain U = u from m and n untied values."""
    if u < 0 or min(m, n) < 0:
        return 0
    if min(m, n) == 0:
        return int(u == 0)
    return _ways(u - n, m - 1, n) + _ways(u, m, n - 1)


@pytest.mark.parametrize(("m", "n"), [(4, 6), (7, 7), (12, 9)])
def test_mann_whitney_exact_by_recurrence(m, n):
    values = RNG.permutation(m + n)
    found = mann_whitney(values[:m], values[m:], method="exact")
    u = int(min(found.statistic, m * n - found.statistic))
    expected = min(1.0, 2 * sum(_ways(i, m, n) for i in range(u + 1)) / math.comb(m + n, m))
    assert found.p_value == pytest.approx(expected, rel=1e-12)


@cache
def _signed_ways(v, n):
    """Ways to obtain the signed-rank sum v from the ranks 1 to n."""
    if v < 0:
        return 0
    if n == 0:
        return int(v == 0)
    return _signed_ways(v, n - 1) + _signed_ways(v - n, n - 1)


@pytest.mark.parametrize("n", [5, 12, 25])
def test_signed_rank_exact_by_recurrence(n):
    d = RNG.permutation(n) + 1.0
    d *= RNG.choice([-1, 1], n)
    found = wilcoxon_signed_rank(d, method="exact")
    v = int(min(found.statistic, n * (n + 1) / 2 - found.statistic))
    expected = min(1.0, 2 * sum(_signed_ways(i, n) for i in range(v + 1)) / 2**n)
    assert found.p_value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("zeros", ["wilcox", "pratt"])
@pytest.mark.parametrize("continuity", [True, False])
def test_signed_rank_by_the_library(zeros, continuity):
    d = RNG.integers(-6, 10, 40) / 10
    found = wilcoxon_signed_rank(d, zero_method=zeros, continuity=continuity, method="asymptotic")
    library = stats.wilcoxon(np.round(d, 10), zero_method=zeros, correction=continuity, method="asymptotic")
    assert found.p_value == pytest.approx(library.pvalue, rel=1e-12)


def test_signed_rank_variance_from_the_textbook():
    """Hollander & Wolfe (1999), 3.1: n(n+1)(2n+1)/24 less a half of sum t(t-1)(t+1)/24 for tied sizes."""
    d = np.array([1, 1, 1, -2, 2, 3, -4, 5, 5, 5, 6])
    n = len(d)
    variance = (n * (n + 1) * (2 * n + 1) - (3 * 2 * 4 + 2 * 1 * 3 + 3 * 2 * 4) / 2) / 24
    ranks = stats.rankdata(abs(d))
    z = (ranks[d > 0].sum() - n * (n + 1) / 4) / math.sqrt(variance)
    assert wilcoxon_signed_rank(d).z == pytest.approx(z, rel=1e-12)


@pytest.mark.parametrize("samples", SAMPLES)
def test_dunn_from_the_article(samples):
    """Dunn (1964), equation 4, with the correction for ties."""
    pooled = np.concatenate(samples)
    n = len(pooled)
    ranks = stats.rankdata(pooled)
    _, sizes = np.unique(pooled, return_counts=True)
    ties = sum(float(t) ** 3 - t for t in sizes)
    means = [part.mean() for part in np.split(ranks, np.cumsum([len(s) for s in samples])[:-1])]
    for result, (i, j) in zip(
        dunn(dict(zip("ABC", samples, strict=True))), ((0, 1), (0, 2), (1, 2)), strict=True
    ):
        sigma = math.sqrt(
            (n * (n + 1) / 12 - ties / (12 * (n - 1))) * (1 / len(samples[i]) + 1 / len(samples[j]))
        )
        assert result.z == pytest.approx((means[i] - means[j]) / sigma, rel=1e-12)
        assert result.p_value == pytest.approx(2 * stats.norm.sf(abs(result.z)), rel=1e-12)


def test_friedman_by_the_library_and_by_kendall():
    blocks = RNG.integers(0, 5, (14, 4))
    found = friedman(blocks)
    library = stats.friedmanchisquare(*blocks.T)
    assert found.statistic == pytest.approx(library.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(library.pvalue, rel=1e-12)
    # W is the mean of Spearman's coefficient over pairs of blocks, if there are no ties.
    untied = np.array([RNG.permutation(5) for _ in range(6)])
    rho = np.mean([stats.spearmanr(a, b).statistic for a, b in combinations(untied, 2)])
    assert friedman(untied).kendalls_w == pytest.approx((rho * 5 + 1) / 6, rel=1e-12)
