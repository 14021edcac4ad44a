"""Two groups and an outcome of two values in several strata: Cochran, Mantel and Haenszel.

Own: scipy 1.17.1 has none of it. statsmodels' ``StratifiedTable`` (0.15.0) counts strata without information for
degrees of freedom of Breslow and Day's test, and has no risk difference.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, normal_deviate


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedResult:
    """Association of group and outcome over the strata, first group against second.

    ``statistic``, ``p_value``: the test of Cochran, Mantel and Haenszel with one degree of freedom. ``odds_ratio`` and
    ``risk_difference``: Mantel and Haenszel's, with limits; an odds ratio is infinite or 0, and without limits, where
    no stratum bounds it. ``breslow_day`` and ``tarone``: tests that the odds ratio is the same in all strata, with
    ``heterogeneity_df`` degrees of freedom; ``None`` where there is no common odds ratio.
    """

    statistic: float
    p_value: float
    odds_ratio: float
    odds_ratio_lower: float | None
    odds_ratio_upper: float | None
    risk_difference: float
    risk_difference_se: float
    risk_difference_lower: float
    risk_difference_upper: float
    breslow_day: float | None
    breslow_day_p: float | None
    tarone: float | None
    tarone_p: float | None
    heterogeneity_df: int
    n_strata: int
    confidence: float


@dataclass(frozen=True, slots=True)
class _Tables:
    """Counts of the strata: events ``a`` of ``m`` in the first group, ``c`` of ``n`` in the second."""

    a: FloatArray
    m: FloatArray
    c: FloatArray
    n: FloatArray

    @property
    def total(self) -> FloatArray:
        return self.m + self.n

    @property
    def events(self) -> FloatArray:
        return self.a + self.c


def stratified_two_by_two(
    strata: Sequence[tuple[tuple[int, int], tuple[int, int]]],
    *,
    correction: bool = False,
    confidence: float = 0.95,
) -> StratifiedResult:
    """Compare two groups over strata.

    Parameters
    ----------
    strata
        For each stratum ``((events, n), (events, n))`` of the first and the second group. A stratum in which a group is
        empty says nothing and is left out.
    correction
        Whether the test subtracts one half (continuity).
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``empty_group``: no stratum has both groups; ``zero_margin``: in none of them do the outcomes differ.
    DataError
        Counts are no counts.

    References
    ----------
    Mantel & Haenszel (1959) JNCI 22:719-748; Robins, Breslow & Greenland (1986) Biometrics 42:311-323; Sato (1989)
    Biometrics 45:1323-1324; Breslow & Day (1980) IARC Sci Publ 32; Tarone (1985) Biometrika 72:91-95.
    R: ``mantelhaen.test``, metafor's ``rma.mh``.

    Examples
    --------
    >>> from duonen_stats.methods import stratified_two_by_two
    >>> found = stratified_two_by_two([((4, 12), (2, 13)), ((3, 10), (1, 11)), ((6, 11), (3, 12))])
    >>> round(found.odds_ratio, 3), round(found.p_value, 4), round(found.risk_difference, 3)
    (3.406, 0.0356, 0.227)
    """
    deviate = normal_deviate(confidence)
    counts = np.array([[*first, *second] for first, second in strata], dtype=np.float64).reshape(-1, 4)
    a, m, c, n = counts.T
    whole = np.isfinite(counts).all() and (counts == np.floor(counts)).all() and (counts >= 0).all()
    if not whole or (a > m).any() or (c > n).any():
        raise DataError(
            "Events and patients of a stratum are whole numbers, and the events not more than the patients."
        )
    used = (m > 0) & (n > 0)
    tables = _Tables(a[used], m[used], c[used], n[used])
    if not used.any():
        raise NotEstimable(
            "empty_group", {"all": int(counts.sum())}, "No stratum has patients of both groups."
        )
    total = tables.total
    spread = tables.events * (total - tables.events)
    if not spread.any():
        raise NotEstimable(
            "zero_margin", {"all": int(total.sum())}, "The outcome does not differ within any stratum."
        )
    statistic = _cmh(tables, correction=correction)
    ratio, log_se = _odds_ratio(tables)
    difference, se = _risk_difference(tables)
    bounded = log_se is not None
    homogeneity = _homogeneity(tables, ratio) if bounded else (None, None)
    df = int((spread > 0).sum()) - 1
    return StratifiedResult(
        statistic=statistic,
        p_value=float(stats.chi2.sf(statistic, 1)),
        odds_ratio=ratio,
        odds_ratio_lower=ratio * math.exp(-deviate * log_se) if log_se is not None else None,
        odds_ratio_upper=ratio * math.exp(deviate * log_se) if log_se is not None else None,
        risk_difference=difference,
        risk_difference_se=se,
        risk_difference_lower=difference - deviate * se,
        risk_difference_upper=difference + deviate * se,
        breslow_day=homogeneity[0] if df else None,
        breslow_day_p=_tail(homogeneity[0], df),
        tarone=homogeneity[1] if df else None,
        tarone_p=_tail(homogeneity[1], df),
        heterogeneity_df=df,
        n_strata=int(used.sum()),
        confidence=confidence,
    )


def _tail(statistic: float | None, df: int) -> float | None:
    return None if statistic is None or not df else float(stats.chi2.sf(statistic, df))


def _cmh(tables: _Tables, *, correction: bool) -> float:
    total, events = tables.total, tables.events
    several = total > 1
    expected = tables.m * events / total
    variance = np.zeros_like(total)
    variance[several] = (tables.m * tables.n * events * (total - events))[several] / (
        total[several] ** 2 * (total[several] - 1)
    )
    off = abs(float((tables.a - expected).sum()))
    return (off - (min(0.5, off) if correction else 0.0)) ** 2 / float(variance.sum())


def _odds_ratio(tables: _Tables) -> tuple[float, float | None]:
    """Give Mantel and Haenszel's odds ratio, and Robins, Breslow and Greenland's standard error of its logarithm."""
    a, b = tables.a, tables.m - tables.a
    c, d = tables.c, tables.n - tables.c
    total = tables.total
    r, s = a * d / total, b * c / total
    above, below = float(r.sum()), float(s.sum())
    if not below or not above:
        return (math.inf if above else 0.0), None
    p, q = (a + d) / total, (b + c) / total
    variance = (
        float((p * r).sum()) / (2 * above**2)
        + float((p * s + q * r).sum()) / (2 * above * below)
        + float((q * s).sum()) / (2 * below**2)
    )
    return above / below, math.sqrt(variance)


def _risk_difference(tables: _Tables) -> tuple[float, float]:
    """Give Mantel and Haenszel's risk difference with Sato's standard error."""
    a, c, m, n, total = tables.a, tables.c, tables.m, tables.n, tables.total
    weight = float((m * n / total).sum())
    difference = float(((a * n - c * m) / total).sum()) / weight
    p = (m**2 * c - n**2 * a + m * n * (n - m) / 2) / total**2
    q = (a * (n - c) + c * (m - a)) / (2 * total)
    return difference, math.sqrt(max(0.0, difference * float(p.sum()) + float(q.sum()))) / weight


def _homogeneity(tables: _Tables, ratio: float) -> tuple[float, float]:
    """Give the statistics of Breslow and Day, and of Tarone, who corrects it for the estimated odds ratio."""
    informative = (tables.events > 0) & (tables.events < tables.total)
    a, m = tables.a[informative], tables.m[informative]
    n, events = tables.n[informative], tables.events[informative]
    expected = _expected(m, n, events, ratio)
    variance = 1 / (1 / expected + 1 / (m - expected) + 1 / (events - expected) + 1 / (n - events + expected))
    statistic = float(((a - expected) ** 2 / variance).sum())
    return statistic, statistic - float((a - expected).sum()) ** 2 / float(variance.sum())


def _expected(m: FloatArray, n: FloatArray, events: FloatArray, ratio: float) -> FloatArray:
    """Events of the first group that give the common odds ratio with the margins of each stratum."""
    if math.isclose(ratio, 1):
        same: FloatArray = m * events / (m + n)
        return same
    linear = n - events + ratio * (m + events)
    root = np.sqrt(linear**2 + 4 * ratio * (1 - ratio) * m * events)
    low = np.maximum(0, events - n)
    candidates = np.array([(linear - root), (linear + root)]) / (2 * (ratio - 1))
    first_fits = (candidates[0] >= low) & (candidates[0] <= np.minimum(m, events))
    found: FloatArray = np.where(first_fits, candidates[0], candidates[1])
    return found
