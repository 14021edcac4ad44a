"""The answer of ``duonen design project``: when numbers of events come, judged by a cut without arms."""

from collections.abc import Iterator, Sequence

from duonen_stats.design import BlindedCut, EventProjection, TargetProjection, project_events
from duonen_stats.design.reestimation.rest_of_trial import AccrualPlan
from duonen_stats.design_report.answer import (
    Answer,
    AnswerFigure,
    AnswerTable,
    Fact,
    Parts,
    Value,
    count_at,
    limits_at,
    months,
    months_at,
    number,
    number_at,
    plain_table,
    share,
    share_at,
    short_at,
    stated,
)
from duonen_stats.displays.drawings.design_figures import Band, Curve, draw_curves
from duonen_stats.displays.model.content import FigureContent
from duonen_stats.displays.model.format import NOT_ESTIMABLE, count, significant

_FAN = "projection_fan"
_NOT_REACHED = "not reached with this probability"
_SEEN = "already reached; its month is not known from the numbers given"


def project_answer(
    cut: BlindedCut,
    *,
    targets: Sequence[int],
    planned_patients: int | None,
    hazard_ratio: float = 1.0,
    hazard_ratio_limits: tuple[float, float] | None = None,
    allocation_ratio: float = 1.0,
    accrual_window: float | None = None,
    accrual: AccrualPlan | None = None,
    max_followup: float | None = None,
    shape: float = 1.0,
    horizon: float | None = None,
    confidence: float = 0.9,
    simulations: int = 2_000,
    seed: int = 1,
) -> Answer:
    """When numbers of events come, with a prediction interval, dates, and what other assumptions would change.

    Parameters
    ----------
    cut, targets, planned_patients, hazard_ratio, hazard_ratio_limits, allocation_ratio, accrual, shape, confidence,
    seed
        As in ``project_events``.
    accrual_window, max_followup, horizon, simulations
        Its ``accrual_window_months``, ``max_followup_months``, ``horizon_months`` and ``n_simulations``.
    """
    found = project_events(
        cut, targets, planned_patients=planned_patients, hazard_ratio=hazard_ratio,
        hazard_ratio_limits=hazard_ratio_limits, allocation_ratio=allocation_ratio,
        accrual_window_months=accrual_window, accrual=accrual, max_followup_months=max_followup, shape=shape,
        horizon_months=horizon, confidence=confidence, n_simulations=simulations, seed=seed, sensitivity=True,
    )  # fmt: skip
    assumptions = {
        "planned_patients": cut.n_entered if planned_patients is None else planned_patients,
        "hazard_ratio": hazard_ratio, "hazard_ratio_limits": hazard_ratio_limits,
        "allocation_ratio": allocation_ratio, "accrual_window_months": accrual_window, "accrual": accrual,
        "max_followup_months": max_followup, "weibull_shape": shape, "confidence": confidence,
        "n_simulations": simulations, "seed": seed, "schedule": cut.schedule,
    }  # fmt: skip
    return Answer(
        question="project",
        title="Projection of events",
        assumed=_assumed(cut, found, accrual, max_followup),
        facts=(*cut_facts(cut), *rate_facts("projection.rates")),
        tables=(_targets_table(found), *ends_tables(cut), _sensitivity_table(found)),
        figures=(AnswerFigure(_FAN, "Events seen and predicted", fan(found, cut)),),
        notes=(*cut_warnings(cut), *_notes(cut, found, simulations, seed)),
        data={
            "assumptions": assumptions, "cut": cut_data(cut), "warnings": cut_warnings(cut), "projection": found,
        },
        population=f"{count(cut.n_patients)} patients of the cut, all arms together",
        blinded=True,
    )  # fmt: skip


def _heads(first: str, found: EventProjection) -> tuple[str, ...]:
    heads = (
        "Events", "Month, median", f"{stated(found.confidence)} prediction", "Reached", "Date, median",
        "Date, lower limit", "Date, upper limit",
    )  # fmt: skip
    return (first, *heads) if first else heads


def _row(at: str, target: TargetProjection) -> tuple[Parts, ...]:
    def month(name: str, label: str) -> Value:
        return months_at(f"{at}.{name}", label=label, reason=_SEEN if target.seen else _NOT_REACHED)

    limits = (month("lower", "Lower limit, month"), " to ", month("upper", "Upper limit, month"))
    dates = (Value(f"{at}.{name}", "date") for name in ("date", "date_lower", "date_upper"))
    share = share_at(f"{at}.probability_reached", label="Probability of being reached")
    reached: Parts = (share, ", already") if target.seen else share
    return (count_at(f"{at}.n_events", "events"), month("months", "Median, month"), limits, reached, *dates)


