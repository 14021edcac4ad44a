"""Simulated annealing of a matrix of values on a recording grid, candidates judged in batches."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_FEWEST, _MOST = 8, 96
_SWAPS = 0.4
_DECADES = 2.5
"""A step's size is the spread of the values times 1 to 10**-2.5: coarse and fine moves side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Where values may lie: bounds and presence of each, shape (parts, n), and the recording grid."""

    low: Values
    high: Values
    present: NDArray[np.bool_]
    step: float
    spread: float

    def on_grid(self, values: Values) -> Values:
        """Put values onto the grid, six decimals against binary noise, and between their bounds."""
        low = np.ceil(self.low / self.step - 1e-6)
        high = np.maximum(np.floor(self.high / self.step + 1e-6), low)
        return np.round(np.clip(np.round(values / self.step), low, high) * self.step, 6)


class Problem(Protocol):
    """A loss that is a sum of terms, each of which depends on some parts (rows) of the state."""

    def terms(self, state: Values, part: int, rows: Values) -> Values:
        """Give the terms that depend on ``part`` were its row each of ``rows``: (K, n) in, (K, T) out."""

    def touched(self, part: int) -> NDArray[np.intp]:
        """Give the places of those terms among all terms."""

    def all_terms(self, state: Values) -> Values:
        """Give all terms of a state, computed afresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annealed:
    """The best state found, its loss, and how many candidates were judged."""

    state: Values
    loss: float
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Number of candidates and temperatures: ``start`` falls with the square of what is left, to ``end``."""

    candidates: int
    start: float = 0.1
    end: float = 1e-4

    def temperature(self, judged: int) -> float:
        """Temperature after so many candidates."""
        left = max(1.0 - judged / self.candidates, 0.0)
        return self.start * left**3 + self.end


def anneal(
    state: Values, problem: Problem, space: Space, schedule: Schedule, rng: np.random.Generator
) -> Annealed:
    """Minimise a loss by single changes and by exchanges within a part.

    Candidates of one part are drawn from the same state and judged together; the first that Metropolis' rule
    accepts is taken and those after it are thrown away. That is the usual chain one candidate at a time, only
    faster. It stops at loss 0 or when all candidates are used. The state given is kept as it is.

    Source: Kirkpatrick, Gelatt & Vecchi (1983) Science 220:671-680.
    """
    current = state.copy()
    terms = problem.all_terms(current)
    loss = float(terms.sum())
    best, best_loss, judged, batch = current.copy(), loss, 0, float(_FEWEST)
    while judged < schedule.candidates and best_loss > 0:
        part = int(rng.integers(len(current)))
        rows = _candidates(current[part], part, space, int(batch), rng)
        if not len(rows):
            judged += 1
            continue
        touched = problem.touched(part)
        new = problem.terms(current, part, rows)
        rise = new.sum(axis=1) - terms[touched].sum()
        chance = rng.exponential(size=len(rows)) * schedule.temperature(judged)
        taken = np.flatnonzero(rise <= chance)
        judged += int(taken[0]) + 1 if len(taken) else len(rows)
        if not len(taken):
            batch = min(batch * 1.3, _MOST)
            continue
        first = taken[0]
        batch = min(max(0.7 * batch + 0.6 * (first + 1), _FEWEST), _MOST)
        current[part], terms[touched] = rows[first], new[first]
        loss = float(terms.sum())
        if loss < best_loss:
            best, best_loss = current.copy(), loss
    return Annealed(state=best, loss=best_loss, judged=judged)


def _candidates(row: Values, part: int, space: Space, count: int, rng: np.random.Generator) -> Values:
    """Copy a row many times, each with one value moved or two exchanged, all within their bounds."""
    places = np.flatnonzero(space.present[part])
    low, high = space.low[part], space.high[part]
    rows = np.repeat(row[None], count, axis=0)
    each = np.arange(count)
    one, two = rng.choice(places, count), rng.choice(places, count)
    swap = rng.random(count) < _SWAPS
    size = space.spread * 10.0 ** (-_DECADES * rng.random(count))
    moved = np.round(np.round((row[one] + rng.normal(size=count) * size) / space.step) * space.step, 6)
    first = np.where(swap, row[two], moved)
    second = np.where(swap, row[one], row[two])
    rows[each, two] = second
    rows[each, one] = first
    hair = 1e-9
    fits = (first >= low[one] - hair) & (first <= high[one] + hair) & (first != row[one])
    fits &= ~swap | ((second >= low[two] - hair) & (second <= high[two] + hair))
    return np.asarray(rows[fits])
