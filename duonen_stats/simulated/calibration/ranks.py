"""Ranks of many samples at once."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def midranks(samples: Values) -> tuple[Values, Values]:
    """Rank each row, ties sharing the mean rank.

    Parameters
    ----------
    samples
        K samples of n finite values, shape (K, n), already rounded: equal values are ties.

    Returns
    -------
    ranks, ties
        Ranks from 1 to n in the order of the values, shape (K, n), and per sample the sum of t³ − t over
        its groups of t tied values, shape (K,).
    """
    n = samples.shape[1]
    order = np.argsort(samples, axis=1)
    ascending = np.take_along_axis(samples, order, axis=1)
    new = np.empty(samples.shape, dtype=bool)
    new[:, 0] = True
    np.not_equal(ascending[:, 1:], ascending[:, :-1], out=new[:, 1:])
    place = np.arange(n)
    first = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    last_of = np.empty(samples.shape, dtype=bool)
    last_of[:, -1] = True
    last_of[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(last_of, place, n)[:, ::-1], axis=1)[:, ::-1]
    size = (last - first + 1).astype(np.float64)
    ranks = np.empty(samples.shape)
    np.put_along_axis(ranks, order, (first + last) / 2.0 + 1.0, axis=1)
    return ranks, (size * size - 1.0).sum(axis=1)
