"""Wilcoxon's signed-rank test and the Mann-Whitney (rank-sum) test.

Own: ``scipy.stats.wilcoxon`` and ``mannwhitneyu`` (1.17.1) agree in the asymptotic p to the last digit, but give an
exact p that ignores ties and zeros (0.426 for 0.410 with two zeros among 12 pairs), and neither the rank sum of one
sign nor the ranks, from which the exact p and the effect size follow.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import (
    BoolArray,
    FloatArray,
    admit_pairs,
    admit_sample,
    as_p,
)
from duonen_stats.methods.inputs.convention import Convention, ZeroMethod, as_convention
from duonen_stats.methods.inputs.midranks import (
    as_ranked,
    doubled,
    midranks,
    rank_sum_distribution,
    signed_rank_distribution,
    tie_term,
)

RankMethod = Literal["asymptotic", "exact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRankResult:
    """Wilcoxon's signed-rank test of x - y.

    ``statistic`` is the rank sum of the positive differences (R's V). ``rank_biserial`` is the positive minus
    the negative rank sum over their total, from -1 to 1. ``z`` is the normal deviate, given with an exact
    p too.
    """

    statistic: float
    z: float
    p_value: float
    n_pairs: int
    n_nonzero: int
    n_missing: int
    rank_biserial: float
    method: str


def wilcoxon_signed_rank(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    convention: Convention | str = "spss23",
    method: RankMethod | None = None,
    continuity: bool | None = None,
    zero_method: ZeroMethod | None = None,
    decimals: int = 10,
) -> SignedRankResult:
    """Test whether paired differences are symmetric about zero.

    Parameters
    ----------
    x, y
        Paired values in one unit; a pair with a missing value is dropped and counted. Without ``y``, ``x``
        holds the differences.
    convention
        What decides the options that are not given: ``"spss23"`` is asymptotic without continuity
        correction, zeros dropped.
    method, continuity, zero_method
        The options themselves. An exact p holds with ties and zeros too.
    decimals
        Differences are rounded to this precision, in the unit of the data, before ranking: binary noise must
        break no tie.

    Raises
    ------
    NotEstimable
        ``n_too_small``: no pair; ``all_differences_zero``; ``n_too_large``: too many pairs for an exact p (about
        a thousand); ``non_finite``.

    References
    ----------
    Wilcoxon (1945) Biometrics Bull. 1:80-83; Pratt (1959) JASA 54:655-667; Streitberg & Roehmel
    (1986) for the exact distribution; Kerby (2014) Compr. Psychol. 3:11.IT.3.1 for the effect size.

    Examples
    --------
    >>> from duonen_stats.methods import wilcoxon_signed_rank
    >>> found = wilcoxon_signed_rank([1, 2, 3, 4, 5, -6], method="exact")
    >>> found.statistic, found.p_value
    (15.0, 0.4375)
    """
    chosen = as_convention(convention)
    pairs = admit_pairs(x, np.zeros(np.shape(x)) if y is None else y)
    if pairs.n == 0:
        raise NotEstimable("n_too_small", {"all": 0}, "There is no complete pair.")
    differences = as_ranked(pairs.x - pairs.y, decimals)
    if not differences.any():
        raise NotEstimable("all_differences_zero", {"all": pairs.n}, "All differences are zero.")
    zeros = chosen.zero_method if zero_method is None else zero_method
    ranks, positive, irregular = _ranks(differences, zeros)
    if method is None:
        method = _method(chosen, ranks.size, irregular=irregular)
    corrected = chosen.continuity if continuity is None else continuity
    statistic, total = float(ranks[positive].sum()), float(ranks.sum())
    z = _normal_deviate(statistic, ranks, continuity=corrected and method == "asymptotic")
    return SignedRankResult(
        statistic=statistic,
        z=z,
        p_value=_exact_p(ranks, positive) if method == "exact" else as_p(2 * special.ndtr(-abs(z))),
        n_pairs=pairs.n,
        n_nonzero=ranks.size,
        n_missing=pairs.n_missing,
        rank_biserial=(2 * statistic - total) / total,
        method=_footnote(method, zeros, continuity=corrected),
    )


def _ranks(differences: FloatArray, zeros: ZeroMethod) -> tuple[FloatArray, BoolArray, bool]:
    """Ranks of the nonzero differences by size, which are positive, and whether there are ties or zeros."""
    nonzero = differences != 0
    ranked = differences[nonzero] if zeros == "wilcox" else differences
    ranks, ties = midranks(np.abs(ranked))
    kept = ranks if zeros == "wilcox" else ranks[nonzero]
    return kept, differences[nonzero] > 0, not nonzero.all() or ties.size < ranks.size


def _method(convention: Convention, n: int, *, irregular: bool) -> RankMethod:
    allowed = n <= convention.exact_up_to and (convention.exact_with_ties or not irregular)
    return "exact" if allowed else "asymptotic"


def _normal_deviate(statistic: float, ranks: FloatArray, *, continuity: bool) -> float:
    """Standardise the rank sum; ties need no correction, being in the ranks themselves."""
    excess = statistic - float(ranks.sum()) / 2
    if continuity:
        excess -= float(np.sign(excess)) / 2
    return float(excess / np.sqrt((ranks**2).sum() / 4))


def _exact_p(ranks: FloatArray, positive: BoolArray) -> float:
    """Probability of a rank sum at least as far from its mean, in doubled whole ranks."""
    weights = doubled(ranks)
    probability = signed_rank_distribution(weights)
    distance = np.abs(2 * np.arange(probability.size) - weights.sum())
    observed = abs(2 * int(weights[positive].sum()) - int(weights.sum()))
    return as_p(probability[distance >= observed].sum())


def _footnote(method: RankMethod, zeros: ZeroMethod, *, continuity: bool) -> str:
    kind = (
        "exact"
        if method == "exact"
        else f"asymptotic, {'with' if continuity else 'no'} continuity correction"
    )
    return f"Wilcoxon signed-rank test, {kind}, zeros {'dropped' if zeros == 'wilcox' else 'ranked (Pratt)'}"


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
        p_value=_rank_sum_exact_p(ranks, n_x) if method == "exact" else as_p(2 * special.ndtr(-abs(z))),
        n_x=n_x,
        n_y=n_y,
        n_missing=first.n_missing + second.n_missing,
        rank_biserial=2 * u / (n_x * n_y) - 1,
        method=f"Mann–Whitney test, {kind}",
    )


def _rank_sum_exact_p(ranks: FloatArray, n_x: int) -> float:
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
