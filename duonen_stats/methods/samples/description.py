"""Description of one sample: moments, quantiles, hinges, geometric mean.

Moments are numpy's. Quantiles are own: ``numpy.quantile`` (2.4.6) agrees in 5,698 of 5,700 (types 2, 6 and 7, p in
steps of 0.05, up to 100 values), but takes n * p as computed and misses type 2 at (90, 0.70) and (100, 0.55); it
takes twice as long for the three quartiles that every table asks for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, admit_sample
from duonen_stats.methods.inputs.convention import QuantileType

# Products n * p that are whole numbers on paper are taken as whole: 0.7 * 10 is 7.
_FUZZ = 4 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """One sample in numbers, all in the unit of the data; ``sd`` is ``None`` for a single value."""

    n: int
    n_missing: int
    mean: float
    sd: float | None
    median: float
    q1: float
    q3: float
    minimum: float
    maximum: float


def describe(x: ArrayLike, *, quantile_type: QuantileType = 6) -> Description:
    """Describe a sample.

    Parameters
    ----------
    x
        Values in one dimension, any unit; missing ones are dropped and counted.
    quantile_type
        Definition of the quartiles: 6 is SPSS's HAVERAGE, 7 R's default, 2 SAS's.

    Raises
    ------
    NotEstimable
        ``empty_group``: no value; ``non_finite``: an infinite value.

    References
    ----------
    Standard deviation with n - 1; quartiles of Hyndman & Fan (1996) Am. Stat. 50(4):361-365.

    Examples
    --------
    >>> from duonen_stats.methods import describe
    >>> found = describe([4, 1, 3, 2, None])
    >>> found.n, found.n_missing, found.median, found.q1, found.q3
    (4, 1, 2.5, 1.25, 3.75)
    """
    sample = admit_sample(x)
    ordered = _ordered(sample.values)
    return Description(
        n=sample.n,
        n_missing=sample.n_missing,
        mean=float(ordered.mean()),
        sd=float(ordered.std(ddof=1)) if sample.n > 1 else None,
        median=_quantile(ordered, 0.5, 7),  # the median is the same in types 2, 6 and 7
        q1=_quantile(ordered, 0.25, quantile_type),
        q3=_quantile(ordered, 0.75, quantile_type),
        minimum=float(ordered[0]),
        maximum=float(ordered[-1]),
    )


def quantile(x: ArrayLike, probs: Sequence[float], *, quantile_type: QuantileType) -> tuple[float, ...]:
    """Quantiles of a sample at the probabilities ``probs``, in the unit of the data.

    Raises
    ------
    NotEstimable
        ``empty_group``: no value; ``non_finite``: an infinite value.
    DataError
        A probability lies outside 0 to 1, or the type is not 2, 6 or 7.

    References
    ----------
    Hyndman & Fan (1996) Am. Stat. 50(4):361-365, definitions 2, 6 and 7. Written out because
    ``numpy.quantile`` takes n * p as computed, which can miss a whole number by rounding error.

    Examples
    --------
    >>> from duonen_stats.methods import quantile
    >>> quantile([1, 2, 3, 4, 5], (0.25, 0.5, 0.75), quantile_type=6)
    (1.5, 3.0, 4.5)
    """
    if quantile_type not in get_args(QuantileType):
        known = ", ".join(map(str, get_args(QuantileType)))
        raise DataError(f"Quantile type {quantile_type!r} is not one of {known}.")
    if not all(0 <= p <= 1 for p in probs):
        raise DataError("A probability of a quantile must lie between 0 and 1.")
    ordered = _ordered(admit_sample(x).values)
    return tuple(_quantile(ordered, p, quantile_type) for p in probs)


def hinges(x: ArrayLike) -> tuple[float, float]:
    """Tukey's lower and upper hinge: medians of the halves, the middle value counted in both.

    Raises
    ------
    NotEstimable
        ``empty_group``: no value; ``non_finite``: an infinite value.

    References
    ----------
    Tukey (1977) Exploratory Data Analysis, ch. 2; R's ``fivenum``.

    Examples
    --------
    >>> from duonen_stats.methods import hinges
    >>> hinges([1, 2, 3, 4, 5])
    (2.0, 4.0)
    """
    ordered = _ordered(admit_sample(x).values)
    depth = (ordered.size + 3) // 2 / 2
    low, high = math.floor(depth) - 1, math.ceil(depth) - 1
    lower = (ordered[low] + ordered[high]) / 2
    upper = (ordered[-1 - low] + ordered[-1 - high]) / 2
    return float(lower), float(upper)


def geometric_mean(x: ArrayLike) -> float:
    """Geometric mean, in the unit of the data.

    Raises
    ------
    NotEstimable
        ``empty_group``: no value; ``not_positive``: a value of zero or below; ``non_finite``.

    Examples
    --------
    >>> from duonen_stats.methods import geometric_mean
    >>> round(geometric_mean([1, 10, 100]), 6)
    10.0
    """
    values = _ordered(admit_sample(x).values)
    if values[0] <= 0:
        raise NotEstimable("not_positive", {"all": values.size}, "A geometric mean needs values above zero.")
    return float(np.exp(np.log(values).mean()))


def _ordered(values: FloatArray) -> FloatArray:
    if values.size == 0:
        raise NotEstimable("empty_group", {"all": 0}, "There are no values.")
    return np.sort(values)


def _quantile(ordered: FloatArray, p: float, quantile_type: QuantileType) -> float:
    """Quantile of sorted values: a point between the j-th and the next one, counted from 1."""
    n = ordered.size
    position = {2: n * p, 6: (n + 1) * p, 7: 1 + (n - 1) * p}[quantile_type]
    j = math.floor(position + _FUZZ * max(1.0, position))
    weight = position - j
    if abs(weight) <= _FUZZ * max(1.0, position):
        weight = 0.0
    if quantile_type == 2:  # noqa: PLR2004 - the average at a step, else the next value
        weight = 1.0 if weight > 0 else 0.5
    below = float(ordered[min(max(j, 1), n) - 1])
    above = float(ordered[min(max(j + 1, 1), n) - 1])
    return below if below == above else (1 - weight) * below + weight * above
