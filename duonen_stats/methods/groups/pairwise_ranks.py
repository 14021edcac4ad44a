"""Dunn's pairwise comparisons after a Kruskal-Wallis test."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.groups.multiplicity import Adjustment, adjust_p
from duonen_stats.methods.inputs.admit import admit_groups, as_p
from duonen_stats.methods.inputs.midranks import midranks, tie_term


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
