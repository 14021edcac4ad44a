"""Counts in a table: Fisher's exact test, and chi-squared with Cramér's V.

A fourfold table, the odds ratio with its limits, random tables and chi-squared are scipy's. Own is the exact p of a
larger table: ``scipy.stats.fisher_exact`` (1.17.1) only samples it, without a seed (0.0641, 0.0640 and 0.0672 in three
calls), and statsmodels has none.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from duonen_stats.errors import DataError, NotEstimable, TooManyTablesError
from duonen_stats.methods.inputs.admit import FloatArray, IntArray, as_p, require_confidence

# Fisher's probability for a table of any size: enumerated, or sampled where that would take too long.


_EQUAL_PROBABILITY = 1e-7
# Log probabilities that agree to ten decimals belong to equal probabilities.
_SAME_PATH = 1e10
# Tables sampled at once, partial tables judged at once, and ways to fill a column held in memory.
_BATCH = 5_000
_BLOCK = 1_000_000
_MOST_ROWS = 2_000_000
_STEP_COST = 2_000
_WAY_COST = 10


@dataclass(frozen=True, slots=True)
class _Paths:
    """Partial tables: a row each of what the rows still lack, with its log probability and number of ways."""

    left: IntArray
    logs: FloatArray
    ways: FloatArray


def enumerate_p_value(table: IntArray, *, limit: int) -> float:
    """Sum the probabilities of all tables with these margins that are no more probable than ``table``.

    Columns are filled one after another, smallest first. Partial tables with the same rows left (up to their
    order) and the same probability so far have the same future, so they are counted together. Where every
    completion counts, their sum is known in closed form, and where none can count they are dropped; the last
    two columns of what stays undecided are enumerated once for each set of rows left.

    Parameters
    ----------
    table
        r × c counts without an empty row or column.
    limit
        Largest number of partial tables to evaluate; a way to fill a column counts as 10 more, and a set of
        rows left as 2000.

    Raises
    ------
    TooManyTablesError
        More than ``limit`` would be needed.

    References
    ----------
    The network algorithm of Mehta & Patel (1983) JASA 78:427-434, with bounds from one margin alone;
    tables within a relative 1e-7 count as equally probable, as in R's ``fisher.test``.
    """
    margins, columns = sorted((np.sort(table.sum(axis=1)), np.sort(table.sum(axis=0))), key=_work)
    both = np.concatenate((margins, columns))
    constant = float(_log_factorial(both).sum() - _log_factorial(table.sum()))
    cut = constant - float(_log_factorial(table).sum()) + _EQUAL_PROBABILITY
    paths = _Paths(margins[None, :], np.array([constant]), np.ones(1))
    budget, p = limit, 0.0
    for place in range(columns.size - 2):
        rest = columns[place + 1 :]
        paths, decided, budget = _fill(paths, int(columns[place]), rest, cut, budget)
        p += decided
    for rows, here in _by_rows(paths):
        tails, sums, budget = _last_two(rows, int(columns[-2]), budget)
        counted = np.searchsorted(tails, cut - here.logs, side="right")
        p += float(np.sum(here.ways * np.exp(here.logs + tails[-1]) * sums[counted]))
    return as_p(p)


def _work(totals: IntArray) -> tuple[int, float]:
    """Order the margins: few rows are cheap to fill, and so are many small columns."""
    return totals.size, -float(_log_factorial(totals[:-2]).sum())


def _by_rows(paths: _Paths) -> list[tuple[IntArray, _Paths]]:
    """Split paths by the rows left; they are sorted by them."""
    starts = np.flatnonzero(np.concatenate(([True], (np.diff(paths.left, axis=0) != 0).any(axis=1))))
    edges = [*starts.tolist(), len(paths.left)]
    return [
        (paths.left[a], _Paths(paths.left[a:b], paths.logs[a:b], paths.ways[a:b]))
        for a, b in pairwise(edges)
        if b > a
    ]


def _fill(paths: _Paths, total: int, rest: IntArray, cut: float, budget: int) -> tuple[_Paths, float, int]:
    """Fill one column in every way: the paths still undecided, the probability decided, the budget left."""
    kept = [_Paths(paths.left[:0], paths.logs[:0], paths.ways[:0])]
    decided = 0.0
    for rows, here in _by_rows(paths):
        filled = _compositions(total, rows, budget)
        left = np.sort(rows - filled, axis=1)
        budget -= _STEP_COST + (_WAY_COST + here.logs.size) * len(left)
        if budget < 0:
            raise TooManyTablesError
        weight = -_log_factorial(filled).sum(axis=1)
        most, least, whole = _completions(left, rest)
        for some in np.array_split(np.arange(here.logs.size), 1 + here.logs.size * len(left) // _BLOCK):
            logs = here.logs[some, None] + weight
            all_count = logs + most <= cut
            path, way = np.nonzero(all_count)
            decided += float(here.ways[some[path]] @ np.exp(logs[path, way] + whole[way]))
            path, way = np.nonzero(~all_count & (logs + least <= cut))
            kept.append(_Paths(left[way], logs[path, way], here.ways[some[path]]))
    return _merged(kept), decided, budget


def _completions(left: IntArray, rest: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Bound the log probability of completing rows (a line each) by columns ``rest``, and give that of all.

    A row is most probable split evenly, and least probable piled into the largest columns.
    """
    counts = np.arange(int(left.max()) + 1)
    caps = np.sort(rest)[::-1]
    piled = _log_factorial(np.clip(counts[:, None] - (np.cumsum(caps) - caps), 0, caps)).sum(axis=1)
    rows_even = _evenly(counts, rest.size)[left].sum(axis=1)
    columns_even = _evenly(rest, left.shape[1]).sum()
    whole = _log_factorial(rest.sum()) - _log_factorial(rest).sum() - _log_factorial(left).sum(axis=1)
    return -np.maximum(rows_even, columns_even), -piled[left].sum(axis=1), whole


