"""Hodges-Lehmann estimates of location and shift, with distribution-free limits.

Own: scipy 1.17.1 and statsmodels 0.15.0 have no Hodges-Lehmann estimate with limits.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import (
    FloatArray,
    admit_pairs,
    admit_sample,
    normal_deviate,
    require_confidence,
)
from duonen_stats.methods.inputs.midranks import as_ranked, rank_sum_distribution, signed_rank_distribution

LimitMethod = Literal["exact", "asymptotic"]

# A tail that equals the level on paper may miss it by rounding error.
_FUZZ = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class HodgesLehmannResult:
    """Estimate and limits in the unit of the data.

    The limits are the ``order``-th smallest and largest of the averages or differences.
    ``achieved_confidence`` is their true level with exact limits, for data without ties; very small samples
    do not reach the level asked for.
    """

    estimate: float
    ci_low: float
    ci_high: float
    order: int
    achieved_confidence: float | None
    n_x: int
    n_y: int
    n_missing: int
    method: str


def hodges_lehmann_paired(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    method: LimitMethod = "exact",
    confidence: float = 0.95,
    decimals: int = 10,
) -> HodgesLehmannResult:
    """Median of the averages of all pairs of differences (Walsh averages).

    Parameters
    ----------
    x, y
        Paired values in one unit; a pair with a missing value is dropped and counted. Without ``y``, ``x``
        holds the differences. Zero differences are kept.
    method
        Limits by the exact signed-rank distribution, or by its normal approximation.
    confidence
        Level of the limits.
    decimals
        Differences are rounded to this precision, in the unit of the data.

    Raises
    ------
    NotEstimable
        ``n_too_small``: no complete pair; ``n_too_large``: too many pairs for exact limits; ``non_finite``.

    References
    ----------
    Hollander & Wolfe (1999) Nonparametric Statistical Methods, 3.2 and 3.3; Tukey's interval.

    Examples
    --------
    >>> from duonen_stats.methods import hodges_lehmann_paired
    >>> found = hodges_lehmann_paired([1, 2, 3, 4, 5, 7])
    >>> found.estimate, found.ci_low, found.ci_high, found.achieved_confidence
    (3.5, 1.0, 7.0, 0.96875)
    """
    pairs = admit_pairs(x, np.zeros(np.shape(x)) if y is None else y)
    n = pairs.n
    if n == 0:
        raise NotEstimable("n_too_small", {"all": 0}, "There is no complete pair.")
    d = as_ranked(pairs.x - pairs.y, decimals)
    first, second = np.triu_indices(n)
    averages = np.sort((d[first] + d[second]) / 2)
    if method == "exact":
        order, level = _exact_order(signed_rank_distribution(np.arange(1, n + 1)), confidence)
    else:
        order, level = _normal_order(n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24, confidence), None
    return _result(averages, order, level, n=(n, n), n_missing=pairs.n_missing, method=method)


def hodges_lehmann_two_sample(
    x: ArrayLike, y: ArrayLike, *, method: LimitMethod = "exact", confidence: float = 0.95
) -> HodgesLehmannResult:
    """Median of all differences x - y between two samples: the shift of x against y.

    Parameters
    ----------
    x, y
        Samples in one unit; missing values are dropped and counted.
    method
        Limits by the exact rank-sum distribution, or by its normal approximation.
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``empty_group``: a sample without values; ``n_too_large``: too many values for exact limits;
        ``non_finite``.

    References
    ----------
    Hodges & Lehmann (1963) Ann. Math. Stat. 34:598-611; Hollander & Wolfe (1999), 4.2 and 4.3, for
    Moses's interval. R's asymptotic estimate is the root of an equation instead, and differs slightly.

    Examples
    --------
    >>> from duonen_stats.methods import hodges_lehmann_two_sample
    >>> found = hodges_lehmann_two_sample([1, 2, 3, 5], [6, 7, 9, 10])
    >>> found.estimate, found.ci_low, found.ci_high
    (-5.0, -9.0, -1.0)
    """
    first, second = admit_sample(x, name="x"), admit_sample(y, name="y")
    n_x, n_y = first.n, second.n
    if min(n_x, n_y) == 0:
        raise NotEstimable("empty_group", {"x": n_x, "y": n_y}, "A sample has no values.")
    differences = np.sort(np.subtract.outer(first.values, second.values), axis=None)
    if method == "exact":
        size = min(n_x, n_y)
        sums = rank_sum_distribution(np.arange(1, n_x + n_y + 1), size)
        order, level = _exact_order(sums[size * (size + 1) // 2 :], confidence)
    else:
        variance = n_x * n_y * (n_x + n_y + 1) / 12
        order, level = _normal_order(n_x * n_y / 2, variance, confidence), None
    missing = first.n_missing + second.n_missing
    return _result(differences, order, level, n=(n_x, n_y), n_missing=missing, method=method)


def _exact_order(probability: FloatArray, confidence: float) -> tuple[int, float]:
    """Order of the limits, and their level: the largest order that leaves at most half of alpha outside."""
    below = np.cumsum(probability)
    order = max(1, int(np.searchsorted(below, (1 - require_confidence(confidence)) / 2 - _FUZZ)))
    return order, 1 - 2 * float(below[order - 1])


def _normal_order(mean: float, variance: float, confidence: float) -> int:
    z = normal_deviate(confidence)
    return max(1, round(mean - z * math.sqrt(variance)))


def _result(
    ordered: FloatArray,
    order: int,
    level: float | None,
    *,
    n: tuple[int, int],
    n_missing: int,
    method: LimitMethod,
) -> HodgesLehmannResult:
    if method not in ("exact", "asymptotic"):
        raise DataError(f"Limits are exact or asymptotic, not {method!r}.")
    return HodgesLehmannResult(
        estimate=float(np.median(ordered)),
        ci_low=float(ordered[order - 1]),
        ci_high=float(ordered[-order]),
        order=order,
        achieved_confidence=level,
        n_x=n[0],
        n_y=n[1],
        n_missing=n_missing,
        method=f"Hodges–Lehmann estimate, {method} limits",
    )
