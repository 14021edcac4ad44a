"""Everything a design report is computed from, in one place: methods, simulation, boundaries, precision."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from duonen_stats.design import (
    METHOD_LABELS,
    ClaimCheck,
    ExpectedEvents,
    GroupSequentialCalendar,
    GroupSequentialDesign,
    GroupSequentialEvents,
    MethodsComparison,
    PowerAndSize,
    Progress,
    ProportionPrecision,
    SimulationScenario,
    SurvivalAssumptions,
    check_published_power,
    check_published_size,
    compare_methods,
    expected_events,
    group_sequential_design,
    group_sequential_trial,
    power,
    proportion_precision,
    simulate_power_and_size,
)
from duonen_stats.design.fixed.fixed_methods import FixedMethod
from duonen_stats.design.monitoring.boundaries import EfficacyRule
from duonen_stats.design_report.planning.power_sliders import PlannedSize, planned_size
from duonen_stats.design_report.question_inputs import is_study_plan
from duonen_stats.errors import PlanError

STATED_RATIOS = (0.667, 0.5, 0.43)
"""Hazard ratios for which the publication states a power."""

_SIMULATED_RATIOS = (0.35, 0.4, 0.43, 0.5, 0.6, 0.667, 0.75, 0.85)
CURVE_METHODS: tuple[FixedMethod, ...] = (
    "schoenfeld",
    "freedman",
    "hsieh_freedman",
    "wald",
    "lachin_foulkes",
    "lakatos",
)
_CURVE_RATIOS = tuple(0.3 + 0.02 * step for step in range(31))
RULES: Mapping[str, tuple[EfficacyRule, float | None, str]] = {
    "obrien_fleming": ("lan_demets_obrien_fleming", None, "Lan–DeMets, O’Brien–Fleming type"),
    "pocock": ("lan_demets_pocock", None, "Lan–DeMets, Pocock type"),
    "hwang_shih_decani": ("hwang_shih_decani", -4.0, "Hwang–Shih–DeCani, γ = −4"),
    "haybittle_peto": ("haybittle_peto", 3.0, "Haybittle–Peto"),
}
_LOOKS = (1 / 3, 2 / 3, 1.0)
RATES = (0.05, 0.1, 0.2, 0.3)
_MONTHLY = 61


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFindings:
    """What a design report shows.

    Attributes
    ----------
    comparison
        All methods and the simulation; ``comparison.hazard_ratios`` are the simulated points.
    curves
        Power (0–1) by method at ``curve_ratios``.
    test
        Power and size, nominal and calibrated.
    planned
        What the planned number of patients gives by Schoenfeld's formula, and what the power aimed at needs.
    over_time
        Events expected month by month.
    boundaries
        Plan, its events and its calendar by rule; patients as many as the events need.
    precision
        Wilson's intervals for the whole trial and for one arm.
    published_size, published_power
        What of the publication is reproduced; empty for another plan than the study's.
    """

    assumptions: SurvivalAssumptions
    patients: int
    alpha: float
    sides: int
    comparison: MethodsComparison
    curve_ratios: tuple[float, ...]
    curves: Mapping[str, tuple[float, ...]]
    test: PowerAndSize
    planned: PlannedSize
    over_time: tuple[ExpectedEvents, ...]
    boundaries: Mapping[str, tuple[GroupSequentialDesign, GroupSequentialEvents, GroupSequentialCalendar]]
    precision: tuple[ProportionPrecision, ...]
    published_size: tuple[ClaimCheck, ...]
    published_power: tuple[ClaimCheck, ...]
    seed: int


def compute_design(
    assumptions: SurvivalAssumptions,
    *,
    patients: int,
    trials: int = 40_000,
    calibration_trials: int = 400_000,
    seed: int = 1,
    arms: int = 4,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> DesignFindings:
    """Compute a design report for a two-sided test at 5 % and a target power of 90 %.

    Parameters
    ----------
    assumptions, patients
        The design.
    trials, calibration_trials, seed, executor, folder, progress
        Of the simulations, as in ``simulate_power_and_size``.
    arms
        Arms of equal size, for the precision within one.

    Raises
    ------
    PlanError
        The hazards change over time, or the design is impossible.
    """
    if len(assumptions.hazard_starts_months) > 1:
        raise PlanError(
            "The design report takes hazards that do not change over time; see duonen design simulate."
        )
    alpha, sides = 0.05, 2
    comparison = compare_methods(
        assumptions, patients, hazard_ratios=_simulated_ratios(assumptions), alpha=alpha, sides=sides,
        n_trials=max(trials, 1), seed=seed, executor=executor, folder=folder, progress=progress,
    )  # fmt: skip
    test = simulate_power_and_size(
        SimulationScenario(assumptions=assumptions, n_patients=patients, alpha=alpha, sides=sides),
        # The sizes of the two tests lie close together, so they get more trials than a point of the power curve.
        n_trials=max(trials, calibration_trials // 4), calibration_trials=calibration_trials, seed=seed,
        executor=executor, folder=folder, progress=progress,
    )  # fmt: skip
    own, ratios = is_study_plan(assumptions), _ratios_of_curves(assumptions)
    return DesignFindings(
        assumptions=assumptions,
        patients=patients,
        alpha=alpha,
        sides=sides,
        comparison=comparison,
        curve_ratios=ratios,
        curves={method: _curve(assumptions, patients, method, ratios) for method in CURVE_METHODS},
        test=test,
        planned=planned_size(
            assumptions, patients, alpha=alpha, sides=sides, target_power=comparison.target_power
        ),
        over_time=_over_time(assumptions, patients),
        boundaries={rule: _boundary(assumptions, rule) for rule in RULES},
        precision=tuple(
            proportion_precision(n, rate, method="wilson")
            for n in (patients, max(patients // arms, 1))
            for rate in RATES
        ),
        published_size=check_published_size(assumptions) if own else (),
        published_power=check_published_power(comparison) if own else (),
        seed=seed,
    )  # fmt: skip


def shown_ratios(assumptions: SurvivalAssumptions) -> tuple[float, ...]:
    """Give the hazard ratios whose power a table shows: the one assumed, and those the publication states."""
    own = assumptions.constant_hazard_ratio
    return STATED_RATIOS if own in STATED_RATIOS else (own, *STATED_RATIOS)


def _simulated_ratios(assumptions: SurvivalAssumptions) -> tuple[float, ...]:
    return tuple(sorted({*_SIMULATED_RATIOS, assumptions.constant_hazard_ratio}))


def _ratios_of_curves(assumptions: SurvivalAssumptions) -> tuple[float, ...]:
    """Lay out the hazard ratios of the curves of power, and on from there if the one assumed lies beyond."""
    own = assumptions.constant_hazard_ratio
    first, last = _CURVE_RATIOS[0], _CURVE_RATIOS[-1]
    before = [own + (first - own) * step / 10 for step in range(10)] if own < first else []
    after = [last + (own - last) * step / 20 for step in range(1, 21)] if own > last else []
    # Without an effect there is no direction: the power is that of both tails, and none of the curve.
    return tuple(one for one in (*before, *_CURVE_RATIOS, *after) if one != 1 or own == 1)


def _curve(
    assumptions: SurvivalAssumptions, patients: int, method: FixedMethod, ratios: Sequence[float]
) -> tuple[float, ...]:
    return tuple(
        power(assumptions.with_hazard_ratio(ratio), patients, method=method).power for ratio in ratios
    )


def _over_time(assumptions: SurvivalAssumptions, patients: int) -> tuple[ExpectedEvents, ...]:
    end = assumptions.analysis_months
    return tuple(
        expected_events(assumptions, patients, end * step / (_MONTHLY - 1)) for step in range(_MONTHLY)
    )


def _boundary(
    assumptions: SurvivalAssumptions, rule: str
) -> tuple[GroupSequentialDesign, GroupSequentialEvents, GroupSequentialCalendar]:
    efficacy, parameter, _ = RULES[rule]
    plan = group_sequential_design(_LOOKS, alpha=0.025, efficacy=efficacy, efficacy_parameter=parameter)
    return plan, *group_sequential_trial(plan, assumptions)


def curve_label(method: FixedMethod) -> str:
    """Name of a method in a key: the part before the comma."""
    return METHOD_LABELS[method].split(",")[0].split(" (")[0]