def _evenly(totals: IntArray, cells: int) -> FloatArray:
    """Sum of the log factorials of each total, split over cells as evenly as whole numbers can be."""
    part, more = np.divmod(totals, cells)
    return (cells - more) * _log_factorial(part) + more * _log_factorial(part + 1)


def _merged(parts: list[_Paths]) -> _Paths:
    """Put paths with the same rows left and the same probability together, sorted by the rows left."""
    left = np.concatenate([part.left for part in parts])
    logs = np.concatenate([part.logs for part in parts])
    ways = np.concatenate([part.ways for part in parts])
    same = np.column_stack((left, np.rint(logs * _SAME_PATH).astype(np.int64)))
    order = np.lexsort(same.T[::-1])
    new = np.concatenate(([True], (np.diff(same[order], axis=0) != 0).any(axis=1)))[: order.size]
    first = order[new]
    return _Paths(left[first], logs[first], np.bincount(np.cumsum(new) - 1, ways[order]).astype(np.float64))


def _last_two(rows: IntArray, total: int, budget: int) -> tuple[FloatArray, FloatArray, int]:
    """Sort the log probabilities of all ways to fill the last two columns, and add them up from the least."""
    ways = _compositions(total, rows, budget)
    logs = np.sort(-(_log_factorial(ways) + _log_factorial(rows - ways)).sum(axis=1))
    sums = np.concatenate(([0.0], np.cumsum(np.exp(logs - logs[-1]))))
    return logs, sums, budget - logs.size


def _compositions(total: int, caps: IntArray, limit: int) -> IntArray:
    """All ways to put ``total`` into cells of the given capacities, a row per way."""
    ways = np.empty((1, 0), dtype=np.int64)
    left = np.array([total], dtype=np.int64)
    room = int(caps.sum())
    for cap in caps:
        room -= int(cap)
        low, high = np.maximum(left - room, 0), np.minimum(left, cap)
        number = high - low + 1
        if number.sum() > min(limit, _MOST_ROWS):
            raise TooManyTablesError
        parent = np.repeat(np.arange(left.size), number)
        value = np.arange(parent.size) - np.repeat(np.cumsum(number) - number, number) + low[parent]
        ways = np.column_stack((ways[parent], value))
        left = left[parent] - value
    return ways


