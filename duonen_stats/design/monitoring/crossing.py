"""Crossing probabilities of a group-sequential test by recursive numerical integration.

The score process S(I) is a Brownian motion with drift ``theta`` per unit of information; the test statistic
of a look is Z = S/√I. The density of the score of a trial still going on is carried from look to look on a
grid; each probability is one more integral over it.

Source: Armitage, McPherson & Rowe (1969) JRSS A 132:235-244; Jennison & Turnbull (2000) Group Sequential
Methods, ch. 19.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import inf
from typing import Literal

import numpy as np
from scipy import special

from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

# Nodes and weights for integrals over a density that looks like a normal one.


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


GridRule = Literal["gauss_legendre", "simpson"]

# Standard deviations beyond which a density counts as nothing, and the least gap between two looks (as a
# fraction of the later one's information) that the grid resolves.
_REACH = 8.5
_LEAST_GAP = 1e-3


@dataclass(frozen=True, slots=True)
class Continuing:
    """Trials that have not stopped: ``mass`` at each ``score``, at ``information``, under drift ``theta``.

    All began at information ``since``; had none stopped, their mean score would be ``expected``.
    """

    information: float
    score: FloatArray
    mass: FloatArray
    theta: float
    since: float
    expected: float
    rule: GridRule = "gauss_legendre"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingProbabilities:
    """Probability of first leaving the continuation region upwards or downwards, look by look.

    ``upper`` and ``lower`` hold one probability a look; ``continuing`` is the probability of having left at
    no look. The three add to 1.
    """

    upper: tuple[float, ...]
    lower: tuple[float, ...]
    continuing: float

    @property
    def total_upper(self) -> float:
        """Probability of ever leaving upwards."""
        return float(sum(self.upper))

    @property
    def total_lower(self) -> float:
        """Probability of ever leaving downwards."""
        return float(sum(self.lower))

    @property
    def stopping(self) -> tuple[float, ...]:
        """Probability of stopping at each look; whoever reaches the last look stops there."""
        *early, last = (u + w for u, w in zip(self.upper, self.lower, strict=True))
        return (*early, last + self.continuing)


def begin(
    theta: float = 0.0, *, z: float = 0.0, information: float = 0.0, rule: GridRule = "gauss_legendre"
) -> Continuing:
    """Return all trials at one score: none yet, or statistic ``z`` seen at ``information``."""
    score = z * information**0.5
    return Continuing(information, np.array([score]), np.ones(1), theta, information, score, rule)


def probability_above(going: Continuing, information: float, z: float) -> float:
    """Probability of continuing so far and then Z > ``z`` at ``information``."""
    gain = information - going.information
    away = (going.score + going.theta * gain - z * information**0.5) / gain**0.5
    return float(going.mass @ special.ndtr(away))


def probability_below(going: Continuing, information: float, z: float) -> float:
    """Probability of continuing so far and then Z < ``z`` at ``information``."""
    gain = information - going.information
    away = (z * information**0.5 - going.score - going.theta * gain) / gain**0.5
    return float(going.mass @ special.ndtr(away))


def carry(
    going: Continuing, information: float, lower: float, upper: float, *, next_information: float
) -> Continuing:
    """Carry on to ``information`` the trials whose statistic is then between ``lower`` and ``upper``.

    ``next_information`` is that of the look after: the closer it is, the finer the grid has to be.
    """
    gain = information - going.information
    expected = going.expected + going.theta * gain
    z, weights = _grid(going, expected, (lower, upper), information, next_information)
    score = z * information**0.5
    away = (score[:, np.newaxis] - going.score - going.theta * gain) / gain**0.5
    scale = (information / gain / (2 * np.pi)) ** 0.5
    mass = weights * scale * (np.exp(-0.5 * away**2) @ going.mass)
    return replace(going, information=information, score=score, mass=mass, expected=expected)


def _grid(
    going: Continuing, expected: float, region: tuple[float, float], information: float, following: float
) -> tuple[FloatArray, FloatArray]:
    lower, upper = region
    mean = expected / information**0.5
    if going.rule == "simpson":
        return simpson_grid(mean, lower, upper)
    reach = _REACH * (1 - going.since / information) ** 0.5
    low = max(lower, min(mean - reach, upper - reach))
    high = min(upper, max(mean + reach, lower + reach))
    before, after = information - going.information, following - information
    return gauss_legendre_grid(low, high, width=min(1.0, (min(before, after) / information) ** 0.5))


def check_information(information: Sequence[float]) -> tuple[float, ...]:
    """Information levels as floats: positive, finite, increasing and far enough apart to integrate.

    Raises
    ------
    PlanError
        They are not.
    """
    levels = tuple(float(level) for level in information)
    if not levels:
        raise PlanError("A monitoring plan needs at least one look.")
    if not all(np.isfinite(levels)) or levels[0] <= 0:
        raise PlanError("Information levels must be positive and finite.")
    for before, after in pairwise(levels):
        if after - before < _LEAST_GAP * after:
            raise PlanError(
                f"Information must increase from look to look, by {_LEAST_GAP:.2%} at least: "
                f"{before:g} is followed by {after:g}."
            )
    return levels


def increments(levels: Sequence[float]) -> list[float]:
    """Differences from each level to the next, the first from 0."""
    return [after - before for before, after in zip((0.0, *levels), levels, strict=False)]


def crossing_probabilities(
    upper: Sequence[float],
    lower: Sequence[float] | None = None,
    *,
    information: Sequence[float],
    drift: float = 0.0,
    rule: GridRule = "gauss_legendre",
) -> CrossingProbabilities:
    """Compute the probability of first crossing either boundary at each look.

    Parameters
    ----------
    upper, lower
        One boundary a look on the scale of the standard normal statistic Z; ``math.inf`` where there is no
        boundary. Without ``lower`` there is no lower boundary. The two may meet at the last look.
    information
        Information at each look, increasing: fractions, events or Fisher information.
    drift
        Expected value of Z at the *last* look, of any size and sign. (In a log-rank test with d events and a
        share p of the patients in the experimental arm: −log(hazard ratio)·√(p(1−p)d).)
    rule
        ``"gauss_legendre"``, accurate to about 1e-12, or ``"simpson"``, the grid of Jennison & Turnbull with
        213 points that other programs use, accurate to about 1e-6.

    Raises
    ------
    PlanError
        Boundaries and looks do not match, cross or are not numbers; information does not increase.

    References
    ----------
    Jennison & Turnbull (2000), ch. 19.

    Examples
    --------
    >>> from duonen_stats.design import crossing_probabilities
    >>> found = crossing_probabilities([2.963, 1.969], information=(0.5, 1.0))
    >>> round(found.total_upper, 4)
    0.025
    """
    levels = check_information(information)
    if not np.isfinite(drift):
        raise PlanError(f"The drift must be a finite number, not {drift}.")
    if rule not in ("gauss_legendre", "simpson"):
        raise PlanError(f"{rule!r} is not a rule of integration.")
    below = tuple(lower) if lower is not None else (-inf,) * len(levels)
    return cross(begin(drift / levels[-1] ** 0.5, rule=rule), tuple(upper), below, levels)


def cross(
    going: Continuing,
    upper: Sequence[float],
    lower: Sequence[float],
    information: Sequence[float],
    *,
    thetas: Sequence[float] | None = None,
) -> CrossingProbabilities:
    """Compute :func:`crossing_probabilities` from where trials are now: the looks still to come.

    ``thetas`` are the drifts per unit of information up to each of these looks, if they are not all that of
    ``going``.

    Raises
    ------
    PlanError
        Boundaries and looks do not match or cross, or the first look to come has no more information.
    """
    _check_boundaries(upper, lower, len(information))
    if not going.information < information[0]:
        raise PlanError(
            f"The next look, at information {information[0]:g}, must come after {going.information:g}."
        )
    up, down = [], []
    for k, level in enumerate(information):
        if thetas is not None:
            going = replace(going, theta=thetas[k])
        up.append(probability_above(going, level, upper[k]))
        down.append(probability_below(going, level, lower[k]))
        if k < len(information) - 1:
            going = carry(going, level, lower[k], upper[k], next_information=information[k + 1])
    reached = float(going.mass.sum())
    return CrossingProbabilities(
        upper=tuple(up), lower=tuple(down), continuing=max(0.0, reached - up[-1] - down[-1])
    )


def _check_boundaries(upper: Sequence[float], lower: Sequence[float], looks: int) -> None:
    if len(upper) != looks or len(lower) != looks:
        raise PlanError(
            f"{looks} looks need {looks} boundaries, not {len(upper)} upper and {len(lower)} lower."
        )
    if np.isnan(upper).any() or np.isnan(lower).any():
        raise PlanError("A boundary is not a number; where there is none, give an infinite one.")
    if not all(low < high for low, high in zip(lower[:-1], upper[:-1], strict=True)) or lower[-1] > upper[-1]:
        raise PlanError(
            "The lower boundary must lie below the upper one; they may meet at the last look only."
        )
