"""Mann-Whitney (Wilcoxon rank-sum) test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import FloatArray, admit_sample, as_p
from duonen_stats.methods.inputs.convention import Convention, as_convention
from duonen_stats.methods.inputs.midranks import (
    doubled,
    midranks,
    rank_sum_distribution,
    tie_term,
)
from duonen_stats.methods.samples.signed_rank import RankMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class MannWhitneyResult:
    """Mann-Whitney test of x against y.

    ``statistic`` is U of x: the pairs in which x exceeds y, a tie counting one half (R's W).
    ``rank_biserial`` is 2U/(n_x n_y) - 1, positive if x tends to be larger. ``z`` is the normal deviate,
    given with an exact p too.
    """

    statistic: float
    z: float
    p_value: float
    n_x: int
    n_y: int
    n_missing: int
    rank_biserial: float
    method: str


def mann_whitney(
    x: ArrayLike,
    y: ArrayLike,
    *,
    convention: Convention | str = "spss23",
    method: RankMethod | None = None,
    continuity: bool | None = None,
) -> MannWhitneyResult:
    """Compare the locations of two independent samples by ranks.

    Parameters
    ----------
    x, y
        Samples in one unit; missing values are dropped and counted.
    convention
        What decides the options that are not given: ``"spss23"`` is asymptotic without continuity correction.
    method, continuity
        The options themselves. An exact p holds with ties too.

    Raises
    ------
    NotEstimable
        ``empty_group``: a sample without values; ``all_tied``: all values equal; ``n_too_large``: too many values
        for an exact p (two samples of about 130); ``non_finite``.

    References
    ----------
    Mann & Whitney (1947) Ann. Math. Stat. 18:50-60; Streitberg & Roehmel (1986) for the exact
    distribution, which libraries offer without ties only; two-sided p by distance from the mean, as in R's
    ``coin`` and ``exactRankTests``.

    Examples
    --------
    >>> from duonen_stats.methods import mann_whitney
    >>> found = mann_whitney([1, 2, 3], [4, 5, 6], method="exact")
    >>> found.statistic, found.p_value
    (0.0, 0.1)
    """
    chosen = as_convention(convention)
    first, second = admit_sample(x, name="x"), admit_sample(y, name="y")
    n_x, n_y = first.n, second.n
    counts = {"x": n_x, "y": n_y}
    if min(n_x, n_y) == 0:
        raise NotEstimable("empty_group", counts, "A sample has no values.")
    ranks, ties = midranks(np.concatenate((first.values, second.values)))
    if ties.size == 1:
        raise NotEstimable("all_tied", counts, "All values are equal.")
    if method is None:
        small = max(n_x, n_y) <= chosen.exact_up_to
        tied = ties.size < ranks.size
        method = "exact" if small and (chosen.exact_with_ties or not tied) else "asymptotic"
    corrected = (chosen.continuity if continuity is None else continuity) and method == "asymptotic"
    u = float(ranks[:n_x].sum()) - n_x * (n_x + 1) / 2
    n = n_x + n_y
    excess = u - n_x * n_y / 2
    variance = n_x * n_y / 12 * (n + 1 - tie_term(ties) / (n * (n - 1)))
    z = (excess - float(np.sign(excess)) / 2 * corrected) / float(np.sqrt(variance))
    kind = (
        "exact" if method == "exact" else f"asymptotic, {'with' if corrected else 'no'} continuity correction"
    )
    return MannWhitneyResult(
        statistic=u,
        z=z,
        p_value=_exact_p(ranks, n_x) if method == "exact" else as_p(2 * special.ndtr(-abs(z))),
        n_x=n_x,
        n_y=n_y,
        n_missing=first.n_missing + second.n_missing,
        rank_biserial=2 * u / (n_x * n_y) - 1,
        method=f"Mann–Whitney test, {kind}",
    )


def _exact_p(ranks: FloatArray, n_x: int) -> float:
    """Probability of a rank sum at least as far from its mean, in doubled whole ranks."""
    weights = doubled(ranks)
    n, observed = weights.size, int(weights[:n_x].sum())
    size = min(n_x, n - n_x)
    total = int(weights.sum())
    if size < n_x:
        observed = total - observed
    probability = rank_sum_distribution(weights, size)
    # The mean is size * total / n; multiplied by n, everything stays whole.
    distance = np.abs(n * np.arange(probability.size) - size * total)
    return as_p(probability[distance >= abs(n * observed - size * total)].sum())
