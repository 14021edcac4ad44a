"""Comparing measured values with limits: binary noise of a unit conversion decides nothing."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_RELATIVE = 1e-12
"""Values closer than this are the same value: 58 g/L x 0.1 is 5.8 g/dL, not 5.800000000000001."""


def below(values: ArrayLike, limit: ArrayLike) -> NDArray[np.bool_]:
    """Tell which values are below a limit and not merely noise away from it; missing is never below.

    Parameters
    ----------
    values, limit
        Numbers in one unit, of one shape or scalars.

    Returns
    -------
    numpy.ndarray
        Booleans of the common shape.
    """
    left, right = np.asarray(values, dtype=float), np.asarray(limit, dtype=float)
    return np.asarray((left < right) & ~reached(left, right))


def above(values: ArrayLike, limit: ArrayLike) -> NDArray[np.bool_]:
    """Tell which values are above a limit and not merely noise away from it; missing is never above.

    Parameters
    ----------
    values, limit
        Numbers in one unit, of one shape or scalars.

    Returns
    -------
    numpy.ndarray
        Booleans of the common shape.
    """
    return below(limit, values)


def reached(values: ArrayLike, limit: ArrayLike) -> NDArray[np.bool_]:
    """Tell which values are at a limit, binary noise aside; missing is never there.

    Parameters
    ----------
    values, limit
        Numbers in one unit, of one shape or scalars.

    Returns
    -------
    numpy.ndarray
        Booleans of the common shape.
    """
    return np.isclose(np.asarray(values, dtype=float), limit, rtol=_RELATIVE, atol=0.0)