def _targets_table(found: EventProjection) -> AnswerTable:
    rows = [_row(f"projection.targets.{place}", one) for place, one in enumerate(found.targets)]
    return plain_table(_heads("", found), rows, key="targets", title="When the events are known")


def ends_tables(cut: BlindedCut) -> tuple[AnswerTable, ...]:
    """List why follow-up ends and who counts as lost, in a table; none if the cut does not say."""
    if not cut.ends:
        return ()
    rows = [
        (end.reason, count_at(f"cut.ends.{place}.n", "patients"), "yes" if end.lost else "no")
        for place, end in enumerate(cut.ends)
    ]
    heads = ("Why follow-up ends", "Patients", "Lost")
    return (plain_table(heads, rows, key="ends", title="Why follow-up ends, and who counts as lost"),)


def _sensitivity_table(found: EventProjection) -> AnswerTable:
    rows = [
        (f"{row.changed}: {row.value}", *_row(f"projection.sensitivity.{place}.targets.{target}", one))
        for place, row in enumerate(found.sensitivity)
        for target, one in enumerate(row.targets)
    ]
    heads = _heads("What is assumed instead", found)
    return plain_table(heads, rows, key="sensitivity", title="Under other assumptions, one at a time")


def _assumed(
    cut: BlindedCut, found: EventProjection, accrual: AccrualPlan | None, max_followup: float | None
) -> tuple[Fact, ...]:
    at = "assumptions."
    longest: Parts = "no limit"
    if max_followup is not None:
        longest = (months_at(f"{at}max_followup_months"), " months")
    return (
        ("Patients planned", count_at(f"{at}planned_patients", "patients")),
        ("Hazard ratio", _ratio(found)),
        ("Allocation", (short_at(f"{at}allocation_ratio"), " experimental : 1 control")),
        ("Times to the event", (number_at(f"{at}weibull_shape", 2, label="Weibull shape"),
                                " is the Weibull shape; 1 is exponential")),
        ("Longest follow-up", longest),
        ("Accrual after the cut", _accrual(accrual)),
        ("Events become known", _detection(cut)),
    )  # fmt: skip


def _ratio(found: EventProjection) -> Parts:
    at, limits = "assumptions.", found.rates.hazard_ratio_limits
    ratio = number_at(f"{at}hazard_ratio", 3)
    if limits is None or limits[0] == limits[1]:
        return (ratio, ", taken as known")
    low, high = (number_at(f"{at}hazard_ratio_limits.{end}", 3, label="Prior limit") for end in (0, 1))
    return (ratio, ", prior range ", low, " to ", high, " (95%)")


def _accrual(plan: AccrualPlan | None) -> str:
    if plan is None:
        return "at the rate of the cut"
    periods = zip(plan.starts_months, plan.patients_per_month, strict=True)
    return "as planned: " + ", ".join(
        f"{significant(rate, 4)} a month from month {significant(start, 4)} after it"
        for start, rate in periods
    )


def _detection(cut: BlindedCut) -> str:
    if cut.schedule is None:
        return "on their day"
    one = cut.schedule
    every, tolerance = significant(one.every_days, 4), significant(one.tolerance_days, 4)
    return (
        f"progression at scans every {every} ± {tolerance} days, {share(one.missed, 0)} of "
        "them not made; deaths on their day"
    )


def cut_facts(cut: BlindedCut) -> tuple[Fact, ...]:
    """Say what a cut holds, and who else has entered; the answer has it in its data as ``cut``."""
    facts: list[Fact] = [
        ("Data cut", ("month ", months_at("cut.cut_months"), ": ", count_at("cut.n_patients", "patients"),
                      " patients, ", count_at("cut.n_events", "events"), " events, ",
                      count_at("cut.n_dropouts", "patients"), " lost, ",
                      number_at("cut.exposure_months", 1, "patient-months"), " patient-months")),
    ]  # fmt: skip
    if cut.opened is not None:
        opened = "as stated or planned" if cut.opening_known else "the first entry"
        facts.append(("Opening", (Value("cut.opened", "date"), f", {opened}")))
    if cut.unknown_entry_months > 0:
        known = months_at("cut.entries_known_months", label="Entries known up to month")
        facts.append(
            (
                "Entered so far",
                (
                    count_at("cut.n_patients"),
                    " in the cut; all who entered are known up to month ",
                    known,
                    " only",
                ),
            )
        )
    else:
        others = count_at("cut.n_unseen", "patients", label="Entered and not in the cut")
        facts.append(
            (
                "Entered so far",
                (count_at("cut.n_entered", "patients"), ", ", others, " of them not in the cut"),
            )
        )
    return tuple(facts)


