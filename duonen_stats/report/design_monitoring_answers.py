"""Answers about monitoring and re-estimation: boundaries, conditional power, projection, new sizes."""

from collections.abc import Sequence

from duonen_stats.design import (
    BlindedCut,
    BlindedReestimation,
    GroupSequentialDesign,
    Interval,
    RateEstimate,
    ReestimationRule,
    SurvivalAssumptions,
    conditional_power,
    group_sequential_calendar,
    group_sequential_events,
    log_rank_drift,
    predictive_power,
    project_events,
    reestimate_blinded,
    reestimate_events,
)
from duonen_stats.displays.content import TableContent
from duonen_stats.displays.format import NOT_ESTIMABLE, count, fixed, p_value
from duonen_stats.errors import PlanError
from duonen_stats.report.design_answer import Answer, Fact, months, number, plain_table, share


def boundaries_answer(
    design: GroupSequentialDesign,
    assumptions: SurvivalAssumptions,
    *,
    hazard_ratio: float,
    max_events: float | None = None,
    patients: int | None = None,
) -> Answer:
    """Boundaries look by look on the scales of Z, p and the hazard ratio, with events and calendar months."""
    events = group_sequential_events(
        design,
        hazard_ratio=hazard_ratio,
        allocation_ratio=assumptions.allocation_ratio,
        max_events=max_events,
    )
    calendar = group_sequential_calendar(
        events, assumptions.with_hazard_ratio(hazard_ratio), n_patients=patients
    )
    columns: list[tuple[str, Sequence[str]]] = [
        ("Look", [count(k + 1) for k in range(design.looks)]),
        ("Information", [share(value) for value in design.information]),
        ("Events", [number(value, 1) for value in events.n_events]),
        ("Month", [number(value, 1) for value in calendar.look_months]),
        ("Reject if Z above", [number(value, 3) for value in design.efficacy_z]),
        ("Nominal p", [p_value(value) for value in design.nominal_p]),
        ("Hazard ratio", [number(value, 3) for value in events.hazard_ratio_boundary]),
        ("Alpha spent", [share(value, 3) for value in design.alpha_spent]),
        ("Rejects here", [share(value) for value in events.reject_probability]),
    ]
    if design.futility is not None:
        columns[5:5] = [("Futility if Z below", [number(value, 3) for value in design.futility_z])]
        columns.append(("Futility here", [share(value) for value in events.futility_probability]))
    facts = (
        ("Plan", _plan(design)),
        ("Power", f"{share(events.power)} at hazard ratio {fixed(hazard_ratio, 3)}"),
        ("Most events", number(events.max_events, 1)),
        (
            "Expected events",
            f"{number(events.expected_events, 1)}; halfway to no effect {number(events.expected_events_halfway, 1)}; "
            f"no effect {number(events.expected_events_null, 1)}",
        ),
        ("Inflation of events", f"{fixed(design.inflation_factor, 4)} of a plan with one look"),
        ("Patients", f"{number(calendar.max_patients, 1)}, expected {number(calendar.expected_patients, 1)}"),
        ("Expected end", months(calendar.expected_months)),
    )
    return Answer(
        question="boundaries",
        title="Group-sequential boundaries",
        facts=facts,
        tables=(_transposed(columns),),
        notes=("Z is positive if the experimental arm does better; nominal p is one-sided.",),
        data={"assumptions": assumptions, "plan": design, "events": events, "calendar": calendar},
    )


def _transposed(columns: Sequence[tuple[str, Sequence[str]]]) -> TableContent:
    return plain_table(
        [head for head, _ in columns], list(zip(*(values for _, values in columns), strict=True))
    )


