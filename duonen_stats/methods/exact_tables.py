"""Fisher's probability for a table of any size: enumerated, or sampled where that would take too long."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy import special

from duonen_stats.methods.door import FloatArray, IntArray

_EQUAL_PROBABILITY = 1e-7
_SAME_PATH = 10
_BATCH = 5_000
_STEP_COST = 200


class TooManyTablesError(Exception):
    """Enumeration would pass the limit."""


def enumerate_p_value(table: IntArray, *, limit: int) -> float:
    """Sum the probabilities of all tables with these margins that are no more probable than ``table``.

    Columns are filled one after another, smallest first. States with the same rows left (up to their order)
    and the same probability so far have the same future, so they are counted together; the last two columns
    are enumerated once for each set of rows left.

    Parameters
    ----------
    table
        r × c counts without an empty row or column.
    limit
        Largest number of partial tables to evaluate (a step outside the vectorised part counts as 200).

    Raises
    ------
    TooManyTablesError
        More than ``limit`` would be needed.

    Source: the idea of Mehta & Patel (1983) JASA 78:427-434; tables within a relative 1e-7 count as equally
    probable, as in R's ``fisher.test``.
    """
    margins, columns = sorted((np.sort(table.sum(axis=1)), np.sort(table.sum(axis=0))), key=_work)
    both = np.concatenate((margins, columns))
    constant = float(_log_factorial(both).sum() - _log_factorial(table.sum()))
    observed = constant - float(_log_factorial(table).sum())
    states: _States = {tuple(map(int, margins)): (np.array([constant]), np.ones(1))}
    budget = limit
    for total in columns[:-2]:
        states, budget = _fill(states, int(total), budget)
    p = 0.0
    for rows, (logs, paths) in states.items():
        tails, sums, budget = _last_two(np.array(rows), int(columns[-2]), budget)
        place = np.searchsorted(tails, observed + _EQUAL_PROBABILITY - logs, side="right")
        p += float(np.sum(paths * np.exp(logs + tails[-1]) * sums[place]))
    return min(p, 1.0)


def _work(totals: IntArray) -> tuple[int, float]:
    """Order the margins: few rows are cheap to fill, and so are many small columns."""
    return totals.size, -float(_log_factorial(totals[:-2]).sum())


_States = dict[tuple[int, ...], tuple[FloatArray, FloatArray]]


def _fill(states: _States, total: int, budget: int) -> tuple[_States, int]:
    """Fill one column in every possible way; the probability so far and the number of ways are kept."""
    found: dict[tuple[int, ...], list[tuple[FloatArray, FloatArray]]] = defaultdict(list)
    for rows, (logs, paths) in states.items():
        ways = _compositions(total, np.array(rows), budget)
        weights = -_log_factorial(ways).sum(axis=1)
        left = np.sort(np.array(rows) - ways, axis=1)
        budget -= (logs.size + _STEP_COST) * weights.size
        if budget < 0:
            raise TooManyTablesError
        for way, weight in zip(map(tuple, left.tolist()), weights, strict=True):
            found[way].append((logs + weight, paths))
    return {rows: _merged(parts) for rows, parts in found.items()}, budget


def _merged(parts: list[tuple[FloatArray, FloatArray]]) -> tuple[FloatArray, FloatArray]:
    logs = np.concatenate([part[0] for part in parts])
    paths = np.concatenate([part[1] for part in parts])
    _, first, index = np.unique(np.round(logs, _SAME_PATH), return_index=True, return_inverse=True)
    return logs[first], np.bincount(index, weights=paths).astype(np.float64)


def _last_two(rows: IntArray, total: int, budget: int) -> tuple[FloatArray, FloatArray, int]:
    """Sort the log probabilities of all ways to fill the last two columns, and add them up from the least."""
    ways = _compositions(total, rows, budget)
    logs = np.sort(-(_log_factorial(ways) + _log_factorial(rows - ways)).sum(axis=1))
    sums = np.concatenate(([0.0], np.cumsum(np.exp(logs - logs[-1]))))
    return logs, sums, budget - logs.size


def _compositions(total: int, caps: IntArray, limit: int) -> IntArray:
    """All ways to put ``total`` into cells of the given capacities, a row a way."""
    ways = np.empty((1, 0), dtype=np.int64)
    left = np.array([total], dtype=np.int64)
    room = int(caps.sum())
    for cap in caps:
        room -= int(cap)
        low, high = np.maximum(left - room, 0), np.minimum(left, cap)
        number = high - low + 1
        if number.sum() > limit:
            raise TooManyTablesError
        parent = np.repeat(np.arange(left.size), number)
        value = np.arange(parent.size) - np.repeat(np.cumsum(number) - number, number) + low[parent]
        ways = np.column_stack((ways[parent], value))
        left = left[parent] - value
    return ways


def _log_factorial(counts: NDArray[np.int64] | np.int64) -> FloatArray:
    return np.asarray(special.gammaln(np.asarray(counts, dtype=np.float64) + 1))


def sample_p_value(table: IntArray, *, resamples: int, seed: int) -> float:
    """Estimate the same probability from random tables with these margins; (hits + 1) / (resamples + 1)."""
    n_rows, n_columns = table.shape
    cells = np.repeat(np.arange(table.size), table.ravel())
    row, column = cells // n_columns, cells % n_columns
    observed = float(_log_factorial(table).sum())
    generator = np.random.default_rng(seed)
    hits = 0
    for start in range(0, resamples, _BATCH):
        batch = min(_BATCH, resamples - start)
        shuffled = generator.permuted(np.tile(column, (batch, 1)), axis=1)
        cell = np.arange(batch)[:, None] * table.size + row * n_columns + shuffled
        drawn = np.bincount(cell.ravel(), minlength=batch * table.size).reshape(batch, n_rows * n_columns)
        hits += int(np.count_nonzero(_log_factorial(drawn).sum(axis=1) >= observed - _EQUAL_PROBABILITY))
    return (hits + 1) / (resamples + 1)
