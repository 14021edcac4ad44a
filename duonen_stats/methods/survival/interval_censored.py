"""Survival where each event is known to lie between two times only: the non-parametric maximum-likelihood estimate.

Own: of the libraries lifelines 0.30.3 alone has it, for closed intervals, in which (0, 3] and (3, 6] share the 3;
with shifted bounds it finds the same maximum to 3e-6 in up to 3,000 steps. scipy's ``CensoredData`` has no such
estimate.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray
from duonen_stats.methods.inputs.survival_data import join_near_ties

_GAP, _ACCEPTED = 1e-11, 1e-8
"""The gap at which to stop, and the largest with which an estimate is one."""

_ITERATIONS = 500
_SUM_IS_ONE = 1e4
"""Weight of the condition that all mass is 1, beside rows of size 1: scaling afterwards takes off the rest."""
_NO_MASS = 1e-10
_CLOSED_LEFT, _RIGHT, _OPEN_LEFT = range(3)
"""Order of the ends at one time: an exact time begins, what ends there ends, what lies after it begins."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IntervalSurvival:
    """Intervals that hold mass, in order; an interval is (``left``, ``right``], or a single time where they are equal.

    ``mass`` is the probability of the event within each; where in it the mass lies the data do not say. ``survival``
    is the probability of no event up to its right end. ``gap`` is by how much the conditions of a maximum fail,
    relative to the number of subjects. Times are in the unit of the data.
    """

    left: FloatArray
    right: FloatArray
    mass: FloatArray
    survival: FloatArray
    loglik: float
    gap: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalSurvivalAt:
    """Survival at one time: every curve between ``lowest`` and ``highest`` has the same likelihood.

    They are equal, and ``left`` and ``right`` None, unless the time lies within the interval (left, right].
    """

    time: float
    lowest: float
    highest: float
    left: float | None
    right: float | None


def interval_survival(lower: ArrayLike, upper: ArrayLike) -> IntervalSurvival:
    """Estimate survival from times that are known to lie in intervals, without assuming its form.

    Parameters
    ----------
    lower, upper
        1-D, one entry a subject, 0 or more: the event lies after ``lower`` and up to ``upper``. Equal bounds are an
        exact time; an infinite ``upper`` is a time without an event up to ``lower``.

    Raises
    ------
    NotEstimable
        ``empty_group``; ``non_finite`` (a bound is missing, or a lower one infinite); ``negative_time``;
        ``empty_interval`` (an upper bound below its lower one); ``not_converged`` (the conditions of a maximum fail).
    DataError
        The arrays are not numeric or differ in length.

    Notes
    -----
    Mass lies only in the innermost intervals: from a left end to the next end, if that is a right one. Their masses are
    found by constrained Newton steps, each a non-negative least-squares problem, and the answer is accepted only if the
    conditions of Karush, Kuhn and Tucker hold. The masses are unique: of the intervals of a line, each innermost one
    begins with an observation that covers it and none before it.

    There is no standard error: the estimate converges more slowly than the root of n, and neither the inverse
    information nor the simple bootstrap is known to give right limits.

    References
    ----------
    Turnbull (1976) J R Stat Soc B 38:290-295; Gentleman & Geyer (1994) Biometrika 81:618-623 (conditions); Wang (2008)
    Comput Stat Data Anal 52:2388-2402 (steps).

    Examples
    --------
    Of four patients two progress between 0 and 3, one between 3 and 6; one is free at 6.

    >>> from duonen_stats.methods import interval_survival
    >>> found = interval_survival([0, 0, 3, 6], [3, 3, 6, float("inf")])
    >>> found.left.tolist(), found.right.tolist(), found.survival.round(3).tolist()
    ([0.0, 3.0, 6.0], [3.0, 6.0, inf], [0.5, 0.25, 0.0])
    """
    low, high = _bounds(lower, upper)
    left, right, exact = _innermost(low, high)
    held: BoolArray = (low[:, None] <= left) & (right <= high[:, None])
    # An exact time belongs to what ends there, and not to what begins after it.
    held &= ~(exact & (low[:, None] == left) & (low < high)[:, None])
    covers = held.astype(np.float64)
    mass = _maximise(covers)
    kept = mass > _NO_MASS
    mass = np.where(kept, mass, 0.0)
    mass = mass / mass.sum()
    gap = _gap(covers, mass)
    if not gap <= _ACCEPTED:
        raise NotEstimable("not_converged", {"all": low.size}, "the likelihood has no maximum that was found")
    survival = np.maximum(1 - np.cumsum(mass), 0.0)
    survival[np.flatnonzero(kept)[-1] :] = 0.0
    return IntervalSurvival(
        left=left[kept],
        right=right[kept],
        mass=mass[kept],
        survival=survival[kept],
        loglik=float(np.log(covers @ mass).sum()),
        gap=gap,
        n=low.size,
    )