def _log_factorial(counts: NDArray[np.int64] | np.int64) -> FloatArray:
    """Look log factorials up: computing each again would take most of the time."""
    return np.asarray(_log_factorials(int(np.max(counts, initial=0)).bit_length())[counts])


@lru_cache(maxsize=32)
def _log_factorials(bits: int) -> FloatArray:
    return np.asarray(special.gammaln(np.arange(2**bits) + 1.0))


def sample_p_value(table: IntArray, *, resamples: int, seed: int) -> float:
    """Estimate the same probability from random tables with these margins; (hits + 1) / (resamples + 1)."""
    least = float(_log_factorial(table).sum()) - _EQUAL_PROBABILITY
    source = stats.random_table(table.sum(axis=1), table.sum(axis=0), seed=np.random.default_rng(seed))
    hits = 0
    for start in range(0, resamples, _BATCH):
        drawn = source.rvs(min(_BATCH, resamples - start)).astype(np.int64)
        hits += int(np.count_nonzero(_log_factorial(drawn).sum(axis=(1, 2)) >= least))
    return (hits + 1) / (resamples + 1)


Alternative = Literal["two-sided", "less", "greater"]

_ENUMERATION_LIMIT = 20_000_000
_FOURFOLD = (2, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsRatio:
    """Odds ratio of a fourfold table: 0 and infinity are values it can take.

    ``estimate`` is the conditional maximum-likelihood one, to which the exact limits belong; ``sample`` is
    ad / bc.
    """

    estimate: float
    lower: float
    upper: float
    sample: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FisherResult:
    """Fisher's exact test. ``odds_ratio`` is None but for a 2 × 2 table.

    ``method`` is ``"exact"``, or ``"monte_carlo"`` with its number of ``resamples`` and its ``seed``;
    ``note`` names empty rows and columns left out.
    """

    p_value: float
    odds_ratio: OddsRatio | None
    n: int
    alternative: Alternative
    method: Literal["exact", "monte_carlo"]
    resamples: int | None = None
    seed: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquareResult:
    """Pearson's chi-squared test of a table.

    ``min_expected`` is the smallest expected count. ``cramers_v`` is always taken from the uncorrected
    statistic. ``correction`` says whether Yates's was applied (2 × 2 only).
    """

    statistic: float
    df: int
    p_value: float
    min_expected: float
    cramers_v: float
    correction: bool
    n: int
    note: str = ""


def fisher_exact(
    table: ArrayLike,
    *,
    alternative: Alternative = "two-sided",
    confidence: float = 0.95,
    method: Literal["auto", "exact", "monte_carlo"] = "auto",
    resamples: int = 100_000,
    seed: int = 20_260,
) -> FisherResult:
    """Test the independence of rows and columns, margins held fixed.

    Parameters
    ----------
    table
        r × c counts; empty rows and columns are left out.
    alternative
        Of the odds ratio; other than two-sided for 2 × 2 only.
    confidence
        Level of the exact limits of the odds ratio.
    method
        ``"auto"`` enumerates, and samples only where more than 20 million partial tables would be needed.
    resamples, seed
        Of the sampling.

    Raises
    ------
    NotEstimable
        ``zero_margin``: fewer than two rows or columns are left.
    DataError
        The table is not one of counts, or a one-sided test is asked of a larger table.

    References
    ----------
    Fisher (1935) JRSS 98:39-82; limits as R ``fisher.test``, solved to machine precision.

    Examples
    --------
    >>> from duonen_stats.methods import fisher_exact
    >>> found = fisher_exact([[3, 1], [1, 3]])
    >>> round(found.p_value, 4)
    0.4857
    """
    counts, note = _admit(table)
    if counts.shape == _FOURFOLD:
        return FisherResult(
            p_value=as_p(stats.fisher_exact(counts, alternative=alternative).pvalue),
            odds_ratio=_odds_ratio(counts, alternative, confidence),
            n=int(counts.sum()),
            alternative=alternative,
            method="exact",
            note=note,
        )
    if alternative != "two-sided":
        raise DataError("A table larger than 2 × 2 has no one-sided alternative.")
    exact = None
    if method != "monte_carlo":
        try:
            exact = enumerate_p_value(counts, limit=_ENUMERATION_LIMIT if method == "auto" else 2**62)
        except TooManyTablesError:
            exact = None
    sampled = exact is None
    return FisherResult(
        p_value=exact if exact is not None else sample_p_value(counts, resamples=resamples, seed=seed),
        odds_ratio=None,
        n=int(counts.sum()),
        alternative=alternative,
        method="monte_carlo" if sampled else "exact",
        resamples=resamples if sampled else None,
        seed=seed if sampled else None,
        note=note,
    )


def _odds_ratio(counts: IntArray, alternative: Alternative, confidence: float) -> OddsRatio:
    conditional = stats.contingency.odds_ratio(counts, kind="conditional")
    limits = conditional.confidence_interval(require_confidence(confidence), alternative=alternative)
    (a, b), (c, d) = counts.astype(float).tolist()
    return OddsRatio(
        estimate=float(conditional.statistic),
        lower=float(limits.low),
        upper=float(limits.high),
        sample=a * d / (b * c) if b * c else float("inf"),
        confidence=confidence,
    )


def chi_square(table: ArrayLike, *, correction: bool = False) -> ChiSquareResult:
    """Test the independence of rows and columns by Pearson's chi-squared.

    Parameters
    ----------
    table
        r × c counts; empty rows and columns are left out.
    correction
        Yates's continuity correction; it acts on 2 × 2 tables only, as in R.

    Raises
    ------
    NotEstimable
        ``zero_margin``: fewer than two rows or columns are left.
    DataError
        The table is not one of counts.

    References
    ----------
    Pearson (1900); Yates (1934) JRSS Suppl 1:217-235; Cramér (1946).

    Examples
    --------
    >>> from duonen_stats.methods import chi_square
    >>> found = chi_square([[10, 20], [20, 10]])
    >>> round(found.statistic, 3), found.df, round(found.p_value, 4)
    (6.667, 1, 0.0098)
    """
    counts, note = _admit(table)
    corrected = correction and counts.shape == _FOURFOLD
    tested = stats.chi2_contingency(counts, correction=corrected)
    plain = stats.chi2_contingency(counts, correction=False)
    n, df = int(counts.sum()), int(tested.dof)
    return ChiSquareResult(
        statistic=float(tested.statistic),
        df=df,
        p_value=as_p(special.chdtrc(df, tested.statistic)),
        min_expected=float(plain.expected_freq.min()),
        cramers_v=float(np.sqrt(plain.statistic / (n * (min(counts.shape) - 1)))),
        correction=corrected,
        n=n,
        note=note,
    )


def _admit(table: ArrayLike) -> tuple[IntArray, str]:
    """Leave out empty rows and columns, and say how many there were."""
    values = np.asarray(table, dtype=np.float64)
    counted = (values >= 0) & (values == np.floor(values)) & np.isfinite(values)
    if values.ndim != len(_FOURFOLD) or not counted.all():
        raise DataError("A table has two dimensions and holds counts.")
    rows, columns = values.sum(axis=1) > 0, values.sum(axis=0) > 0
    counts = values[np.ix_(rows, columns)].astype(np.int64)
    if min(counts.shape) < _FOURFOLD[0]:
        n = {"all": int(values.sum())}
        raise NotEstimable("zero_margin", n, "Fewer than two rows or columns of the table hold a count.")
    dropped = ((~rows).sum(), "empty row"), ((~columns).sum(), "empty column")
    return counts, "; ".join(f"{what} left out: {number}" for number, what in dropped if number)
