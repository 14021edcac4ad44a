"""Pairwise comparisons of means: Tukey and Games-Howell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.groups.studentized_range import range_quantile, range_sf
from duonen_stats.methods.inputs.admit import (
    FloatArray,
    Groups,
    admit_groups,
    as_p,
    is_constant,
    require_confidence,
)


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
