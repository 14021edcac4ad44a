"""Answers about monitoring: boundaries, conditional and predictive power, a rule on severe events."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from duonen_stats.design import (
    METHOD_LABELS,
    FinalCombination,
    GroupSequentialDesign,
    ReestimationRule,
    RuleCalibration,
    SurvivalAssumptions,
    ToxicityCharacteristics,
    conditional_power,
    final_combination,
    group_sequential_trial,
    log_rank_drift,
    planned_direction,
    predictive_power,
)
from duonen_stats.design.fixed.fixed_methods import FixedMethod
from duonen_stats.design.trial.rounding import balanced, round_up
from duonen_stats.design_report.answer import (
    Answer,
    AnswerTable,
    Fact,
    Part,
    Parts,
    assumed,
    count_at,
    months_at,
    number_at,
    p_at,
    plain_table,
    rate_at,
    share_at,
    short_at,
)
from duonen_stats.design_report.fixed_answers import DIRECTIONS
from duonen_stats.design_report.planning.monitoring_figures import boundaries_figure, conditional_power_figure
from duonen_stats.displays.model.format import MINUS
from duonen_stats.errors import PlanError


def boundaries_answer(
    design: GroupSequentialDesign,
    assumptions: SurvivalAssumptions,
    *,
    method: FixedMethod = "schoenfeld",
    max_events: float | None = None,
    patients: int | None = None,
) -> Answer:
    """Boundaries look by look on the scales of Z, p and the hazard ratio, with events and calendar months."""
    events, calendar = group_sequential_trial(
        design, assumptions, method=method, max_events=max_events, n_patients=patients
    )
    direction = planned_direction(assumptions) or "lower"
    looks = range(design.looks)
    rounded = [round_up(value) for value in events.n_events]
    balanced_patients = sum(balanced(round_up(calendar.max_patients), assumptions.allocation_ratio))
    columns: list[tuple[str, list[Parts]]] = [
        ("Look", [f"{k + 1}" for k in looks]),
        ("Information", [share_at(f"plan.information.{k}") for k in looks]),
        ("Events", [count_at(f"events_rounded.{k}", "events") for k in looks]),
        ("Month", [months_at(f"calendar.look_months.{k}") for k in looks]),
        ("Reject if Z above", [number_at(f"plan.efficacy_z.{k}", 3) for k in looks]),
        ("Nominal p", [p_at(f"plan.nominal_p.{k}") for k in looks]),
        ("Hazard ratio", [number_at(f"events.hazard_ratio_boundary.{k}", 3) for k in looks]),
        ("Alpha spent", [share_at(f"plan.alpha_spent.{k}", 3) for k in looks]),
        ("Rejects here", [share_at(f"events.reject_probability.{k}") for k in looks]),
    ]
    if design.futility is not None:
        columns[5:5] = [("Futility if Z below", [number_at(f"plan.futility_z.{k}", 3) for k in looks])]
        columns.append(("Futility here", [share_at(f"events.futility_probability.{k}") for k in looks]))
    ratio: tuple[Part, ...] = ()
    if events.hazard_ratio is not None:
        ratio = (" at hazard ratio ", short_at("events.hazard_ratio", label="Hazard ratio"))
    facts: tuple[Fact, ...] = (
        ("Plan", plan_words(design)),
        ("Power", (share_at("events.power"), *ratio, f" ({DIRECTIONS[direction]})")),
        ("Most events", (count_at(f"events_rounded.{design.looks - 1}", "events"), " (",
                         number_at("events.max_events", 2, "events", label="Most events, unrounded"), ")")),
        (
            "Expected events",
            (number_at("events.expected_events", 1, "events"), "; halfway to no effect ",
             number_at("events.expected_events_halfway", 1, "events", label="Expected events, halfway to no effect"),
             "; no effect ", number_at("events.expected_events_null", 1, "events", label="Expected events, no effect")),
        ),
        ("Inflation of events", (number_at("plan.inflation_factor", 4), " times those of a plan with one look")),
        ("Patients", (count_at("patients_rounded", "patients"), " (", number_at(
            "calendar.max_patients", 2, "patients", label="Patients, unrounded"), "); balanced ", count_at(
            "patients_balanced", "patients", label="Patients, balanced"), "; expected to have entered at the end ",
            number_at("calendar.expected_patients", 1, "patients", label="Patients entered, expected at the end"))),
        ("Expected end", ("month ", months_at("calendar.expected_months"))),
    )  # fmt: skip
    answer = Answer(
        question="boundaries",
        title=f"Group-sequential boundaries by the method of {METHOD_LABELS[method]}",
        assumed=assumed(assumptions),
        facts=facts,
        tables=(_transposed(columns),),
        notes=(
            "Z is positive in the direction of the assumed effect"
            + (" (the experimental arm does better)" if direction == "lower" else " (the experimental arm does worse)")
            + "; nominal p is one-sided. Events and patients are rounded up.",
        ),
        data={
            "assumptions": assumptions, "plan": design, "events": events, "calendar": calendar,
            "events_rounded": rounded, "patients_rounded": round_up(calendar.max_patients),
            "patients_balanced": balanced_patients,
        },
    )  # fmt: skip
    return replace(answer, figures=(boundaries_figure(answer),))


def _transposed(columns: Sequence[tuple[str, Sequence[Parts]]]) -> AnswerTable:
    return plain_table(
        [head for head, _ in columns], list(zip(*(values for _, values in columns), strict=True)),
        key="boundaries", title="Boundaries look by look",
    )  # fmt: skip


_RULE_WORDS: Mapping[str, str] = {
    "lan_demets_obrien_fleming": "Lan–DeMets, O’Brien–Fleming type",
    "lan_demets_pocock": "Lan–DeMets, Pocock type",
    "hwang_shih_decani": "Hwang–Shih–DeCani",
    "kim_demets": "Kim–DeMets",
    "obrien_fleming": "O’Brien–Fleming",
    "pocock": "Pocock",
    "wang_tsiatis": "Wang–Tsiatis",
    "haybittle_peto": "Haybittle–Peto",
    "stated_spending": "stated spending",
    "stated_values": "stated values",
}


def plan_words(design: GroupSequentialDesign) -> str:
    """Say which plan of looks it is."""
    sides = "one-sided" if design.sides == 1 else "two-sided"
    efficacy = _rule_words(design.efficacy, design.efficacy_parameter)
    if design.futility is None:
        return f"{efficacy}, {sides} {100 * design.alpha:g}%"
    futility = _rule_words(design.futility, design.futility_parameter)
    binding = "binding" if design.binding else "not binding"
    return f"{efficacy}, {sides} {100 * design.alpha:g}%; futility {futility} ({binding})"


def _rule_words(rule: str, parameter: float | Sequence[float] | None) -> str:
    if parameter is None:
        return _RULE_WORDS[rule]
    stated = (parameter,) if isinstance(parameter, int | float) else parameter
    return f"{_RULE_WORDS[rule]} ({', '.join(_signed(number) for number in stated)})"


def _signed(number: float) -> str:
    return f"{number:g}".replace("-", MINUS)


def conditional_power_answer(
    design: GroupSequentialDesign,
    *,
    look: int,
    z: float,
    max_events: float | None = None,
    hazard_ratio: float | None = None,
    allocation_ratio: float = 1.0,
) -> Answer:
    """Probability of rejecting later, given an interim result."""
    drift = None
    if hazard_ratio is not None:
        if max_events is None:
            raise PlanError(
                "A hazard ratio to assume needs --max-events: the events planned for the last look."
            )
        drift = log_rank_drift(hazard_ratio, max_events, allocation_ratio=allocation_ratio)
    found = conditional_power(design, look=look, z=z, drift=drift)
    facts: list[Fact] = [
        ("Plan", plan_words(design)),
        ("Seen", ("Z = ", number_at("conditional.z", 3), f" at look {look}, ", share_at(
            "conditional.fraction", label="Information at the look"), " of the information")),
        ("If the trend goes on", share_at("conditional.under_trend")),
        ("If the effect is as planned", share_at("conditional.under_design")),
        ("If there is no effect", share_at("conditional.under_null")),
        ("Predictive, flat prior", share_at("predictive.predictive_power")),
    ]  # fmt: skip
    if z >= design.efficacy_z[look - 1]:
        facts.insert(2, ("Boundary", "crossed at this look; what follows is for going on all the same"))
    elif design.futility_z and z < design.futility_z[look - 1]:
        facts.insert(
            2, ("Boundary", "of futility crossed at this look; what follows is for going on all the same")
        )
    if hazard_ratio is not None:
        facts.append((f"If the hazard ratio is {hazard_ratio:g}", share_at("conditional.at_drift")))
    answer = Answer(
        question="conditional-power",
        title="Conditional and predictive power",
        facts=tuple(facts),
        notes=("Z is positive if the experimental arm does better.",),
        data={
            "plan": design, "conditional": found, "predictive": predictive_power(design, look=look, z=z),
            "max_events": max_events, "hazard_ratio": hazard_ratio,
        },
    )  # fmt: skip
    return replace(answer, figures=(conditional_power_figure(answer),))


# The final test of a trial whose events may have been re-estimated: by the plan's values, and by
# calibrated ones.


_NAMES = {"weighted": "combination with the weights of the plan", "unweighted": "usual test of all events"}


def final_tests(
    rule: ReestimationRule,
    z: float,
    final_z: float | None,
    final_events: int | None,
    calibration: RuleCalibration | None,
) -> dict[str, object]:
    """Test a trial that has ended, by the plan's critical values and by calibrated ones.

    Parameters
    ----------
    rule, z
        The rule, and the statistic of the look.
    final_z, final_events
        Statistic and events at the end; None: the trial has not gone beyond the look.
    calibration
        Calibrated critical values, if there are.

    Returns
    -------
    dict
        ``final`` by the plan's values, ``final_calibrated`` by the calibrated ones. Each is left out while the trial
        goes on by its values. A trial that went on although one of the two ends it at the look has the result of the
        look by these values.

    Raises
    ------
    PlanError
        The trial has a last stage, though it ends at the look by all values there are.
    """
    if rule.design.looks != 2:  # noqa: PLR2004
        return {}
    seen, events = [z], [rule.interim_events]
    if final_z is not None and final_events is not None:
        seen, events = [z, final_z], [rule.interim_events, float(final_events)]
    planned = (rule.design.efficacy_z[0], rule.design.efficacy_z[-1])
    critical_values = {"final": planned}
    if calibration is not None:
        critical_values["final_calibrated"] = calibration.critical_z
    if len(seen) > 1 and all(z >= values[0] for values in critical_values.values()):
        final_combination(rule, seen, events, critical_z=planned)  # says that there is no last stage
    ended: dict[str, object] = {}
    for name, values in critical_values.items():
        if z >= values[0]:
            ended[name] = final_combination(rule, seen[:1], events[:1], critical_z=values)
        elif len(seen) > 1:
            ended[name] = final_combination(rule, seen, events, critical_z=values)
    return ended


def final_facts(ended: Mapping[str, object], calibration: RuleCalibration | None) -> list[Fact]:
    """Say what the final test found; parameters as given to, and from, :func:`final_tests`."""
    facts: list[Fact] = []
    by_plan, by_calibrated = (ended.get(name) for name in ("final", "final_calibrated"))
    if isinstance(by_plan, FinalCombination):
        facts += _test("final", by_plan, ("Final statistic", "p, one-sided", "Hazard ratio"))
    elif isinstance(by_calibrated, FinalCombination):
        facts.append(
            (
                "Final statistic",
                "by the plan’s values the look crosses nothing: the trial goes on",
            )
        )
    if calibration is None:
        return facts
    if isinstance(by_calibrated, FinalCombination):
        names = ("At the calibrated value", "p, calibrated boundary", "Hazard ratio, calibrated boundary")
        facts += _test("final_calibrated", by_calibrated, names)
    elif facts:
        facts.append((
            "At the calibrated value",
            (number_at("calibration.interim.value", 3), ": the look does not cross it, the trial goes on"),
        ))  # fmt: skip
    verdicts = [
        one.rejects if isinstance(one, FinalCombination) else None for one in (by_plan, by_calibrated)
    ]
    ends = [one.look if isinstance(one, FinalCombination) else None for one in (by_plan, by_calibrated)]
    if facts and (verdicts[0] != verdicts[1] or ends[0] != ends[1]):
        facts.append(("The two disagree", (
            f"the plan’s values {_in_words(by_plan)}, the calibrated ones {_in_words(by_calibrated)}. "
            "Those that were fixed before the look decide."
        )))  # fmt: skip
    return facts


def _in_words(found: object) -> str:
    if not isinstance(found, FinalCombination):
        return "let the trial go on after the look"
    where = "at the look" if found.look == 1 else "at the end"
    return f"{'reject' if found.rejects else 'do not reject'} the null hypothesis {where}"


def _test(at: str, found: FinalCombination, names: tuple[str, str, str]) -> list[Fact]:
    verdict = "rejected" if found.rejects else "not rejected"
    where = " at the look" if found.look == 1 else ""
    statistic, p_value, ratio = names
    level = (
        " by the normal distribution, which belong to the calibrated values"
        if at == "final_calibrated"
        else ""
    )
    other = "" if found.test == "weighted" else ": they may say otherwise than the usual test"
    return [
        (statistic, (number_at(f"{at}.statistic", 3), ", critical value ", number_at(
            f"{at}.critical_z", 3, label="Critical value"), f": the null hypothesis is {verdict}{where}")),
        (p_value, (p_at(f"{at}.p_value"), f", {_NAMES[found.test]}; rejected up to ", number_at(
            f"{at}.p_critical", 4, label="p-value of the critical value"))),
        (ratio, (number_at(f"{at}.hazard_ratio", 3), " (", number_at(
            f"{at}.lower", 3, label="Lower limit of the hazard ratio"), " to ", number_at(
            f"{at}.upper", 3, label="Upper limit of the hazard ratio"), "), median-unbiased, ", share_at(
            f"{at}.confidence", label="Confidence"), f" limits{level}, {_NAMES['weighted']}{other}")),
    ]  # fmt: skip


def toxicity_answer(found: Sequence[ToxicityCharacteristics]) -> Answer:
    """Say what a rule on severe events does at true rates, events being seen late, and beside it if they were not."""
    rule, scenario = "rule", found[0].scenario
    each: tuple[Part, ...] = ("after every patient",)
    if scenario.every > 1:
        each = (
            "after every ",
            count_at(f"{rule}.every", "patients", label="Patients between looks"),
            " patients",
        )
    window: tuple[Part, ...] = ("events are known at entry",)
    if scenario.window_months > 0:
        time = short_at(f"{rule}.window_months", "months", label="Time until events are seen")
        window = (
            "events come within ",
            time,
            " month of entry" if scenario.window_months == 1 else " months of entry",
        )
    rows: list[tuple[Parts, ...]] = [
        (
            share_at(f"toxicity.{place}.scenario.rate"), rate_at(f"toxicity.{place}.signals"),
            share_at(f"toxicity.{place}.signals_at_once", 2),
            *(number_at(f"toxicity.{place}.{name}", 1, "patients") for name in
              ("patients", "patients_at_once", "events")),
            months_at(f"toxicity.{place}.months"),
        )
        for place in range(len(found))
    ]  # fmt: skip
    return Answer(
        question="toxicity",
        title="What a rule on severe events does in an arm",
        facts=(
            ("Signals", ("if the probability of more than ", share_at(f"{rule}.bound", label="Bound"), " is at least ",
                         share_at(f"{rule}.threshold", label="Threshold"), ", from ", count_at(
                             f"{rule}.first", "patients", label="First look"),
                         f" {_noun('patient', scenario.first)} on")),
            ("Severe event", "treatment-emergent adverse event of grade 3 or higher"),
            ("Looks", (*each, ", just before the next enters, with the events known by then, and when all are "
                       "followed")),
            ("Prior", ("beta(", short_at(f"{rule}.prior_events", "patients", label="Prior, with the event"), ", ",
                       short_at(f"{rule}.prior_others", "patients", label="Prior, without the event"), ")")),
            ("Arm", (count_at(f"{rule}.n_patients", "patients"), f" {_noun('patient', scenario.n_patients)}, ",
                     short_at(f"{rule}.per_month", "patients a month", label="Accrual"), " a month; ", *window)),
            ("Entry", "at random: a Poisson process, with exponential gaps between patients"),
        ),
        tables=(
            plain_table(
                ("True rate", "Signals", "Signals, no delay", "Patients treated", "Patients, no delay",
                 "With the event", "Months"),
                rows, key="toxicity", title="Over simulated trials",
            ),
        ),
        notes=(
            f"{found[0].n_trials} simulated trials for each rate, seed {found[0].seed}. SE is the Monte-Carlo standard "
            "error, in points. Patients, those with the event among them, and months since the first entry are means "
            "at the signal, or when all are followed. No delay: exactly, by recursion, if every event were known "
            "before the next patient enters.",
            "A patient counts from entry on, also before an event could be seen, as in the report; so the rule signals "
            "late rather than early while patients are followed.",
        ),
        data={"rule": scenario, "toxicity": found},
        population="Simulated trials",
    )  # fmt: skip


def _noun(noun: str, number: float) -> str:
    return noun if number == 1 else f"{noun}s"
