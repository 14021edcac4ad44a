"""Second programming: analysis of variance, Welch, Levene, t tests, Tukey and Games-Howell."""

import math

import numpy as np
import pytest
from scipy import stats

from duonen_stats.methods import anova, games_howell, independent_t, levene, paired_t, tukey_hsd, welch_anova

pytestmark = pytest.mark.independent

RNG = np.random.default_rng(20)
LAYOUTS = [
    {name: RNG.normal(mean, sd, size).round(2) for name, mean, sd, size in zip("ABCD", m, s, n, strict=True)}
    for m, s, n in (
        ((0, 0, 0, 0), (1, 1, 1, 1), (16, 16, 12, 12)),
        ((5, 6, 9, 4), (1, 2, 3, 4), (7, 3, 12, 5)),
        ((1e6, 1e6 + 1, 1e6, 1e6), (1, 1, 5, 1), (9, 9, 9, 20)),
    )
]


@pytest.mark.parametrize("groups", LAYOUTS)
def test_anova_by_least_squares(groups):
    """F as the gain of a regression on group indicators over the grand mean alone."""
    y = np.concatenate(list(groups.values()))
    labels = np.repeat(np.arange(4), [len(v) for v in groups.values()])
    design = (labels[:, None] == np.arange(4)).astype(float)
    fitted = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    total, residual = ((y - y.mean()) ** 2).sum(), ((y - fitted) ** 2).sum()
    df2 = len(y) - 4
    found = anova(groups)
    assert found.statistic == pytest.approx((total - residual) / 3 / (residual / df2), rel=1e-6)
    assert found.eta_squared == pytest.approx((total - residual) / total, rel=1e-6)
    mse = residual / df2
    assert found.omega_squared == pytest.approx((total - residual - 3 * mse) / (total + mse), rel=1e-6)
    assert found.epsilon_squared == pytest.approx((total - residual - 3 * mse) / total, rel=1e-6)
    assert found.p_value == pytest.approx(stats.f_oneway(*groups.values()).pvalue, rel=1e-8)


@pytest.mark.parametrize("groups", LAYOUTS)
def test_welch_from_the_article(groups):
    """Welch (1951), equations 21 and 22, term by term."""
    k = len(groups)
    w = [len(v) / np.var(v, ddof=1) for v in groups.values()]
    total = sum(w)
    centre = sum(wi * np.mean(v) for wi, v in zip(w, groups.values(), strict=True)) / total
    numerator = sum(wi * (np.mean(v) - centre) ** 2 for wi, v in zip(w, groups.values(), strict=True)) / (
        k - 1
    )
    lam = sum((1 - wi / total) ** 2 / (len(v) - 1) for wi, v in zip(w, groups.values(), strict=True))
    f = numerator / (1 + 2 * (k - 2) / (k**2 - 1) * lam)
    df2 = (k**2 - 1) / (3 * lam)
    found = welch_anova(groups)
    assert found.statistic == pytest.approx(f, rel=1e-7)
    assert found.df2 == pytest.approx(df2, rel=1e-9)
    assert found.p_value == pytest.approx(stats.f.sf(f, k - 1, df2), rel=1e-7)
    assert found.p_value == pytest.approx(stats.f_oneway(*groups.values(), equal_var=False).pvalue, rel=1e-7)


@pytest.mark.parametrize("center", ["mean", "median"])
@pytest.mark.parametrize("groups", LAYOUTS[:2])
def test_levene_is_anova_of_deviations(groups, center):
    middle = {"mean": np.mean, "median": np.median}[center]
    deviations = [np.abs(v - middle(v)) for v in groups.values()]
    found = levene(groups, center=center)
    assert found.statistic == pytest.approx(stats.f_oneway(*deviations).statistic, rel=1e-10)
    assert found.p_value == pytest.approx(stats.levene(*groups.values(), center=center).pvalue, rel=1e-10)


@pytest.mark.parametrize("groups", LAYOUTS)
def test_t_tests_by_the_library(groups):
    a, b, c = groups["A"][:5], groups["B"], groups["C"][:5]
    for equal in (True, False):
        library = stats.ttest_ind(a, b, equal_var=equal)
        found = independent_t(a, b, equal_var=equal, confidence=0.9)
        assert found.p_value == pytest.approx(library.pvalue, rel=1e-7)
        limits = library.confidence_interval(0.9)
        assert (found.ci_low, found.ci_high) == pytest.approx((limits.low, limits.high), rel=1e-7)
    library = stats.ttest_1samp(np.round(a - c, 10), 0)
    found = paired_t(a, c)
    assert found.p_value == pytest.approx(library.pvalue, rel=1e-7)
    limits = library.confidence_interval(0.95)
    assert (found.ci_low, found.ci_high) == pytest.approx((limits.low, limits.high), rel=1e-7)


@pytest.mark.parametrize("equal", [True, False])
def test_pairwise_by_the_library(equal):
    groups = LAYOUTS[1]
    library = stats.tukey_hsd(*groups.values(), equal_var=equal)
    compare = tukey_hsd if equal else games_howell
    names = list(groups)
    for pair in compare(groups):
        i, j = names.index(pair.a), names.index(pair.b)
        assert pair.difference == pytest.approx(library.statistic[i, j])
        assert pair.p_value == pytest.approx(library.pvalue[i, j], abs=1e-9)


def test_games_howell_from_the_article():
    """Games & Howell (1976): one pair by hand, its tail from the library's distribution."""
    a, b = LAYOUTS[1]["A"], LAYOUTS[1]["C"]
    va, vb = np.var(a, ddof=1) / len(a), np.var(b, ddof=1) / len(b)
    t = abs(a.mean() - b.mean()) / math.sqrt(va + vb)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    (found,) = (r for r in games_howell(LAYOUTS[1]) if (r.a, r.b) == ("A", "C"))
    assert (found.statistic, found.df) == pytest.approx((t, df), rel=1e-12)
    assert found.p_value == pytest.approx(stats.studentized_range.sf(t * math.sqrt(2), 4, df), abs=1e-9)
    critical = stats.studentized_range.ppf(0.95, 4, df) / math.sqrt(2)
    assert found.ci_high - found.difference == pytest.approx(critical * math.sqrt(va + vb), rel=1e-7)
