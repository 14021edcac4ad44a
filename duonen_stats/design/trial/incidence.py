"""Cumulative incidence of the event while patients drop out, and its integral over entry times."""

from dataclasses import dataclass
from math import exp, expm1, factorial, inf

from duonen_stats.design.trial.exponential import PiecewiseHazard

_SERIES_BELOW = 0.5  # above it, the subtraction below loses less than one digit
_SERIES = tuple((-1.0) ** n / factorial(n + 2) for n in range(16))


def _second_integral(x: float) -> float:
    """(x - (1 - exp(-x))) / x², which is 1/2 at x = 0, without cancellation."""
    if x >= _SERIES_BELOW:
        return (x + expm1(-x)) / (x * x)
    total = 0.0
    for coefficient in reversed(_SERIES):
        total = total * x + coefficient
    return total


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece: event hazard, total hazard, and what stands at its start."""

    start: float
    end: float
    event: float
    total: float
    at_risk: float
    incidence: float

    def incidence_after(self, months: float) -> float:
        """Incidence ``months`` after the start of the piece."""
        if self.event <= 0:
            return self.incidence
        return self.incidence - self.at_risk * self.event / self.total * expm1(-self.total * months)


class Incidence:
    """Probability that the event has been seen in a patient by a time since entry.

    Parameters
    ----------
    event, dropout
        Hazards of the event and, independent of it, of being lost.
    max_followup_months
        A patient is followed no longer than this.
    """

    def __init__(
        self, event: PiecewiseHazard, dropout: PiecewiseHazard, *, max_followup_months: float = inf
    ) -> None:
        starts = sorted({*event.starts_months, *dropout.starts_months, max_followup_months} - {inf})
        self._pieces: list[_Piece] = []
        at_risk, incidence = 1.0, 0.0
        for start, end in zip(starts, (*starts[1:], inf), strict=True):
            followed = start < max_followup_months
            hazard = event.rate_at(start) if followed else 0.0
            total = hazard + dropout.rate_at(start) if followed else 0.0
            piece = _Piece(start, end, hazard, total, at_risk, incidence)
            self._pieces.append(piece)
            incidence = piece.incidence_after(end - start)
            at_risk *= exp(-total * (end - start)) if total > 0 else 1.0
        self._limit = incidence

    def at(self, months: float) -> float:
        """Share of patients with the event seen by ``months`` since entry; 0 before entry."""
        if months == inf:
            return self._limit
        for piece in reversed(self._pieces):
            if months > piece.start:
                return piece.incidence_after(months - piece.start)
        return 0.0

    def integral(self, low: float, width: float) -> float:
        """Integral of the incidence over ``width`` months from ``low`` >= 0, as a sum of positive terms."""
        total, high = 0.0, low + width
        for piece in self._pieces:
            start = max(low, piece.start)
            length = width if piece.start <= low and high <= piece.end else min(high, piece.end) - start
            if length <= 0:
                continue
            at_risk = piece.at_risk * exp(-piece.total * (start - piece.start))
            rising = at_risk * piece.event * length * length * _second_integral(piece.total * length)
            total += piece.incidence_after(start - piece.start) * length + rising
        return total
