"""Pairwise comparisons of means: Tukey and Games-Howell.

Own: ``scipy.stats.tukey_hsd`` (1.17.1, ``equal_var=False`` for Games and Howell) and statsmodels'
``pairwise_tukeyhsd`` (0.15.0) agree to 3e-8, but one call takes 0.2 to 1.8 s against 0.0003 s here, and a group of
one value or without spread spoils the pairs of the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy import interpolate, optimize, special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import (
    FloatArray,
    Groups,
    admit_groups,
    as_p,
    is_constant,
    require_confidence,
)

# Distribution of the studentized range, for Tukey's and Games and Howell's comparisons.


# The largest of k normal deviates: 81 points from -8 to 8 leave an error below 1e-13 up to k = 20.
_Z = np.linspace(-8, 8, 81)
_Z_WEIGHT = np.exp(-(_Z**2) / 2) / np.sqrt(2 * np.pi) * (_Z[1] - _Z[0])
_BELOW = special.ndtr(_Z)
# A range of 40 standard deviations has probability 1e-170: beyond it nothing needs to be distinguished.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """Mean of group ``a`` minus mean of group ``b``, in the unit of the data.

    ``statistic`` is the size of the difference in standard errors, never negative; the limits are
    simultaneous over all pairs at the level ``confidence``. For a pair that has no standard error ``statistic``,
    ``df``, ``p_value`` and the limits are None, and ``reason`` and ``detail`` say why, as in
    :class:`~duonen_stats.errors.NotEstimable`.
    """

    a: str
    b: str
    difference: float
    ci_low: float | None
    ci_high: float | None
    statistic: float | None
    df: float | None
    p_value: float | None
    method: str
    confidence: float
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two groups, the standard error of their difference and its degrees of freedom, or why there is none."""

    a: str
    b: str
    error: float = 0.0
    df: float = 0.0
    reason: str = ""
    detail: str = ""


def tukey_hsd(groups: Mapping[str, ArrayLike], *, confidence: float = 0.95) -> list[PairResult]:
    """Compare the means of every pair of groups, variances taken as equal, family-wise error held.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped. A group of one value has a mean, and the
        variance comes from the others.
    confidence
        Simultaneous level of the limits.

    Returns
    -------
    list of PairResult
        In the order of the names; a group without values has no pairs.

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``group_too_small``: each group has one value; ``zero_variance``: no
        group has any spread; ``non_finite``.

    References
    ----------
    Tukey (1953); Kramer (1956) Biometrics 12:307-310 for unequal sizes; R ``TukeyHSD``.

    Examples
    --------
    >>> from duonen_stats.methods import tukey_hsd
    >>> pairs = tukey_hsd({"A": [1, 2, 3], "B": [2, 3, 4], "C": [6, 7, 8]})
    >>> [(pair.a, pair.b, pair.difference, round(pair.p_value, 4)) for pair in pairs]
    [('A', 'B', -1.0, 0.4827), ('A', 'C', -5.0, 0.0021), ('B', 'C', -4.0, 0.0065)]
    """
    admitted = admit_groups(groups)
    samples = admitted.samples
    df = float(admitted.total - len(samples))
    if df == 0:
        raise NotEstimable("group_too_small", admitted.n, "Every group has one value only.")
    if all(is_constant(values) for values in samples.values()):
        raise NotEstimable("zero_variance", admitted.n, "No group has any spread.")
    pooled = sum(float(values.var()) * values.size for values in samples.values()) / df
    pairs = [
        _Pair(a, b, error=float(np.sqrt(pooled / samples[a].size + pooled / samples[b].size)), df=df)
        for a, b in combinations(samples, 2)
    ]
    return _compare(admitted, pairs, confidence, "Tukey's HSD")


