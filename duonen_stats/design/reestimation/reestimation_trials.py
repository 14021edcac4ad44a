"""Simulated trials that follow a re-estimation rule: patients, their log-rank tests at both looks, what is decided."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from duonen_stats.design.reestimation.unblinded_reestimation import ReestimationRule
from duonen_stats.design.simulation.logrank_statistics import (
    CODE_BITS,
    EVENT_BIT,
    LAST_TICK,
    UntiedLogRank,
)
from duonen_stats.design.simulation.trial_sampler import standardised
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.rounding import allocation_block, split
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray

RULE_CHUNK: Final = 2_500
_AT_ONCE: Final = 500  # trials in the processor's cache


@dataclass(frozen=True, slots=True)
class RuleTrials:
    """What is kept of each trial, one number a trial.

    Attributes
    ----------
    z_interim, z_final
        Statistic at the look, and the final one (combined, or of all events), positive for benefit; the second is
        -inf if the last stage has no event, or if the usual test would not be valid with the events that came. Both are
        known whether or not the trial would have stopped.
    changed, short
        Whether events were changed, and whether too few came for the events decided on.
    interim_events, events
        Events at the look and at the end.
    interim_patients, patients
        Patients who have entered by the look, and by the end.
    interim_months, months
        Calendar months of the look and of the end.
    conditional_power
        After the decision, at the effect the rule assumes.
    """

    z_interim: FloatArray
    z_final: FloatArray
    changed: BoolArray
    short: BoolArray
    interim_events: NDArray[np.int64]
    events: NDArray[np.int64]
    interim_patients: NDArray[np.int64]
    patients: NDArray[np.int64]
    interim_months: FloatArray
    months: FloatArray
    conditional_power: FloatArray

    @property
    def n_trials(self) -> int:
        """Number of trials."""
        return len(self.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScenario:
    """Trials to simulate: the rule, the truth, and the patients.

    ``n_patients`` enter over the accrual of ``truth``. If ``max_patients`` is more, a decision for more events also
    adds patients, in whole blocks of the allocation, as many as bring the events by the planned analysis
    (``patients_per_event``); they enter after the look and the planned accrual, at its mean rate.
    """

    rule: ReestimationRule
    truth: SurvivalAssumptions
    n_patients: int
    max_patients: int
    patients_per_event: float

    def patients_for(self, events: NDArray[np.int64]) -> NDArray[np.int64]:
        """Patients decided on with the events, whole blocks of the allocation above the plan."""
        if self.max_patients <= self.n_patients:
            return np.full(events.shape, self.n_patients)
        block = sum(allocation_block(self.truth.allocation_ratio)) or 1
        wanted = np.ceil(events * self.patients_per_event / block - 1e-9).astype(np.int64) * block
        raised = np.where(events > self.rule.planned_events, wanted, self.n_patients)
        return np.clip(raised, self.n_patients, self.max_patients)


def run_rule_chunk(scenario: RuleScenario, seed: int, point: int, chunk: int, n_trials: int) -> RuleTrials:
    """Simulate trials with the random numbers of child (``point``, ``chunk``) of the seed."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(point, chunk))))
    parts = [
        _run(scenario, _Trials.drawn(scenario, min(_AT_ONCE, n_trials - start), rng))
        for start in range(0, n_trials, _AT_ONCE)
    ]
    return joined(parts)


def joined(parts: list[RuleTrials]) -> RuleTrials:
    """Put trials one after the other."""
    return RuleTrials(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in RuleTrials.__slots__)
    )


