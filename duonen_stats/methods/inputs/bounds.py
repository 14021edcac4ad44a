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
    left, right = np.asarray(values, dtype=float), np.asarray(limit, dtype=float)
    with np.errstate(invalid="ignore"):  # an infinite value minus an infinite limit
        near = np.abs(left - right) <= _RELATIVE * np.abs(right)
    # As numpy.isclose, which costs three times as much on a few values.
    return np.asarray((near & np.isfinite(right)) | (left == right))


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
    left, right = np.asarray(values, dtype=float), np.asarray(limit, dtype=float)
    if comparator.startswith("<"):
        beyond, same = left < right, reached(left, right)
    else:
        beyond, same = right < left, reached(right, left)
    if comparator.endswith("="):
        # At the limit counts from either side: noise is of the limit's size there, of the value's above.
        return np.asarray((beyond & ~same) | reached(left, right))
    return np.asarray(beyond & ~same)
