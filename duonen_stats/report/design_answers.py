"""Answers about fixed designs: power, patients, events, and the precision of a rate."""

from collections.abc import Sequence

from duonen_stats.design import (
    METHOD_LABELS,
    SurvivalAssumptions,
    event_probability,
    expected_events,
    minimum_detectable_hazard_ratio,
    patients_for_any,
    patients_for_precision,
    power,
    probability_of_any,
    proportion_precision,
    rate_excluded,
    required_events,
    sample_size,
    time_to_events,
)
from duonen_stats.design.fixed_methods import EventMethod, FixedMethod
from duonen_stats.design.precision import PrecisionMethod
from duonen_stats.displays.format import count, fixed
from duonen_stats.errors import PlanError
from duonen_stats.report.design_answer import (
    Answer,
    Fact,
    assumed,
    level_facts,
    months,
    number,
    plain_table,
    share,
)


def power_answer(
    assumptions: SurvivalAssumptions,
    *,
    patients: int,
    events: int | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    method: FixedMethod = "schoenfeld",
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
    target_power: float = 0.9,
) -> Answer:
    """Power at a number of patients, and the smallest effect found with ``target_power``."""
    found = power(
        assumptions, patients, n_events=events, alpha=alpha, sides=sides, method=method, far_tail=far_tail,
        null_hazard_ratio=null_hazard_ratio,
    )  # fmt: skip
    try:
        worse = assumptions.constant_hazard_ratio > null_hazard_ratio
        least = minimum_detectable_hazard_ratio(
            assumptions, patients, n_events=events, target_power=target_power, alpha=alpha, sides=sides,
            method=method, far_tail=far_tail, null_hazard_ratio=null_hazard_ratio,
            direction="higher" if worse else "lower",
        )  # fmt: skip
    except PlanError:  # the power itself has an answer all the same
        least = None
    facts = (
        ("Patients", count(patients)),
        ("Analysis", months(found.analysis_months)),
        ("Events by then", f"{number(found.n_events, 1)}{' expected' if events is None else ''}"),
        ("Power", share(found.power)),
        (
            f"Detectable with {share(target_power, 0)}",
            f"hazard ratio {fixed(least.hazard_ratio, 3)}" if least else "none",
        ),
    )
    return Answer(
        question="power",
        title=f"Power by the method of {METHOD_LABELS[method]}",
        assumed=(*assumed(assumptions), *level_facts(alpha, sides, far_tail=far_tail)),
        facts=facts,
        data={"assumptions": assumptions, "result": found, "detectable": least},
    )


def sample_size_answer(
    assumptions: SurvivalAssumptions,
    *,
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    method: FixedMethod = "schoenfeld",
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
) -> Answer:
    """Patients needed for a power at the planned time of analysis."""
    found = sample_size(
        assumptions, alpha=alpha, sides=sides, power=target_power, method=method, far_tail=far_tail,
        null_hazard_ratio=null_hazard_ratio,
    )  # fmt: skip
    balanced = (
        f"{count(found.n_patients_balanced)} "
        f"({count(found.n_experimental_balanced)} experimental, {count(found.n_control_balanced)} control)"
    )
    facts: tuple[Fact, ...] = (
        ("Power", share(target_power)),
        ("Events needed", f"{count(found.n_events_rounded)} ({fixed(found.n_events, 2)})"),
        ("Patients with an event", share(found.event_probability)),
        ("Patients needed", f"{count(found.n_patients_rounded)} ({fixed(found.n_patients, 2)})"),
        ("Patients, balanced", balanced),
        ("Accrual rate", f"{number(found.patients_per_month, 2)} patients per month"),
    )
    return Answer(
        question="sample-size",
        title=f"Sample size by the method of {METHOD_LABELS[method]}",
        assumed=(*assumed(assumptions), *level_facts(alpha, sides, far_tail=far_tail)),
        facts=facts,
        notes=(found.rounding_rule,),
        data={"assumptions": assumptions, "result": found},
    )


