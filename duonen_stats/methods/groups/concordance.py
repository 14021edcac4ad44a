"""Friedman's test of related samples, with Kendall's coefficient of concordance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import as_p
from duonen_stats.methods.inputs.midranks import midranks, tie_term


@dataclass(frozen=True, slots=True, kw_only=True)
class FriedmanResult:
    """Friedman's chi-squared over ``n_blocks`` complete blocks, and Kendall's W from 0 to 1."""

    statistic: float
    df: int
    p_value: float
    kendalls_w: float
    n_blocks: int
    n_missing: int
    method: str = "Friedman test, corrected for ties"


def friedman(blocks: ArrayLike) -> FriedmanResult:
    """Compare two or more related samples by ranks within blocks.

    Parameters
    ----------
    blocks
        One row per block (patient), one column per condition (visit), all in one unit. A block with a missing
        value is dropped and counted in ``n_missing``.

    Raises
    ------
    NotEstimable
        ``single_group``: one condition only; ``n_too_small``: no complete block; ``all_tied``: every block is
        constant; ``non_finite``.
    DataError
        The blocks are not a rectangular table of numbers.

    References
    ----------
    Friedman (1937) JASA 32:675-701; Kendall & Babington Smith (1939) Ann. Math. Stat. 10:275-287.
    Written out because the library refuses two conditions and gives no W.

    Examples
    --------
    >>> from duonen_stats.methods import friedman
    >>> found = friedman([[1, 2, 3], [1, 2, 3], [1, 3, 2]])
    >>> round(found.statistic, 3), found.df, round(found.kendalls_w, 3)
    (4.667, 2, 0.778)
    """
    try:
        table = np.asarray(blocks, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"The blocks are not a rectangular table of numbers: {error}") from error
    if table.ndim != 2:  # noqa: PLR2004 - rows and columns
        raise DataError(f"The blocks must have rows and columns, not {table.ndim} dimensions.")
    if np.isinf(table).any():
        raise NotEstimable("non_finite", {"all": len(table)}, "A block holds an infinite value.")
    complete = table[~np.isnan(table).any(axis=1)]
    n, k = complete.shape
    if k < 2:  # noqa: PLR2004
        raise NotEstimable("single_group", {"all": n}, "There is one condition only.")
    if n == 0:
        raise NotEstimable("n_too_small", {"all": 0}, "There is no complete block.")
    ranked = [midranks(row) for row in complete]
    sums = np.sum([ranks for ranks, _ in ranked], axis=0)
    ties = sum(tie_term(sizes) for _, sizes in ranked)
    spread = n * k * (k + 1) - ties / (k - 1)
    if ties == n * (k**3 - k):
        raise NotEstimable("all_tied", {"all": n}, "Every block is constant.")
    q = 12 * float(((sums - n * (k + 1) / 2) ** 2).sum()) / spread
    return FriedmanResult(
        statistic=q,
        df=k - 1,
        p_value=as_p(special.chdtrc(k - 1, q)),
        kendalls_w=q / (n * (k - 1)),
        n_blocks=n,
        n_missing=len(table) - n,
    )
