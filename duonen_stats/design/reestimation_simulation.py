"""Operating characteristics of unblinded re-estimation, by simulating patients and their log-rank tests."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.design.assumptions import SurvivalAssumptions
from duonen_stats.design.rounding import split
from duonen_stats.design.trial_batch import logrank_batch
from duonen_stats.design.unblinded_reestimation import ReestimationRule
from duonen_stats.errors import PlanError
from duonen_stats.methods.door import BoolArray, FloatArray

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReestimationCharacteristics:
    """How a trial with a re-estimation rule behaves; every share has ``n_trials`` simulated trials behind it.

    Attributes
    ----------
    power, power_std_err
        Share of trials that reject, and its Monte-Carlo standard error. (The size, if the hazard ratio simulated
        is 1.)
    stop_for_efficacy, stop_for_futility, changed
        Share of trials that stop at the interim look, and share whose events were changed there.
    expected_events, expected_months
        Mean events and calendar months when the trial ends.
    mean_conditional_power
        Mean conditional power after the decision, at the effect the rule assumes, of the trials going on; 0 if
        none goes on.
    short_of_events
        Share of trials in which too few patients were left for the events decided on; they end with what there is.
    """

    n_trials: int
    power: float
    power_std_err: float
    stop_for_efficacy: float
    stop_for_futility: float
    changed: float
    expected_events: float
    expected_months: float
    mean_conditional_power: float
    short_of_events: float


@dataclass(frozen=True, slots=True)
class _Trials:
    """Trials by patients: entry month, months to event or dropout, event seen, experimental arm."""

    entry: FloatArray
    months: FloatArray
    event: BoolArray
    experimental: BoolArray

    def month_of_event(self, number: NDArray[np.int64]) -> FloatArray:
        """Calendar month of each trial's event of that number; its last event, or entry, if there are fewer."""
        month = np.sort(np.where(self.event, self.entry + self.months, np.inf), axis=1)
        last = np.maximum(self.event.sum(axis=1), 1)
        found = month[np.arange(len(month)), np.minimum(number, last) - 1]
        return np.asarray(np.where(np.isfinite(found), found, self.entry.max(axis=1)))

    def z_at(self, month: FloatArray) -> FloatArray:
        """Log-rank statistic of the data by a calendar month, positive for benefit; 0 without information."""
        followed = np.maximum(month[:, np.newaxis] - self.entry, 0.0)
        # The event that sets the month is in: rounding must not lose it.
        seen = self.event & (self.entry + self.months <= month[:, np.newaxis])
        time = np.where(seen, self.months, np.minimum(self.months, followed))
        return -np.nan_to_num(logrank_batch(time, seen, self.experimental).z)


def simulate_reestimation(
    rule: ReestimationRule,
    assumptions: SurvivalAssumptions,
    *,
    n_patients: int,
    n_trials: int = 2_000,
    seed: int = 1,
) -> ReestimationCharacteristics:
    """Simulate trials that follow a re-estimation rule.

    Patients enter, have their events and drop out by ``assumptions``. The interim look comes with the planned
    number of events, the last one with the number then decided on, rounded up; the stages are combined with the
    weights of the plan. Stops for futility are followed.

    Parameters
    ----------
    rule
        Rule of a plan with two looks.
    assumptions
        Truth to simulate; its hazard ratio may differ from the one the rule assumes.
    n_patients
        Patients entered, whatever the decision; allocated in the ratio of ``assumptions``.
    n_trials
        Number of trials; the standard error of a share near 0.9 is about 0.3/√n.
    seed
        The result depends on nothing else.

    Raises
    ------
    PlanError
        The plan has not two looks, or a number is not a whole number above 0.

    Source: Wassmer & Brannath (2016) Group Sequential and Confirmatory Adaptive Designs, ch. 9.
    """
    if rule.design.looks != 2:  # noqa: PLR2004
        raise PlanError(f"Trials are simulated for plans with two looks, not {rule.design.looks}.")
    whole = float(n_patients).is_integer() and float(n_trials).is_integer()
    if not whole or n_patients < 2 or n_trials < 1:  # noqa: PLR2004
        raise PlanError(f"{n_trials} trials of {n_patients} patients cannot be simulated.")
    if n_patients < rule.interim_events:
        raise PlanError(f"{n_patients} patients cannot have the {rule.interim_events:g} events of the look.")
    sizes = [min(_CHUNK, n_trials - start) for start in range(0, n_trials, _CHUNK)]
    children = np.random.SeedSequence(seed).spawn(len(sizes))
    parts = [
        _run(rule, _draw(assumptions, n_patients, size, np.random.default_rng(child)))
        for size, child in zip(sizes, children, strict=True)
    ]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    power, going = float(found["reject"].mean()), found["going"] > 0
    return ReestimationCharacteristics(
        n_trials=n_trials,
        power=power,
        power_std_err=(power * (1 - power) / n_trials) ** 0.5,
        stop_for_efficacy=float(found["efficacy"].mean()),
        stop_for_futility=float(found["futility"].mean()),
        changed=float(found["changed"].mean()),
        expected_events=float(found["events"].mean()),
        expected_months=float(found["months"].mean()),
        mean_conditional_power=float(found["conditional_power"][going].mean()) if going.any() else 0.0,
        short_of_events=float(found["short"].mean()),
    )