def events_answer(
    assumptions: SurvivalAssumptions,
    *,
    patients: int,
    target: float | None = None,
    at: Sequence[float] = (),
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    method: EventMethod = "schoenfeld",
    null_hazard_ratio: float = 1.0,
) -> Answer:
    """Events needed, events expected over calendar time, and when a number is reached.

    Raises
    ------
    PlanError
        ``target`` is never reached.
    """
    needed = required_events(
        assumptions.constant_hazard_ratio, allocation_ratio=assumptions.allocation_ratio, alpha=alpha,
        sides=sides, power=target_power, method=method, null_hazard_ratio=null_hazard_ratio,
    )  # fmt: skip
    expected = [
        expected_events(assumptions, patients, month) for month in (*at, *([] if at else _steps(assumptions)))
    ]
    wanted = needed.n_events_rounded if target is None else target
    reached, when = _when(assumptions, wanted, patients, strict=target is not None)
    facts = (
        (
            f"Events for {share(target_power, 0)} power",
            f"{count(needed.n_events_rounded)} ({fixed(needed.n_events, 2)})",
        ),
        ("Patients with an event", f"{share(event_probability(assumptions).overall)} at the analysis"),
        (f"{wanted:g} events with {count(patients)} patients", when),
    )  # fmt: skip
    table = plain_table(
        ("Month", "Patients entered", "Events, control", "Events, experimental", "Events"),
        [
            (
                number(one.at_months, 1), number(one.entered, 1), number(one.control, 1),
                number(one.experimental, 1), number(one.total, 1),
            )
            for one in expected
        ],
    )  # fmt: skip
    return Answer(
        question="events",
        title=f"Events: needed ({METHOD_LABELS[method]}) and expected",
        assumed=(*assumed(assumptions), *level_facts(alpha, sides)),
        facts=facts,
        tables=(table,),
        data={
            "assumptions": assumptions,
            "required": needed,
            "target_events": wanted,
            "months_to_target": reached,
            "n_patients": patients,
            "expected": expected,
        },
    )


def _steps(assumptions: SurvivalAssumptions) -> list[float]:
    """Eight calendar months up to the analysis."""
    return [assumptions.analysis_months * (i + 1) / 8 for i in range(8)]


def _when(
    assumptions: SurvivalAssumptions, events: float, patients: int, *, strict: bool
) -> tuple[float | None, str]:
    try:
        reached = time_to_events(assumptions, events, patients)
    except PlanError:
        if strict:
            raise
        return None, "never reached"
    return reached, f"expected at month {fixed(reached, 1)}"


def precision_answer(
    *,
    patients: Sequence[int],
    rates: Sequence[float],
    method: PrecisionMethod = "wald",
    confidence: float = 0.95,
    half_width: float | None = None,
    event_rate: float | None = None,
) -> Answer:
    """How precisely rates are known from numbers of patients; what a rare event needs."""
    found = [
        proportion_precision(n, rate, method=method, confidence=confidence)
        for n in patients
        for rate in rates
    ]
    table = plain_table(
        ("Patients", "Rate", "Interval", "Half-width, points"),
        [
            (
                count(one.n), share(one.proportion), f"{share(one.lower)} to {share(one.upper)}",
                fixed(100 * one.half_width, 1),
            )
            for one in found
        ],
    )  # fmt: skip
    excluded = {n: rate_excluded(n, confidence=confidence) for n in patients}
    facts: list[Fact] = [
        (f"None seen in {count(n)}", f"a rate of {share(rate)} or more is excluded") for n, rate in excluded.items()
    ]  # fmt: skip
    data: dict[str, object] = {"precision": found, "rate_excluded_if_none_seen": excluded}
    if half_width is not None:
        needed = {
            rate: patients_for_precision(half_width, rate, method=method, confidence=confidence)
            for rate in rates
        }
        width = f"± {fixed(100 * half_width, 1)} points"
        facts += [(f"{width} at {share(rate)}", f"{count(n)} patients") for rate, n in needed.items()]
        data["patients_for_half_width"] = needed
    if event_rate is not None:
        any_seen = {n: probability_of_any(n, event_rate) for n in patients}
        facts += [(f"Event of {share(event_rate)} seen in {count(n)}", share(p)) for n, p in any_seen.items()]
        enough = patients_for_any(event_rate, probability=confidence)
        facts.append((f"Seen with {share(confidence, 0)}", f"in {count(enough)} patients"))
        data |= {"probability_of_any": any_seen, "patients_for_any": enough}
    return Answer(
        question="precision",
        title=f"Precision of a rate: {_INTERVALS[method]} interval at {share(confidence, 0)}",
        facts=tuple(facts),
        tables=(table,),
        data=data,
    )


_INTERVALS = {
    "wald": "Wald",
    "wilson": "Wilson",
    "wilson_cc": "Wilson (with continuity correction)",
    "clopper_pearson": "Clopper–Pearson",
}
