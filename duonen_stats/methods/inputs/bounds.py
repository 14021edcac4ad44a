"""Whether measured values meet a bound, decided as on paper: binary noise decides nothing."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Comparator = Literal["<", "<=", ">", ">="]

_RELATIVE = 1e-12
"""Values closer than this are the same value: 58 g/L x 0.1 is 5.8 g/dL, not 5.800000000000001."""


def below(values: ArrayLike, limit: ArrayLike) -> NDArray[np.bool_]:
    """Return which values are below a limit and not merely noise away from it; missing is never below.

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
    """Return which values are above a limit and not merely noise away from it; missing is never above.

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
    """Return which values are at a limit, binary noise aside; missing is never there.

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


def meets(values: ArrayLike, comparator: Comparator, limit: ArrayLike) -> NDArray[np.bool_]:
    """Return which values meet a criterion such as ``<= 3``; missing meets none.

    Parameters
    ----------
    values, limit
        Numbers in one unit, of one shape or scalars.
    comparator
        ``"<"``, ``"<="``, ``">"`` or ``">="``.

    Returns
    -------
    numpy.ndarray
        Booleans of the common shape.

    Examples
    --------
    3.6 is 3 times 1.2, although binary arithmetic says 3.5999999999999996:

    >>> 3.6 > 3 * 1.2, bool(meets(3.6, ">", 3 * 1.2)), bool(meets(3.6, ">=", 3 * 1.2))
    (True, False, True)
    """
    beyond = below(values, limit) if comparator.startswith("<") else above(values, limit)
    return beyond | reached(values, limit) if comparator.endswith("=") else beyond
