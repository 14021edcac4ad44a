"""Sliders of a planned size: power, events and precision recomputed in the page, by the formulas of this package.

The page computes as ``duonen_stats.design`` does, in JavaScript: a browser test holds its numbers to those of Python.
The number "as planned" next to the sliders is Python's own, and a row of the results table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil, floor, log10
from typing import Any

from duonen_stats.design import (
    METHOD_LABELS,
    HazardRatioPrecision,
    SurvivalAssumptions,
    expected_events,
    hazard_ratio_precision,
    power,
    sample_size,
)
from duonen_stats.design.fixed.fixed_methods import FixedMethod
from duonen_stats.design_report.answer import (
    Answer,
    Fact,
    Part,
    count_at,
    number_at,
    share_at,
    stated,
)
from duonen_stats.design_report.planning.fixed_figures import method_name
from duonen_stats.displays.model.content import Line
from duonen_stats.displays.model.format import significant
from duonen_stats.document.content_model import Slider, Sliders
from duonen_stats.errors import PlanError

_FORMULA_WORDS: Mapping[FixedMethod, str] = {
    "schoenfeld": "Power = Φ(√(d π₁ π₀) · |log HR| − z), where d is the number of events, π₁ and π₀ are the shares of "
    "patients in each arm and z is the critical value: events are taken to be shared as patients are.",
    "freedman": "Power = Φ(√(d r) · |1 − HR| / (1 + r HR) − z), where d is the number of events, r is the number of "
    "experimental patients per control patient and z is the critical value.",
    "hsieh_freedman": "Power = Φ(2 √(d r) · |1 − HR| / ((1 + HR)(1 + r)) − z), where d is the number of events, r is "
    "the number of experimental patients per control patient and z is the critical value.",
    "wald": "Power = Φ(|log HR| / √(1/d₁ + 1/d₀) − z), where d₁ and d₀ are the events expected in each arm and z is "
    "the critical value.",
    "lachin_foulkes": "As Wald, but the test uses the variance with both arms at the mean hazard of all patients.",
    "lachin_foulkes_difference": "The difference of the two hazards over its standard deviation; the test uses the "
    "variance with both arms at the mean hazard of all patients.",
    "bernstein_lagakos": "As Wald, but the test uses the variance with both arms at the control hazard.",
    "lakatos": "Power = Φ(expected log-rank score / √ its expected variance − z), both integrated over the time since "
    "entry while patients enter, have events and drop out.",
}
_NO_MARGIN = ("freedman", "hsieh_freedman", "lachin_foulkes_difference")
LIMITS_WORDS = (
    "The limits are HR · exp(± z √(1/d₁ + 1/d₀)), whatever the formula of power: those expected if the estimate is the "
    "hazard ratio assumed, with the events d₁ and d₀ expected in each arm."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSize:
    """What a number of patients gives by a formula, and what a power needs.

    Attributes
    ----------
    power, n_events, events_experimental, events_control
        At the analysis with ``n_patients``; events are expected.
    confidence, lower, upper
        Level of the limits of the hazard ratio, which is that of the test, and those expected; None if less than one
        event is expected in an arm.
    events_needed, patients_needed
        For ``target_power`` at the planned time of analysis, rounded up; None if the formula has no answer.
    """

    method: FixedMethod
    n_patients: int
    hazard_ratio: float
    power: float
    target_power: float
    n_events: float
    events_experimental: float
    events_control: float
    confidence: float
    lower: float | None
    upper: float | None
    events_needed: int | None
    patients_needed: int | None


def planned_size(
    assumptions: SurvivalAssumptions,
    patients: int,
    *,
    method: FixedMethod = "schoenfeld",
    alpha: float = 0.05,
    sides: int = 2,
    target_power: float = 0.9,
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
) -> PlannedSize:
    """Compute power, events and precision of a number of patients, and the size that a power needs.

    Parameters
    ----------
    assumptions, patients
        The design, with one hazard ratio throughout and a planned time of analysis.
    method, alpha, sides, target_power, far_tail, null_hazard_ratio
        As in ``power`` and ``sample_size``.

    Raises
    ------
    PlanError
        The hazard ratio changes, or the formula has no answer.

    Examples
    --------
    >>> from duonen_stats.design_report.question_inputs import assumptions_from
    >>> found = planned_size(assumptions_from(), 92)
    >>> round(found.power, 3), round(found.lower, 3), round(found.upper, 3), found.patients_needed
    (0.674, 0.295, 0.847, 167)
    """
    confidence = interval_level(alpha, sides)
    test = {"alpha": alpha, "sides": sides, "far_tail": far_tail, "null_hazard_ratio": null_hazard_ratio}
    found = power(assumptions, patients, method=method, **test)  # type: ignore[arg-type]
    events = expected_events(assumptions, patients)
    precision: HazardRatioPrecision | None = None
    if min(events.control, events.experimental) >= 1:
        precision = hazard_ratio_precision(assumptions, patients, confidence=confidence)
    try:
        needed = sample_size(assumptions, power=target_power, method=method, **test)  # type: ignore[arg-type]
    except PlanError:  # no effect, so that no size has the power
        needed = None
    return PlannedSize(
        method=method,
        n_patients=patients,
        hazard_ratio=assumptions.constant_hazard_ratio,
        power=found.power,
        target_power=target_power,
        n_events=events.total,
        events_experimental=events.experimental,
        events_control=events.control,
        confidence=confidence,
        lower=None if precision is None else precision.lower,
        upper=None if precision is None else precision.upper,
        events_needed=None if needed is None else needed.n_events_rounded,
        patients_needed=None if needed is None else needed.n_patients_rounded,
    )


def interval_level(alpha: float, sides: int) -> float:
    """Give the level of the two-sided interval that belongs to a test: it leaves out what the test rejects.

    Raises
    ------
    PlanError
        A tail of the test has one half or more.

    Examples
    --------
    >>> interval_level(0.05, 2), interval_level(0.025, 1)
    (0.95, 0.95)
    """
    tail = alpha / sides
    if tail >= 0.5:  # noqa: PLR2004 - half of a distribution
        raise PlanError(f"A tail of {tail:g} leaves no interval.")
    return 1 - 2 * tail


def has_sliders(assumptions: SurvivalAssumptions) -> bool:
    """Whether the formulas of the page cover a design: constant hazards, and a planned time of analysis."""
    hazards = assumptions.control.rates_per_month, assumptions.experimental.rates_per_month
    stated_time = assumptions.total_months is not None or assumptions.followup_months is not None
    return stated_time and all(len(rates) == 1 and rates[0] > 0 for rates in hazards)


def power_sliders(
    assumptions: SurvivalAssumptions,
    planned: PlannedSize,
    lines: Mapping[str, Line],
    *,
    alpha: float,
    sides: int,
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
    words: Sequence[str] = (),
) -> Sliders:
    """Make the sliders of a design.

    Parameters
    ----------
    assumptions
        The design, of which :func:`has_sliders` holds.
    planned
        What the formula gives as planned.
    lines
        The numbers as planned, looked up: ``power``, ``events``, ``limits`` and ``needed``.
    alpha, sides, far_tail, null_hazard_ratio
        Of the test.
    words
        Said before the sliders, such as that the numbers of the report are simulated.
    """
    accrual, followup = _calendar(assumptions)
    test = "one-sided" if sides == 1 else "two-sided"
    ratio = assumptions.constant_hazard_ratio
    loss = assumptions.dropout_hazard_per_month, assumptions.dropout_hazard_experimental_per_month
    sliders = (
        Slider(key="hazard_ratio", label="Hazard ratio", unit="", start=ratio,
               values=_evenly(min(0.2, 0.5 * ratio), max(1.5, 2 * ratio), "0.01", ratio)),
        Slider(key="patients", label="Patients", unit="", start=planned.n_patients,
               values=_evenly(10, max(300, 3 * planned.n_patients), "1", planned.n_patients)),
        Slider(key="allocation", label="Allocation, experimental : control", unit="", reading="ratio",
               start=assumptions.allocation_ratio, values=_with(
                   (0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6), assumptions.allocation_ratio)),
        Slider(key="control_hazard", label="Hazard, control arm", unit="per month", reading="median",
               start=assumptions.control.rates_per_month[0], values=_hazards(assumptions.control.rates_per_month[0])),
        Slider(key="accrual", label="Accrual", unit="months", start=accrual,
               values=_evenly(0, max(120, 2 * accrual), "1", accrual)),
        Slider(key="followup", label="Follow-up after last entry", unit="months", start=followup,
               values=_evenly(min(0, followup), max(120, 2 * followup), "1", followup)),
        Slider(key="dropout", label="Hazard of dropout" + ("" if loss[1] is None else ", control arm"),
               unit="per month", start=loss[0], reading="share a year",
               values=_evenly(0, max(0.03, 2 * loss[0]), "0.0005", loss[0])),
        *(() if loss[1] is None else (
            Slider(key="dropout_experimental", label="Hazard of dropout, experimental arm", unit="per month",
                   start=loss[1], reading="share a year", values=_evenly(0, max(0.03, 2 * loss[1]), "0.0005", loss[1])),
        )),
        Slider(key="alpha", label=f"Level alpha, {test}", unit="", start=alpha, values=_with(
            (0.001, 0.0025, 0.005, 0.01, 0.0125, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2), alpha)),
    )  # fmt: skip
    entry = assumptions.entry
    methods = [planned.method, *(name for name in METHOD_LABELS if name != planned.method)]
    return Sliders(
        key="sliders",
        title="What another design would give",
        words=(
            *((one,) for one in words),
            (
                "Move a slider or type a value: power, events and precision follow, by the formula chosen. Hazards are "
                f"constant in time{_pattern(assumptions)}.",
            ),
        ),
        notes=(LIMITS_WORDS,),
        sliders=sliders,
        formulas=tuple(
            (name, METHOD_LABELS[name], _FORMULA_WORDS[name])
            for name in methods
            if null_hazard_ratio == 1 or name not in _NO_MARGIN
        ),
        results=(
            ("power", "Power", lines["power"]),
            ("events", "Events, experimental + control", lines["events"]),
            ("limits", f"{stated(planned.confidence)} limits of the hazard ratio", lines["limits"]),
            *(() if far_tail else (
                ("needed", f"Needed for {stated(planned.target_power)} power", lines["needed"]),)),
        ),
        constants={
            "sides": sides, "far_tail": far_tail, "null_hazard_ratio": null_hazard_ratio,
            "target_power": planned.target_power, "max_followup": assumptions.max_followup_months,
            "entry": [
                [start, end, patients] for start, end, patients in entry.periods()
            ],
        },
    )  # fmt: skip


def with_sliders(
    answer: Answer,
    assumptions: SurvivalAssumptions,
    patients: int,
    *,
    method: FixedMethod,
    alpha: float,
    sides: int,
    target_power: float,
    far_tail: bool = False,
    null_hazard_ratio: float = 1.0,
    own_power: bool = False,
    words: Sequence[str] = (),
) -> Answer:
    """Add to an answer what a number of patients gives by a formula, and the sliders that start from it.

    Parameters
    ----------
    answer
        The answer; where the formulas do not cover the design (:func:`has_sliders`) it is returned as it is.
    assumptions, patients, method, alpha, sides, target_power, far_tail, null_hazard_ratio
        As of :func:`planned_size`.
    own_power
        Power and events of this number of patients by this formula are what the answer is about, and said already.
    words
        Said before the sliders.
    """
    if not has_sliders(assumptions):
        return answer
    test: dict[str, Any] = {
        "alpha": alpha, "sides": sides, "far_tail": far_tail, "null_hazard_ratio": null_hazard_ratio,
    }  # fmt: skip
    try:
        planned = planned_size(assumptions, patients, method=method, target_power=target_power, **test)
    except (
        PlanError
    ):  # an arm without events, or a test without an interval: the answer itself is there all the same
        return answer
    level, target = stated(planned.confidence), stated(target_power)
    arms: tuple[Part, ...] = (
        number_at("planned.events_experimental", 1, "events", label="Events expected, experimental arm"),
        number_at("planned.events_control", 1, "events", label="Events expected, control arm"),
    )  # fmt: skip
    total = number_at(
        "result.n_events" if own_power else "planned.n_events", 1, "events", label="Events expected"
    )
    chance = share_at("result.power" if own_power else "planned.power", label="Power by formula")
    events: tuple[Part, ...] = (total, " (", arms[0], " + ", arms[1], ")")
    limits: tuple[Part, ...] = (
        number_at("planned.lower", 3, label=f"Hazard ratio, lower {level} limit expected"), " to ",
        number_at("planned.upper", 3, label=f"Hazard ratio, upper {level} limit expected"),
    )  # fmt: skip
    precision: tuple[Part, ...] = (*limits, f" are the {level} limits of the hazard ratio")
    if planned.lower is None:
        limits, precision = ("–",), ("none: less than one event is expected in an arm",)
    # The answer of a sample size has said already what is needed.
    at, reason = (
        "result" if answer.question == "sample-size" else "planned",
        "no number of patients has that power",
    )
    names = (
        ("n_events_rounded", "n_patients_rounded") if at == "result" else ("events_needed", "patients_needed")
    )
    needed: tuple[Part, ...] = (
        count_at(f"{at}.{names[0]}", "events", label=f"Events needed for {target}", reason=reason), " events, ",
        count_at(f"{at}.{names[1]}", "patients", label=f"Patients needed for {target}", reason=reason), " patients",
    )  # fmt: skip
    facts: tuple[Fact, ...] = (
        ("Events by arm", (arms[0], " experimental, ", arms[1], " control")),
        ("Precision expected", precision),
        *(() if far_tail else ((f"Needed for {target}", needed),)),
    )  # fmt: skip
    if not own_power:
        ending: tuple[Part, ...] = () if far_tail or at == "result" else ("; ", *needed, f" for {target}")
        sentence = (
            chance,
            " power; ",
            *events,
            f" events; {level} limits of the hazard ratio ",
            *limits,
            *ending,
        )
        facts = ((f"{method_name(method)}, {patients} patients", sentence),)
    full = replace(answer, facts=(*answer.facts, *facts), data={**answer.data, "planned": planned})
    lines = {
        "power": full.line(chance), "events": full.line(events), "limits": full.line(limits),
        "needed": full.line(needed),
    }  # fmt: skip
    return replace(full, sliders=power_sliders(assumptions, planned, lines, words=words, **test))


def _pattern(assumptions: SurvivalAssumptions) -> str:
    """Say what no slider changes, where it is not the usual."""
    longest = assumptions.max_followup_months
    stretched = (
        "" if len(assumptions.entry.patients) == 1 else "; the pattern of the accrual is stretched with it"
    )
    limit = (
        "" if longest is None else f"; no patient is followed longer than {significant(longest, 6)} months"
    )
    return stretched + limit


def _calendar(assumptions: SurvivalAssumptions) -> tuple[float, float]:
    """Split the time of the analysis into accrual and follow-up after it; below 0 if patients still enter."""
    accrual = assumptions.entry.duration_months
    if assumptions.followup_months is not None:
        return accrual, assumptions.followup_months
    return accrual, assumptions.analysis_months - accrual


_MOST_VALUES = 400
_ROUND = (1, 2, 5)


def _evenly(low: float, high: float, step: str, start: float) -> tuple[float, ...]:
    """Lay out round values at steps of a size, made larger if there were too many; ``start`` is one of them."""
    # Decimal numbers, so that 0.57 is 0.57 and not 0.5700000000000001.
    sizes = (Decimal(step) * _ROUND[place % 3] * 10 ** (place // 3) for place in range(99))
    size = next(one for one in sizes if (high - low) / float(one) <= _MOST_VALUES)
    first, last = floor(low / float(size) + 1e-9), ceil(high / float(size) - 1e-9)
    return _with([float(one * size) for one in range(first, last + 1)], start)


def _hazards(start: float) -> tuple[float, ...]:
    """Lay out hazards with two digits from a fifth of one to five times it."""
    decade = floor(log10(start)) - 1
    found = []
    for power_of_ten in range(decade, decade + 4):
        found += [float(f"{digits}e{power_of_ten - 1}") for digits in range(10, 100)]
    return _with([one for one in found if start / 5 <= one <= 5 * start], start)


def _with(values: Sequence[float], start: float) -> tuple[float, ...]:
    return tuple(sorted({float(one) for one in values} | {float(start)}))
