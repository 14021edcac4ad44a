"""Dunn's pairwise comparisons after a Kruskal-Wallis test.

Own: scipy 1.17.1 and statsmodels 0.15.0 have no Dunn's test. Of the adjustments scipy has Benjamini and Hochberg's
alone (``false_discovery_control``, equal, refuses a missing p); statsmodels' ``multipletests`` counts a missing p as
a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, admit_groups, as_p
from duonen_stats.methods.inputs.midranks import midranks, tie_term

Adjustment = Literal["none", "bonferroni", "holm", "hochberg", "bh"]

ADJUSTMENTS: tuple[Adjustment, ...] = ("none", "bonferroni", "holm", "hochberg", "bh")


def adjust_p(p: ArrayLike, method: Adjustment) -> FloatArray:
    """Adjust a family of p-values.

    Parameters
    ----------
    p
        p-values of one family, between 0 and 1. A missing one (a test without an answer) stays missing and
        does not count in the family.
    method
        ``"bonferroni"``, ``"holm"`` and ``"hochberg"`` hold the family-wise error, ``"bh"`` (Benjamini and
        Hochberg) the false discovery rate, ``"none"`` returns the p-values.

    Returns
    -------
    numpy.ndarray
        Adjusted p-values in the order given, at most 1.

    Raises
    ------
    DataError
        A p-value lies outside 0 to 1, or the method is unknown.

    References
    ----------
    Holm (1979) Scand. J. Stat. 6:65-70; Hochberg (1988) Biometrika 75:800-802; Benjamini & Hochberg
    (1995) JRSS B 57:289-300; as in R's ``p.adjust``.

    Examples
    --------
    >>> from duonen_stats.methods import adjust_p
    >>> adjust_p([0.01, 0.02, 0.04], "holm").tolist()
    [0.03, 0.04, 0.04]
    """
    if method not in ADJUSTMENTS:
        raise DataError(f"Unknown adjustment {method!r}; known are {', '.join(ADJUSTMENTS)}.")
    values = np.array(p, dtype=np.float64)
    known = ~np.isnan(values)
    if values.ndim != 1 or not ((values[known] >= 0) & (values[known] <= 1)).all():
        raise DataError("p-values to be adjusted must be a list of numbers from 0 to 1.")
    values[known] = _adjust(values[known], method)
    return values


def _adjust(values: FloatArray, method: Adjustment) -> FloatArray:
    m = values.size
    if method == "none" or m == 0:
        return values
    if method == "bonferroni":
        return np.minimum(1, m * values)
    order = np.argsort(values, kind="stable")
    ascending, rank = values[order], np.arange(1, m + 1)
    if method == "holm":
        stepped = np.maximum.accumulate((m - rank + 1) * ascending)
    else:
        factor = m - rank + 1 if method == "hochberg" else m / rank
        stepped = np.minimum.accumulate((factor * ascending)[::-1])[::-1]
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(1, stepped)
    return adjusted


@dataclass(frozen=True, slots=True, kw_only=True)
class DunnResult:
    """Mean rank of group ``a`` minus mean rank of group ``b``, as a normal deviate ``z``."""

    a: str
    b: str
    z: float
    p_value: float
    p_adjusted: float
    method: str


def dunn(
    groups: Mapping[str, ArrayLike], *, adjust: Adjustment = "none", decimals: int | None = None
) -> list[DunnResult]:
    """Compare every pair of groups by the mean ranks of the joint ranking.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped.
    adjust
        Adjustment over the k(k - 1)/2 pairs: ``"none"``, ``"bonferroni"``, ``"holm"`` ...
    decimals
        Values equal at this precision, in the unit of the data, are tied; None: only values exactly equal.

    Returns
    -------
    list of DunnResult
        In the order of the names; a group without values has no pairs.

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``all_tied``; ``non_finite``.

    References
    ----------
    Dunn (1964) Technometrics 6:241-252, variance corrected for ties. Written out because the library
    that has it gives no z.

    Examples
    --------
    >>> from duonen_stats.methods import dunn
    >>> pairs = dunn({"A": [1, 2, 3], "B": [4, 5, 6], "C": [7, 8, 9]}, adjust="holm")
    >>> [(pair.a, pair.b, round(pair.p_adjusted, 4)) for pair in pairs]
    [('A', 'B', 0.3594), ('A', 'C', 0.0219), ('B', 'C', 0.3594)]
    """
    admitted = admit_groups(groups)
    samples = admitted.samples
    ranks, ties = midranks(np.concatenate(list(samples.values())), decimals)
    if ties.size == 1:
        raise NotEstimable("all_tied", admitted.n, "All values are equal.")
    n = ranks.size
    variance = n * (n + 1) / 12 - tie_term(ties) / (12 * (n - 1))
    edges = np.cumsum([values.size for values in samples.values()])[:-1]
    mean_rank = {name: float(part.mean()) for name, part in zip(samples, np.split(ranks, edges), strict=True)}
    pairs = list(combinations(samples, 2))
    z = np.array(
        [
            (mean_rank[a] - mean_rank[b]) / np.sqrt(variance * (1 / samples[a].size + 1 / samples[b].size))
            for a, b in pairs
        ]
    )
    p = 2 * special.ndtr(-np.abs(z))
    adjusted = adjust_p(p, adjust)
    method = "Dunn's test, " + ("unadjusted" if adjust == "none" else f"adjusted ({adjust})")
    return [
        DunnResult(a=a, b=b, z=float(z[i]), p_value=as_p(p[i]), p_adjusted=as_p(adjusted[i]), method=method)
        for i, (a, b) in enumerate(pairs)
    ]
