"""Log-rank tests of many trials given as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duonen_stats.design.simulation.logrank_statistics import order_trials, tied_scores
from duonen_stats.errors import DataError
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray

_CELLS_AT_ONCE = 500_000  # keeps the work space small however many trials there are
_TWO_DIMENSIONS = 2


@dataclass(frozen=True, slots=True)
class LogRankBatch:
    """One log-rank test a trial.

    ``score`` is observed minus expected events of the experimental arm, ``variance`` its null variance and ``z``
    their standardised quotient: negative if the experimental arm fails later. ``z`` is NaN for a trial without
    an event at which both arms are at risk; such a trial never rejects.
    """

    score: FloatArray
    variance: FloatArray
    z: FloatArray
    n_events: NDArray[np.int64]


def standardised(score: FloatArray, variance: FloatArray) -> FloatArray:
    """Score over the root of its variance; NaN where the variance is 0."""
    z = np.full(score.shape, np.nan)
    some = variance > 1e-12  # noqa: PLR2004 - less is rounding, one event has a variance of 1 / n at least
    np.divide(score, np.sqrt(variance, where=some, out=np.ones_like(variance)), out=z, where=some)
    return z


def logrank_batch(
    time: ArrayLike,
    event: ArrayLike,
    experimental: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> LogRankBatch:
    """Test the hazards of two arms in many trials at once, ties and all.

    Parameters
    ----------
    time
        Trials x subjects (or subjects alone, for one trial): time since entry, any unit.
    event
        The same shape: 1 or True for an event, 0 or False for censored.
    experimental
        The same shape, or one entry a subject: 1 or True for the experimental arm.
    strata
        One label a subject, the same in all trials; observed and expected events are added over strata.
    rho, gamma
        Weight S(t-)^rho (1 - S(t-))^gamma within a stratum; 0 and 0 is the log-rank test.

    Raises
    ------
    DataError
        Shapes that do not fit, missing or negative times, or codes other than 0 and 1.

    Examples
    --------
    >>> from duonen_stats.design import logrank_batch
    >>> found = logrank_batch([[1, 2, 3, 4]], [[1, 1, 1, 1]], [[0, 0, 1, 1]])
    >>> found.n_events.tolist(), found.z.round(3).tolist()
    ([4], [-1.698])
    """
    times = np.atleast_2d(np.asarray(time, dtype=np.float64))
    if times.ndim != _TWO_DIMENSIONS or times.size == 0 or not np.isfinite(times).all() or (times < 0).any():
        raise DataError("Times must be trials x subjects, not missing, finite and not negative.")
    events, groups = _flags(event, times, "event"), _flags(experimental, times, "experimental")
    blocks = _columns(strata, times.shape[1])
    score, variance = np.zeros(len(times)), np.zeros(len(times))
    at_once = max(1, _CELLS_AT_ONCE // times.shape[1])
    for start in range(0, len(times), at_once):
        rows = slice(start, start + at_once)
        for columns in blocks:
            here = order_trials(times[rows, columns], events[rows, columns], groups[rows, columns])
            found = tied_scores(here, rho=rho, gamma=gamma)
            score[rows] += found.score
            variance[rows] += found.variance
    return LogRankBatch(score, variance, standardised(score, variance), np.count_nonzero(events, axis=1))


def _flags(given: ArrayLike, times: FloatArray, name: str) -> BoolArray:
    values = np.asarray(given)
    if not np.isin(values, (0, 1)).all():
        raise DataError(f"{name} must hold 0 and 1 only.")
    try:
        flags: BoolArray = np.broadcast_to(values.astype(np.bool_), times.shape)
    except ValueError as error:
        raise DataError(
            f"{name} of shape {values.shape} does not fit times of shape {times.shape}."
        ) from error
    return flags


def _columns(strata: ArrayLike | None, n_subjects: int) -> list[NDArray[np.int64]]:
    if strata is None:
        return [np.arange(n_subjects)]
    labels = np.asarray(strata)
    if labels.shape != (n_subjects,):
        raise DataError(f"strata must be {n_subjects} labels, one a subject, not of shape {labels.shape}.")
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]
