"""Random trials of a scenario, as keys ready to be sorted."""

from dataclasses import dataclass
from math import inf
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from duonen_stats.design.simulation.logrank_statistics import (
    LAST_TICK,
    KeyArray,
    encode,
    order_trials,
    tied_scores,
    whole_ticks,
)
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.design.trial.exponential import PiecewiseHazard
from duonen_stats.errors import DataError
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray

_Number = TypeVar("_Number", np.float64, np.int32)
_FAR_BEYOND = 40.0  # cumulative hazard that one exponential variable in 10^17 exceeds


@dataclass(frozen=True, slots=True)
class _Arm:
    """One arm of one stratum: its columns, group bit and hazards per tick."""

    columns: slice
    group: int
    event: PiecewiseHazard
    dropout: PiecewiseHazard


@dataclass(frozen=True, slots=True)
class DrawnTrials:
    """Keys (trials x subjects, the strata side by side), calendar months of the analyses, targets not reached.

    ``analysis_months`` is one number if all trials are analysed at the planned time.
    """

    keys: KeyArray
    analysis_months: float | FloatArray
    n_missed: int


class TrialSampler:
    """Draws trials of one scenario, up to ``n_trials`` at once, in one work space.

    Time runs in ticks of a clock so fine that two patients share one in about 1 trial of 10^5; such a pair counts
    as if one came just before the other.
    """

    def __init__(self, scenario: SimulationScenario, n_trials: int) -> None:
        assumptions = scenario.assumptions
        self._scenario = scenario
        self._ticks = (LAST_TICK - 1) / _horizon(scenario)
        self._arms: list[_Arm] = []
        self.strata: list[slice] = []
        column = 0
        factors = [stratum.hazard_factor for stratum in scenario.strata] or [1.0]
        for sizes, factor in zip(scenario.arm_sizes(), factors, strict=True):
            start = column
            hazards = (
                (assumptions.experimental, assumptions.dropout_experimental),
                (assumptions.control, assumptions.dropout_control),
            )
            for group, n, (event, dropout) in zip((1, 0), sizes, hazards, strict=True):
                columns = slice(column, column + n)
                clocked = self._clock(event.scaled(factor)), self._clock(dropout)
                self._arms.append(_Arm(columns, group, *clocked))
                column += n
            self.strata.append(slice(start, column))
        if not scenario.stratified:
            self.strata = [slice(0, column)]
        self._n_patients = column
        self._keys = np.empty((n_trials, column), dtype=np.int32)
        self._entry, self._event = np.empty(n_trials * column), np.empty(n_trials * column)

    def draw(self, rng: np.random.Generator, n_trials: int) -> DrawnTrials:
        """Draw trials; the arrays are overwritten by the next draw.

        The times of all arms lie one arm after the other in flat arrays, so that most steps are one pass.
        """
        entry = self._entries(rng, n_trials)
        event = self._seen(self._events(rng, n_trials))
        end = self._end_of_followup(rng, n_trials)
        cut, missed = self._cut(entry, event, end, n_trials)
        censored = self._censored(entry, end, cut, n_trials)
        keys = self._keys[:n_trials]
        event_ticks, censor_ticks = whole_ticks(event, censored)
        for arm in self._arms:
            happened, lost = self._view(event_ticks, arm, n_trials), self._view(censor_ticks, arm, n_trials)
            encode(happened, lost, arm.group, keys[:, arm.columns])
        months = cut / self._ticks
        return DrawnTrials(keys, months if isinstance(months, float) else months.ravel(), missed)

    def _view(self, flat: NDArray[_Number], arm: _Arm, n_trials: int) -> NDArray[_Number]:
        """Trials x patients of one arm in a flat array."""
        first, last = arm.columns.start * n_trials, arm.columns.stop * n_trials
        return flat[first:last].reshape(n_trials, -1)

    def _clock(self, hazard: PiecewiseHazard) -> PiecewiseHazard:
        """Turn a hazard per month into one per tick."""
        return PiecewiseHazard(
            tuple(rate / self._ticks for rate in hazard.rates_per_month),
            tuple(start * self._ticks for start in hazard.starts_months),
        )

    def _entries(self, rng: np.random.Generator, n_trials: int) -> FloatArray:
        """Entry times in ticks."""
        entry = self._entry[: n_trials * self._n_patients]
        dealt = self._dealt_entries(rng, n_trials)
        if dealt is not None:
            for arm in self._arms:
                self._view(entry, arm, n_trials)[...] = dealt[:, arm.columns]
            return entry
        rng.random(out=entry)
        accrual = self._scenario.assumptions.entry
        if len(accrual.patients) == 1 and accrual.starts_months[0] == 0:
            return np.multiply(entry, accrual.duration_months * self._ticks, out=entry)
        return np.multiply(accrual.entry_months(entry), self._ticks, out=entry)

    def _dealt_entries(self, rng: np.random.Generator, n_trials: int) -> FloatArray | None:
        """Entry times in ticks drawn for a whole trial, and dealt to the arms at random; None if independent."""
        accrual, n = self._scenario.assumptions.entry, self._n_patients
        if self._scenario.entry == "even":
            spaced = accrual.entry_months((np.arange(n) + 0.5) / n) * self._ticks
            return rng.permuted(np.broadcast_to(spaced, (n_trials, n)), axis=1)
        if self._scenario.entry == "poisson":
            gaps = rng.standard_exponential((n_trials, n))
            gaps *= accrual.duration_months * self._ticks / n
            return rng.permuted(np.cumsum(gaps, axis=1), axis=1)
        return None

    def _events(self, rng: np.random.Generator, n_trials: int) -> FloatArray:
        """Draw times to event in ticks since entry."""
        event = self._event[: n_trials * self._n_patients]
        rng.standard_exponential(out=event)
        for arm in self._arms:
            _apply(arm.event, self._view(event, arm, n_trials))
        return event

    def _seen(self, event: FloatArray) -> FloatArray:
        """Event times as they are seen: at once, or at the next assessment."""
        months = self._scenario.assessment_months
        if months is None:
            return event
        apart = months * self._ticks
        np.divide(event, apart, out=event)
        np.ceil(event, out=event)
        return np.multiply(event, apart, out=event)

    def _end_of_followup(self, rng: np.random.Generator, n_trials: int) -> FloatArray | None:
        """Time since entry at which a patient is lost or followed long enough; None if never."""
        longest = self._scenario.assumptions.max_followup_months
        size = n_trials * self._n_patients
        if not any(rate for arm in self._arms for rate in arm.dropout.rates_per_month):
            return None if longest is None else np.full(size, longest * self._ticks)
        lost = rng.standard_exponential(size)
        for arm in self._arms:
            _apply(arm.dropout, self._view(lost, arm, n_trials))
        return lost if longest is None else np.minimum(lost, longest * self._ticks, out=lost)

    def _cut(
        self, entry: FloatArray, event: FloatArray, end: FloatArray | None, n_trials: int
    ) -> tuple[float | FloatArray, int]:
        """Calendar tick of the analysis, one for all trials or one a trial, and how often the target is missed."""
        target = self._scenario.n_events
        if target is None:
            return self._scenario.assumptions.analysis_months * self._ticks, 0
        flat = entry + (event if end is None else np.where(event <= end, event, inf))
        calendar = np.concatenate([self._view(flat, arm, n_trials) for arm in self._arms], axis=1)
        calendar.partition(target - 1, axis=1)
        cut = calendar[:, target - 1 : target]
        missed = np.isinf(cut) | (cut >= LAST_TICK)
        if missed.any():
            last_seen = np.where(calendar < LAST_TICK, calendar, 0.0).max(axis=1, keepdims=True)
            cut = np.where(missed, last_seen, cut)
        return cut + 0.5, int(np.count_nonzero(missed))  # half a tick, so that rounding keeps the last event

    def _censored(
        self, entry: FloatArray, end: FloatArray | None, cut: float | FloatArray, n_trials: int
    ) -> FloatArray:
        """Time from entry to censoring in ticks, in the place of the entry times."""
        if isinstance(cut, float):
            np.subtract(cut, entry, out=entry)
        else:
            for arm in self._arms:
                view = self._view(entry, arm, n_trials)
                np.subtract(cut, view, out=view)
            np.minimum(entry, LAST_TICK - 1, out=entry)
        return entry if end is None else np.minimum(entry, end, out=entry)


def _apply(hazard: PiecewiseHazard, exponential: FloatArray) -> None:
    """Turn unit exponential variables into times with a hazard, in place."""
    if len(hazard.rates_per_month) == 1 and hazard.rates_per_month[0] > 0:
        np.multiply(exponential, 1 / hazard.rates_per_month[0], out=exponential)
    else:
        exponential[...] = hazard.time_at(exponential)


def _horizon(scenario: SimulationScenario) -> float:
    """Calendar months that no analysis and no entry goes beyond."""
    assumptions = scenario.assumptions
    accrual = assumptions.entry.duration_months * (8.0 if scenario.entry == "poisson" else 1.0)
    if scenario.n_events is None:
        return max(assumptions.analysis_months, accrual)
    slowest = min([stratum.hazard_factor for stratum in scenario.strata] or [1.0])
    ends = [
        float(hazard.time_at(np.array(_FAR_BEYOND / slowest)))
        for hazard in (assumptions.control, assumptions.experimental)
    ]
    starts = max(assumptions.hazard_starts_months)
    seen = max([end for end in ends if end < inf] or [0.0])
    return accrual + max(seen, 2 * starts, 1.0) + (scenario.assessment_months or 0.0)


# Log-rank tests of many trials given as arrays.


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
