"""What a printed number allows: the interval of values that are printed so."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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
class Interval:
    """A closed interval; an end that may not be reached is drawn in by a hair."""

    low: float = -math.inf
    high: float = math.inf

    def inside(self, margin: float) -> "Interval":
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


def printed_interval(printed: Printed) -> Interval:
    """Give the values that are printed as ``printed``, halves being rounded away from zero.

    ``=`` and ``≈`` give the interval that is rounded to the number; ``<`` everything that would itself be
    printed as less than the last digit (0 at these decimals); ``>`` everything above the number.

    Source: the rounding rule of the package, ``displays.format.rounded``; a test compares the two.
    """
    half = 0.5 * 10.0**-printed.decimals
    value = printed.value
    if printed.relation == "<":
        return Interval(low=-math.inf, high=half - _HAIR)
    if printed.relation == ">":
        return Interval(low=value + _HAIR, high=math.inf)
    low = value - half + (_HAIR if value <= 0 else 0.0)
    high = value + half - (_HAIR if value >= 0 else 0.0)
    return Interval(low=low, high=high)
