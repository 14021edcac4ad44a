"""Fast statistics of many samples at once, for the inner loop of the annealing.

Each is the asymptotic version that the report prints and equals ``duonen_stats.methods`` (a test compares
them to 1e-10); they are apart because a calibration takes them a million times. Rows are samples; all rows
share the groups. The values must have been rounded, so that ties are equal.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

# Ranks of many samples at once.


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


def quantile(ascending: Values, probability: float) -> Values:
    """Quantile of type 6 (SPSS HAVERAGE, numpy ``weibull``) of each row, the rows sorted already."""
    n = ascending.shape[1]
    place = min(max((n + 1) * probability - 1.0, 0.0), n - 1.0)
    below = min(int(np.floor(place + 1e-12)), n - 1)
    above = min(below + 1, n - 1)
    step = ascending[:, above] - ascending[:, below]
    return np.asarray(ascending[:, below] + (place - below) * step)


def median(samples: Values) -> Values:
    """Median of each row."""
    middle = np.sort(samples, axis=1)
    n = middle.shape[1]
    return (middle[:, (n - 1) // 2] + middle[:, n // 2]) / 2.0


def kruskal_p(samples: Values, membership: Values) -> Values:
    """Kruskal-Wallis p of each row, corrected for ties, by the chi-squared approximation.

    ``membership`` holds one column of zeros and ones a group, shape (n, groups), none of them empty.
    Rows in which all values are tied give 1.
    """
    n = samples.shape[1]
    ranks, ties = midranks(samples)
    sizes = membership.sum(axis=0)
    h = 12.0 / (n * (n + 1)) * ((ranks @ membership) ** 2 / sizes).sum(axis=1) - 3.0 * (n + 1)
    correction = 1.0 - ties / (n**3 - n)
    h = np.where(correction > 0, h / np.where(correction > 0, correction, 1.0), 0.0)
    return np.asarray(special.chdtrc(len(sizes) - 1, np.maximum(h, 0.0)))


def signed_rank_p(differences: Values) -> Values:
    """Wilcoxon signed-rank p of each row: normal approximation, no continuity correction, zeros dropped."""
    size = np.abs(differences)
    zeros = (size == 0).sum(axis=1)
    n = differences.shape[1] - zeros
    ranks, ties = midranks(size)
    ranks = ranks - zeros[:, None]  # zeros are the smallest: the others rank as if they were not there
    ties = ties - (zeros**3 - zeros)
    positive = np.where(differences > 0, ranks, 0.0).sum(axis=1)
    variance = n * (n + 1) * (2 * n + 1) / 24.0 - ties / 48.0
    spread = np.sqrt(np.where(variance > 0, variance, 1.0))
    z = np.where(variance > 0, np.abs(positive - n * (n + 1) / 4.0) / spread, 0.0)
    return np.asarray(special.erfc(z / np.sqrt(2.0)))


def spearman(samples: Values, ranks_of_other: Values) -> tuple[Values, Values]:
    """Spearman's rho of each row with one other variable, and p by the t approximation.

    ``ranks_of_other`` holds that variable's midranks, shape (n,).
    """
    n = samples.shape[1]
    ranks, _ = midranks(samples)
    centred = ranks - (n + 1) / 2.0
    other = ranks_of_other - (n + 1) / 2.0
    scale = np.sqrt((centred**2).sum(axis=1) * (other**2).sum())
    rho = np.where(scale > 0, centred @ other / np.where(scale > 0, scale, 1.0), 0.0)
    rho = np.clip(rho, -1.0, 1.0)
    t = np.abs(rho) * np.sqrt((n - 2) / np.maximum(1.0 - rho**2, 1e-300))
    return rho, 2.0 * np.asarray(special.stdtr(n - 2, -t))


def correlation(first: Values, second: Values) -> Values:
    """Pearson's r of each row of ``first`` (K, n) with the row of ``second``, (K, n) or (n,)."""
    a = first - first.mean(axis=1, keepdims=True)
    b = second - second.mean(axis=-1, keepdims=True)
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=-1))
    return np.where(scale > 0, (a * b).sum(axis=1) / np.where(scale > 0, scale, 1.0), 0.0)


def games_howell_q(means: Values, variances: Values, sizes: Values) -> tuple[Values, Values]:
    """Games-Howell's studentised range q and its degrees of freedom, of the two columns of each row."""
    a, b = variances[:, 0] / sizes[0], variances[:, 1] / sizes[1]
    q = np.abs(means[:, 0] - means[:, 1]) / np.sqrt((a + b) / 2.0)
    return q, (a + b) ** 2 / (a**2 / (sizes[0] - 1) + b**2 / (sizes[1] - 1))
