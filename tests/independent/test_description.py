"""Second programming: quantiles, moments and hinges from their definitions."""

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest

from duonen_stats.methods import describe, geometric_mean, hinges, quantile

pytestmark = pytest.mark.independent

RNG = np.random.default_rng(23)
SAMPLES = [RNG.normal(10, 2, n).round(1).tolist() for n in (1, 2, 3, 4, 5, 12, 16, 55)]


def _by_fractions(x, p, kind):
    """Hyndman & Fan (1996) in exact arithmetic."""
    ordered, n, p = sorted(Fraction(v) for v in x), len(x), Fraction(p)
    offset = {2: Fraction(0), 6: p, 7: 1 - p}[kind]
    j = math.floor(n * p + offset)
    g = n * p + offset - j
    gamma = (Fraction(1, 2) if g == 0 else 1) if kind == 2 else g
    below, above = ordered[min(max(j, 1), n) - 1], ordered[min(max(j + 1, 1), n) - 1]
    return float((1 - gamma) * below + gamma * above)


@pytest.mark.parametrize("x", SAMPLES)
@pytest.mark.parametrize("kind", [2, 6, 7])
def test_quantiles_in_exact_arithmetic(x, kind):
    for percent in (0, 5, 10, 25, 30, 50, 70, 75, 90, 95, 100):
        expected = _by_fractions(x, Fraction(percent, 100), kind)
        assert quantile(x, [percent / 100], quantile_type=kind)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("x", SAMPLES)
def test_moments_and_hinges_by_the_standard_library(x):
    found = describe(x)
    assert found.mean == pytest.approx(statistics.fmean(x), rel=1e-13)
    assert found.median == pytest.approx(statistics.median(x), rel=1e-13)
    if len(x) > 1:
        assert found.sd == pytest.approx(statistics.stdev(x), rel=1e-12)
        assert [found.q1, found.q3] == pytest.approx(
            statistics.quantiles(x, n=4, method="exclusive")[::2], rel=1e-12
        ) or (
            len(x) < 4  # the standard library extrapolates beyond the data there
        )
    assert geometric_mean(x) == pytest.approx(statistics.geometric_mean(x), rel=1e-12)
    ordered, half = sorted(x), (len(x) + 1) // 2
    assert hinges(x) == pytest.approx((statistics.median(ordered[:half]), statistics.median(ordered[-half:])))