def _plan(design: GroupSequentialDesign) -> str:
    sides = "one-sided" if design.sides == 1 else "two-sided"
    futility = "" if design.futility is None else f", futility {design.futility.replace('_', ' ')}"
    binding = "" if design.futility is None else " (binding)" if design.binding else " (not binding)"
    return f"{design.efficacy.replace('_', ' ')}, {sides} {share(design.alpha)}{futility}{binding}"


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
    predicted = predictive_power(design, look=look, z=z)
    facts: list[Fact] = [
        ("Plan", _plan(design)),
        ("Seen", f"Z = {fixed(z, 3)} at look {count(look)}, {share(found.fraction)} of the information"),
        ("If the trend goes on", share(found.under_trend)),
        ("If the effect is as planned", share(found.under_design)),
        ("If there is no effect", share(found.under_null)),
        ("Predictive, flat prior", share(predicted.predictive_power)),
    ]
    if z >= design.efficacy_z[look - 1]:
        facts.insert(2, ("Boundary", "crossed at this look; what follows is for going on all the same"))
    if hazard_ratio is not None:
        facts.append((f"If the hazard ratio is {fixed(hazard_ratio, 3)}", share(found.at_drift)))
    return Answer(
        question="conditional-power",
        title="Conditional and predictive power",
        facts=tuple(facts),
        data={"plan": design, "conditional": found, "predictive": predicted},
    )


def project_answer(
    cut: BlindedCut,
    *,
    targets: Sequence[int],
    planned_patients: int | None,
    hazard_ratio: float = 1.0,
    allocation_ratio: float = 1.0,
    accrual_window: float | None = None,
    max_followup: float | None = None,
    confidence: float = 0.9,
    simulations: int = 2_000,
    seed: int = 1,
) -> Answer:
    """When numbers of events come, judged by a cut without arms."""
    found = project_events(
        cut, targets, planned_patients=planned_patients, hazard_ratio=hazard_ratio,
        allocation_ratio=allocation_ratio, accrual_window_months=accrual_window, max_followup_months=max_followup,
        confidence=confidence, n_simulations=simulations, seed=seed,
    )  # fmt: skip
    rows = [
        (
            count(one.n_events), number(one.months, 1),
            f"{number(one.lower, 1)} to {number(one.upper, 1)}", share(one.probability_reached),
            "" if one.date is None else one.date.isoformat(),
            "" if one.date_lower is None else one.date_lower.isoformat(),
            "" if one.date_upper is None else one.date_upper.isoformat(),
        )
        for one in found.targets
    ]  # fmt: skip
    heads = ["Events", "Month, median", f"{share(confidence, 0)} prediction", "Reached", "Date", "From", "To"]
    if all(not row[4] for row in rows):
        heads, rows = heads[:4], [row[:4] for row in rows]  # type: ignore[misc]
    return Answer(
        question="project",
        title="Projection of events",
        facts=(*_cut_facts(cut), *_rate_facts(found.rates.pooled_hazard, found.rates.patients_per_month)),
        tables=(plain_table(heads, rows),),
        notes=(
            f"Blinded: no arm was read. Prediction over accrual, events and dropout, {simulations} simulations, "
            f"seed {seed}. {NOT_ESTIMABLE}: not reached with that probability.",
        ),
        data={"cut": _cut_data(cut), "projection": found},
    )


def _cut_facts(cut: BlindedCut) -> tuple[Fact, ...]:
    seen = (
        f"month {number(cut.cut_months, 1)}: {count(cut.n_patients)} patients, {count(cut.n_events)} events, "
        f"{count(cut.n_dropouts)} lost, {number(cut.exposure_months, 1)} patient-months"
    )
    return (("Data cut", seen),)


def _cut_data(cut: BlindedCut) -> dict[str, object]:
    names = ("n_patients", "n_events", "n_dropouts", "exposure_months", "cut_months", "opened")
    return {name: getattr(cut, name) for name in names}


def _rate_facts(hazard: RateEstimate, accrual: RateEstimate) -> tuple[Fact, ...]:
    return (
        ("Pooled hazard", f"{_limits(hazard, 5)} per month"),
        ("Accrual", f"{_limits(accrual, 2)} patients per month"),
    )


def _limits(rate: RateEstimate, decimals: int) -> str:
    return f"{number(rate.estimate, decimals)} ({number(rate.lower, decimals)} to {number(rate.upper, decimals)})"


