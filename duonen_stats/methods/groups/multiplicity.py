"""Adjustment of p-values for multiplicity."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import DataError
from duonen_stats.methods.inputs.admit import FloatArray

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
