"""Answers about fixed designs: power, patients, events, and the precision of a rate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from duonen_stats.design import (
    METHOD_LABELS,
    DetectableHazardRatio,
    ExpectedEvents,
    ExpectedLogRank,
    RequiredEvents,
    SurvivalAssumptions,
    event_probability,
    expected_events,
    expected_log_rank,
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
from duonen_stats.design.fixed.fixed_methods import Direction, EventMethod, FixedMethod
from duonen_stats.design.fixed.precision import PrecisionMethod
from duonen_stats.design_report.answer import (
    Answer,
    Fact,
    Parts,
    assumed,
    count_at,
    level_facts,
    months_at,
    number_at,
    plain_table,
    points_at,
    share_at,
    stated,
)
from duonen_stats.design_report.planning.fixed_figures import (
    events_figure,
    power_figure,
    precision_figure,
    sample_size_figure,
)
from duonen_stats.design_report.planning.power_sliders import with_sliders
from duonen_stats.errors import PlanError

DIRECTIONS = {
    "lower": "of rejecting with the experimental hazard lower, as assumed",
    "higher": "of rejecting with the experimental hazard higher, as assumed: the experimental arm does worse",
    None: "the level: the hazard ratio is that of the null hypothesis",
}
"""What power is the probability of, by the direction of the assumed effect."""


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
    rho: float = 0.0,
    gamma: float = 0.0,
) -> Answer:
    """Power at a number of patients, and the smallest effect found with ``target_power``."""
    found = power(
        assumptions, patients, n_events=events, alpha=alpha, sides=sides, method=method, far_tail=far_tail,
        null_hazard_ratio=null_hazard_ratio, rho=rho, gamma=gamma,
    )  # fmt: skip
    direction: Direction = found.direction or "lower"
    least: DetectableHazardRatio | None = None
    why = ""
    try:
        least = minimum_detectable_hazard_ratio(
            assumptions, patients, n_events=events, target_power=target_power, alpha=alpha, sides=sides,
            method=method, far_tail=far_tail, null_hazard_ratio=null_hazard_ratio, direction=direction,
            rho=rho, gamma=gamma,
        )  # fmt: skip
    except PlanError as fault:  # the power itself has an answer all the same
        why = str(fault)
    expected = " expected" if events is None else ""
    detectable: Parts = f"none: {why}"
    if least is not None:
        detectable = ("hazard ratio ", number_at("detectable.hazard_ratio", 3), " (constant)")
    facts: tuple[Fact, ...] = (
        ("Patients", (count_at("patients", "patients"), " planned, ", number_at("result.n_entered", 1, "patients"),
                      " entered by the analysis")),
        ("Analysis", ("month ", months_at("result.analysis_months"))),
        ("Events by then", (number_at("result.n_events", 1, "events"), expected)),
        ("Power", (share_at("result.power"), f" ({DIRECTIONS[found.direction]})")),
        (f"Detectable with {stated(target_power)}", detectable),
    )  # fmt: skip
    answer = Answer(
        question="power",
        title=f"Power by the method of {METHOD_LABELS[method]}",
        assumed=(
            *assumed(assumptions, n_events=events),
            *level_facts(alpha, sides, far_tail=far_tail, rho=rho, gamma=gamma),
            *_null(null_hazard_ratio),
        ),
        facts=facts,
        data={
            "assumptions": assumptions,
            "patients": patients,
            "target_power": target_power,
            "result": found,
            "detectable": least,
        },
    )
    answer = replace(answer, figures=(power_figure(answer, events=events),))
    if events is not None or rho or gamma:  # the sliders have a planned time, and the plain test
        return answer
    return with_sliders(
        answer, assumptions, patients, method=method, alpha=alpha, sides=sides, target_power=target_power,
        far_tail=far_tail, null_hazard_ratio=null_hazard_ratio, own_power=True,
    )  # fmt: skip


def _null(ratio: float) -> tuple[Fact, ...]:
    return () if ratio == 1 else (("Null hypothesis", f"hazard ratio {ratio:g}"),)


def sample_size_answer(
    assumptions: SurvivalAssumptions,
    *,
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    method: FixedMethod = "schoenfeld",
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> Answer:
    """Patients needed for a power at the planned time of analysis."""
    found = sample_size(
        assumptions, alpha=alpha, sides=sides, power=target_power, method=method, far_tail=far_tail,
        null_hazard_ratio=null_hazard_ratio, rho=rho, gamma=gamma,
    )  # fmt: skip
    rate: Parts = "all at the opening"
    if found.patients_per_month is not None:
        rate = (
            number_at("result.patients_per_month", 2, "patients per month"),
            " patients per month on average",
        )
    facts: tuple[Fact, ...] = (
        ("Power", share_at("result.power")),
        ("Events needed", (count_at("result.n_events_rounded", "events"), " (",
                           number_at("result.n_events", 2, "events", label="Events needed, unrounded"), ")")),
        ("Patients with an event", share_at("result.event_probability")),
        ("Patients needed", (count_at("result.n_patients_rounded", "patients"), " (",
                             number_at("result.n_patients", 2, "patients", label="Patients needed, unrounded"), ")")),
        ("Patients, balanced", (
            count_at("result.n_patients_balanced", "patients"), " (", count_at("result.n_experimental_balanced",
            "patients", label="Experimental patients, balanced"), " experimental, ", count_at(
            "result.n_control_balanced", "patients", label="Control patients, balanced"), " control)")),
        ("Accrual rate", rate),
    )  # fmt: skip
    answer = Answer(
        question="sample-size",
        title=f"Sample size by the method of {METHOD_LABELS[method]}",
        assumed=(
            *assumed(assumptions),
            *level_facts(alpha, sides, far_tail=far_tail, rho=rho, gamma=gamma),
            *_null(null_hazard_ratio),
        ),
        facts=facts,
        notes=(found.rounding_rule,),
        data={"assumptions": assumptions, "result": found},
    )
    answer = replace(answer, figures=(sample_size_figure(answer),))
    if rho or gamma:
        return answer
    return with_sliders(
        answer, assumptions, found.n_patients_rounded, method=method, alpha=alpha, sides=sides,
        target_power=target_power, far_tail=far_tail, null_hazard_ratio=null_hazard_ratio,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Month:
    """A calendar month: events and patients expected by then, and the log-rank test at that time."""

    events: ExpectedEvents
    log_rank: ExpectedLogRank | None


def events_answer(
    assumptions: SurvivalAssumptions,
    *,
    patients: int,
    target: int | None = None,
    at: Sequence[float] = (),
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    method: EventMethod = "schoenfeld",
    null_hazard_ratio: float = 1.0,
    rho: float = 0.0,
    gamma: float = 0.0,
) -> Answer:
    """Events needed, events and log-rank score expected over calendar time, and when a number is reached.

    Raises
    ------
    PlanError
        ``target`` is never reached.
    """
    needed: RequiredEvents | None = None
    needed_facts: tuple[Fact, ...] = ()
    try:
        ratio = assumptions.constant_hazard_ratio
    except PlanError:  # the expectations have an answer all the same
        ratio = None
    if ratio is not None:
        needed = required_events(
            ratio, allocation_ratio=assumptions.allocation_ratio, alpha=alpha, sides=sides, power=target_power,
            method=method, null_hazard_ratio=null_hazard_ratio,
        )  # fmt: skip
        needed_facts = ((
            f"Events for {stated(target_power)} power",
            (count_at("required.n_events_rounded", "events"), " (",
             number_at("required.n_events", 2, "events", label="Events needed, unrounded"), ")"),
        ),)  # fmt: skip
    expected = [
        _month(assumptions, patients, month, null_hazard_ratio, rho, gamma)
        for month in (at or _steps(assumptions))
    ]
    wanted = target if target is not None or needed is None else needed.n_events_rounded
    reached, when = (
        (None, ()) if wanted is None else _when(assumptions, wanted, patients, strict=target is not None)
    )
    rows = [
        (
            months_at(f"expected.{i}.at_months"), number_at(f"expected.{i}.entered", 1, "patients"),
            *(number_at(f"expected.{i}.{name}", 1, "events") for name in ("control", "experimental", "total")),
            *(number_at(f"log_rank.{i}.{name}", 2) if one.log_rank else "–" for name in ("score", "variance", "drift")),
        )
        for i, one in enumerate(expected)
    ]  # fmt: skip
    heads = (
        "Month", "Patients entered", "Events, control", "Events, experimental", "Events", "Score", "Variance", "Z",
    )  # fmt: skip
    facts = (
        *needed_facts,
        ("Patients with an event", (share_at("event_probability"), " at the analysis")),
        *(((f"{wanted} events with {patients} patients", when),) if wanted is not None else ()),
    )
    answer = Answer(
        question="events",
        title=f"Events: needed ({METHOD_LABELS[method]}) and expected",
        assumed=(
            *assumed(assumptions),
            *level_facts(alpha, sides, rho=rho, gamma=gamma),
            *_null(null_hazard_ratio),
        ),
        facts=facts,
        tables=(plain_table(heads, rows, key="expected", title="Expected over calendar time"),),
        notes=(
            "Score, variance and Z are those expected of the log-rank test at that month; positive if the experimental "
            "arm does better. Expected numbers are not whole.",
        ),
        data={
            "assumptions": assumptions,
            "required": needed,
            "target_events": wanted,
            "months_to_target": reached,
            "n_patients": patients,
            "event_probability": event_probability(assumptions).overall,
            "expected": [one.events for one in expected],
            "log_rank": [_shown(one.log_rank) for one in expected],
        },
    )
    return replace(answer, figures=(events_figure(answer),))


def _month(
    assumptions: SurvivalAssumptions, patients: int, month: float, null: float, rho: float, gamma: float
) -> _Month:
    try:
        test = expected_log_rank(assumptions, patients, month, null_hazard_ratio=null, rho=rho, gamma=gamma)
    except PlanError:  # no event is expected by then
        test = None
    return _Month(events=expected_events(assumptions, patients, month), log_rank=test)


def _shown(test: ExpectedLogRank | None) -> dict[str, float] | None:
    if test is None:
        return None
    return {"score": test.score, "variance": test.variance, "drift": test.drift, "effect": test.effect}


def _steps(assumptions: SurvivalAssumptions) -> list[float]:
    """Eight calendar months up to the analysis."""
    return [assumptions.analysis_months * (i + 1) / 8 for i in range(8)]


def _when(
    assumptions: SurvivalAssumptions, events: int, patients: int, *, strict: bool
) -> tuple[float | None, Parts]:
    try:
        reached = time_to_events(assumptions, events, patients)
    except PlanError:
        if strict:
            raise
        return None, "never reached"
    return reached, ("expected at month ", months_at("months_to_target"))


def precision_answer(
    *,
    patients: Sequence[int],
    rates: Sequence[float],
    method: PrecisionMethod = "wilson",
    confidence: float = 0.95,
    half_width: float | None = None,
    event_rate: float | None = None,
) -> Answer:
    """How precisely rates are known from numbers of patients; what a rare event needs."""
    pairs = [(n, rate) for n in patients for rate in rates]
    found = [proportion_precision(n, rate, method=method, confidence=confidence) for n, rate in pairs]
    rows = [
        (
            f"{n}", share_at(f"precision.{i}.proportion"),
            (share_at(f"precision.{i}.lower", label="Lower limit"), " to ",
             share_at(f"precision.{i}.upper", label="Upper limit")),
            points_at(f"precision.{i}.half_width"),
        )
        for i, (n, _) in enumerate(pairs)
    ]  # fmt: skip
    facts: list[Fact] = [
        (
            f"None seen in {n}",
            ("a rate of ", share_at(f"rate_excluded_if_none_seen.{n}"), " or more is excluded"),
        )
        for n in patients
    ]
    data: dict[str, object] = {
        "precision": found,
        "rate_excluded_if_none_seen": {n: rate_excluded(n, confidence=confidence) for n in patients},
    }
    if half_width is not None:
        data["patients_for_half_width"] = {
            rate: patients_for_precision(half_width, rate, method=method, confidence=confidence)
            for rate in rates
        }
        facts += [
            (f"± {100 * half_width:g} points at {stated(rate)}",
             (count_at(f"patients_for_half_width.{_key(rate)}", "patients"), " patients"))
            for rate in rates
        ]  # fmt: skip
    if event_rate is not None:
        data["probability_of_any"] = {n: probability_of_any(n, event_rate) for n in patients}
        data["patients_for_any"] = patients_for_any(event_rate, probability=confidence)
        rare = f"{100 * event_rate:g}%"
        facts += [(f"Event of {rare} seen in {n}", share_at(f"probability_of_any.{n}")) for n in patients]
        facts.append((f"Event of {rare} seen with {stated(confidence)}",
                      ("in ", count_at("patients_for_any", "patients"), " patients")))  # fmt: skip
    notes: tuple[str, ...] = ()
    if method == "wald":
        notes = ("Wald’s limits are cut off at 0 and 1, and too narrow near them: Wilson’s are not.",)
    answer = Answer(
        question="precision",
        title=f"Precision of a rate: {_INTERVALS[method]} interval at {stated(confidence)}",
        facts=tuple(facts),
        tables=(
            plain_table(("Patients", "Rate", "Interval", "Half-width, points"), rows, key="precision",
                        title="Intervals expected"),
        ),
        notes=notes,
        data=data,
    )  # fmt: skip
    return replace(answer, figures=(precision_figure(answer),))


def _key(rate: float) -> str:
    return str(rate).replace(".", "_")


_INTERVALS = {
    "wald": "Wald",
    "wilson": "Wilson",
    "wilson_cc": "Wilson (with continuity correction)",
    "clopper_pearson": "Clopper–Pearson",
}