def games_howell(groups: Mapping[str, ArrayLike], *, confidence: float = 0.95) -> list[PairResult]:
    """Compare the means of every pair of groups, variances not taken as equal.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped.
    confidence
        Simultaneous level of the limits.

    Returns
    -------
    list of PairResult
        In the order of the names; a group without values has no pairs. The pairs of a group of one value
        (``group_too_small``) and a pair of two groups without spread (``zero_variance``) have a reason in place of
        numbers. All other pairs have their numbers: where one of the two groups has no spread, the other gives the
        standard error and the degrees of freedom.

    Raises
    ------
    NotEstimable
        No pair has numbers: ``single_group`` or ``empty_group``; ``group_too_small``; ``zero_variance``: no group
        has any spread; ``non_finite``.

    References
    ----------
    Games & Howell (1976) J. Educ. Stat. 1(2):113-125.

    Examples
    --------
    >>> from duonen_stats.methods import games_howell
    >>> pairs = games_howell({"A": [1, 2, 3], "B": [4, 6, 8], "C": [2, 3, 4]})
    >>> [(pair.a, pair.b, pair.difference, round(pair.p_value, 3)) for pair in pairs]
    [('A', 'B', -4.0, 0.107), ('A', 'C', -1.0, 0.501), ('B', 'C', 3.0, 0.198)]
    """
    admitted = admit_groups(groups)
    samples = admitted.samples
    pairs = [_welch_pair(a, samples[a], b, samples[b]) for a, b in combinations(samples, 2)]
    if all(pair.reason for pair in pairs):
        if all(is_constant(values) for values in samples.values()) and admitted.total > len(samples):
            raise NotEstimable("zero_variance", admitted.n, "No group has any spread.")
        raise NotEstimable("group_too_small", admitted.n, "Fewer than two groups have two values.")
    return _compare(admitted, pairs, confidence, "Games–Howell")


def _welch_pair(a: str, x: FloatArray, b: str, y: FloatArray) -> _Pair:
    """Give a pair with Welch's standard error and degrees of freedom."""
    small = [name for name, values in ((a, x), (b, y)) if values.size < 2]  # noqa: PLR2004 - a variance needs two
    if small:
        detail = f"Group {' and group '.join(small)} has one value only."
        return _Pair(a, b, reason="group_too_small", detail=detail)
    if is_constant(x) and is_constant(y):
        return _Pair(a, b, reason="zero_variance", detail=f"Neither {a} nor {b} has any spread.")
    v, w = (0.0 if is_constant(z) else float(z.var(ddof=1)) / z.size for z in (x, y))
    df = (v + w) ** 2 / (v**2 / (x.size - 1) + w**2 / (y.size - 1))
    return _Pair(a, b, error=float(np.sqrt(v + w)), df=df)


def _compare(groups: Groups, pairs: Sequence[_Pair], confidence: float, method: str) -> list[PairResult]:
    """Give the results of pairs; the range is that of all groups with values, as in R's rstatix."""
    require_confidence(confidence)
    k = len(groups.samples)
    mean = {name: float(values.mean()) for name, values in groups.samples.items()}
    return [_result(pair, mean[pair.a] - mean[pair.b], k, confidence, method) for pair in pairs]


def _result(pair: _Pair, difference: float, k: int, confidence: float, method: str) -> PairResult:
    if pair.reason:
        return PairResult(
            a=pair.a,
            b=pair.b,
            difference=difference,
            ci_low=None,
            ci_high=None,
            statistic=None,
            df=None,
            p_value=None,
            method=method,
            confidence=confidence,
            reason=pair.reason,
            detail=pair.detail,
        )
    # The studentized range counts in standard deviations of one mean, hence the root of two.
    margin = float(range_quantile(confidence, k, pair.df) * pair.error / np.sqrt(2))
    statistic = abs(difference) / pair.error
    return PairResult(
        a=pair.a,
        b=pair.b,
        difference=difference,
        ci_low=difference - margin,
        ci_high=difference + margin,
        statistic=statistic,
        df=pair.df,
        p_value=as_p(range_sf(statistic * float(np.sqrt(2)), k, pair.df)),
        method=method,
        confidence=confidence,
    )
