"""The studentised ranges that give a p-value within an interval."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate, optimize, stats

from duonen_stats.simulated.calibration.interval import Interval

Values = NDArray[np.float64]

_DEGREES = np.array([3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 13.0, 17.0, 22.0, 30.0, 45.0])
_FINE = np.arange(3.0, 45.0, 0.05)


class CriticalRange:
    """The studentised ranges whose p lies in an interval, by degrees of freedom.

    Solved at a few degrees of freedom and interpolated by a cubic spline in their reciprocal, in which the
    quantiles are nearly linear; the error of p is far below the margin at the ends of a printed p.
    """

    def __init__(self, wanted: Interval, groups: int) -> None:
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