def reestimate_blinded_answer(
    cut: BlindedCut,
    *,
    hazard_ratio: float,
    planned_patients: int,
    allocation_ratio: float = 1.0,
    end: float | None = None,
    followup: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    max_patients: int | None = None,
    accrual_window: float | None = None,
) -> Answer:
    """Patients needed and when the events come, judged by a cut without arms."""
    found = reestimate_blinded(
        cut, hazard_ratio=hazard_ratio, planned_patients=planned_patients, allocation_ratio=allocation_ratio,
        end_months=end, followup_months=followup, alpha=alpha, sides=sides, power=target_power,
        max_patients=max_patients, accrual_window_months=accrual_window,
    )  # fmt: skip
    facts = (
        *_cut_facts(cut),
        *_rate_facts(found.rates.pooled_hazard, found.rates.patients_per_month),
        ("Events needed", f"{count(found.required_events)} for {share(target_power, 0)} power at hazard ratio "
         f"{fixed(hazard_ratio, 3)}"),
        ("Plan kept", f"{count(planned_patients)} patients, analysis at month {number(found.end_months, 1)}"),
        ("Events by then", _interval(found.events_at_end)),
        ("Power then", share(found.power_at_end)),
        ("Probability of enough events", share(found.probability_enough)),
        ("Month of the needed events", _interval(found.months_to_required)),
        ("Patients needed", _interval(found.patients_needed)),
        ("Patients decided", _patients_decided(found, max_patients)),
    )  # fmt: skip
    return Answer(
        question="reestimate",
        title="Blinded re-estimation",
        facts=facts,
        notes=(
            f"Blinded: no arm was read. Limits at {share(found.confidence, 0)} over the posterior of the rates. "
            f"{NOT_ESTIMABLE}: not reached under these rates.",
        ),
        data={"cut": _cut_data(cut), "blinded": found},
    )


def _interval(value: Interval) -> str:
    return f"{number(value.estimate, 1)} ({number(value.lower, 1)} to {number(value.upper, 1)})"


def _patients_decided(found: BlindedReestimation, max_patients: int | None) -> str:
    """Write the number decided, or that none would give the events in time."""
    if found.patients_needed.estimate is None and max_patients is None:
        pace = number(found.rates.patients_per_month.estimate, 2)
        return (
            f"none: at {pace} patients a month no number gives the events by month {number(found.end_months, 1)}; "
            "plan a later analysis (--followup) or state a cap (--max-patients)"
        )
    return f"{count(found.patients_decided)}{' (capped)' if found.capped else ''}"


def reestimate_unblinded_answer(rule: ReestimationRule, *, z: float) -> Answer:
    """Events to go on with after an unblinded interim look, the level being held."""
    found = reestimate_events(rule, z)
    stopped = found.zone in {
        "efficacy",
        "futility",
    }  # a boundary is crossed at this look: there is no last stage
    facts = (
        ("Plan", _plan(rule.design)),
        ("Seen", f"Z = {fixed(z, 3)} at {number(rule.interim_events, 1)} events"),
        ("Zone", found.zone),
        ("Events planned", number(found.planned_events, 1)),
        ("Events decided", f"{number(found.total_events, 1)}{' (capped)' if found.capped else ''}"),
        ("Events for the target", number(found.events_for_target, 1)),
        ("Conditional power, planned", share(found.planned_conditional_power)),
        ("Conditional power, decided", share(found.conditional_power)),
        ("Conditional error", NOT_ESTIMABLE if stopped else share(found.conditional_error, 2)),
        ("Critical Z of the last stage", NOT_ESTIMABLE if stopped else number(found.stage_critical_z, 3)),
    )
    return Answer(
        question="reestimate",
        title="Unblinded re-estimation of events (inverse-normal combination)",
        facts=facts,
        notes=(
            "The stages keep the weights of the plan, so the level is held whatever the number of events.",
        ),
        data={"rule": rule, "unblinded": found},
    )