def _draw(
    assumptions: SurvivalAssumptions, n_patients: int, n_trials: int, rng: np.random.Generator
) -> _Trials:
    experimental, control = split(n_patients, assumptions.allocation_ratio)
    shape = (n_trials, n_patients)
    entry = assumptions.entry.entry_months(rng.random(shape))
    arms = (
        (slice(None, experimental), assumptions.experimental, assumptions.dropout_experimental),
        (slice(n_patients - control, None), assumptions.control, assumptions.dropout_control),
    )
    months, lost = np.empty(shape), np.empty(shape)
    for columns, hazard, dropout in arms:
        size = months[:, columns].shape
        months[:, columns] = hazard.time_at(rng.standard_exponential(size))
        lost[:, columns] = dropout.time_at(rng.standard_exponential(size))
    if assumptions.max_followup_months is not None:
        np.minimum(lost, assumptions.max_followup_months, out=lost)
    group = np.zeros(shape, dtype=bool)
    group[:, :experimental] = True
    event = np.isfinite(months) & (months <= lost)
    return _Trials(entry, np.minimum(months, lost), event, group)


def _run(rule: ReestimationRule, trials: _Trials) -> dict[str, FloatArray]:
    first = int(np.ceil(rule.interim_events - 1e-9))
    interim = trials.month_of_event(np.full(len(trials.entry), first))
    z1 = trials.z_at(interim)
    efficacy = z1 >= rule.design.efficacy_z[0]
    futility = z1 < rule.design.futility_z[0] if rule.design.futility_z else np.zeros_like(efficacy)
    going = ~(efficacy | futility)
    total = rule.total_events(z1)
    wanted = np.where(going, np.ceil(total - 1e-9), first).astype(np.int64)
    available = trials.event.sum(axis=1)
    ends = np.where(going, trials.month_of_event(wanted), interim)
    reached = np.minimum(wanted, available)
    z2 = trials.z_at(ends)
    # The increment of the score is the second stage; without events of its own it says nothing.
    added = np.maximum(reached - first, 0)
    stage = (np.sqrt(reached) * z2 - np.sqrt(np.minimum(first, available)) * z1) / np.sqrt(
        np.maximum(added, 1)
    )
    second = going & (added > 0) & (stage >= rule.stage_critical_z(z1))
    return {
        "reject": (efficacy | second).astype(float),
        "efficacy": efficacy.astype(float),
        "futility": futility.astype(float),
        "going": going.astype(float),
        "changed": (going & (total != rule.planned_events)).astype(float),
        "events": reached.astype(float),
        "months": ends,
        "conditional_power": rule.conditional_power(z1, total),
        "short": (going & (available < wanted)).astype(float),
    }
