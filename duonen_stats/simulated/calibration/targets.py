"""The published numbers that a calibration aims at, by their ledger id."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate, optimize, stats

from duonen_stats.errors import DataError

# What a printed number allows: the interval of values that are printed so.


Values = NDArray[np.float64]

_HAIR = 1e-9
"""What keeps a value off an open end; the printed decimals are far coarser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A number as it was printed: its value, decimals and relation (``=``, ``<``, ``>``, ``≈``)."""

    value: float
    decimals: int = 0
    relation: str = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A closed interval; an end that may not be reached is drawn in by a hair."""

    low: float = -math.inf
    high: float = math.inf

    def inside(self, margin: float) -> "Bounds":
        """Draw both finite ends in by a fraction of the width, ``margin`` from 0 to below 0.5."""
        width = self.high - self.low
        if not math.isfinite(width):
            return self
        return replace(self, low=self.low + margin * width, high=self.high - margin * width)

    def excess(self, values: Values) -> Values:
        """How far each value lies outside, in its own unit; 0 inside."""
        return np.maximum(np.maximum(self.low - values, values - self.high), 0.0)

    def log_excess(self, values: Values) -> Values:
        """How far each positive value lies outside on the log scale, for p-values; 0 inside."""
        logs = np.log(np.maximum(values, 1e-12))
        low = math.log(self.low) if self.low > 0 else -math.inf
        high = math.log(self.high) if self.high > 0 else -math.inf
        return np.maximum(np.maximum(low - logs, logs - high), 0.0)


def printed_interval(printed: Printed) -> Bounds:
    """Give the values that are printed as ``printed``, halves being rounded away from zero.

    ``=`` and ``≈`` give the interval that is rounded to the number; ``<`` everything that would itself be
    printed as less than the last digit (0 at these decimals); ``>`` everything above the number.

    Source: the rounding rule of the package, ``displays.format.rounded``; a test compares the two.
    """
    half = 0.5 * 10.0**-printed.decimals
    value = printed.value
    if printed.relation == "<":
        return Bounds(low=-math.inf, high=half - _HAIR)
    if printed.relation == ">":
        return Bounds(low=value + _HAIR, high=math.inf)
    # As decimal numbers: in binary 42.6 - 0.05 lies above 42.55, which is rounded to 42.6.
    exact, part = Decimal(repr(value)), Decimal(5).scaleb(-printed.decimals - 1)
    low = float(exact - part) + (_HAIR if value <= 0 else 0.0)
    high = float(exact + part) - (_HAIR if value >= 0 else 0.0)
    return Bounds(low=low, high=high)


P_MARGIN = 0.2
"""Fraction of a p-value's rounding interval kept clear at each end: a library's last digits flip nothing."""

NOT_SIGNIFICANT = Bounds(low=0.06)
SIGNIFICANT = Bounds(high=0.045)
"""What stands for "not significant" and "significant" at 0.05, with a margin."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Printed numbers by ledger id, as the tool reads them; the package below it knows no ledger."""

    printed: Mapping[str, Printed]

    def __contains__(self, name: str) -> bool:
        """Whether the publication prints this number."""
        return name in self.printed

    def value(self, name: str) -> float:
        """Give the printed value, for a count or an anchor."""
        return self._number(name).value

    def count(self, name: str) -> int:
        """Give a printed count."""
        return round(self._number(name).value)

    def interval(self, name: str, *, margin: float = 0.0) -> Bounds:
        """Give the values that are printed so, the ends drawn in by a fraction of the width."""
        return printed_interval(self._number(name)).inside(margin)

    def p(self, name: str) -> Bounds:
        """Give the p-values that are printed so, well inside; not significant if none is printed."""
        if name not in self.printed:
            return NOT_SIGNIFICANT
        return self.interval(name, margin=P_MARGIN)

    def quartiles(self, prefix: str, *, margin: float = 0.0) -> tuple[Bounds, Bounds, Bounds]:
        """Give the intervals of the first quartile, median and third quartile printed under a prefix."""
        first, middle, third = (
            self.interval(f"{prefix}.{stat}", margin=margin) for stat in ("q1", "median", "q3")
        )
        return first, middle, third

    def _number(self, name: str) -> Printed:
        try:
            return self.printed[name]
        except KeyError:
            raise DataError(
                f"The targets hold no entry {name!r}. A calibration needs every number it aims at: "
                "check the id in the ledger."
            ) from None


# The studentised ranges that give a p-value within an interval.


_DEGREES = np.array([3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 17.0, 22.0, 30.0, 45.0])
_FINE = np.arange(3.0, 45.0, 0.05)


class CriticalRange:
    """The studentised ranges whose p lies in an interval, by degrees of freedom.

    Solved at a few degrees of freedom and interpolated by a cubic spline in their reciprocal, in which the
    quantiles are nearly linear; the error of p is far below the margin at the ends of a printed p.
    """

    def __init__(self, wanted: Bounds, groups: int) -> None:
        self._low = _critical(wanted.high, groups, beyond=0.0)
        self._high = _critical(wanted.low, groups, beyond=np.inf)

    def excess(self, q: Values, df: Values) -> Values:
        """How far each q lies outside its interval."""
        low, high = np.interp(df, _FINE, self._low), np.interp(df, _FINE, self._high)
        return np.maximum(np.maximum(low - q, q - high), 0.0)


@cache
def _critical(p: float, groups: int, *, beyond: float) -> Values:
    """Studentised ranges of an upper tail p at ``_FINE`` degrees; ``beyond`` where p is no bound."""
    if not 0 < p < 1:
        return np.full_like(_FINE, beyond)
    law = stats.studentized_range
    solved = [
        optimize.brentq(lambda q, df=df: law.sf(q, groups, df) - p, 0.5, 60.0, xtol=1e-9) for df in _DEGREES
    ]
    return np.asarray(interpolate.CubicSpline(1.0 / _DEGREES[::-1], solved[::-1])(1.0 / _FINE))
