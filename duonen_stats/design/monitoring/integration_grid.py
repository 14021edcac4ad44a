"""Nodes and weights for integrals over a density that looks like a normal one.

The Gauss-Legendre grid is the one used; Simpson's grid of Jennison & Turnbull is kept beside it because most
programs for group-sequential trials use that one, so that their numbers can be had to the last digit.
"""

from functools import cache

import numpy as np

from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_NODES = 16
_PANEL = 4.0


def gauss_legendre_grid(lower: float, upper: float, *, width: float) -> tuple[FloatArray, FloatArray]:
    """Points and weights of Gauss-Legendre panels on a finite interval.

    Parameters
    ----------
    lower, upper
        Limits of the integral, finite.
    width
        Standard deviation of the narrowest normal curve that has to be resolved (to about 1e-12).

    Returns
    -------
    tuple of numpy.ndarray
        Increasing points, and weights: the integral of f is about the sum of weights times f(points).

    Raises
    ------
    PlanError
        ``lower`` is not below ``upper``.

    Examples
    --------
    >>> from duonen_stats.design import gauss_legendre_grid
    >>> points, weights = gauss_legendre_grid(0.0, 1.0, width=0.5)
    >>> round(float((points**2 * weights).sum()), 6)  # the integral of x² from 0 to 1
    0.333333
    """
    _check(lower, upper)
    panels = max(1, int(np.ceil((upper - lower) / (_PANEL * width))))
    edges = np.linspace(lower, upper, panels + 1)
    nodes, node_weights = _legendre()
    half = (upper - lower) / (2 * panels)
    middle = (edges[:-1] + edges[1:]) / 2
    return (middle[:, np.newaxis] + half * nodes).ravel(), np.tile(half * node_weights, panels)


@cache
def _legendre() -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights


def simpson_grid(
    mean: float, lower: float, upper: float, *, density: int = 18
) -> tuple[FloatArray, FloatArray]:
    """Points and weights of Simpson's rule for a normal density with standard deviation 1.

    Parameters
    ----------
    mean
        Centre of the density.
    lower, upper
        Limits of the integral; it is cut off at ``mean`` ± (3 + 4 log ``density``).
    density
        The whole grid has 12 ``density`` − 3 points, two thirds of them within three standard deviations.

    Returns
    -------
    tuple of numpy.ndarray
        Increasing points, and weights: the integral of f is about the sum of weights times f(points).

    Raises
    ------
    PlanError
        ``lower`` is not below ``upper``, or ``density`` is below 1.

    References
    ----------
    Jennison & Turnbull (2000) Group Sequential Methods, §19.3.

    Examples
    --------
    >>> from duonen_stats.design import simpson_grid
    >>> points, weights = simpson_grid(0.0, -1.0, 1.0)
    >>> float(points[0]), float(points[-1]), round(float(weights.sum()), 6)
    (-1.0, 1.0, 2.0)
    """
    _check(lower, upper)
    if density < 1:
        raise PlanError(f"A grid of density {density} has no points.")
    offset = _simpson_offsets(density)
    # A region far from the mean holds no node of the whole grid: its own ends then describe it.
    low = max(lower, min(mean + offset[0], upper - 1.0))
    high = min(upper, max(mean + offset[-1], lower + 1.0))
    nodes = mean + offset
    knots = np.concatenate(([low], nodes[(nodes > low) & (nodes < high)], [high]))
    step = np.diff(knots)
    points, weights = np.empty(2 * knots.size - 1), np.zeros(2 * knots.size - 1)
    points[::2], points[1::2] = knots, (knots[:-1] + knots[1:]) / 2
    weights[1::2] = 4 * step / 6
    weights[:-1:2] += step / 6
    weights[2::2] += step / 6
    return points, weights


def _simpson_offsets(density: int) -> FloatArray:
    tail = -3 - 4 * np.log(density / np.arange(1, density))
    middle = -3 + 3 * np.arange(4 * density + 1) / (2 * density)
    return np.concatenate((tail, middle, -tail[::-1]))


def _check(lower: float, upper: float) -> None:
    if not lower < upper:
        raise PlanError(f"The lower limit {lower:g} of an integral must be below its upper limit {upper:g}.")
