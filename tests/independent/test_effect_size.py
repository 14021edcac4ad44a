"""Second programming: limits of Cohen's d by integrating the noncentral t, Hodges-Lehmann by its test."""

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from duonen_stats.methods import (
    cohens_d,
    hedges_g,
    hodges_lehmann_paired,
    hodges_lehmann_two_sample,
    mann_whitney,
    wilcoxon_signed_rank,
)

pytestmark = pytest.mark.independent

RNG = np.random.default_rng(24)


def _noncentral_t_cdf(t, df, delta):
    """P((Z + delta) / S <= t), the mean over S of Phi(t S - delta)."""

    def integrand(s):
        log_density = math.log(2) + df / 2 * math.log(df / 2) - math.lgamma(df / 2) + (df - 1) * math.log(s)
        return math.exp(log_density - df * s * s / 2) * special.ndtr(t * s - delta)

    return integrate.quad(integrand, 1e-9, 6, epsabs=1e-12, limit=200)[0]


@pytest.mark.parametrize(("n_x", "n_y", "shift"), [(10, 10, 0.0), (6, 9, 1.0), (16, 12, -2.0), (3, 4, 3.0)])
def test_limits_put_half_of_alpha_in_each_tail(n_x, n_y, shift):
    x, y = RNG.normal(shift, 1, n_x), RNG.normal(0, 1, n_y)
    df, unit = n_x + n_y - 2, math.sqrt(1 / n_x + 1 / n_y)
    found = cohens_d(x, y)
    t = stats.ttest_ind(x, y).statistic
    assert found.estimate == pytest.approx(t * unit, rel=1e-10)
    assert _noncentral_t_cdf(t, df, found.ci_low / unit) == pytest.approx(0.975, abs=1e-8)
    assert _noncentral_t_cdf(t, df, found.ci_high / unit) == pytest.approx(0.025, abs=1e-8)
    j = special.gamma(df / 2) / (math.sqrt(df / 2) * special.gamma((df - 1) / 2))
    assert hedges_g(x, y).estimate == pytest.approx(j * found.estimate, rel=1e-12)


def test_exact_limits_are_the_shifts_the_test_does_not_reject():
    """The interval for the shift is the set of shifts that an exact Mann-Whitney test accepts."""
    x, y = RNG.normal(1, 1, 8), RNG.normal(0, 1, 9)
    found = hodges_lehmann_two_sample(x, y)
    for limit, inward in ((found.ci_low, 1), (found.ci_high, -1)):
        inside = mann_whitney(x - (limit + inward * 1e-7), y, method="exact").p_value
        outside = mann_whitney(x - (limit - inward * 1e-7), y, method="exact").p_value
        assert inside > 0.05 >= outside
    assert found.estimate == np.median([a - b for a in x for b in y])


def test_exact_paired_limits_are_the_shifts_the_test_does_not_reject():
    d = RNG.normal(1, 1, 11)
    found = hodges_lehmann_paired(d, decimals=14)
    for limit, inward in ((found.ci_low, 1), (found.ci_high, -1)):
        inside = wilcoxon_signed_rank(d - (limit + inward * 1e-7), method="exact").p_value
        outside = wilcoxon_signed_rank(d - (limit - inward * 1e-7), method="exact").p_value
        assert inside > 0.05 >= outside
    walsh = [(d[i] + d[j]) / 2 for i in range(11) for j in range(i, 11)]
    assert found.estimate == pytest.approx(np.median(walsh), rel=1e-12)
