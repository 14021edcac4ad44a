"""Answers that simulate: all methods side by side, the log-rank test, and what a re-estimation rule does."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from duonen_stats.design import (
    ClaimCheck,
    CriticalValue,
    MethodsComparison,
    PowerAndSize,
    Progress,
    ReestimationRule,
    RuleCalibration,
    RuleCharacteristics,
    SimulationScenario,
    SurvivalAssumptions,
    check_published_power,
    check_published_size,
    compare_methods,
    planned_direction,
    simulate_power_and_size,
)
from duonen_stats.design.fixed.published_plan import PUBLISHED_POWER_PERCENT
from duonen_stats.design_report.answer import (
    Answer,
    AnswerTable,
    Fact,
    Parts,
    assumed,
    count_at,
    level_facts,
    months_at,
    number_at,
    plain_table,
    points_at,
    rate_at,
    share_at,
    stated,
)
from duonen_stats.design_report.fixed_answers import DIRECTIONS
from duonen_stats.design_report.monitoring_answers import plan_words
from duonen_stats.design_report.planning.monitoring_figures import methods_figure, simulation_figure
from duonen_stats.design_report.planning.power_sliders import with_sliders
from duonen_stats.design_report.planning.reestimation_figures import characteristics_figure
from duonen_stats.design_report.question_inputs import is_study_plan


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
    answer = Answer(
        question="methods",
        title=f"All methods side by side, {patients} patients",
        assumed=(*assumed(assumptions), *level_facts(alpha, sides)),
        facts=(
            ("Patients with an event", (share_at("comparison.event_probability"), " at the analysis")),
            *_size_facts(found),
        ),
        tables=(
            _comparison_table(found),
            *([_size_table(sizes)] if sizes else []),
            *([_power_table(powers, found.hazard_ratios)] if powers else []),
        ),
        notes=(*_notes(found), *([_verdict(powers)] if powers else [])),
        data={
            "assumptions": assumptions, "comparison": found, "published_size": sizes, "published_power": powers,
        },
    )  # fmt: skip
    return replace(answer, figures=(methods_figure(answer),))


def _size_facts(found: MethodsComparison) -> tuple[Fact, ...]:
    if found.size is None:
        return ()
    at = "comparison.size"
    return tuple(
        (f"Simulated size, {tail}", (share_at(f"{at}.{tail}", 2), " (SE ", points_at(
            f"{at}.{tail}_error", 2, label="Monte-Carlo standard error"), ")"))
        for tail in ("favourable", "unfavourable")
    )  # fmt: skip


def _comparison_table(found: MethodsComparison) -> AnswerTable:
    heads = ["Method", "Events", "Patients"]
    heads += [f"Power, HR {ratio:g}" for ratio in found.hazard_ratios]
    if found.n_events is not None:
        heads += [f"at {found.n_events} events, HR {ratio:g}" for ratio in found.hazard_ratios]
    rows = []
    for i, row in enumerate(found.rows):
        at = f"comparison.rows.{i}"
        cells: list[Parts] = [
            row.label,
            *("–" if row.n_events is None and not row.why else count_at(f"{at}.{name}", reason=row.why) for name in
              ("n_events_rounded", "n_patients_rounded")),
        ]  # fmt: skip
        if row.why:
            cells += ["–"] * (len(heads) - len(cells))
        for k in range(len(row.power)):
            power = share_at(f"{at}.power.{k}")
            error = points_at(f"{at}.mc_error.{k}", label="Monte-Carlo standard error")
            cells.append(power if row.mc_error is None else (power, " ± ", error))
        cells += [share_at(f"{at}.power_at_events.{k}") for k in range(len(row.power_at_events or ()))]
        rows.append(cells)
    return plain_table(heads, rows, key="methods", title="Events and patients needed, and power")


def _size_table(checks: Sequence[ClaimCheck]) -> AnswerTable:
    rows = [
        (
            one.quantity, number_at(f"published_size.{i}.printed", 0), number_at(f"published_size.{i}.regenerated", 2),
            "reproduced" if one.agrees else "not reproduced",
        )
        for i, one in enumerate(checks)
    ]  # fmt: skip
    heads = ("Published", "Printed", "Regenerated", "Verdict")
    return plain_table(heads, rows, key="published_size", title="The published size")


def _power_table(checks: Sequence[ClaimCheck], ratios: Sequence[float]) -> AnswerTable:
    """Put the published power on top, below it what each method gives."""
    quantities = list(dict.fromkeys(one.quantity for one in checks))
    by_method: dict[str, list[tuple[int, ClaimCheck]]] = {}
    for i, one in enumerate(checks):
        by_method.setdefault(one.method, []).append((i, one))
    printed = {one.quantity: i for i, one in enumerate(checks)}
    rows: list[list[Parts]] = [
        [
            "published",
            *(number_at(f"published_power.{printed[name]}.printed", 0, "%") for name in quantities),
            "",
        ]
    ]
    for method, ones in by_method.items():
        agrees = sum(one.agrees for _, one in ones)
        regenerated = (number_at(f"published_power.{i}.regenerated", 1, "%") for i, _ in ones)
        rows.append([method, *regenerated, f"{agrees} of {len(quantities)} agree"])
    heads = (
        "Power, %",
        *(f"HR {ratio:g}" for ratio in ratios if ratio in PUBLISHED_POWER_PERCENT),
        "Verdict",
    )
    return plain_table(heads, rows, key="published_power", title="The published power")


def _notes(found: MethodsComparison) -> tuple[str, ...]:
    needed = (
        f"Events and patients are those needed for {stated(found.target_power)} power. {found.rounding_rule} Power is "
        "the probability of rejecting in the direction of each hazard ratio."
    )
    unknown = tuple(f"{row.label}: no answer. {row.why}" for row in found.rows if row.why)
    if not found.n_trials:
        return (needed, *unknown)
    return (
        needed,
        *unknown,
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


_FORMULA_NOT_SIMULATION = (
    "The answer of this report is simulated, which takes too long for a page: the sliders use a formula instead, and "
    "start from what it gives. Its power is not the simulated one."
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
    direction = scenario.looks_for
    no_effect = planned_direction(scenario.assumptions, rho=scenario.rho, gamma=scenario.gamma) is None
    at = "result.calibration"
    tests: list[tuple[str, tuple[Parts, str, str, str]]] = [
        ("nominal", (_pair(at, "nominal_values"), "result.power", f"{at}.nominal_favourable",
                     f"{at}.nominal_unfavourable")),
        ("calibrated", (_pair(f"{at}.scenario", "tails"), "result.calibrated_power",
                        "result.calibrated_size.favourable", "result.calibrated_size.unfavourable")),
    ]  # fmt: skip
    tail = "rejected" if no_effect else "favourable" if direction == "lower" else "unfavourable"
    rows: list[tuple[Parts, ...]] = [
        (name, critical, rate_at(f"{power}.{tail}"), rate_at(favourable), rate_at(unfavourable))
        for name, (critical, power, favourable, unfavourable) in tests
    ]
    if found.power.permutation_favourable is not None:
        rows.append((
            "permutation", "", rate_at(f"result.power.permutation_{tail}"),
            rate_at("result.size.permutation_favourable"), rate_at("result.size.permutation_unfavourable"),
        ))  # fmt: skip
    heads = ("Test", "Critical values of Z", "Power", "Size, favourable tail", "Size, unfavourable tail")
    answer = Answer(
        question="simulate",
        title=f"Simulated log-rank test, {scenario.n_patients} patients",
        assumed=(
            *assumed(scenario.assumptions, n_events=scenario.n_events),
            *level_facts(scenario.alpha, scenario.sides, rho=scenario.rho, gamma=scenario.gamma),
            *_simulated_as(scenario),
        ),
        facts=(
            ("Level of each tail", share_at("result.calibration.tail_alpha", 2)),
            ("Mean events", (number_at("result.power.mean_events", 1, "events"), "; no effect ",
                             number_at("result.size.mean_events", 1, "events", label="Mean events, no effect"))),
            ("Mean analysis", ("month ", months_at("result.power.mean_analysis_months"))),
            *_missed(found),
            *_limits("Lower critical value", "lower", calibration.lower),
            *_limits("Upper critical value", "upper", calibration.upper),
        ),
        tables=(plain_table(heads, rows, key="tests", title="Power and size"),),
        notes=(
            f"{found.power.n_trials} trials for each power and for the calibrated size; {calibration.n_trials} others "
            f"without effect for the nominal size and the critical values; seed {seed}. SE is the Monte-Carlo "
            "standard error, in points. Z is negative if the experimental arm does better: the favourable tail is the "
            f"lower one. Power is {'' if no_effect else 'that '}{DIRECTIONS[None if no_effect else direction]}.",
        ),
        data={"assumptions": scenario.assumptions, "scenario": scenario, "result": found},
    )  # fmt: skip
    answer = replace(answer, figures=(simulation_figure(answer),))
    if (
        scenario.n_events is not None
        or scenario.rho
        or scenario.gamma
        or scenario.assessment_months is not None
    ):
        return answer
    return with_sliders(
        answer, scenario.assumptions, scenario.n_patients, method="schoenfeld", alpha=scenario.alpha,
        sides=scenario.sides, target_power=0.9, words=(_FORMULA_NOT_SIMULATION,),
    )  # fmt: skip


def _simulated_as(scenario: SimulationScenario) -> tuple[Fact, ...]:
    """Say how patients enter and events are seen, where it is not the usual way."""
    facts: list[Fact] = []
    if scenario.entry != "random":
        facts.append(("Entry", {"even": "evenly spaced", "poisson": "a Poisson process"}[scenario.entry]))
    if scenario.assessment_months is not None:
        facts.append(("Assessments", (months_at("scenario.assessment_months"), " months apart")))
    return tuple(facts)


def _missed(found: PowerAndSize) -> tuple[Fact, ...]:
    if found.power.scenario.n_events is None:
        return ()
    return (
        ("Trials without that event", (share_at("result.power.share_target_missed", 2), "; no effect ", share_at(
            "result.size.share_target_missed", 2, label="Trials without that event, no effect"))),
    )  # fmt: skip


def _pair(at: str, name: str) -> Parts:
    low = number_at(f"{at}.{name}.0", 3, label="Lower critical value", reason="no lower critical value")
    high = number_at(f"{at}.{name}.1", 3, label="Upper critical value", reason="no upper critical value")
    return (low, ", ", high)


def _limits(label: str, name: str, value: CriticalValue | None) -> tuple[Fact, ...]:
    if value is None:
        return ()
    at = f"result.calibration.{name}"
    return (
        (label, (number_at(f"{at}.value", 3), " (95% Monte-Carlo ", number_at(f"{at}.low", 3, label="Lower limit"),
                 " to ", number_at(f"{at}.high", 3, label="Upper limit"), ")")),
    )  # fmt: skip


# Trials that follow a re-estimation rule.


LEVEL_OF_UNEQUAL_ARMS = (
    "With unequal arms the log-rank statistic is skewed: the plan’s critical values do not hold the level exactly, the "
    "calibrated ones do within their Monte-Carlo error."
)
FINAL_TESTS = {
    "weighted": "inverse-normal combination with the weights of the plan",
    "unweighted": "the usual test of all events",
}
LEVEL_NOTES = {
    "weighted": "The stages keep the weights of the plan: for normal statistics the level is held whatever the number "
    "of events.",
    "unweighted": "Events are raised only where the conditional error of the usual test is no more than that of the "
    "plan (Chen, DeMets & Lan): for normal statistics the level is then held.",
}


def calibrated_facts(calibration: RuleCalibration) -> list[Fact]:
    """Say the simulated level of a rule and its calibrated critical values; in the data as ``calibration``."""
    at = "calibration"
    first: Parts = "no stopping for efficacy at the look"
    if calibration.interim is not None:
        first = _critical(f"{at}.interim", f"{at}.nominal_z.0")
    return [
        ("Level of the procedure", (*rate_at(f"{at}.nominal_level"), " simulated, for ", share_at(
            f"{at}.alpha", label="Level of the plan"))),
        ("Calibrated, look", first),
        ("Calibrated, final test", _critical(f"{at}.final", f"{at}.nominal_z.1")),
        ("Calibrated level", (share_at(f"{at}.alpha", label="Level of the plan"), ", Monte-Carlo standard error ",
                              points_at(f"{at}.level_std_err", 3, label="Monte-Carlo standard error of the level"),
                              " points from the calibration")),
        ("Simulated trials", (count_at(f"{at}.n_trials", "trials"), " without an effect, seed ",
                              count_at(f"{at}.seed", label="Seed"), "; ", count_at(f"{at}.n_patients", label=
                              "Patients simulated"), " patients, at most ", count_at(f"{at}.max_patients", label=
                              "Most patients simulated"), " when events are raised")),
    ]  # fmt: skip


def _critical(path: str, nominal: str) -> Parts:
    return (
        "reject if Z is above ", number_at(f"{path}.value", 3), " (95% Monte-Carlo ", number_at(
            f"{path}.low", 3, label="Lower limit"), " to ", number_at(f"{path}.high", 3, label="Upper limit"),
        "); the plan has ", number_at(nominal, 3, label="Critical value of the plan"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Judged:
    """A row of the table of characteristics: which trials, judged how, and where its numbers are."""

    name: str
    at: str


def characteristics_answer(
    rule: ReestimationRule, assumptions: SurvivalAssumptions, found: RuleCharacteristics
) -> Answer:
    """Say what a rule does over many trials: level, power, events, patients, duration, nominal and calibrated."""
    truth = f"hazard ratio {found.hazard_ratio:g}"
    rows: Sequence[_Judged] = (
        _Judged("No effect, plan’s values", "characteristics.null"),
        _Judged("No effect, calibrated", "characteristics.calibrated_null"),
        _Judged(f"{truth}, plan’s values", "characteristics.alternative"),
        _Judged(f"{truth}, calibrated", "characteristics.calibrated_alternative"),
    )
    at = "characteristics"
    behaviour = plain_table(
        ("Trials", "Rejects", "SE", "Stops for efficacy", "Stops for futility", "Events changed", "Too few events",
         "Mean events", "Mean patients", "Mean months"),
        [
            (
                row.name, share_at(f"{row.at}.power", 2), points_at(f"{row.at}.power_std_err", 2),
                share_at(f"{row.at}.stop_for_efficacy"), share_at(f"{row.at}.stop_for_futility"),
                share_at(f"{row.at}.changed"), share_at(f"{row.at}.short_of_events"),
                *(number_at(f"{row.at}.{name}.mean", 1, unit) for name, unit in
                  (("events", "events"), ("patients", "patients"), ("months", "months"))),
            )
            for row in rows
        ],
        key="behaviour", title="How trials end",
    )  # fmt: skip
    spread = plain_table(
        ("Trials and quantity", "5%", "25%", "Median", "75%", "95%"),
        [
            (f"{row.name}: {name}", *(number_at(f"{row.at}.{name}.{part}", 1, name) for part in
                                      ("p5", "p25", "median", "p75", "p95")))
            for row in rows for name in ("events", "patients", "months")
        ],
        key="spread", title="Events, patients and months over trials",
    )  # fmt: skip
    facts: list[Fact] = [
        ("Plan", plan_words(rule.design)),
        ("Final test", f"{rule.test} ({FINAL_TESTS[rule.test]})"),
        ("Rule", _rule_words(rule)),
        ("Patients", (count_at(f"{at}.n_patients", "patients"), " planned, at most ", count_at(
            f"{at}.max_patients", "patients", label="Most patients"))),
        ("Level, plan’s values", rate_at(f"{at}.level")),
        ("Level, calibrated", rate_at(f"{at}.calibrated_level")),
        *(fact for fact in calibrated_facts(found.calibration) if fact[0].startswith("Calibrated")),
        ("Power, plan’s values", (share_at(f"{at}.alternative.power", 2), " (SE ", points_at(
            f"{at}.alternative.power_std_err", 2, label="Monte-Carlo standard error"), ")")),
        ("Power, calibrated", (share_at(f"{at}.calibrated_alternative.power", 2), " (SE ", points_at(
            f"{at}.calibrated_alternative.power_std_err", 2, label="Monte-Carlo standard error"), ")")),
    ]  # fmt: skip
    answer = Answer(
        question="characteristics",
        title="Operating characteristics of a re-estimation rule",
        assumed=assumed(assumptions),
        facts=tuple(facts),
        tables=(behaviour, spread),
        notes=(
            f"{found.calibration.n_trials} simulated trials for the critical values, {found.null.n_trials} others for "
            f"level and power each, seed {found.seed}. SE is the Monte-Carlo standard error, in points; that of a "
            "calibrated level holds the error of the calibration, that of a calibrated power is at the critical values "
            "shown. Without an effect both arms have the control hazard. The level counts stops for futility only if "
            "they are binding; the tables follow them.",
            LEVEL_NOTES[rule.test],
            *((LEVEL_OF_UNEQUAL_ARMS,) if rule.allocation_ratio != 1 else ()),
        ),
        data={
            "assumptions": assumptions,
            "rule": rule,
            "characteristics": found,
            "calibration": found.calibration,
        },
        population="Simulated trials",
    )
    return replace(answer, figures=(characteristics_figure(answer),))


def _rule_words(rule: ReestimationRule) -> Parts:
    effect = "seen" if rule.hazard_ratio is None else f"of hazard ratio {rule.hazard_ratio:g}"
    zone = (
        "wherever the trial goes on"
        if rule.zone is None
        else (f"if the conditional power is from {stated(rule.zone[0])} to below {stated(rule.zone[1])}")
    )
    return (
        number_at("rule.planned_events", 0, "events"), " events planned, look at ", number_at(
            "rule.interim_events", 1, "events", label="Events at the look"), ", raised for ", share_at(
            "rule.target_power", label="Conditional power aimed at"), f" conditional power at the effect {effect}, at "
        "most to ", number_at("rule.max_events", 0, "events", label="Most events"), f", {zone}",
    )  # fmt: skip
