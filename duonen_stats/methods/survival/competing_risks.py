"""Competing risks: cumulative incidence of one cause, by Aalen and Johansen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duonen_stats.methods.inputs.admit import FloatArray, IntArray, normal_deviate
from duonen_stats.methods.inputs.survival_data import SurvivalData, reached, survival_data

# Sums of fractions that are 0 or 1 on paper come as near as this.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidenceAt:
    """Cumulative incidence at one time.

    ``std_err`` is Gray's (R cmprsk), ``std_err_jackknife`` the infinitesimal jackknife (R survival ≥ 3.0).
    The limits are log-log with the first, and None while the incidence is 0 or 1.
    """

    time: float
    incidence: float
    std_err: float
    std_err_jackknife: float
    lower: float | None
    upper: float | None
    n_risk: int
    n_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeIncidence:
    """Cumulative incidence of ``cause`` at the times asked for."""

    cause: int
    at: tuple[IncidenceAt, ...]
    n: int
    n_events: int
    n_competing: int
    n_missing: int
    confidence: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCounts:
    """Per distinct time (rows) and group (columns): at risk, events of the cause, events of the others."""

    time: FloatArray
    at_risk: IntArray
    cause: IntArray
    other: IntArray


def cumulative_incidence(
    time: ArrayLike, event: ArrayLike, *, at: Iterable[float], cause: int = 1, confidence: float = 0.95
) -> CumulativeIncidence:
    """Estimate the probability of having failed from one cause by given times.

    Parameters
    ----------
    time
        1-D, time since origin, one entry a subject.
    event
        0 for censored, 1, 2, … for the causes of failure.
    at
        Times at which to read the curve, same unit.
    cause
        The cause of interest.
    confidence
        Level of the limits.

    Raises
    ------
    NotEstimable
        ``empty_group``, ``non_finite``, ``negative_time``, ``event_code``.

    References
    ----------
    Aalen & Johansen (1978); variance as Gray (1988), formula of R ``cmprsk::cuminc``, and
    infinitesimal jackknife as R ``survival::survfit``. The library call moves tied times at random.

    Examples
    --------
    >>> from duonen_stats.methods import cumulative_incidence
    >>> found = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], at=[2, 3])
    >>> [(point.time, point.incidence) for point in found.at]
    [(2.0, 0.25), (3.0, 0.5)]
    """
    data = survival_data(time, event, codes=None)
    counts = cause_counts(data, cause, np.zeros_like(data.group), 1)
    failures = counts.cause + counts.other
    after, before = free_of_failure(counts.at_risk, failures)
    incidence = np.cumsum(before * counts.cause / counts.at_risk, axis=0)[:, 0]
    gray = _gray_variance(counts, before[:, 0], after[:, 0], incidence)
    influence = _influence(data, counts, cause, before[:, 0], after[:, 0])
    z = normal_deviate(confidence)
    points = []
    for moment in at:
        until, before_it = reached(counts.time, float(moment))
        f = float(incidence[until - 1]) if until else 0.0
        std_err = float(np.sqrt(gray(until))) if until else 0.0
        lower, upper = _log_log(f, z * std_err)
        points.append(
            IncidenceAt(
                time=float(moment),
                incidence=f,
                std_err=std_err,
                std_err_jackknife=float(np.sqrt(np.sum(influence(until) ** 2))),
                lower=lower,
                upper=upper,
                n_risk=int(counts.at_risk[before_it, 0]) if before_it < counts.time.size else 0,
                n_events=int(counts.cause[:until].sum()),
            )
        )
    return CumulativeIncidence(
        cause=cause,
        at=tuple(points),
        n=data.time.size,
        n_events=int(counts.cause.sum()),
        n_competing=int(counts.other.sum()),
        n_missing=data.n_missing,
        confidence=confidence,
        note=data.note,
    )


def cause_counts(data: SurvivalData, cause: int, group: IntArray, n_groups: int) -> CauseCounts:
    """Count at every distinct time, in every group, who is at risk and who fails from which cause."""
    times, index = np.unique(data.time, return_inverse=True)
    cell, shape = index * n_groups + group, (times.size, n_groups)

    def tally(chosen: NDArray[np.bool_]) -> IntArray:
        return np.bincount(cell[chosen], minlength=shape[0] * n_groups).reshape(shape)

    return CauseCounts(
        time=times,
        at_risk=tally(data.event >= 0)[::-1].cumsum(axis=0)[::-1],
        cause=tally(data.event == cause),
        other=tally((data.event != cause) & (data.event > 0)),
    )


def free_of_failure(at_risk: IntArray, failures: IntArray) -> tuple[FloatArray, FloatArray]:
    """Estimate, per column, the probability to be free of any failure after and just before every time."""
    after: FloatArray = np.cumprod(1 - failures / np.maximum(at_risk, 1), axis=0, dtype=np.float64)
    return after, np.vstack((np.ones(after.shape[1]), after[:-1]))


def tie_factor(events: IntArray, at_risk: IntArray) -> FloatArray:
    """Shrink a variance where several fail at one time, as sampling without replacement does."""
    return np.where(events > 1, (at_risk - events) / np.maximum(at_risk - 1, 1), 1.0)


def _gray_variance(
    counts: CauseCounts, before: FloatArray, after: FloatArray, incidence: FloatArray
) -> Callable[[int], float]:
    """Variance of the incidence after the first ``until`` times: martingale variances of the two causes."""
    n, cause, other = counts.at_risk[:, 0], counts.cause[:, 0], counts.other[:, 0]
    from_cause = (before / n) ** 2 * cause * tie_factor(cause, n)
    from_other = (before / n) ** 2 * other * tie_factor(other, n)

    def variance(until: int) -> float:
        lost = np.zeros(until)
        np.divide(incidence[:until] - incidence[until - 1], after[:until], out=lost, where=after[:until] > 0)
        return float(from_cause[:until] @ (1 + lost) ** 2 + from_other[:until] @ lost**2)

    return variance


def _influence(
    data: SurvivalData, counts: CauseCounts, cause: int, before: FloatArray, after: FloatArray
) -> Callable[[int], FloatArray]:
    """Differentiate the incidence after the first ``until`` times by each subject's weight."""
    place = np.searchsorted(counts.time, data.time)
    n, d1 = counts.at_risk[:, 0], counts.cause[:, 0]
    d = d1 + counts.other[:, 0]
    gain = before / n
    incidence = np.cumsum(gain * d1)

    def derivative(until: int) -> FloatArray:
        if not until:
            return np.zeros(data.time.size)
        loss = (incidence[until - 1] - incidence) / np.maximum(n - d, 1) * (after > 0)
        drift = np.cumsum((gain * d1 - loss * d) / n)
        own = gain[place] * (data.event == cause) - loss[place] * (data.event > 0)
        change: FloatArray = own * (place < until) - drift[np.minimum(place, until - 1)]
        return change

    return derivative


def _log_log(f: float, half: float) -> tuple[float | None, float | None]:
    if not _NOISE < f < 1 - _NOISE:
        return None, None
    power = float(np.exp(-half / (f * np.log(f))))
    return f**power, f ** (1 / power)
