"""Adding and subtracting measured values as on paper, free of binary noise."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_DIGITS = 13
_POWERS = np.array([float(f"1e{power}") for power in range(23)])  # those that a double holds exactly


def without_noise(values: ArrayLike, scale: ArrayLike) -> NDArray[np.float64]:
    """Free sums and differences of the binary noise of their terms, and of nothing else.

    A double holds 15 digits of each term; a result is kept to 13 digits of the largest, so that 12.1 - 12.9 is -0.8
    and three equal changes have no spread. This is no rounding of data: no plan value enters it, and two results
    that differ on paper stay different.

    Parameters
    ----------
    values
        Results of additions or subtractions; missing as NaN.
    scale
        Size of the largest term of each, in the same unit and shape.

    Returns
    -------
    numpy.ndarray
        Floats of the same shape.

    Examples
    --------
    >>> without_noise([12.1 - 12.9, 0.1 + 0.2], [12.9, 0.3]).tolist()
    [-0.8, 0.3]
    """
    numbers, size = np.asarray(values, dtype=float), np.abs(np.asarray(scale, dtype=float))
    known = np.isfinite(numbers) & np.isfinite(size) & (size > 0)
    before_point = np.floor(np.log10(np.where(known, size, 1.0))) + 1
    power = _POWERS[np.clip(_DIGITS - before_point, 0, len(_POWERS) - 1).astype(int)]
    return np.where(known, np.rint(np.where(known, numbers, 0.0) * power) / power + 0.0, numbers)


def difference(later: ArrayLike, earlier: ArrayLike) -> NDArray[np.float64]:
    """Subtract as on paper: 12.1 - 12.9 is -0.8, not -0.8000000000000007; missing if either is.

    Parameters
    ----------
    later, earlier
        Numbers in one unit and of one shape.

    Returns
    -------
    numpy.ndarray
        ``later - earlier``.
    """
    left, right = np.asarray(later, dtype=float), np.asarray(earlier, dtype=float)
    return without_noise(left - right, np.maximum(np.abs(left), np.abs(right)))
