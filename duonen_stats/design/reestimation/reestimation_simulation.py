"""Operating characteristics of unblinded re-estimation, by simulating patients and their log-rank tests."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import hypot, inf, sqrt
from pathlib import Path

import numpy as np

from duonen_stats.design.reestimation.reestimation_trials import (
    RULE_CHUNK,
    RuleScenario,
    RuleTrials,
    joined,
    run_rule_chunk,
)
from duonen_stats.design.reestimation.unblinded_reestimation import ReestimationRule
from duonen_stats.design.simulation.critical_values import CriticalValue, require_enough_trials
from duonen_stats.design.simulation.grid import Checkpoint, Rate, dispatch, fingerprint, rate
from duonen_stats.design.simulation.progress import Progress, progress_of
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.errors import PlanError
from duonen_stats.methods.inputs.admit import FloatArray

_SHARES = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A distribution over trials: its mean and its quantiles (5, 25, 50, 75 and 95 %)."""

    mean: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReestimationCharacteristics:
    """How a trial with a re-estimation rule behaves; every share has ``n_trials`` simulated trials behind it.

    Attributes
    ----------
    critical_z
        Critical values of the look and of the final test with which the trials were judged.
    power, power_std_err
        Share of trials that reject, and its Monte-Carlo standard error. (The size, if the hazard ratio simulated
        is 1; with calibrated critical values their own error is part of it.)
    stop_for_efficacy, stop_for_futility, changed
        Share of trials that stop at the interim look, and share whose events were changed there.
    expected_events, expected_months
        Mean events and calendar months when the trial ends.
    events, patients, months
        Their distributions over trials; patients are those who have entered when the trial ends, at a stop those
        entered by the look.
    mean_conditional_power
        Mean conditional power after the decision, at the effect the rule assumes, of the trials going on; None
        if none goes on.
    short_of_events
        Share of trials in which too few patients were left for the events decided on; they end with what there is, and
        do not reject where the unweighted test is not valid with it.
    """

    n_trials: int
    critical_z: tuple[float, float]
    power: float
    power_std_err: float
    stop_for_efficacy: float
    stop_for_futility: float
    changed: float
    expected_events: float
    expected_months: float
    events: Distribution
    patients: Distribution
    months: Distribution
    mean_conditional_power: float | None
    short_of_events: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCalibration:
    """The level a rule really has, and the critical values at which it is held.

    Attributes
    ----------
    nominal_level
        Share of trials without an effect that reject with the critical values of the plan, stops for futility obeyed
        only if they are binding.
    interim, final
        Critical values of the look, at which it spends what the plan lets it spend, and of the final test, at which
        the whole spends the level of the plan; each with its 95 % Monte-Carlo interval. ``interim`` is None if the
        look does not stop for efficacy.
    level_std_err
        Monte-Carlo standard error of the true level at these critical values: they are quantiles of ``n_trials``
        simulated trials.
    """

    alpha: float
    n_patients: int
    max_patients: int
    n_trials: int
    seed: int
    nominal_level: Rate
    nominal_z: tuple[float, float]
    interim: CriticalValue | None
    final: CriticalValue
    level_std_err: float

    @property
    def critical_z(self) -> tuple[float, float]:
        """The two critical values."""
        return (inf if self.interim is None else self.interim.value, self.final.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCharacteristics:
    """Level, power and cost of a rule with the plan's and with calibrated critical values.

    ``null`` and ``calibrated_null`` are without an effect, and their ``power`` is the level when stops for futility are
    obeyed; ``level`` and ``calibrated_level`` obey them only if binding. ``calibrated_level`` is from other trials than
    the calibration, and its Monte-Carlo error holds that of the calibration.
    """

    hazard_ratio: float
    n_patients: int
    max_patients: int
    calibration: RuleCalibration
    level: Rate
    calibrated_level: Rate
    null: ReestimationCharacteristics
    alternative: ReestimationCharacteristics
    calibrated_null: ReestimationCharacteristics
    calibrated_alternative: ReestimationCharacteristics
    seed: int


def simulate_reestimation(
    rule: ReestimationRule,
    assumptions: SurvivalAssumptions,
    *,
    n_patients: int,
    max_patients: int | None = None,
    critical_z: tuple[float, float] | None = None,
    n_trials: int = 2_000,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> ReestimationCharacteristics:
    """Simulate trials that follow a re-estimation rule.

    Patients enter, have their events and drop out by ``assumptions``. The interim look comes with the planned
    number of events, the last one with the number then decided on, rounded up; the stages are combined with the
    weights of the plan, or not at all if the rule's test is the unweighted one. Stops for futility are followed.

    Parameters
    ----------
    rule
        Rule of a plan with two looks.
    assumptions
        Truth to simulate; its hazard ratio may differ from the one the rule assumes.
    n_patients
        Patients planned; allocated in the ratio of ``assumptions``.
    max_patients
        Patients that may be entered in all when events are raised: see :class:`RuleScenario`. None: none are added.
    critical_z
        Critical values of the look and of the final test; None: those of the plan.
    n_trials
        Number of trials; the standard error of a share near 0.9 is about 0.3/√n.
    seed
        The result depends on nothing else: neither on the executor nor on the number of its workers.
    executor, folder, progress
        As in ``simulate_grid``.

    Raises
    ------
    PlanError
        The plan has not two looks, or a number is not a whole number above 0.

    References
    ----------
    Wassmer & Brannath (2016) Group Sequential and Confirmatory Adaptive Designs, ch. 9.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import (
    ...     ReestimationRule,
    ...     group_sequential_design,
    ...     simulate_reestimation,
    ...     study_assumptions,
    ... )
    >>> plan = group_sequential_design(2)
    >>> rule = ReestimationRule(design=plan, planned_events=64, max_events=96, allocation_ratio=3)
    >>> found = simulate_reestimation(rule, study_assumptions(load_study()), n_patients=120, n_trials=200, seed=1)
    >>> found.n_trials
    200
    """
    scenario = rule_scenario(rule, assumptions, n_patients, max_patients, n_trials)
    named = progress_of(progress, "that follow the rule of re-estimation")
    (trials,) = _simulated([(scenario, n_trials)], seed, executor, folder, named)
    return _characteristics(scenario, trials, critical_z or _planned_z(rule))


def calibrate_reestimation(
    rule: ReestimationRule,
    assumptions: SurvivalAssumptions,
    *,
    n_patients: int,
    max_patients: int | None = None,
    n_trials: int = 400_000,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> RuleCalibration:
    """Find the level a rule has without an effect, and the critical values at which it has that of the plan.

    With unequal arms and few events the log-rank statistic is skewed: at 3:1 the plan's critical values reject 2.9 to
    3.3 % where they should reject 2.5 %. Both arms have the control hazard; parameters as in
    :func:`simulate_reestimation`, and ``folder`` as in ``simulate_grid``.

    The critical values are quantiles of simulated trials, so that the level they give has an error of its own:
    0.025 points with 400,000 trials, 0.05 with 100,000.

    Raises
    ------
    PlanError
        As there, or too few trials for a critical value.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import (
    ...     ReestimationRule,
    ...     calibrate_reestimation,
    ...     group_sequential_design,
    ...     study_assumptions,
    ... )
    >>> plan = group_sequential_design(2)
    >>> rule = ReestimationRule(design=plan, planned_events=64, max_events=96, allocation_ratio=3)
    >>> found = calibrate_reestimation(rule, study_assumptions(load_study()), n_patients=120, n_trials=3000, seed=1)
    >>> found.alpha, found.n_trials
    (0.025, 3000)
    """
    planned = rule_scenario(rule, assumptions, n_patients, max_patients, n_trials)
    _require_enough(rule, n_trials)
    scenario = replace(planned, truth=assumptions.under_null())  # patients are planned by the effect assumed
    named = progress_of(progress, "without an effect, for the critical values of the rule")
    (trials,) = _simulated([(scenario, n_trials)], seed, executor, folder, named)
    return _calibration(scenario, trials, seed)


def reestimation_characteristics(
    rule: ReestimationRule,
    assumptions: SurvivalAssumptions,
    *,
    n_patients: int,
    max_patients: int | None = None,
    n_trials: int = 100_000,
    calibration_trials: int = 400_000,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> RuleCharacteristics:
    """Compute level, power, events, patients and duration of a rule, nominal and calibrated.

    The critical values are calibrated on ``calibration_trials`` trials as by :func:`calibrate_reestimation`, level and
    power are from ``n_trials`` others each. Other parameters as there.

    Raises
    ------
    PlanError
        As there.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import (
    ...     ReestimationRule,
    ...     group_sequential_design,
    ...     reestimation_characteristics,
    ...     study_assumptions,
    ... )
    >>> plan = group_sequential_design(2)
    >>> rule = ReestimationRule(design=plan, planned_events=64, max_events=96, allocation_ratio=3)
    >>> found = reestimation_characteristics(
    ...     rule, study_assumptions(load_study()), n_patients=120, n_trials=3000, calibration_trials=3000, seed=1
    ... )
    >>> found.n_patients, found.hazard_ratio
    (120, 0.5)
    """
    truth = rule_scenario(rule, assumptions, n_patients, max_patients, n_trials)
    null = replace(truth, truth=assumptions.under_null())
    if calibration_trials < 1:
        raise PlanError(f"{calibration_trials} trials cannot be simulated.")
    _require_enough(rule, calibration_trials)
    named = progress_of(progress, "for critical values, level and power of the rule of re-estimation")
    first, second, effect = _simulated(
        [(null, calibration_trials), (null, n_trials), (truth, n_trials)], seed, executor, folder, named
    )
    calibration = _calibration(null, first, seed)
    nominal, calibrated = _planned_z(rule), calibration.critical_z
    held = _level(rule, second, calibrated)
    error = calibration.level_std_err
    calibrated_null = _characteristics(null, second, calibrated)
    return RuleCharacteristics(
        hazard_ratio=assumptions.constant_hazard_ratio,
        n_patients=n_patients,
        max_patients=truth.max_patients,
        calibration=calibration,
        level=_level(rule, second, nominal),
        calibrated_level=replace(held, mc_error=hypot(held.mc_error, error)),
        null=_characteristics(null, second, nominal),
        alternative=_characteristics(truth, effect, nominal),
        calibrated_null=replace(calibrated_null, power_std_err=hypot(calibrated_null.power_std_err, error)),
        calibrated_alternative=_characteristics(truth, effect, calibrated),
        seed=seed,
    )


def rule_scenario(
    rule: ReestimationRule,
    assumptions: SurvivalAssumptions,
    n_patients: int,
    max_patients: int | None,
    n_trials: int = 1,
) -> RuleScenario:
    """Put together what trials of a rule are simulated from; parameters as in :func:`simulate_reestimation`.

    Raises
    ------
    PlanError
        As there. Nothing is simulated, so that a caller can find out beforehand.
    """
    if rule.design.looks != 2:  # noqa: PLR2004
        raise PlanError(f"Trials are simulated for plans with two looks, not {rule.design.looks}.")
    whole = float(n_patients).is_integer() and float(n_trials).is_integer()
    if not whole or n_patients < 2 or n_trials < 1:  # noqa: PLR2004
        raise PlanError(f"{n_trials} trials of {n_patients} patients cannot be simulated.")
    if n_patients < rule.interim_events:
        raise PlanError(f"{n_patients} patients cannot have the {rule.interim_events:g} events of the look.")
    most = n_patients if max_patients is None else max_patients
    if most < n_patients:
        raise PlanError(f"The cap of {most} patients lies below the {n_patients} planned.")
    per_event = 1.0
    if most > n_patients:
        seen = event_probability(assumptions).overall
        if not seen > 0:
            raise PlanError(
                "No event is expected by the planned analysis, so patients cannot be planned for events."
            )
        per_event = 1 / seen
    return RuleScenario(
        rule=rule, truth=assumptions, n_patients=n_patients, max_patients=most, patients_per_event=per_event
    )


def _simulated(
    scenarios: list[tuple[RuleScenario, int]],
    seed: int,
    executor: Executor | None,
    folder: Path | None,
    progress: Progress | None,
) -> list[RuleTrials]:
    """Simulate so many trials of each scenario; those of finished chunks are kept in the folder, and found there."""
    kept = None if folder is None else Checkpoint(folder, RuleTrials)
    marks = [
        fingerprint(scenario, seed, point, chunk_trials=RULE_CHUNK)
        for point, (scenario, _) in enumerate(scenarios)
    ]
    sizes = {
        (point, chunk): min(RULE_CHUNK, n_trials - start)
        for point, (_, n_trials) in enumerate(scenarios)
        for chunk, start in enumerate(range(0, n_trials, RULE_CHUNK))
    }
    found: dict[tuple[int, int], RuleTrials] = {}
    if kept is not None:
        for (point, chunk), size in sizes.items():
            before = kept.load(marks[point], chunk, size)
            if before is not None:
                found[point, chunk] = before
    left = [key for key in sizes if key not in found]
    tasks = (
        ((point, chunk), (scenarios[point][0], seed, point, chunk, sizes[point, chunk]))
        for point, chunk in left
    )
    done = sum(trials.n_trials for trials in found.values())
    for (point, chunk), trials in dispatch(run_rule_chunk, tasks, executor):
        if kept is not None:
            kept.save(marks[point], chunk, trials)
        found[point, chunk] = trials
        done += trials.n_trials
        if progress is not None:
            progress(done, sum(sizes.values()))
    return [joined([found[key] for key in sizes if key[0] == point]) for point in range(len(scenarios))]


def _planned_z(rule: ReestimationRule) -> tuple[float, float]:
    return rule.design.efficacy_z[0], rule.design.efficacy_z[-1]


def _level(rule: ReestimationRule, trials: RuleTrials, critical_z: tuple[float, float]) -> Rate:
    """Share that rejects; stops for futility count only if they are binding."""
    going = trials.z_interim < critical_z[0]
    if rule.design.binding:
        going &= trials.z_interim >= rule.design.futility_z[0]
    rejected = (trials.z_interim >= critical_z[0]) | (going & (trials.z_final >= critical_z[1]))
    return rate(int(rejected.sum()), len(rejected))


def _calibration(scenario: RuleScenario, trials: RuleTrials, seed: int) -> RuleCalibration:
    rule = scenario.rule
    design, n = rule.design, len(trials.months)
    at_look = design.alpha_spent[0]
    interim = None
    stopped, going = 0, np.ones(n, dtype=bool)
    if design.efficacy_z[0] < inf and at_look > 0:
        interim = _upper_value(trials.z_interim, at_look * n, n)
        stopped = int((trials.z_interim >= interim.value).sum())
        going = trials.z_interim < interim.value
    if design.binding:
        going &= trials.z_interim >= design.futility_z[0]
    return RuleCalibration(
        alpha=design.alpha,
        n_patients=scenario.n_patients,
        max_patients=scenario.max_patients,
        n_trials=n,
        seed=seed,
        nominal_level=_level(rule, trials, _planned_z(rule)),
        nominal_z=_planned_z(rule),
        interim=interim,
        final=_upper_value(trials.z_final[going], design.alpha * n - stopped, n),
        level_std_err=sqrt(design.alpha * (1 - design.alpha) / n),
    )


def _require_enough(rule: ReestimationRule, n_trials: int) -> None:
    """Refuse too few trials for the critical value of the look before any is simulated."""
    at_look = rule.design.alpha_spent[0]
    if rule.design.efficacy_z[0] < inf and at_look > 0:
        require_enough_trials(n_trials, at_look)


def _upper_value(z: FloatArray, above: float, n_trials: int) -> CriticalValue:
    """Find the value that so many statistics exceed, with its interval from the binomial count of those above."""
    half = n_trials * require_enough_trials(n_trials, above / n_trials)
    ordered = np.sort(z)[::-1]
    places = np.arange(1, ordered.size + 1)
    value, low, high = (
        float(np.interp(count, places, ordered)) for count in (above, above + half, above - half)
    )
    return CriticalValue(value=value, low=low, high=high)


def _characteristics(
    scenario: RuleScenario, trials: RuleTrials, critical_z: tuple[float, float]
) -> ReestimationCharacteristics:
    rule, n = scenario.rule, len(trials.months)
    efficacy = trials.z_interim >= critical_z[0]
    futility = (
        ~efficacy & (trials.z_interim < rule.design.futility_z[0])
        if rule.design.futility_z
        else np.zeros(n, bool)
    )
    going = ~(efficacy | futility)
    reject = efficacy | (going & (trials.z_final >= critical_z[1]))
    power = float(reject.mean())
    events = np.where(going, trials.events, trials.interim_events).astype(float)
    patients = np.where(going, trials.patients, trials.interim_patients).astype(float)
    months = np.where(going, trials.months, trials.interim_months)
    return ReestimationCharacteristics(
        n_trials=n,
        critical_z=critical_z,
        power=power,
        power_std_err=(power * (1 - power) / n) ** 0.5,
        stop_for_efficacy=float(efficacy.mean()),
        stop_for_futility=float(futility.mean()),
        changed=float((going & trials.changed).mean()),
        expected_events=float(events.mean()),
        expected_months=float(months.mean()),
        events=_spread(events),
        patients=_spread(patients),
        months=_spread(months),
        mean_conditional_power=float(trials.conditional_power[going].mean()) if going.any() else None,
        short_of_events=float((going & trials.short).mean()),
    )


def _spread(values: FloatArray) -> Distribution:
    quantiles = np.quantile(values, list(_SHARES.values()))
    return Distribution(mean=float(values.mean()), **dict(zip(_SHARES, map(float, quantiles), strict=True)))
