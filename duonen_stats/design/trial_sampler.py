"""Random trials of a scenario, as keys ready to be sorted."""

from dataclasses import dataclass
from math import inf

import numpy as np

from duonen_stats.design.exponential import PiecewiseHazard
from duonen_stats.design.scenario import SimulationScenario
from duonen_stats.design.untied_logrank import LAST_TICK, KeyArray, encode
from duonen_stats.methods.door import FloatArray

_FAR_BEYOND = 40.0  # cumulative hazard that one exponential variable in 10^17 exceeds


@dataclass(frozen=True, slots=True)
class _Arm:
    """One arm of one stratum: its columns, group bit, hazards per tick and work space."""

    columns: slice
    group: int
    event: PiecewiseHazard
    dropout: PiecewiseHazard
    entry_space: FloatArray
    event_space: FloatArray


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
                space = np.empty((n_trials, n)), np.empty((n_trials, n))
                here = slice(column, column + n)
                arm = _Arm(here, group, self._clock(event.scaled(factor)), self._clock(dropout), *space)
                self._arms.append(arm)
                column += n
            self.strata.append(slice(start, column))
        if not scenario.stratified:
            self.strata = [slice(0, column)]
        self._keys = np.empty((n_trials, column), dtype=np.int32)

    def draw(self, rng: np.random.Generator, n_trials: int) -> DrawnTrials:
        """Draw trials; the arrays are overwritten by the next draw."""
        common = self._common_entries(rng, n_trials)
        times = []
        for arm in self._arms:
            entry = self._entries(rng, arm, n_trials) if common is None else common[:, arm.columns]
            event = _times(rng, arm.event, arm.event_space[:n_trials])
            times.append((entry, self._seen(event), self._end_of_followup(rng, arm, event.shape)))
        cut, missed = self._cut(times)
        keys = self._keys[:n_trials]
        for arm, (entry, event, end) in zip(self._arms, times, strict=True):
            censored = np.subtract(cut, entry, out=entry)
            if end is not None:
                np.minimum(censored, end, out=censored)
            if self._scenario.n_events is not None:
                np.minimum(censored, LAST_TICK - 1, out=censored)
            encode(event, censored, arm.group, keys[:, arm.columns])
        months = cut / self._ticks
        return DrawnTrials(keys, months if isinstance(months, float) else months.ravel(), missed)

    def _clock(self, hazard: PiecewiseHazard) -> PiecewiseHazard:
        """Turn a hazard per month into one per tick."""
        return PiecewiseHazard(
            tuple(rate / self._ticks for rate in hazard.rates_per_month),
            tuple(start * self._ticks for start in hazard.starts_months),
        )

    def _entries(self, rng: np.random.Generator, arm: _Arm, n_trials: int) -> FloatArray:
        """Entry times in ticks, independent from patient to patient."""
        uniform = arm.entry_space[:n_trials]
        rng.random(out=uniform)
        accrual = self._scenario.assumptions.entry
        if len(accrual.patients) == 1 and accrual.starts_months[0] == 0:
            return np.multiply(uniform, accrual.duration_months * self._ticks, out=uniform)
        months = accrual.entry_months(uniform)
        return np.multiply(months, self._ticks, out=months)

    def _common_entries(self, rng: np.random.Generator, n_trials: int) -> FloatArray | None:
        """Entry times in ticks drawn for a whole trial, and dealt to the arms at random; None if independent."""
        accrual, n = self._scenario.assumptions.entry, self._keys.shape[1]
        if self._scenario.entry == "even":
            spaced = accrual.entry_months((np.arange(n) + 0.5) / n) * self._ticks
            return rng.permuted(np.broadcast_to(spaced, (n_trials, n)), axis=1)
        if self._scenario.entry == "poisson":
            gaps = rng.standard_exponential((n_trials, n))
            gaps *= accrual.duration_months * self._ticks / n
            return rng.permuted(np.cumsum(gaps, axis=1), axis=1)
        return None

    def _seen(self, event: FloatArray) -> FloatArray:
        """Event times as they are seen: at once, or at the next assessment."""
        months = self._scenario.assessment_months
        if months is None:
            return event
        apart = months * self._ticks
        np.divide(event, apart, out=event)
        np.ceil(event, out=event)
        return np.multiply(event, apart, out=event)

    def _end_of_followup(
        self, rng: np.random.Generator, arm: _Arm, shape: tuple[int, ...]
    ) -> FloatArray | None:
        """Time since entry at which a patient is lost or followed long enough; None if never."""
        longest = self._scenario.assumptions.max_followup_months
        if not any(arm.dropout.rates_per_month):
            return None if longest is None else np.full(shape, longest * self._ticks)
        lost = _times(rng, arm.dropout, np.empty(shape))
        return lost if longest is None else np.minimum(lost, longest * self._ticks, out=lost)

    def _cut(
        self, times: list[tuple[FloatArray, FloatArray, FloatArray | None]]
    ) -> tuple[float | FloatArray, int]:
        """Calendar tick of the analysis, one for all trials or one a trial, and how often the target is missed."""
        target = self._scenario.n_events
        if target is None:
            return self._scenario.assumptions.analysis_months * self._ticks, 0
        calendar = np.concatenate(
            [
                entry + (event if end is None else np.where(event <= end, event, inf))
                for entry, event, end in times
            ],
            axis=1,
        )
        calendar.partition(target - 1, axis=1)
        cut = calendar[:, target - 1 : target]
        missed = np.isinf(cut) | (cut >= LAST_TICK)
        if missed.any():
            last_seen = np.where(calendar < LAST_TICK, calendar, 0.0).max(axis=1, keepdims=True)
            cut = np.where(missed, last_seen, cut)
        return cut + 0.5, int(np.count_nonzero(missed))  # half a tick, so that rounding keeps the last event


def _times(rng: np.random.Generator, hazard: PiecewiseHazard, space: FloatArray) -> FloatArray:
    """Random times with a hazard, written to ``space`` if the hazard is constant."""
    rng.standard_exponential(out=space)
    if len(hazard.rates_per_month) == 1 and hazard.rates_per_month[0] > 0:
        return np.multiply(space, 1 / hazard.rates_per_month[0], out=space)
    return hazard.time_at(space)


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
