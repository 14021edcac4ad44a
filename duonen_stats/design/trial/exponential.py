"""Piecewise exponential time to an event: the hazard is constant between break points."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf, isfinite, log

import numpy as np
from numpy.typing import ArrayLike

from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_FEW_PIECES = 8
_WEIBULL_PIECES = 600
_WEIBULL_REACH = 40.0  # cumulative hazard up to which a Weibull hazard is followed: nobody is left beyond


def as_floats(values: float | Iterable[float]) -> tuple[float, ...]:
    """One number or several, as a tuple."""
    return tuple(float(v) for v in values) if isinstance(values, Iterable) else (float(values),)


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
        return float(self.time_at(log(2.0)))

    def rate_at(self, months: float) -> float:
        """Hazard per month just after ``months`` since entry."""
        piece = int(np.searchsorted(self.starts_months, months, side="right")) - 1
        return self.rates_per_month[max(piece, 0)]

    def pieces(self) -> Iterator[tuple[float, float, float]]:
        """Start, end (both in months) and hazard per month of every piece; the last end is infinite."""
        yield from zip(self.starts_months, (*self.starts_months[1:], inf), self.rates_per_month, strict=True)

    def cumulative(self, months: ArrayLike) -> FloatArray:
        """Cumulative hazard at times since entry (no unit); 0 before entry."""
        t = np.asarray(months, dtype=np.float64)
        if len(self.rates_per_month) > _FEW_PIECES:
            starts, before = np.asarray(self.starts_months), self._before()
            beyond = self.rates_per_month[-1] * np.maximum(t - starts[-1], 0.0)
            return np.asarray(np.interp(np.maximum(t, 0.0), starts, before) + beyond)
        total = np.zeros_like(t)
        for start, end, rate in self.pieces():
            if rate > 0:
                total = total + rate * np.maximum(np.minimum(t, end) - start, 0.0)
        return total

    def survival(self, months: ArrayLike) -> FloatArray:
        """Share of patients without the event at times since entry."""
        without_event: FloatArray = np.exp(-self.cumulative(months))
        return without_event

    def time_at(self, cumulative: ArrayLike) -> FloatArray:
        """Months at which the cumulative hazard reaches given values; infinite where it never does.

        Of a unit exponential variable this is a time with this hazard.
        """
        target = np.asarray(cumulative, dtype=np.float64)
        if len(self.rates_per_month) > _FEW_PIECES:
            return self._time_in_many_pieces(target)
        reached = np.zeros_like(target)
        for start, _, rate in self.pieces():
            before = float(self.cumulative(start))
            here = start + (target - before) / rate if rate > 0 else inf
            reached = np.where(target > before, here, reached)
        return reached

    def _before(self) -> FloatArray:
        """Cumulative hazard at the start of every piece."""
        gained = np.asarray(self.rates_per_month[:-1]) * np.diff(self.starts_months)
        return np.concatenate(([0.0], np.cumsum(gained)))

    def _time_in_many_pieces(self, target: FloatArray) -> FloatArray:
        """Do the same by one search rather than one pass per piece."""
        starts, rates, before = (
            np.asarray(self.starts_months),
            np.asarray(self.rates_per_month),
            self._before(),
        )
        piece = np.maximum(np.searchsorted(before, target, side="left") - 1, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            here = starts[piece] + (target - before[piece]) / rates[piece]
        return np.where(target > before[piece], here, 0.0)

    def scaled(self, factor: float | Iterable[float]) -> "PiecewiseHazard":
        """Multiply the hazard by one factor, or by one factor a piece."""
        factors = as_floats(factor)
        if len(factors) not in (1, len(self.rates_per_month)):
            raise PlanError(
                f"{len(factors)} hazard ratios were given for {len(self.rates_per_month)} pieces."
            )
        repeated = factors * len(self.rates_per_month) if len(factors) == 1 else factors
        rates = tuple(rate * f for rate, f in zip(self.rates_per_month, repeated, strict=True))
        return PiecewiseHazard(rates, self.starts_months)


def hazard_from_median(median_months: float) -> float:
    """Constant hazard per month of an exponential time with this median.

    Examples
    --------
    >>> from duonen_stats.design import hazard_from_median
    >>> round(hazard_from_median(12), 4)
    0.0578
    """
    if not 0 < median_months < inf:
        raise PlanError(f"A median must be positive and finite, not {median_months} months.")
    return log(2.0) / median_months


def hazard_from_survival(probability: float, at_months: float) -> float:
    """Constant hazard per month at which a share ``probability`` is still without the event at ``at_months``.

    Of dropout: 10 % lost by 12 months is ``hazard_from_survival(0.9, 12)``.

    Examples
    --------
    >>> from duonen_stats.design import hazard_from_survival
    >>> round(hazard_from_survival(0.5, 12), 4)
    0.0578
    """
    if not 0 < probability <= 1 or not 0 < at_months < inf:
        raise PlanError(
            f"Survival {probability} at {at_months} months has no hazard: the probability must lie in (0, 1] "
            "and the time must be positive."
        )
    return -log(probability) / at_months + 0.0


@lru_cache(maxsize=64)
def weibull_hazard(median_months: float, shape: float) -> PiecewiseHazard:
    """Follow a Weibull hazard by constant pieces: the cumulative hazard is exact where the pieces meet.

    Parameters
    ----------
    median_months
        Months by which half the patients have the event.
    shape
        1 is a constant hazard; above 1 it rises with time since entry, below 1 it falls.

    Notes
    -----
    600 pieces, closer together early. Between two ends of a piece the probability without event is off by less than
    2e-5 for shapes from 0.5 to 3.

    Raises
    ------
    PlanError
        The shape or the median is not positive and finite.

    Examples
    --------
    >>> round(float(weibull_hazard(30.0, 1.5).survival(30.0)), 4)
    0.5
    """
    hazard_from_median(median_months)
    if not 0 < shape < inf:
        raise PlanError(f"A Weibull shape must be positive and finite, not {shape}.")
    # Ends of pieces: even steps of the square root of the cumulative hazard, none longer than 1/150 of the whole.
    parts = np.arange(_WEIBULL_PIECES) / _WEIBULL_PIECES
    cumulative = _WEIBULL_REACH * parts ** max(2.0, 2.0 * shape)
    months = median_months * (cumulative / log(2.0)) ** (1 / shape)
    last = median_months * (_WEIBULL_REACH / log(2.0)) ** (1 / shape)
    rates = np.diff(np.append(cumulative, _WEIBULL_REACH)) / np.diff(np.append(months, last))
    return PiecewiseHazard(tuple(rates.tolist()), tuple(months.tolist()))
