"""Piecewise exponential time to an event: the hazard is constant between break points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, log

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import PlanError
from duonen_stats.methods.door import FloatArray


@dataclass(frozen=True, slots=True)
class PiecewiseHazard:
    """A hazard that is constant from each start to the next one, and from the last start on for ever.

    Parameters
    ----------
    rates_per_month
        Events per patient-month, one rate a piece, 0 or more; 0 in the last piece makes a cured fraction.
    starts_months
        Months since a patient's entry at which the pieces begin; the first is 0.

    Raises
    ------
    PlanError
        Starts that do not increase from 0, rates that are negative or not finite, or not one rate a start.
    """

    rates_per_month: tuple[float, ...]
    starts_months: tuple[float, ...] = (0.0,)

    def __post_init__(self) -> None:
        rates, starts = as_floats(self.rates_per_month), as_floats(self.starts_months)
        object.__setattr__(self, "rates_per_month", rates)
        object.__setattr__(self, "starts_months", starts)
        if len(rates) != len(starts) or not rates:
            raise PlanError(
                f"{len(rates)} hazards were given for {len(starts)} pieces; each piece needs one."
            )
        if starts[0] != 0 or any(not a < b < inf for a, b in pairwise(starts)):
            raise PlanError(f"The pieces of a hazard must start at 0 and increase, not {starts}.")
        if any(not isfinite(rate) or rate < 0 for rate in rates):
            raise PlanError(f"Hazards per month must be 0 or more and finite, not {rates}.")

    @property
    def median_months(self) -> float:
        """Months by which half the patients have the event; infinite if that many never have it."""
        return float(self.time_at(np.array(log(2.0))))

    def rate_at(self, months: float) -> float:
        """Hazard per month just after ``months`` since entry."""
        piece = int(np.searchsorted(self.starts_months, months, side="right")) - 1
        return self.rates_per_month[max(piece, 0)]

    def cumulative(self, months: ArrayLike) -> FloatArray:
        """Cumulative hazard at times since entry (no unit); 0 before entry."""
        t = np.maximum(np.asarray(months, dtype=np.float64), 0.0)
        total = np.zeros_like(t)
        for start, end, rate in self._pieces():
            if rate > 0:
                total = total + rate * (np.minimum(t, end) - start).clip(min=0.0)
        return total

    def survival(self, months: ArrayLike) -> FloatArray:
        """Share of patients without the event at times since entry."""
        survival: FloatArray = np.exp(-self.cumulative(months))
        return survival

    def time_at(self, cumulative: FloatArray) -> FloatArray:
        """Months at which the cumulative hazard reaches given values; infinite where it never does."""
        reached = np.full_like(cumulative, inf)
        below = 0.0
        for start, _, rate in self._pieces(last_first=True):
            below = float(self.cumulative(start))
            if rate > 0:
                reached = np.where(cumulative > below, start + (cumulative - below) / rate, reached)
            else:
                later = self._next_rise(start)
                reached = np.where(cumulative > below, np.maximum(reached, later), reached)
        return np.where(cumulative <= 0, 0.0, _within_pieces(self, cumulative, reached))

    def scaled(self, factor: float | Sequence[float]) -> "PiecewiseHazard":
        """The hazard multiplied by one factor, or by one factor a piece."""
        factors = np.broadcast_to(np.asarray(factor, dtype=np.float64), len(self.rates_per_month))
        return PiecewiseHazard(tuple(np.multiply(self.rates_per_month, factors)), self.starts_months)
