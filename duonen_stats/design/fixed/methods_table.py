"""All methods side by side, with simulation: what each makes of the same assumptions."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from duonen_stats.design.fixed.fixed_methods import FIXED_METHODS, METHOD_LABELS, FixedMethod
from duonen_stats.design.fixed.power import power
from duonen_stats.design.fixed.sizing import sample_size
from duonen_stats.design.simulation.grid import simulate_grid
from duonen_stats.design.simulation.progress import Progress, progress_of
from duonen_stats.design.simulation.scenario import SimulationScenario
from duonen_stats.design.trial.assumptions import SurvivalAssumptions
from duonen_stats.design.trial.expected_events import event_probability
from duonen_stats.design.trial.rounding import ROUNDING_RULE
from duonen_stats.errors import PlanError


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """One method: what it needs for the target power, and its power at the given size.

    ``n_events`` and ``n_patients`` (unrounded) are for the hazard ratio of the assumptions; ``power`` has one entry
    a hazard ratio, at the planned time of analysis, ``power_far_tail`` the same with rejections in the wrong
    direction; ``power_at_events`` is at a fixed number of events, None if none was given. Of a simulation,
    ``mc_error`` holds the standard errors of ``power``, and there is no size. A method that does not know a design like
    this has neither size nor power, and ``why`` says the reason.
    """

    method: str
    label: str
    n_events: float | None
    n_events_rounded: int | None
    n_patients: float | None
    n_patients_rounded: int | None
    power: tuple[float, ...]
    power_far_tail: tuple[float, ...]
    power_at_events: tuple[float, ...] | None
    mc_error: tuple[float, ...] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSize:
    """Simulated size in both tails, with Monte-Carlo standard errors, at the planned time of analysis."""

    favourable: float
    favourable_error: float
    unfavourable: float
    unfavourable_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodsComparison:
    """Methods side by side for one set of assumptions; ``rows`` ends with the simulation, if there is one.

    ``expected_events`` are at the planned time of analysis with ``n_patients``, one entry a hazard ratio.
    """

    assumptions: SurvivalAssumptions
    n_patients: int
    n_events: int | None
    hazard_ratios: tuple[float, ...]
    alpha: float
    sides: int
    target_power: float
    event_probability: float
    expected_events: tuple[float, ...]
    rows: tuple[MethodRow, ...]
    size: SimulatedSize | None
    n_trials: int
    seed: int
    rounding_rule: str = ROUNDING_RULE


def compare_methods(
    assumptions: SurvivalAssumptions,
    n_patients: int,
    *,
    hazard_ratios: Sequence[float] | None = None,
    n_events: int | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    n_trials: int = 40_000,
    seed: int = 0,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> MethodsComparison:
    """Put the methods for a fixed design side by side.

    Parameters
    ----------
    assumptions
        The design with its time of analysis; its hazard ratio is the one sized for.
    n_patients
        Size at which power is compared.
    hazard_ratios
        For which power is given; None for that of the assumptions.
    n_events
        Also compare the power at this number of events.
    alpha, sides, target_power
        Of the test, and of the size needed.
    n_trials
        Simulated trials a hazard ratio; 0 for no simulation.
    seed, executor, folder, progress
        As in ``simulate_grid``.

    Raises
    ------
    PlanError
        As ``sample_size`` and ``power`` do, if no method has an answer.

    Examples
    --------
    >>> from duonen_stats import load_study
    >>> from duonen_stats.design import compare_methods, study_assumptions
    >>> found = compare_methods(study_assumptions(load_study()), 92, n_trials=0)
    >>> [(row.method, row.n_events_rounded) for row in found.rows[:3]]
    [('schoenfeld', 117), ('freedman', 88), ('hsieh_freedman', 127)]
    """
    ratios = tuple(hazard_ratios) if hazard_ratios is not None else (assumptions.constant_hazard_ratio,)
    if not ratios:
        raise PlanError("Give at least one hazard ratio.")
    cases = tuple(assumptions.with_hazard_ratio(ratio) for ratio in ratios)
    probability = event_probability(assumptions).overall
    comparison = MethodsComparison(
        assumptions=assumptions,
        n_patients=n_patients,
        n_events=n_events,
        hazard_ratios=ratios,
        alpha=alpha,
        sides=sides,
        target_power=target_power,
        event_probability=probability,
        expected_events=tuple(n_patients * event_probability(case).overall for case in cases),
        rows=(),
        size=None,
        n_trials=n_trials,
        seed=seed,
    )
    rows = _rows(comparison, cases)
    if not n_trials:
        return replace(comparison, rows=rows)
    simulated, size = _simulated(comparison, cases, executor, folder, progress)
    return replace(comparison, rows=(*rows, simulated), size=size)


def _rows(comparison: MethodsComparison, cases: Sequence[SurvivalAssumptions]) -> tuple[MethodRow, ...]:
    """Ask every method; one that has no answer is a row with the reason, unless none has."""
    rows, faults = list[MethodRow](), list[PlanError]()
    for method in FIXED_METHODS:
        try:
            rows.append(_row(comparison, cases, method))
        except PlanError as fault:
            faults.append(fault)
            rows.append(MethodRow(
                method=method, label=METHOD_LABELS[method], n_events=None, n_events_rounded=None, n_patients=None,
                n_patients_rounded=None, power=(), power_far_tail=(), power_at_events=None, why=str(fault),
            ))  # fmt: skip
    if len(faults) == len(FIXED_METHODS):
        raise faults[0]
    return tuple(rows)


def _row(
    comparison: MethodsComparison, cases: Sequence[SurvivalAssumptions], method: FixedMethod
) -> MethodRow:
    alpha, sides = comparison.alpha, comparison.sides
    size = sample_size(
        comparison.assumptions, alpha=alpha, sides=sides, power=comparison.target_power, method=method
    )

    def powers(*, n_events: int | None = None, far_tail: bool = False) -> tuple[float, ...]:
        return tuple(
            power(
                case,
                comparison.n_patients,
                n_events=n_events,
                alpha=alpha,
                sides=sides,
                method=method,
                far_tail=far_tail,
            ).power
            for case in cases
        )

    return MethodRow(
        method=method,
        label=METHOD_LABELS[method],
        n_events=size.n_events,
        n_events_rounded=size.n_events_rounded,
        n_patients=size.n_patients,
        n_patients_rounded=size.n_patients_rounded,
        power=powers(),
        power_far_tail=powers(far_tail=True),
        power_at_events=None if comparison.n_events is None else powers(n_events=comparison.n_events),
    )


def _simulated(
    comparison: MethodsComparison,
    cases: Sequence[SurvivalAssumptions],
    executor: Executor | None,
    folder: Path | None,
    progress: Progress | None,
) -> tuple[MethodRow, SimulatedSize]:
    planned = [_scenario(comparison, case) for case in cases]
    null = replace(planned[0].under_null(), sides=2, alpha=comparison.alpha * 2 / comparison.sides)
    at_events = [replace(scenario, n_events=comparison.n_events) for scenario in planned]
    grid = [*planned, null, *(at_events if comparison.n_events is not None else [])]
    found = simulate_grid(
        grid,
        n_trials=comparison.n_trials,
        seed=comparison.seed,
        executor=executor,
        folder=folder,
        progress=progress_of(progress, "for power at each hazard ratio, to compare the methods"),
    )
    near = [test.power for test in found[: len(planned)]]
    size, late = found[len(planned)], found[len(planned) + 1 :]
    row = MethodRow(
        method="simulation",
        label="Simulated log-rank test",
        n_events=None,
        n_events_rounded=None,
        n_patients=None,
        n_patients_rounded=None,
        power=tuple(tail.value for tail in near),
        power_far_tail=tuple(test.rejected.value for test in found[: len(planned)]),
        power_at_events=tuple(test.power.value for test in late) if late else None,
        mc_error=tuple(tail.mc_error for tail in near),
    )
    return row, SimulatedSize(
        favourable=size.favourable.value,
        favourable_error=size.favourable.mc_error,
        unfavourable=size.unfavourable.value,
        unfavourable_error=size.unfavourable.mc_error,
    )


def _scenario(comparison: MethodsComparison, case: SurvivalAssumptions) -> SimulationScenario:
    return SimulationScenario(
        assumptions=case,
        n_patients=comparison.n_patients,
        alpha=comparison.alpha,
        sides=comparison.sides,
    )
