"""Answers about re-estimation: blinded patients, unblinded events, the final test."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from duonen_stats.design import (
    METHOD_LABELS,
    BlindedCut,
    BlindedReestimation,
    EventsInReach,
    ReestimationRule,
    RuleCalibration,
    SurvivalAssumptions,
    UnblindedReestimation,
    events_in_reach,
    reestimate_blinded,
    reestimate_events,
)
from duonen_stats.design.reestimation.trial_under_way import Interval
from duonen_stats.design.trial.rounding import allocation_block
from duonen_stats.design_report.answer import (
    Answer,
    AnswerTable,
    Fact,
    Parts,
    Value,
    assumed,
    count_at,
    dates_at,
    dates_of,
    limits_at,
    months_at,
    number_at,
    plain_table,
    rate_at,
    share_at,
    short_at,
    stated,
)
from duonen_stats.design_report.monitoring_answers import final_facts, final_tests, plan_words
from duonen_stats.design_report.planning.reestimation_figures import blinded_figure, unblinded_figure
from duonen_stats.design_report.projection_answers import (
    cut_data,
    cut_facts,
    cut_warnings,
    ends_tables,
    rate_facts,
)
from duonen_stats.design_report.question_inputs import planned_opening
from duonen_stats.design_report.simulation_answers import (
    FINAL_TESTS,
    LEVEL_NOTES,
    LEVEL_OF_UNEQUAL_ARMS,
    calibrated_facts,
)
from duonen_stats.displays.model.format import NOT_ESTIMABLE

_NOT_IN_TIME = "no number of patients brings the events by the analysis"
_USUAL_P = (
    "The p-value of the usual test has the share of the events that had come by the look. Where their number was "
    "changed, its critical value has another p-value than the level of the plan."
)
_ROLES = {
    "plan": "the plan", "needed": "needed", "decided": "decided", "most": "most that can enter, in whole blocks",
}  # fmt: skip
_NOT_REACHED = "not reached under these rates"
_METHODS: Mapping[str, str] = {
    **{str(name): label for name, label in METHOD_LABELS.items()},
    "simulation": "simulation, nominal critical value",
    "simulation_calibrated": "simulation, calibrated critical value",
}


def reestimate_blinded_answer(cut: BlindedCut, **asked: object) -> Answer:
    """Patients needed and when the events come, judged by a cut without arms; ``asked`` as in reestimate_blinded."""
    found = reestimate_blinded(cut, **asked)  # type: ignore[arg-type]
    aim: Parts = (count_at("blinded.required_events", "events"), " events")
    if found.power is not None:
        kind = "one-sided" if found.sides == 1 else "two-sided"
        aim = (
            share_at("blinded.power"), " power at hazard ratio ",
            short_at("blinded.hazard_ratio", label="Hazard ratio"),
            f", log-rank test, {kind} level {stated(found.alpha)}",
        )  # fmt: skip
    facts: tuple[Fact, ...] = (
        *cut_facts(cut),
        *rate_facts("blinded.rates"),
        ("Aim", aim),
        ("Method", _METHODS[found.method] if found.power is not None else "events expected at the analysis"),
        ("Events needed", count_at("blinded.required_events", "events")),
        ("Plan kept", (count_at("blinded.planned_patients", "patients"), " patients, analysis at month ",
                       months_at("blinded.end_months"),
                       *(() if cut.opened is None else (", ", Value("dates.planned_analysis", "date"))))),
        ("Events by then", limits_at("blinded.events_at_end", 1, "events")),
        ("Probability of enough events", share_at("blinded.probability_enough")),
        *_when(found, dated=cut.opened is not None),
        ("Patients needed", limits_at("blinded.patients_needed", 0, "patients")
         if not _unknown(found.patients_needed)
         else (f"{_NOT_REACHED}: ", count_at("blinded.patients_needed.estimate", "patients", reason=_NOT_REACHED))),
        ("Patients decided", _decided(found)),
    )  # fmt: skip
    answer = Answer(
        question="reestimate",
        title="Blinded re-estimation",
        assumed=(
            ("Hazard ratio", number_at("blinded.hazard_ratio", 3)),
            ("Allocation", (short_at("blinded.allocation_ratio"), " experimental : 1 control")),
            ("Patients planned", count_at("blinded.planned_patients", "patients")),
            ("Analysis", ("month ", months_at("blinded.end_months"), " if the plan is kept")),
        ),
        facts=facts,
        tables=(_sizes(found), *ends_tables(cut)),
        notes=(*cut_warnings(cut), *_blinded_notes(found)),
        data={
            "cut": cut_data(cut),
            "warnings": cut_warnings(cut),
            "blinded": found,
            **dates_of(cut.opened, required=found.months_to_required, planned_analysis=found.end_months),
        },
        population="Patients in the data cut, arms together",
        blinded=True,
    )
    ends = {name: asked.get(name) for name in ("end_months", "followup_months")}
    return replace(answer, figures=(blinded_figure(answer, cut, **ends),))  # type: ignore[arg-type]


def _unknown(found: Interval) -> bool:
    """Say whether neither an estimate nor a limit is there."""
    return found.estimate is None and found.lower is None and found.upper is None


def _when(found: BlindedReestimation, *, dated: bool) -> list[Fact]:
    """Say when the needed events are expected, or that they are there already."""
    at = "blinded.months_to_required"
    month: Parts = limits_at(at, 1, "months")
    day: Parts = dates_at("dates.required")
    if _unknown(found.months_to_required):
        month = (f"{_NOT_REACHED}: ", months_at(f"{at}.estimate", reason=_NOT_REACHED))
        day = _NOT_REACHED
    if found.required_seen:
        month = ("already reached, in month ", months_at(f"{at}.estimate"))
        day = ("already reached, ", Value("dates.required.estimate", "date"))
        if found.months_to_required.estimate is None:
            unknown = months_at(
                f"{at}.estimate", reason="already reached; the month is not known from numbers alone"
            )
            month, day = (
                ("already reached; when is not known from numbers alone: ", unknown),
                "already reached",
            )
    facts: list[Fact] = [("Month of the needed events", month)]
    return [*facts, ("Date of the needed events", day)] if dated else facts


def _decided(found: BlindedReestimation) -> Parts:
    """Write the number decided, or that none would give the events in time."""
    number = count_at("blinded.patients_decided", "patients", reason=_NOT_IN_TIME)
    if found.patients_decided is None:
        return (
            number,
            f": {found.why}; plan a later analysis (--total, --followup) or state a cap (--max-patients)",
        )
    why = f": {found.why}" if found.why else ""
    return (number, f" (capped{why})" if found.capped else "")


def _sizes(found: BlindedReestimation) -> AnswerTable:
    formula = "Lakatos" if found.method.startswith("simulation") else _METHODS[found.method].split(",")[0]
    heads = [
        "Patients",
        "Total",
        "Experimental",
        "Control",
        "Last entry",
        "Analysis",
        "Events",
        f"Power, {formula}",
    ]
    simulated = found.outcomes[0].simulated is not None
    if simulated:
        heads += ["Power, simulated", "Critical Z", "Power, calibrated"]
    rows = []
    for i, one in enumerate(found.outcomes):
        at = f"blinded.outcomes.{i}"
        role = ", ".join(_ROLES[name] for name in one.roles) + (
            "" if one.attainable else ", not attainable by then"
        )
        cells: list[Parts] = [
            role, *(count_at(f"{at}.{name}", "patients") for name in ("n_patients", "n_experimental", "n_control")),
            months_at(f"{at}.last_entry_months"), months_at(f"{at}.analysis_months"),
            number_at(f"{at}.events.estimate", 1, "events"), share_at(f"{at}.power"),
        ]  # fmt: skip
        if simulated:
            cells += [
                rate_at(f"{at}.simulated.nominal"), number_at(f"{at}.simulated.critical_value", 3),
                rate_at(f"{at}.simulated.calibrated"),
            ]  # fmt: skip
        rows.append(cells)
    return plain_table(heads, rows, key="sizes", title="What numbers of patients give")


def _blinded_notes(found: BlindedReestimation) -> list[str]:
    notes = [
        f"Blinded: no arm was read. Limits at {stated(found.confidence)} over the posterior of the rates. "
        f"{NOT_ESTIMABLE}: not reached under these rates. Months are calendar months since the trial opened. Patients "
        f"needed are whole numbers{_block_words(found.allocation_ratio)}, with their limits."
    ]
    simulated = found.outcomes[0].simulated
    if simulated is not None:
        notes.append(
            f"Simulated power: {simulated.n_trials} trials each, seed {found.seed}; critical values calibrated on "
            f"{simulated.calibration_trials} trials without an effect. SE is the Monte-Carlo standard error, in points."
        )
    if found.method == "simulation" and found.allocation_ratio != 1:
        notes.append(
            "With unequal arms the nominal critical value exceeds its level, so that part of the power comes from too "
            "many false rejections. The calibrated one holds it: --method simulation_calibrated decides by that."
        )
    if (
        found.power is not None
        and found.method in ("schoenfeld", "freedman", "hsieh_freedman")
        and found.allocation_ratio != 1
    ):
        notes.append(
            "With unequal arms the formulas for events alone are off by some points of power; simulation is not."
        )
    return notes


def _block_words(allocation_ratio: float) -> str:
    block = sum(allocation_block(allocation_ratio))
    return f" in blocks of {block}" if block > 1 else ""


def reestimate_unblinded_answer(
    rule: ReestimationRule,
    *,
    z: float,
    assumptions: SurvivalAssumptions,
    patients: int,
    cut: BlindedCut | None = None,
    final_z: float | None = None,
    final_events: int | None = None,
    calibration: RuleCalibration | None = None,
    opened: date | None = None,
    seen_stated: bool | None = None,
) -> Answer:
    """Events to go on with after an unblinded look, what they need, the level, and the final test once there is one.

    Parameters
    ----------
    rule, z
        The rule, and the statistic of the look.
    assumptions, patients
        The plan.
    cut
        The pooled data at the look, if known: when events come is then judged by them.
    final_z, final_events
        Statistic and events at the end of the trial.
    calibration
        Simulated level of the rule, and critical values that hold it.
    opened
        Date at which the trial opened, for dates; None: as planned. The pooled data have their own.
    seen_stated
        Whether the events seen at the look were stated, and are not those planned for it; None: if the rule has them.
    """
    stated_events = rule.seen_events is not None if seen_stated is None else seen_stated
    found = reestimate_events(rule, z)
    facts: list[Fact] = [
        ("Plan", plan_words(rule.design)),
        ("Final test", f"{rule.test} ({FINAL_TESTS[rule.test]})"),
        ("Seen", ("Z = ", number_at("unblinded.z", 3), " at ", number_at("unblinded.interim_events", 1, "events"),
                  " events", "" if stated_events else " (as planned for the look)", "; hazard ratio ",
                  number_at("unblinded.estimated_hazard_ratio", 3, label="Estimated hazard ratio"))),
        ("Zone", _ZONES[found.zone]),
        *_decision(rule, found),
    ]  # fmt: skip
    data: dict[str, object] = {"rule": rule, "unblinded": found}
    if found.events_decided is not None:
        reach, more = _reach(assumptions, patients, found.events_decided, cut, opened)
        facts += reach
        data |= more
    if rule.least_valid_power() is not None:
        facts.append(("Valid from", ("conditional power ", share_at("unblinded.least_valid_power"),
                                     " with the planned events, for a rise to the cap")))  # fmt: skip
    if calibration is not None:
        data["calibration"] = calibration
        facts += calibrated_facts(calibration)
    notes = [LEVEL_NOTES[rule.test]]
    if not stated_events:
        notes.insert(0, "The events seen at the look were not stated: those planned for it are taken. State them by "
                     "--events.")  # fmt: skip
    if rule.allocation_ratio != 1:
        notes.append(LEVEL_OF_UNEQUAL_ARMS)
        if calibration is None:
            notes.append("The level and the calibrated values were not simulated: leave out --trials 0.")
    ended = final_tests(rule, z, final_z, final_events, calibration)
    if ended:
        data |= ended
        facts += final_facts(ended, calibration)
        if rule.test == "unweighted" and final_z is not None:
            notes.append(_USUAL_P)
    answer = Answer(
        question="reestimate",
        title="Unblinded re-estimation of events",
        assumed=(*assumed(assumptions), ("Patients", (count_at("planned_patients", "patients"), " planned"))),
        facts=tuple(facts),
        notes=tuple(notes),
        data={"assumptions": assumptions, "planned_patients": patients, **data},
        population="Patients at the interim look, by arm",
        blinded=False,
    )
    return replace(answer, figures=(unblinded_figure(answer),))


_ZONES = {
    "efficacy": "efficacy: the trial stops, the null hypothesis is rejected",
    "futility": "futility: the trial stops",
    "unfavourable": "unfavourable: the planned events are kept",
    "promising": "promising: events may be changed",
    "favourable": "favourable: the planned events are kept",
    "not valid": "promising, but a rise would not be valid with the unweighted test: the planned events are kept",
}


def _decision(rule: ReestimationRule, found: UnblindedReestimation) -> list[Fact]:
    planned: Fact = ("Events planned", number_at("unblinded.planned_events", 0, "events"))
    if found.events_decided is None:
        return [planned]
    capped = " (capped)" if found.capped else ""
    return [
        planned,
        ("Events decided", (count_at("unblinded.events_decided", "events"), capped)),
        (f"Events for {stated(rule.target_power)}", number_at(
            "unblinded.events_for_target", 1, "events", reason="the effect assumed is not positive")),
        ("Conditional power, planned", share_at("unblinded.planned_conditional_power")),
        ("Conditional power, decided", share_at("unblinded.conditional_power")),
        *_conditional_error(rule),
        ("Critical Z of the last stage", number_at("unblinded.stage_critical_z", 3)),
    ]  # fmt: skip


def _conditional_error(rule: ReestimationRule) -> list[Fact]:
    if rule.test == "weighted":
        return [("Conditional error", share_at("unblinded.conditional_error", 2))]
    return [
        ("Conditional error, planned", share_at("unblinded.conditional_error", 2)),
        ("Conditional error, decided", share_at("unblinded.decided_conditional_error", 2)),
    ]


def _reach(
    assumptions: SurvivalAssumptions, patients: int, events: int, cut: BlindedCut | None, opened: date | None
) -> tuple[list[Fact], dict[str, object]]:
    """Say when the decided events come, and with how many patients."""
    if cut is None:
        reach: EventsInReach = events_in_reach(assumptions, patients, events)
        when: Parts = (
            "expected at month ",
            months_at("reach.months"),
            ", ",
            Value("dates.decided", "date"),
            f", with the {patients} patients planned",
        )
        if reach.months is None:
            when = ("out of reach of the ", f"{patients} patients planned: ", number_at(
                "reach.most_events", 1, "events", label="Most events expected of the patients planned"),
                " are expected however long the wait")  # fmt: skip
        needed: Parts = (
            count_at("reach.patients_needed", "patients", reason=_NOT_IN_TIME), " for the analysis at month ",
            months_at("reach.planned_months"), ", ", Value("dates.planned_analysis", "date"),
        )  # fmt: skip
        if reach.patients_needed is None:
            needed = "none: not by the planned analysis, even if patients enter until then"
        start = opened or planned_opening()
        facts: list[Fact] = [
            ("Opening", (Value("opened", "date"), ", as stated" if opened else ", as planned")),
            ("Decided events", when), ("Patients for them", needed),
        ]  # fmt: skip
        if reach.open_months is not None and (reach.months is None or reach.patients_needed is None):
            facts.append(("If accrual goes on", (
                "expected at month ", months_at("reach.open_months"), ", ", Value("dates.open_accrual", "date"), ", ",
                count_at("reach.open_patients", "patients"),
                " patients having entered",
            )))  # fmt: skip
        return facts, {
            "opened": start,
            "reach": reach,
            **dates_of(
                start, decided=reach.months, planned_analysis=reach.planned_months,
                open_accrual=reach.open_months,
            ),
        }  # fmt: skip
    from_cut = reestimate_blinded(
        cut, hazard_ratio=assumptions.constant_hazard_ratio, planned_patients=patients,
        allocation_ratio=assumptions.allocation_ratio, end_months=assumptions.analysis_months, target_events=events,
    )  # fmt: skip
    when = ("expected at month ", *limits_at("from_cut.months_to_required", 1, "months"), ", ",
            *dates_at("dates.decided"), f", with the {patients} patients planned")  # fmt: skip
    if from_cut.months_to_required.estimate is None:
        when = (f"out of reach of the {patients} patients planned at the rates seen",)
    needed = (count_at("from_cut.patients_decided", "patients", reason=_NOT_IN_TIME), " for the analysis at month ",
              f"{assumptions.analysis_months:g}, ", Value("dates.planned_analysis", "date"))  # fmt: skip
    if from_cut.patients_decided is None:
        needed = f"none: {from_cut.why}"
    return (
        [*cut_facts(cut), *_RATES_AT_THE_LOOK, ("Decided events", when), ("Patients for them", needed)],
        {
            "cut": cut_data(cut),
            "from_cut": from_cut,
            **dates_of(
                cut.opened, decided=from_cut.months_to_required, planned_analysis=assumptions.analysis_months
            ),
        },
    )


_RATES_AT_THE_LOOK: tuple[Fact, ...] = (
    ("Pooled hazard", (*limits_at("from_cut.rates.pooled_hazard", 5, "per month"), " per month")),
    (
        "Accrual at the look",
        (*limits_at("from_cut.rates.patients_per_month", 2, "patients per month"), " patients per month"),
    ),
)