def cut_data(cut: BlindedCut) -> dict[str, object]:
    """Give what a cut holds, by name."""
    names = (
        "n_patients", "n_events", "n_deaths", "n_dropouts", "exposure_months", "cut_months", "opened", "opening_known",
        "n_entered", "n_unseen", "entries_known_months", "unknown_entry_months", "completers", "ends",
    )  # fmt: skip
    return {**{name: getattr(cut, name) for name in names}, "cut_date": cut.date_at(cut.cut_months)}


def rate_facts(at: str) -> tuple[Fact, ...]:
    """Say the rates that a cut gives, with limits; ``at`` leads to ``BlindedRates`` in the data of the answer."""
    return (
        ("Pooled hazard", (*limits_at(f"{at}.pooled_hazard", 5, "per month"), " per month")),
        ("Dropout", (*limits_at(f"{at}.dropout_hazard", 5, "per month"), " per month")),
        ("Accrual", (*limits_at(f"{at}.patients_per_month", 2, "patients per month"), " patients per month")),
    )


def cut_warnings(cut: BlindedCut) -> tuple[str, ...]:
    """Warn of a cut of completers, and of sources that contradict each other."""
    return (*_of_completers(cut), *(f"WARNING: {one}" for one in cut.contradictions))


def _of_completers(cut: BlindedCut) -> tuple[str, ...]:
    unknown = cut.unknown_entry_months > 0
    if not cut.completers or not (unknown or cut.n_unseen):
        return ()  # it is known that nobody else has entered
    gap = months(cut.cut_months - float(cut.entry_months.max()))
    what = (
        f"WARNING: this is a cut of completers. All its {count(cut.n_patients)} patients have ended treatment, and "
        f"none of them entered in the last {gap}."
    )
    if unknown:
        return (
            f"{what} It is not stated who else has entered; others are taken to have entered at the pace of the first "
            f"{months(cut.entries_known_months)}, up to which all entries are known, and to have been at risk since. "
            "State them by a table enrolment or by --entered-so-far.",
        )
    return (
        f"{what} Others have entered who are not in it ({count(cut.n_unseen)}). They are taken to have been at risk "
        "since their entry; nothing else is known of them.",
    )


def _notes(cut: BlindedCut, found: EventProjection, simulations: int, seed: int) -> tuple[str, ...]:
    notes = [
        "Blinded: no arm was read. The prediction holds what is not known of hazard, hazard ratio, dropout and "
        f"accrual, and chance: {count(simulations)} simulated courses, seed {seed}.",
        f"Limits of hazard, dropout and accrual at {stated(found.rates.confidence)}, as those of the prediction.",
        "Months are calendar months since the opening. Months and dates are those on which the events are known.",
    ]
    if any(one.seen for one in found.targets):
        unknown = (
            ""
            if cut.event_months_known
            else "; when is not known from the numbers given, and shown as a dash"
        )
        notes.append(f"“Already”: the cut holds that many events{unknown}.")
    if any(None in (one.months, one.lower, one.upper) and not one.seen for one in _all_targets(found)):
        notes.append(f"{NOT_ESTIMABLE}: not reached with that probability.")
    if found.rates.hazard_ratio != 1:
        notes.append("A hazard ratio outside its prior range is not covered by the prediction.")
    if any(end.lost for end in cut.ends):
        notes.append("Lost patients count up to their loss; their event would not be seen.")
    return tuple(notes)


def _all_targets(found: EventProjection) -> Iterator[TargetProjection]:
    yield from found.targets
    for row in found.sensitivity:
        yield from row.targets


def fan(found: EventProjection, cut: BlindedCut) -> FigureContent:
    """Draw the fan: events seen, and those predicted with limits, against the targets.

    Parameters
    ----------
    found
        The projection.
    cut
        The cut it starts from.

    Notes
    -----
    The file or report that shows it adds the mark of simulated data, if they are.
    """
    level = stated(found.confidence)
    # A step for each event, up to the cut.
    steps = [0.0, *(month for month in found.observed_months for _ in range(2)), cut.cut_months]
    curves = (
        Curve(label="Events seen in the cut", x=steps, y=[float(place // 2) for place in range(len(steps))]),
        Curve(label="Prediction, median", x=found.fan_months, y=found.fan_median),
    )
    band = Band(label=f"{level} prediction", x=found.fan_months, low=found.fan_lower, high=found.fan_upper)
    wanted = [one.n_events for one in found.targets]
    alt = (
        f"Events over calendar months: those seen up to month {number(cut.cut_months, 1)}, and the median and {level} "
        f"limits of the prediction up to month {number(found.fan_months[-1], 1)}; marked "
        f"{', '.join(map(str, wanted))} events."
    )
    return FigureContent(
        draw=lambda: draw_curves(
            curves, x_label="Calendar months since the opening of the trial", y_label="Events", band=band,
            levels=[float(target) for target in wanted], from_zero_x=True,
        ),
        alt=alt,
    )  # fmt: skip
