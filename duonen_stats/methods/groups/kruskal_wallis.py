"""Rank tests of several groups: Kruskal-Wallis and Friedman.

Own: ``scipy.stats.kruskal`` (1.17.1) subtracts 3 (N + 1) from a sum as large, so that groups of equal mean ranks may
get an H of 1e-14 and a p below 1; it has neither the exact p with ties nor the seeded Monte Carlo p, and
``friedmanchisquare`` refuses two conditions.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.groups.omnibus import OmnibusResult
from duonen_stats.methods.inputs.admit import (
    FloatArray,
    Groups,
    IntArray,
    admit_groups,
    as_p,
)
from duonen_stats.methods.inputs.midranks import doubled, midranks, tie_term

# Kruskal-Wallis test: asymptotic, exact and by seeded Monte Carlo.


KruskalMethod = Literal["asymptotic", "exact", "monte_carlo"]

_METHODS = {
    "asymptotic": "Kruskal–Wallis test, asymptotic, corrected for ties",
    "exact": "Kruskal–Wallis test, exact",
    "monte_carlo": "Kruskal–Wallis test, Monte Carlo",
}
_MOST_STATES = 3_000_000
_CHUNK = 4_000_000


@dataclass(frozen=True, slots=True)
class _Ranked:
    """All values ranked together: the ranks in group order, where each group starts, its size."""

    ranks: FloatArray
    starts: IntArray
    sizes: IntArray
    ties: float

    @property
    def total(self) -> int:
        return self.ranks.size


def kruskal_wallis(
    groups: Mapping[str, ArrayLike],
    *,
    method: KruskalMethod = "asymptotic",
    seed: int = 1,
    resamples: int = 100_000,
    decimals: int | None = None,
) -> OmnibusResult:
    """Compare the locations of two or more groups by ranks.

    Parameters
    ----------
    groups
        Sample by group name, all in one unit; missing values are dropped and counted.
    method
        ``"asymptotic"``: chi-squared with k - 1 degrees of freedom. ``"exact"``: over every allocation of the
        values (ties included) to groups of these sizes; small samples only. ``"monte_carlo"``: over
        ``resamples`` random allocations; p is (hits + 1) / (resamples + 1), so it is never 0.
    seed, resamples
        Of the Monte Carlo method.
    decimals
        Values equal at this precision, in the unit of the data, are tied; None: only values exactly equal.

    Returns
    -------
    OmnibusResult
        H corrected for ties; eta squared (H - k + 1)/(N - k) and epsilon squared H/(N - 1).

    Raises
    ------
    NotEstimable
        ``single_group`` or ``empty_group``; ``all_tied``: all values equal; ``too_many_arrangements``: the
        exact method would take too long; ``non_finite``. A group of one value is allowed, ``note`` names it.

    References
    ----------
    Kruskal & Wallis (1952) JASA 47:583-621; Tomczak & Tomczak (2014) Trends Sport Sci. 1:19-25 for
    the effect sizes; Phipson & Smyth (2010) Stat. Appl. Genet. Mol. Biol. 9:39 for the Monte Carlo p.

    Examples
    --------
    >>> from duonen_stats.methods import kruskal_wallis
    >>> found = kruskal_wallis({"A": [1, 2, 3], "B": [4, 5, 6], "C": [7, 8, 9]})
    >>> round(found.statistic, 3), round(found.p_value, 4)
    (7.2, 0.0273)
    """
    if method not in _METHODS:
        raise DataError(f"Unknown Kruskal-Wallis method {method!r}; known are {', '.join(sorted(_METHODS))}.")
    admitted = admit_groups(groups)
    ranked = _rank(admitted, decimals)
    h = _h(ranked)
    k, n = len(admitted.samples), ranked.total
    if method == "asymptotic":
        p_value, arrangements = as_p(special.chdtrc(k - 1, h)), None
    elif method == "exact":
        p_value, arrangements = _exact(ranked, admitted.n)
    else:
        p_value, arrangements = _monte_carlo(ranked, seed, resamples), resamples
    return OmnibusResult(
        test="kruskal_wallis",
        statistic=h,
        df1=k - 1,
        df2=None,
        p_value=p_value,
        n=admitted.n,
        n_missing=admitted.n_missing,
        method=_METHODS[method],
        eta_squared=(h - k + 1) / (n - k) if n > k else None,
        epsilon_squared=h / (n - 1),
        resamples=arrangements,
        seed=seed if method == "monte_carlo" else None,
        note=admitted.note,
    )


def _rank(groups: Groups, decimals: int | None) -> _Ranked:
    values = list(groups.samples.values())
    ranks, tied = midranks(np.concatenate(values), decimals)
    if tied.size == 1:
        raise NotEstimable("all_tied", groups.n, "All values are equal.")
    sizes = np.array([sample.size for sample in values], dtype=np.int64)
    return _Ranked(ranks, np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes, tie_term(tied))


def _h(ranked: _Ranked) -> float:
    n = ranked.total
    centred = np.add.reduceat(ranked.ranks - (n + 1) / 2, ranked.starts)
    raw = 12 / (n * (n + 1)) * float((centred**2 / ranked.sizes).sum())
    return raw / (1 - ranked.ties / (n**3 - n))


def _exact(ranked: _Ranked, n: Mapping[str, int]) -> tuple[float, int]:
    """P(H >= observed) over all allocations, and their number.

    One rank after another is given to a group with room. A state is the rank sums and fills of all groups
    but the last, written as one whole number; equal states are merged and their ways added.
    """
    ranks, sizes = doubled(ranked.ranks), ranked.sizes.tolist()
    ordered = np.sort(ranks)
    limits = [int(ordered[ordered.size - size :].sum()) for size in sizes]
    units = _mixed_radix(
        [radix for size, limit in zip(sizes, limits, strict=True) for radix in (limit + 1, size + 1)][:-2]
    )
    if units is None:
        raise _too_many(n)
    states, ways = np.zeros(1, dtype=np.int64), np.ones(1)
    for placed, rank in enumerate(ordered.tolist()):
        fills = [_digit(states, units[2 * g + 1], size + 1) for g, size in enumerate(sizes[:-1])]
        last = placed - np.sum(fills, axis=0)
        grown = [
            (states[fill < size] + rank * units[2 * g] + units[2 * g + 1], ways[fill < size])
            for g, (fill, size) in enumerate(zip(fills, sizes[:-1], strict=True))
        ]
        grown.append((states[last < sizes[-1]], ways[last < sizes[-1]]))
        states, where = np.unique(np.concatenate([part for part, _ in grown]), return_inverse=True)
        ways = np.bincount(where, weights=np.concatenate([part for _, part in grown])).astype(np.float64)
        if states.size > _MOST_STATES:
            raise _too_many(n)
    sums = [_digit(states, units[2 * g], limit + 1) for g, limit in enumerate(limits[:-1])]
    sums.append(int(ranks.sum()) - np.sum(sums, axis=0))
    extreme = _spread(sums, sizes) >= _observed(ranks, ranked, sizes)
    return as_p(ways[extreme].sum() / ways.sum()), _arrangements(sizes)


def _monte_carlo(ranked: _Ranked, seed: int, resamples: int) -> float:
    """Share of random allocations with H at least as large as the observed one, that one counted in."""
    rng = np.random.default_rng(seed)
    ranks, sizes = doubled(ranked.ranks), ranked.sizes.tolist()
    observed = _observed(ranks, ranked, sizes)
    hits = 0
    chunk = max(1, _CHUNK // ranks.size)
    for done in range(0, resamples, chunk):
        rows = np.tile(ranks, (min(chunk, resamples - done), 1))
        sums = np.add.reduceat(rng.permuted(rows, axis=1), ranked.starts, axis=1)
        hits += int((_spread(list(sums.T), sizes) >= observed).sum())
    return (hits + 1) / (resamples + 1)


def _spread(sums: list[IntArray], sizes: list[int]) -> FloatArray:
    """Sum of R^2/n over the groups, which orders arrangements as H does."""
    return np.asarray(sum(total**2 / size for total, size in zip(sums, sizes, strict=True)))


def _observed(ranks: IntArray, ranked: _Ranked, sizes: list[int]) -> float:
    """Sum of R^2/n as observed, less a hair: an arrangement equal on paper counts as equal."""
    return float(_spread(list(np.add.reduceat(ranks, ranked.starts)), sizes)) * (1 - 1e-12)


def _mixed_radix(radices: list[int]) -> list[int] | None:
    """Give the unit of each digit of a number in these radices; ``None`` if it exceeds 62 bits."""
    units = [math.prod(radices[:i]) for i in range(len(radices) + 1)]
    return units[:-1] if units[-1] < 2**62 else None


def _digit(states: IntArray, unit: int, radix: int) -> IntArray:
    return states // unit % radix


def _arrangements(sizes: list[int]) -> int:
    return math.factorial(sum(sizes)) // math.prod(math.factorial(size) for size in sizes)


def _too_many(n: Mapping[str, int]) -> NotEstimable:
    return NotEstimable(
        "too_many_arrangements", n, "Too many arrangements for an exact test; use the Monte Carlo method."
    )


# Friedman's test of related samples, with Kendall's coefficient of concordance.


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