@dataclass(slots=True)
class _Trials:
    """Trials by patients: entry month, months to event or dropout, event seen, experimental arm (one row for all)."""

    entry: FloatArray
    months: FloatArray
    event: BoolArray
    experimental: BoolArray
    test: UntiedLogRank
    planned: int

    @classmethod
    def drawn(cls, scenario: RuleScenario, n_trials: int, rng: np.random.Generator) -> "_Trials":
        """Draw trials; patients beyond the planned ones have no entry yet."""
        truth, planned, most = scenario.truth, scenario.n_patients, scenario.max_patients
        experimental = _arms(planned, most, truth.allocation_ratio)
        shape = (n_trials, most)
        entry = np.full(shape, np.inf)
        entry[:, :planned] = truth.entry.entry_months(rng.random((n_trials, planned)))
        months, lost = np.empty(shape), np.empty(shape)
        arms = (
            (experimental, truth.experimental, truth.dropout_experimental),
            (~experimental, truth.control, truth.dropout_control),
        )
        for columns, hazard, dropout in arms:
            size = (n_trials, int(columns.sum()))
            months[:, columns] = hazard.time_at(rng.standard_exponential(size))
            lost[:, columns] = dropout.time_at(rng.standard_exponential(size))
        if truth.max_followup_months is not None:
            np.minimum(lost, truth.max_followup_months, out=lost)
        event = np.isfinite(months) & (months <= lost)
        return cls(
            entry, np.minimum(months, lost), event, experimental, UntiedLogRank(n_trials, most), planned
        )

    def enter_further(self, patients: NDArray[np.int64], after: FloatArray, per_month: float) -> None:
        """Let patients beyond the plan enter one after the other, if they were decided on."""
        extra = np.arange(self.entry.shape[1] - self.planned)
        entry = after[:, np.newaxis] + (extra + 1) / per_month
        wanted = extra < (patients - self.planned)[:, np.newaxis]
        self.entry[:, self.planned :] = np.where(wanted, entry, np.inf)

    def month_of_event(self, number: NDArray[np.int64]) -> FloatArray:
        """Calendar month of each trial's event of that number; its last event, or entry, if there are fewer."""
        month = np.sort(np.where(self.event, self.entry + self.months, np.inf), axis=1)
        last = np.maximum(np.isfinite(month).sum(axis=1), 1)
        found = month[np.arange(len(month)), np.minimum(number, last) - 1]
        entered = np.where(np.isfinite(self.entry), self.entry, 0.0).max(axis=1)
        return np.asarray(np.where(np.isfinite(found), found, entered))

    def available(self) -> NDArray[np.int64]:
        """Events that ever come."""
        return np.asarray((self.event & np.isfinite(self.entry)).sum(axis=1))

    def entered(self, month: FloatArray) -> NDArray[np.int64]:
        """Patients who have entered by a calendar month."""
        return np.asarray((self.entry <= month[:, np.newaxis]).sum(axis=1))

    def z_at(self, month: FloatArray) -> FloatArray:
        """Log-rank statistic of the data by a calendar month, positive for benefit; 0 without information."""
        horizon = float(month.max()) + 1.0
        scale = (LAST_TICK - 1) / horizon
        # Half a tick after the event that sets the month, so that rounding keeps it in.
        followed = (month[:, np.newaxis] - self.entry) * scale + 0.5
        own = np.minimum(self.months, horizon) * scale
        seen = np.where(self.event, own, LAST_TICK).astype(np.int64)
        censored = np.floor(np.minimum(followed, np.where(self.event, LAST_TICK, own)).clip(min=-1.0)).astype(
            np.int64
        )
        bit = self.experimental.astype(np.int64)
        keys = np.maximum((EVENT_BIT | bit) - (seen << CODE_BITS), bit - (censored << CODE_BITS)).astype(
            np.int32
        )
        keys.sort(axis=1)
        found = self.test(keys)
        return -np.nan_to_num(standardised(found.score, found.variance))


def _arms(planned: int, most: int, ratio: float) -> BoolArray:
    """Say who is in the experimental arm: of the planned patients the first, of the others as the blocks go."""
    experimental, _ = split(planned, ratio)
    arms = np.zeros(most, dtype=bool)
    arms[:experimental] = True
    for place in range(planned, most):
        arms[place] = split(place + 1, ratio)[0] > split(place, ratio)[0]
    return arms


def _run(scenario: RuleScenario, trials: _Trials) -> RuleTrials:
    rule = scenario.rule
    first = int(np.ceil(rule.interim_events - 1e-9))
    interim = trials.month_of_event(np.full(len(trials.entry), first))
    z1 = trials.z_at(interim)
    looked = np.minimum(first, trials.available())
    total = rule.whole_events(z1)
    looked_on = trials.entered(interim)
    if scenario.max_patients > scenario.n_patients:
        accrual = scenario.truth.entry.duration_months
        per_month = scenario.n_patients / accrual if accrual > 0 else np.inf
        trials.enter_further(scenario.patients_for(total), np.maximum(interim, accrual), per_month)
    available = trials.available()
    ends = trials.month_of_event(total)
    reached = np.minimum(total, available)
    z2 = trials.z_at(ends)
    # The increment of the score is the second stage; without events of its own it says nothing.
    added = np.maximum(reached - looked, 0)
    stage = (np.sqrt(reached) * z2 - np.sqrt(looked) * z1) / np.sqrt(np.maximum(added, 1))
    fraction = rule.design.information[0]
    final = fraction**0.5 * z1 + (1 - fraction) ** 0.5 * stage if rule.test == "weighted" else z2
    # Where too few events came, the usual test of those may not be valid, and then it is refused: final_combination.
    tested = (added > 0) & rule.valid(z1, np.maximum(reached, first + 1))
    return RuleTrials(
        z_interim=z1,
        z_final=np.where(tested, final, -np.inf),
        changed=rule.total_events(z1) != rule.planned_events,
        short=available < total,
        interim_events=looked,
        events=reached,
        interim_patients=looked_on,
        patients=trials.entered(ends),
        interim_months=interim,
        months=ends,
        conditional_power=rule.conditional_power(z1, np.maximum(total, first + 1)),
    )
