"""Answers that simulate: all methods side by side, and power and size of the log-rank test."""

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

from duonen_stats.design import (
    CalibratedTest,
    ClaimCheck,
    CriticalValue,
    MethodsComparison,
    Progress,
    SimulationScenario,
    SurvivalAssumptions,
    check_published_power,
    check_published_size,
    compare_methods,
    simulate_power_and_size,
)
from duonen_stats.design.published_plan import PUBLISHED_POWER_PERCENT
from duonen_stats.displays.content import TableContent
from duonen_stats.displays.format import count, fixed
from duonen_stats.report.design_answer import (
    Answer,
    assumed,
    level_facts,
    number,
    plain_table,
    share,
    simulated,
)
from duonen_stats.report.design_inputs import is_study_plan


def methods_answer(
    assumptions: SurvivalAssumptions,
    *,
    patients: int,
    hazard_ratios: Sequence[float],
    events: int | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    trials: int = 40_000,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Answer:
    """All methods side by side; for the study's own plan also what of the publication is reproduced."""
    found = compare_methods(
        assumptions, patients, hazard_ratios=hazard_ratios, n_events=events, alpha=alpha, sides=sides,
        target_power=target_power, n_trials=trials, seed=seed, executor=executor, folder=folder, progress=progress,
    )  # fmt: skip
    sizes: tuple[ClaimCheck, ...] = ()
    powers: tuple[ClaimCheck, ...] = ()
    if is_study_plan(assumptions) and (alpha, sides, target_power) == (0.05, 2, 0.9):
        sizes, powers = check_published_size(assumptions), check_published_power(found)
    return Answer(
        question="methods",
        title=f"All methods side by side, {count(patients)} patients",
        assumed=(*assumed(assumptions), *level_facts(alpha, sides)),
        facts=(
            ("Patients with an event", f"{share(found.event_probability)} at the analysis"),
            *_size_facts(found),
        ),
        tables=(
            _comparison_table(found),
            *([_size_table(sizes)] if sizes else []),
            *([_power_table(powers, found.hazard_ratios)] if powers else []),
        ),
        notes=(*_notes(found), *([_verdict(powers)] if powers else [])),
        data={"comparison": found, "published_size": sizes, "published_power": powers},
    )


def _size_facts(found: MethodsComparison) -> tuple[tuple[str, str], ...]:
    if found.size is None:
        return ()
    size = found.size
    return (
        ("Simulated size, favourable", f"{share(size.favourable, 2)} (SE {fixed(100 * size.favourable_error, 2)})"),
        (
            "Simulated size, unfavourable",
            f"{share(size.unfavourable, 2)} (SE {fixed(100 * size.unfavourable_error, 2)})",
        ),
    )  # fmt: skip


def _comparison_table(found: MethodsComparison) -> TableContent:
    heads = ["Method", "Events", "Patients"]
    heads += [f"Power, HR {ratio:g}" for ratio in found.hazard_ratios]
    if found.n_events is not None:
        heads += [f"at {found.n_events} events, HR {ratio:g}" for ratio in found.hazard_ratios]
    rows = []
    for row in found.rows:
        errors = row.mc_error or (None,) * len(row.power)
        cells = [row.label, _whole(row.n_events_rounded), _whole(row.n_patients_rounded)]
        cells += [
            share(value) + (f" ± {fixed(100 * error, 1)}" if error is not None else "")
            for value, error in zip(row.power, errors, strict=True)
        ]
        cells += [share(value) for value in row.power_at_events or ()]
        rows.append(cells)
    return plain_table(heads, rows)


def _whole(value: int | None) -> str:
    return number(value, 0)


def _size_table(checks: Sequence[ClaimCheck]) -> TableContent:
    rows = [
        (
            one.quantity, fixed(one.printed, 0), fixed(one.regenerated, 2),
            "reproduced" if one.agrees else "not reproduced",
        )
        for one in checks
    ]  # fmt: skip
    return plain_table(("Published", "Printed", "Regenerated", "Verdict"), rows)


def _power_table(checks: Sequence[ClaimCheck], ratios: Sequence[float]) -> TableContent:
    """Put the published power on top, below it what each method gives."""
    quantities = list(dict.fromkeys(one.quantity for one in checks))
    by_method: dict[str, list[ClaimCheck]] = {}
    for one in checks:
        by_method.setdefault(one.method, []).append(one)
    printed = {one.quantity: one.printed for one in checks}
    rows = [["published", *(fixed(printed[name], 0) for name in quantities), ""]]
    for method, ones in by_method.items():
        agrees = sum(one.agrees for one in ones)
        verdict = f"{agrees} of {len(quantities)} agree"
        rows.append([method, *(fixed(one.regenerated, 1) for one in ones), verdict])
    return plain_table(
        ("Power, %", *(f"HR {ratio:g}" for ratio in ratios if ratio in PUBLISHED_POWER_PERCENT), "Verdict"),
        rows,
    )


def _notes(found: MethodsComparison) -> tuple[str, ...]:
    needed = f"Events and patients are those needed for {share(found.target_power, 0)} power. {found.rounding_rule}"
    if not found.n_trials:
        return (needed,)
    return (
        needed,
        f"Simulation: {found.n_trials} trials for each hazard ratio, seed {found.seed}; ± is one Monte-Carlo "
        "standard error, in points.",
    )


def _verdict(checks: Sequence[ClaimCheck]) -> str:
    by_method: dict[str, bool] = {}
    for one in checks:
        by_method[one.method] = by_method.get(one.method, True) and one.agrees
    agreeing = [method for method, agrees in by_method.items() if agrees]
    if agreeing:
        return f"The published power at the planned size is reproduced by: {', '.join(agreeing)}."
    return (
        "The published power at the planned size is not reproduced: no method gives all of its figures from the "
        "published assumptions."
    )


def simulation_answer(
    scenario: SimulationScenario,
    *,
    trials: int,
    calibration_trials: int,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Power and size of the log-rank test at the normal and at the calibrated critical values."""
    found = simulate_power_and_size(
        scenario, n_trials=trials, calibration_trials=calibration_trials, seed=seed, executor=executor,
        folder=folder, progress=progress,
    )  # fmt: skip
    calibration = found.calibration
    rows = [
        (
            name,
            critical,
            simulated(power.favourable),
            simulated(favourable),
            simulated(unfavourable),
        )
        for name, critical, power, favourable, unfavourable in (
            (
                "nominal",
                _pair(*calibration.nominal_values),
                found.power,
                calibration.nominal_favourable,
                calibration.nominal_unfavourable,
            ),
            (
                "calibrated",
                _calibrated(calibration),
                found.calibrated_power,
                found.calibrated_size.favourable,
                found.calibrated_size.unfavourable,
            ),
        )
    ]
    if (
        found.power.permutation_favourable
        and found.size.permutation_favourable
        and found.size.permutation_unfavourable
    ):
        rows.append((
            "permutation", "", simulated(found.power.permutation_favourable),
            simulated(found.size.permutation_favourable), simulated(found.size.permutation_unfavourable),
        ))  # fmt: skip
    heads = ("Test", "Critical values of Z", "Power", "Size, favourable tail", "Size, unfavourable tail")
    return Answer(
        question="simulate",
        title=f"Simulated log-rank test, {count(scenario.n_patients)} patients",
        assumed=(*assumed(scenario.assumptions), *level_facts(scenario.alpha, scenario.sides)),
        facts=(
            ("Level of each tail", share(calibration.tail_alpha, 2)),
            ("Mean events", f"{number(found.power.mean_events, 1)}; no effect {number(found.size.mean_events, 1)}"),
            ("Mean analysis", f"month {number(found.power.mean_analysis_months, 1)}"),
            *_limits("Lower critical value", calibration.lower),
            *_limits("Upper critical value", calibration.upper),
        ),
        tables=(plain_table(heads, rows),),
        notes=(
            f"{found.power.n_trials} trials for each power and for the calibrated size; {calibration.n_trials} others "
            f"without effect for the nominal size and the critical values; seed {seed}. SE is the Monte-Carlo "
            "standard error, in points. The favourable tail is that with the experimental arm better; power is that "
            "of this tail.",
        ),
        data={"scenario": scenario, "result": found},
    )  # fmt: skip


def _pair(low: float, high: float) -> str:
    return f"{number(low, 3)}, {number(high, 3)}"


def _calibrated(test: CalibratedTest) -> str:
    values = test.scenario.tails
    return _pair(values[0], values[1])


def _limits(label: str, value: CriticalValue | None) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    return (
        (
            label,
            f"{fixed(value.value, 3)} (95 % Monte-Carlo {fixed(value.low, 3)} to {fixed(value.high, 3)})",
        ),
    )
