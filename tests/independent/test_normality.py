"""Second programming: Shapiro-Wilk from Royston's article."""

import math

import numpy as np
import pytest
from scipy import stats

from duonen_stats.methods import shapiro_wilk

pytestmark = pytest.mark.independent

RNG = np.random.default_rng(25)


def _royston(x):
    """Royston (1992, 1995): weights by polynomials in n^(-1/2), p by a normal transform of log(1 - W)."""
    x, n = np.sort(x), len(x)
    m = stats.norm.ppf((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    u = 1 / math.sqrt(n)
    c = m / math.sqrt(m @ m)
    last = c[-1] + np.polyval([-2.706056, 4.434685, -2.071190, -0.147981, 0.221157, 0.0], u)
    second = c[-2] + np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, 0.0], u)
    phi = (m @ m - 2 * m[-1] ** 2 - 2 * m[-2] ** 2) / (1 - 2 * last**2 - 2 * second**2)
    a = m / math.sqrt(phi)
    a[[0, 1, -2, -1]] = -last, -second, second, last
    w = (a @ x) ** 2 / ((x - x.mean()) ** 2).sum()
    if n <= 11:
        gamma = 0.459 * n - 2.273
        mean = 0.5440 - 0.39978 * n + 0.025054 * n**2 - 0.0006714 * n**3
        sd = math.exp(1.3822 - 0.77857 * n + 0.062767 * n**2 - 0.0020322 * n**3)
        z = (-math.log(gamma - math.log(1 - w)) - mean) / sd
    else:
        log_n = math.log(n)
        mean = -1.5861 - 0.31082 * log_n - 0.083751 * log_n**2 + 0.0038915 * log_n**3
        sd = math.exp(-0.4803 - 0.082676 * log_n + 0.0030302 * log_n**2)
        z = (math.log(1 - w) - mean) / sd
    return w, stats.norm.sf(z)


@pytest.mark.parametrize("n", [6, 8, 11, 12, 16, 56, 200])
@pytest.mark.parametrize("skewed", [True, False])
def test_shapiro_from_the_article(n, skewed):
    x = RNG.lognormal(0, 0.6, n) if skewed else RNG.normal(12, 2, n)
    w, p = _royston(x)
    found = shapiro_wilk(x)
    assert found.w == pytest.approx(w, rel=1e-5)
    assert found.p_value == pytest.approx(p, rel=1e-3)
