"""Blinded re-estimation: events and patients needed, and when they come, from pooled data without arms."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from duonen_stats.design.fixed.fixed_methods import FixedMethod, approximation
from duonen_stats.design.fixed.log_rank_scale import require_positive
from duonen_stats.design.fixed.sizing import required_events
from duonen_stats.design.reestimation.blinded_data import BlindedCut
from duonen_stats.design.reestimation.pooled_rates import (
    BlindedRates,
    blinded_rates,
    draw_rates,
    point_rates,
)
from duonen_stats.design.reestimation.trial_under_way import (
    Interval,
    Role,
    SizeOutcome,
    TrialUnderWay,
    forecast,
    holding,
    interval_of,
)
from duonen_stats.design.simulation.critical_values import require_enough_trials
from duonen_stats.design.simulation.progress import Progress
from duonen_stats.design.simulation.simulated_sizing import PowerSimulator, fewest
from duonen_stats.design.trial.rounding import allocation_block, round_up
from duonen_stats.errors import PlanError

BlindedMethod = Literal[FixedMethod, "simulation", "simulation_calibrated"]
"""How patients needed are found: by a formula, or by simulation at the nominal or at the calibrated critical value."""

_LARGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedReestimation:
    """What a trial needs, judged by its pooled data.

    Months are calendar months since the trial opened. Limits are quantiles over the posterior of the rates: they
    say how well the expectation is known, not how far the number itself will scatter about it (for that see
    :func:`project_events`).

    Attributes
    ----------
    n_patients, n_events, n_dropouts, exposure_months, cut_months
        What the cut holds.
    n_entered
        Patients entered by the cut, those not in it included; of a cut of completers as expected.
    rates
        Rates re-estimated without arms.
    method, alpha, sides, power
        How patients are found, and the test and power they are for; ``power`` is None if events are aimed at.
    required_events
        Events needed, rounded up: as stated, or by the method.
    planned_patients, end_months
        The plan: patients, and the time of the analysis with them.
    events_at_end, power_at_end
        Expected events by then if the plan is kept, and the power with them by the method's formula.
    probability_enough
        Posterior probability that the required events are expected by then.
    required_seen
        Whether the cut already holds the required events.
    months_to_required
        When the required events are expected if the plan is kept, or came if they are seen. None: never; or, if they
        are seen, not known.
    patients_needed
        Patients in all that are needed, in whole blocks of the allocation, never fewer than are in. None: even unbroken
        accrual does not bring them. The limits are those with which the required events are expected, by the same
        forecast as all other events.
    most_patients
        Most patients who can have entered by the analysis; None if it follows the last entry.
    patients_decided, capped, why
        The number to go on with: what is needed in whole blocks of the allocation, but no fewer than planned and no
        more than the cap. None if no number is enough and there is no cap; ``why`` says so in words.
    outcomes
        The plan, what is needed, what is decided, the most that can enter: what each gives.
    """

    n_patients: int
    n_entered: float
    n_events: int
    n_dropouts: int
    exposure_months: float
    cut_months: float
    rates: BlindedRates
    method: str
    alpha: float
    sides: int
    power: float | None
    required_events: int
    planned_patients: int
    end_months: float
    events_at_end: Interval
    power_at_end: float
    probability_enough: float
    required_seen: bool
    months_to_required: Interval
    patients_needed: Interval
    most_patients: int | None
    patients_decided: int | None
    capped: bool
    why: str
    outcomes: tuple[SizeOutcome, ...]
    hazard_ratio: float
    allocation_ratio: float
    confidence: float
    seed: int


def reestimate_blinded(
    cut: BlindedCut,
    *,
    hazard_ratio: float,
    planned_patients: int,
    allocation_ratio: float = 1.0,
    end_months: float | None = None,
    followup_months: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    power: float = 0.9,
    method: BlindedMethod = "lakatos",
    target_events: int | None = None,
    max_patients: int | None = None,
    accrual_window_months: float | None = None,
    confidence: float = 0.95,
    n_draws: int = 1_000,
    n_trials: int = 0,
    calibration_trials: int = 100_000,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> BlindedReestimation:
    """Re-estimate a trial from its pooled data: hazard, dropout and accrual, and what follows from them.

    Parameters
    ----------
    cut
        Data without arms, from :func:`blinded_cut`.
    hazard_ratio, allocation_ratio
        As planned; they are not re-estimated.
    planned_patients
        Patients planned in all.
    end_months, followup_months
        When the analysis is, one of the two: calendar months since the trial opened, or months after the last
        patient's entry.
    alpha, sides, power
        Level and sides of the log-rank test, and the power aimed at.
    method
        A formula as in ``sample_size``, ``"simulation"``, or ``"simulation_calibrated"`` for the critical value at
        which simulated trials hold the level. With unequal arms the formulas for events alone are off: at 3:1 and a
        hazard ratio of 0.5 Schoenfeld's 90 % are 92.8 %.
    target_events
        Events to aim at rather than a power.
    max_patients
        Cap for ``patients_decided``; None: none.
    accrual_window_months, confidence
        As in :func:`blinded_rates`.
    n_draws
        Draws from the posterior of the rates, behind the limits.
    n_trials, calibration_trials, seed, executor, folder, progress
        Simulated trials behind each simulated power and critical value (``n_trials`` 0: no simulation beside a
        formula), and where they run, as in ``simulate_grid``.

    Raises
    ------
    PlanError
        No events, accrual that has ended short of the plan, an end before the cut, or a number out of range.

    References
    ----------
    Gould & Shih (1992) Commun Stat Theory Methods 21:2833-2853; Friede & Schmidli (2010) Methods Inf Med
    49:618-624; methods as in ``sample_size``.

    Examples
    --------
    >>> from duonen_stats.design import blinded_cut, reestimate_blinded
    >>> entry, followup = [float(month) for month in range(24)], [24.0 - month for month in range(24)]
    >>> cut = blinded_cut(entry, followup, [month % 3 == 0 for month in range(24)], cut=24.0)
    >>> found = reestimate_blinded(
    ...     cut, hazard_ratio=0.5, planned_patients=40, allocation_ratio=3, end_months=60, n_draws=50
    ... )
    >>> found.n_events, found.planned_patients
    (8, 40)
    """
    _check(cut, planned_patients, max_patients, end_months, followup_months, n_draws, method, n_trials)
    if n_trials:
        require_enough_trials(calibration_trials, alpha / sides)
    rates = blinded_rates(
        cut, hazard_ratio=hazard_ratio, allocation_ratio=allocation_ratio,
        accrual_window_months=accrual_window_months, confidence=confidence,
    )  # fmt: skip
    point = forecast(cut, point_rates(rates), experimental_share=rates.experimental_share)
    drawn = forecast(
        cut,
        draw_rates(rates, n_draws, np.random.default_rng(seed)),
        experimental_share=rates.experimental_share,
    )
    trial = TrialUnderWay(cut, rates, point, drawn, end_months, followup_months, confidence)
    if planned_patients > trial.entered and not rates.patients_per_month.count:
        raise PlanError("No patient entered in the window of accrual, so there is no rate for those to come.")
    formula: FixedMethod = "lakatos" if method.startswith("simulation") else method  # type: ignore[assignment]
    simulator = PowerSimulator(
        assumptions=trial.assumptions, alpha=alpha, sides=sides, n_trials=max(n_trials, 1),
        calibration_trials=calibration_trials, seed=seed, executor=executor, folder=folder, progress=progress,
    )  # fmt: skip
    needed, patients = _needed(
        trial, simulator, method=method, hazard_ratio=hazard_ratio, alpha=alpha, sides=sides, power=power,
        target_events=target_events,
    )  # fmt: skip
    decided, capped, why = _decide(trial, patients.estimate, planned_patients, max_patients)
    sizes: dict[int, list[Role]] = {planned_patients: ["plan"]}
    if patients.estimate is not None:
        sizes.setdefault(int(patients.estimate), []).append("needed")
    elif planned_patients < trial.most_in_blocks < inf:
        sizes.setdefault(int(trial.most_in_blocks), []).append("most")
    if decided is not None:
        sizes.setdefault(decided, []).append("decided")
    outcomes = tuple(
        trial.outcome(n, roles, formula, alpha, sides, simulator if n_trials else None)
        for n, roles in sizes.items()
    )
    events, drawn_events = trial.events(planned_patients)
    return BlindedReestimation(
        n_patients=cut.n_patients,
        n_entered=trial.entered,
        n_events=cut.n_events,
        n_dropouts=cut.n_dropouts,
        exposure_months=cut.exposure_months,
        cut_months=cut.cut_months,
        rates=rates,
        method=method,
        alpha=alpha,
        sides=sides,
        power=power if target_events is None else None,
        required_events=needed,
        planned_patients=planned_patients,
        end_months=outcomes[0].analysis_months,
        events_at_end=interval_of(events, drawn_events, confidence),
        power_at_end=outcomes[0].power,
        probability_enough=float((drawn_events >= needed).mean()),
        required_seen=needed <= cut.n_events,
        months_to_required=trial.months_to(needed, planned_patients),
        patients_needed=patients,
        most_patients=trial.can_enter,
        patients_decided=decided,
        capped=capped,
        why=why,
        outcomes=outcomes,
        hazard_ratio=hazard_ratio,
        allocation_ratio=allocation_ratio,
        confidence=confidence,
        seed=seed,
    )


def size_outcomes(
    cut: BlindedCut,
    found: BlindedReestimation,
    sizes: Sequence[int],
    *,
    end_months: float | None,
    followup_months: float | None = None,
) -> tuple[SizeOutcome, ...]:
    """Say what further numbers of patients give under the rates that were found: power by the formula, and events.

    Parameters
    ----------
    cut, found
        The cut, and what :func:`reestimate_blinded` said of it.
    sizes
        Numbers of patients in all.
    end_months, followup_months
        As :func:`reestimate_blinded` took them.

    Returns
    -------
    tuple of SizeOutcome
        One a size, without roles and without simulation; events have no limits.

    Examples
    --------
    >>> from duonen_stats.design import blinded_cut, reestimate_blinded
    >>> entry, followup = [float(month) for month in range(24)], [24.0 - month for month in range(24)]
    >>> cut = blinded_cut(entry, followup, [month % 3 == 0 for month in range(24)], cut=24.0)
    >>> found = reestimate_blinded(cut, hazard_ratio=0.5, planned_patients=40, end_months=60, n_draws=50)
    >>> again, larger = size_outcomes(cut, found, [40, 48], end_months=60)
    >>> again.power == found.power_at_end, larger.power > again.power
    (True, True)
    """
    rates = found.rates
    point = forecast(cut, point_rates(rates), experimental_share=rates.experimental_share)
    trial = TrialUnderWay(cut, rates, point, point, end_months, followup_months, found.confidence)
    formula: FixedMethod = "lakatos" if found.method.startswith("simulation") else found.method  # type: ignore[assignment]
    return tuple(trial.outcome(n, (), formula, found.alpha, found.sides, None) for n in sizes)


def _check(
    cut: BlindedCut,
    planned_patients: int,
    max_patients: int | None,
    end_months: float | None,
    followup_months: float | None,
    n_draws: int,
    method: str,
    n_trials: int,
) -> None:
    if planned_patients < cut.n_patients:
        raise PlanError(f"{planned_patients} patients are planned, but {cut.n_patients} are in already.")
    if planned_patients < cut.n_entered:
        raise PlanError(f"{planned_patients} patients are planned, but {cut.n_entered} have entered already.")
    if max_patients is not None and max_patients < planned_patients:
        raise PlanError(f"The cap of {max_patients} patients lies below the {planned_patients} planned.")
    if (end_months is None) == (followup_months is None):
        raise PlanError("State the time of the analysis by end_months or followup_months, one of the two.")
    if end_months is not None and not cut.cut_months <= end_months < inf:
        raise PlanError(
            f"The analysis at month {end_months:g} must not come before the cut at {cut.cut_months:.1f}."
        )
    if followup_months is not None and not 0 <= followup_months < inf:
        raise PlanError(f"Follow-up after the last entry must be 0 or more months, not {followup_months}.")
    if n_draws < 1 or n_trials < 0:
        raise PlanError(
            f"The limits need at least one draw, not {n_draws}; {n_trials} trials are no number of them."
        )
    if method not in (*get_args(FixedMethod), "simulation", "simulation_calibrated"):
        raise PlanError(f"Unknown method {method!r}; choose a formula, simulation or simulation_calibrated.")
    if method.startswith("simulation") and not n_trials:
        raise PlanError("Patients are found by simulation with at least one trial: n_trials.")


def _needed(
    trial: TrialUnderWay,
    simulator: PowerSimulator,
    *,
    method: BlindedMethod,
    hazard_ratio: float,
    alpha: float,
    sides: int,
    power: float,
    target_events: int | None,
) -> tuple[int, Interval]:
    """Events needed, rounded up, and patients in all."""
    ratio = trial.rates.allocation_ratio
    if target_events is not None:
        require_positive(target_events=target_events)
        return round_up(target_events), trial.patients_to(round_up(target_events))
    if method == "schoenfeld" or method == "freedman" or method == "hsieh_freedman":  # noqa: PLR1714 - as types
        needed = required_events(
            hazard_ratio, allocation_ratio=ratio, alpha=alpha, sides=sides, power=power, method=method
        ).n_events_rounded
        return needed, trial.patients_to(needed)
    least = trial.blocks_up(trial.entered)
    most = float(_LARGEST) if trial.most is None else trial.most
    patients: int | None
    if method.startswith("simulation"):
        found = simulator.size(power, least=least, most=most)
        patients = found.nominal if method == "simulation" else found.calibrated
    else:
        formula: FixedMethod = method  # type: ignore[assignment]
        patients = fewest(
            lambda n: trial.formula_power(n, formula, alpha, sides) >= power,
            least,
            most,
            trial.blocks_up(least + 0.5) - least,
        )
    if patients is not None:
        # One forecast for all events: those needed are what it expects of these patients, and the limits hold them.
        events = float(trial.events(patients)[0][0, 0])
        around = trial.patients_to(events)
        return round_up(events), holding(float(patients), around.lower, around.upper)
    return _events_out_of_reach(trial, method, alpha, sides, power), Interval(
        estimate=None, lower=None, upper=None
    )


def _events_out_of_reach(trial: TrialUnderWay, method: str, alpha: float, sides: int, power: float) -> int:
    """Events that the power needs although they do not come in time: with the entries of those in, but more of them.

    Of each further patient as many are expected as the forecast expects of those in. By simulation it is those of the
    method of Lakatos, which are close to them.
    """
    formula = "lakatos" if method.startswith("simulation") else method
    entered = trial.blocks_up(trial.entered)
    design = trial.assumptions(entered)
    found = approximation(formula, design, design.analysis_months)
    patients = found.required(alpha=alpha, sides=sides, power=power, far_tail=False)
    per_patient = float(trial.events(entered)[0][0, 0]) / entered
    return round_up(patients * per_patient)


def _decide(
    trial: TrialUnderWay, needed: float | None, planned: int, cap: int | None
) -> tuple[int | None, bool, str]:
    """Decide on no fewer than planned, no more than the cap and than can have entered; whether capped, and why."""
    wanted = inf if needed is None else max(planned, needed)
    most = trial.most_in_blocks if cap is None else min(trial.blocks_down(cap), trial.most_in_blocks)
    if wanted == planned or (wanted <= most and wanted < inf):
        return int(wanted), False, ""
    if cap is not None:
        return _capped(trial, planned, cap)
    if trial.can_enter is None:
        return None, False, "no number of patients is enough, however long accrual goes on"
    pace, block = trial.rates.patients_per_month.estimate, sum(allocation_block(trial.rates.allocation_ratio))
    whole = f", {trial.most_in_blocks:.0f} of them in whole blocks of {block}" if block > 1 else ""
    why = f"no number of patients is enough by then: {trial.can_enter} can have entered at {pace:.2f} a month{whole}"
    return None, False, why


def _capped(trial: TrialUnderWay, planned: int, cap: int) -> tuple[int, bool, str]:
    """Take the largest number allowed, and say what limits it: the cap, who can have entered, or whole blocks."""
    allowed, reach = trial.blocks_down(cap), trial.most_in_blocks
    block = sum(allocation_block(trial.rates.allocation_ratio)) or 1
    most = int(min(allowed, reach))
    if most > planned and reach < allowed:
        why = "the most in whole blocks that can have entered by the analysis, below the cap"
    elif most > planned:
        why = "" if allowed == cap else f"the cap in whole blocks of {block} patients"
    elif cap == planned:
        why = "the cap is the plan"
    elif reach < allowed:
        why = (
            f"the plan: {trial.can_enter} can have entered by the analysis, not a whole block of {block} more"
        )
    else:
        why = f"the plan: the cap holds no further whole block of {block} patients"
    return max(most, planned), True, why
