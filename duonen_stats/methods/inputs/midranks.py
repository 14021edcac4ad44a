"""Mid-ranks and the exact distributions of rank sums.

Own: ``scipy.stats.rankdata`` (1.17.1) gives the same ranks, but not the sizes of the ties that every test needs, and
takes twice as long. The exact distributions of scipy's tests hold without ties only.
"""

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, IntArray

# About two seconds of additions.
_MOST_STEPS = 1_000_000_000


def as_ranked(values: ArrayLike, decimals: int | None) -> FloatArray:
    """Round values to the precision at which they are ranked: the only place where data are rounded.

    Binary noise must break no tie (13.1 - 12.9 equals 12.4 - 12.2), while every other statistic is of the values
    as they are.

    Parameters
    ----------
    values
        Numbers of any shape and unit; missing as NaN.
    decimals
        Precision to which a value means anything, in the unit of the data; None leaves the values as they are.

    Returns
    -------
    numpy.ndarray
        Floats of the same shape, without negative zeros.

    Examples
    --------
    >>> as_ranked([13.1 - 12.9, 12.4 - 12.2], 6).tolist()
    [0.2, 0.2]
    """
    numbers = np.asarray(values, dtype=np.float64)
    return numbers if decimals is None else np.asarray(np.round(numbers, decimals) + 0.0)


def midranks(values: FloatArray, decimals: int | None = None) -> tuple[FloatArray, IntArray]:
    """Ranks from 1, tied values sharing the mean of theirs, and the size of each set of equal values.

    Values equal at ``decimals``, as :func:`as_ranked` has them, are tied.
    """
    _, inverse, sizes = np.unique(as_ranked(values, decimals), return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    return ((2 * last - sizes + 1) / 2)[inverse], sizes


def doubled(ranks: FloatArray) -> IntArray:
    """Twice the mid-ranks: whole numbers, so that sums of them compare without rounding error."""
    return np.rint(2 * ranks).astype(np.int64)


def tie_term(sizes: IntArray) -> float:
    """Sum of t^3 - t over the sets of tied values."""
    t = sizes.astype(np.float64)
    return float((t**3 - t).sum())


def signed_rank_distribution(weights: IntArray) -> FloatArray:
    """Probability of each sum 0, 1, 2 ... of ``weights`` when each is taken with probability one half.

    Raises ``NotEstimable`` (``n_too_large``) if it would take more than a few seconds.

    Source: shift algorithm, Streitberg & Roehmel (1986) Statistical Software Newsletter 12:10-17.
    """
    _require_few(weights, weights.size * int(weights.sum()))
    probability = np.zeros(int(weights.sum()) + 1)
    probability[0] = 1.0
    reached = 0
    for weight in weights.tolist():
        taken = probability[: reached + 1] / 2
        probability[: reached + 1] /= 2
        probability[weight : weight + reached + 1] += taken
        reached += weight
    return probability


def rank_sum_distribution(weights: IntArray, size: int) -> FloatArray:
    """Probability of each sum 0, 1, 2 ... of ``size`` of the ``weights``, every choice equally likely.

    Raises ``NotEstimable`` (``n_too_large``) if it would take more than a few seconds.

    Source: shift algorithm, Streitberg & Roehmel (1986) Statistical Software Newsletter 12:10-17.
    """
    largest = int(np.sort(weights)[weights.size - size :].sum())
    _require_few(weights, weights.size * size * largest)
    # ways[j, s]: number of ways to choose j of the weights seen so far with the sum s.
    ways = np.zeros((size + 1, largest + 1))
    ways[0, 0] = 1.0
    for weight in weights.tolist():
        if weight <= largest:
            ways[1:, weight:] += ways[:-1, : largest + 1 - weight].copy()
    return np.asarray(ways[size] / ways[size].sum())


def _require_few(weights: IntArray, steps: int) -> None:
    if steps > _MOST_STEPS:
        raise NotEstimable("n_too_large", {"all": weights.size}, "Too many values for an exact distribution.")
