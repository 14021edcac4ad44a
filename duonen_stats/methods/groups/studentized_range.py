"""Distribution of the studentized range, for Tukey's and Games and Howell's comparisons."""

from functools import lru_cache

import numpy as np
from scipy import interpolate, optimize, special

from duonen_stats.methods.inputs.admit import FloatArray

# The largest of k normal deviates: 81 points from -8 to 8 leave an error below 1e-13 up to k = 20.
_Z = np.linspace(-8, 8, 81)
_Z_WEIGHT = np.exp(-(_Z**2) / 2) / np.sqrt(2 * np.pi) * (_Z[1] - _Z[0])
_BELOW = special.ndtr(_Z)
# A range of 40 standard deviations has probability 1e-170: beyond it nothing needs to be told apart.
_WIDEST = 40.0
_KNOTS = np.linspace(0, _WIDEST, 4001)
# Points where the density of the standard deviation has fallen by exp(-40) are left out.
_DEPTH = 40.0


def range_sf(q: float, k: int, df: float) -> float:
    """Probability that the studentized range of k normal values exceeds ``q``, never 0.

    ``scipy.stats.studentized_range`` gives the same, but six comparisons with their limits take two seconds
    there. Here the inner integral is tabulated once for each k (relative error about 1e-9), and the outer one
    is a sum over evenly spaced points, which converges geometrically.

    Source: Harter (1960) Ann. Math. Stat. 31:1122-1147 for the double integral.
    """
    scale, weight = _standard_deviations(df)
    return float(weight @ np.exp(_log_tail(k)(np.minimum(q * scale, _WIDEST))))


@lru_cache(maxsize=512)
def range_quantile(confidence: float, k: int, df: float) -> float:
    """Value that the studentized range of k normal values exceeds with probability 1 - confidence."""
    tail = 1 - confidence
    upper = 8.0
    while range_sf(upper, k, df) > tail:
        upper *= 2
    return float(optimize.brentq(lambda q: range_sf(q, k, df) - tail, 1e-12, upper, xtol=1e-11, rtol=1e-12))


@lru_cache(maxsize=32)
def _log_tail(k: int) -> "interpolate.CubicSpline[np.float64]":
    """Logarithm of P(range of k standard normal values > w) as a function of w.

    The probability is k times the integral of phi(z) [Phi(z)^(k-1) - (Phi(z) - Phi(z - w))^(k-1)], written so
    that no digits are lost where it is small.
    """
    outside = special.ndtr(_Z - _KNOTS[:, None]) / _BELOW
    inside = np.log1p(-np.minimum(outside, 1 - 1e-16))
    tail = -k * np.expm1((k - 1) * inside) @ (_Z_WEIGHT * _BELOW ** (k - 1))
    return interpolate.CubicSpline(_KNOTS, np.log(tail))


@lru_cache(maxsize=512)
def _standard_deviations(df: float) -> tuple[FloatArray, FloatArray]:
    """Points of the sampling distribution of s/sigma on ``df`` degrees of freedom, and their weights.

    Evenly spaced in log s, where the density is df * log s - df * s^2 / 2 up to a constant.
    """
    width = np.sqrt(_DEPTH / df)
    step = min(0.12, 0.5 / np.sqrt(2 * df))
    log_s = np.arange(-width - _DEPTH / df, width + step, step)
    density = np.exp(df * (log_s - np.expm1(2 * log_s) / 2))
    return np.exp(log_s), density / density.sum()