def interval_survival_at(found: IntervalSurvival, times: Iterable[float]) -> tuple[IntervalSurvivalAt, ...]:
    """Read the estimate at given times.

    Examples
    --------
    >>> from duonen_stats.methods import interval_survival, interval_survival_at
    >>> found = interval_survival([0, 0, 3, 6], [3, 3, 6, float("inf")])
    >>> for at in interval_survival_at(found, (3, 4)):
    ...     print(round(at.lowest, 3), round(at.highest, 3), at.left, at.right)
    0.5 0.5 None None
    0.25 0.5 3.0 6.0
    """
    return tuple(_read(found, float(time)) for time in times)


def _read(found: IntervalSurvival, time: float) -> IntervalSurvivalAt:
    over = int(np.searchsorted(found.right, time, side="right"))
    highest = float(found.survival[over - 1]) if over else 1.0
    within = over < found.left.size and found.left[over] < time
    return IntervalSurvivalAt(
        time=time,
        lowest=float(found.survival[over]) if within else highest,
        highest=highest,
        left=float(found.left[over]) if within else None,
        right=float(found.right[over]) if within else None,
    )


def _bounds(lower: ArrayLike, upper: ArrayLike) -> tuple[FloatArray, FloatArray]:
    try:
        low, high = (np.array(one, dtype=np.float64).reshape(-1) for one in (lower, upper))
    except (TypeError, ValueError) as fault:
        raise DataError("The bounds of the times must be numbers.") from fault
    if low.size != high.size:
        raise DataError("Lower and upper bounds must have one entry a subject.")
    if not low.size:
        raise NotEstimable("empty_group", {"all": 0}, "no patient")
    if not np.isfinite(low).all() or np.isnan(high).any():
        raise NotEstimable("non_finite", {"all": low.size}, "a bound of a time is missing")
    if (low < 0).any():
        raise NotEstimable("negative_time", {"all": low.size}, "a time is below 0")
    if (high < low).any():
        raise NotEstimable("empty_interval", {"all": low.size}, "an upper bound is below its lower one")
    finite = np.isfinite(high)
    joined = join_near_ties(np.concatenate((low, high[finite])))
    high[finite] = joined[low.size :]
    return joined[: low.size], high


def _innermost(low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return the intervals that can hold mass, and which of them are single times."""
    kind = np.where(low == high, _CLOSED_LEFT, _OPEN_LEFT)
    time = np.concatenate((low, high))
    order = np.concatenate((kind, np.full(high.size, _RIGHT)))
    ends = np.unique(np.column_stack((time, order)), axis=0)
    before, after = ends[:-1], ends[1:]
    chosen = (before[:, 1] != _RIGHT) & (after[:, 1] == _RIGHT)
    return before[chosen, 0], after[chosen, 0], before[chosen, 1] == _CLOSED_LEFT


def _gap(covers: FloatArray, mass: FloatArray) -> float:
    """Say by how much the conditions of a maximum fail: how much an interval gains from more mass; infinite if bare."""
    fitted = covers @ mass
    return float(np.max(covers.T @ (1 / fitted)) / len(covers) - 1) if (fitted > 0).all() else np.inf


def _maximise(covers: FloatArray) -> FloatArray:
    """Maximise the sum of log(covers @ mass) over masses that are not negative and have the sum 1.

    A step that halves the gap is taken whole: near the maximum the likelihood has no digits left to show more.
    """
    n, size = covers.shape
    mass = np.full(size, 1 / size)
    target = np.append(np.full(n, 2.0), _SUM_IS_ONE)
    for _ in range(_ITERATIONS):
        gap = _gap(covers, mass)
        if gap <= _GAP:
            break
        scaled = covers / (covers @ mass)[:, None]
        aim, _ = optimize.nnls(np.vstack((scaled, np.full(size, _SUM_IS_ONE))), target)
        aim = aim / aim.sum()
        better = aim if _gap(covers, aim) < gap / 2 else _searched(covers, mass, aim - mass)
        if better is None:
            break
        mass = better
    return mass


def _searched(covers: FloatArray, mass: FloatArray, step: FloatArray) -> FloatArray | None:
    """Take as much of a step as raises the likelihood; None if no part of it does."""
    value = np.log(covers @ mass).sum()
    slope = float((covers.T @ (1 / (covers @ mass))) @ step)
    share = 1.0
    while share > _GAP:
        tried: FloatArray = mass + share * step
        with np.errstate(divide="ignore"):
            new = np.log(covers @ tried).sum()
        if new > value and new >= value + share * slope / 3:
            return tried
        share /= 2
    return None
