"""The numbers of a design report as rows of a results table."""

from collections.abc import Iterator

from duonen_stats.design import Rate
from duonen_stats.design.trial.rounding import balanced, round_up
from duonen_stats.design_report.answer import stated
from duonen_stats.design_report.planning_findings import RULES, DesignFindings
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow, Results


def design_results(found: DesignFindings) -> Results:
    """Name every number of a design report: ids, units and methods."""
    parts = (_assumptions, _planned, _methods, _published, _events, _size, _boundaries, _precision)
    return Results(row for part in parts for row in part(found))


NEEDED = "As many patients as the events need"
"""Whom the boundaries are about: they are sized for their power, whatever number of patients is planned."""


def _about(found: DesignFindings, block: str, display: str) -> About:
    return About(id=block, display=display, population=f"{found.patients} planned patients")


def _assumptions(found: DesignFindings) -> Iterator[ResultRow]:
    about, plan = _about(found, ids.assumed(), "assumptions"), found.assumptions
    rows = (
        ("control_hazard", "Hazard in the control arm", plan.control.rates_per_month[0], "per month"),
        ("experimental_hazard", "Hazard in the experimental arm", plan.experimental.rates_per_month[0], "per month"),
        ("hazard_ratio", "Hazard ratio, experimental over control", plan.constant_hazard_ratio, ""),
        ("allocation", "Experimental patients for one control", plan.allocation_ratio, ""),
        ("accrual", "Accrual", plan.entry.duration_months, "months"),
        ("analysis", "Analysis after the trial opens", plan.analysis_months, "months"),
        ("max_followup", "Longest follow-up of a patient", plan.max_followup_months, "months"),
        ("dropout", "Hazard of dropout", plan.dropout_hazard_per_month, "per month"),
        ("patients", "Patients planned", found.patients, "patients"),
        ("alpha", "Significance level, two-sided", 100 * found.alpha, "%"),
        ("power", "Power aimed at", 100 * found.comparison.target_power, "%"),
        ("event_probability", "Patients with an event by the analysis", 100 * found.comparison.event_probability, "%"),
        ("trials", "Simulated trials a hazard ratio", found.comparison.n_trials, "trials"),
        ("calibration_trials", "Simulated trials for the critical value", found.test.calibration.n_trials, "trials"),
        ("seed", "Seed", found.seed, ""),
    )  # fmt: skip
    for name, label, value, unit in rows:
        note = "none: every patient is followed to the analysis" if value is None else ""
        yield about.row(name, value, label=label, unit=unit, note=note)


_SCHOENFELD, _LIMITS = "Schoenfeld", "Standard error from the events expected in each arm"


def _planned(found: DesignFindings) -> Iterator[ResultRow]:
    about, one = _about(found, ids.planned_size(), "planned"), found.planned
    level = f"{stated(one.confidence)} limits"
    needed = f"for {stated(one.target_power)} power"
    rows = (
        ("power", 100 * one.power, "Power", "%", _SCHOENFELD),
        ("events", one.n_events, "Events expected", "events", ""),
        ("experimental", one.events_experimental, "Events expected, experimental arm", "events", ""),
        ("control", one.events_control, "Events expected, control arm", "events", ""),
        ("hazard_ratio", one.hazard_ratio, "Hazard ratio assumed", "", ""),
        ("lower", one.lower, f"Hazard ratio, lower of the {level} expected", "", _LIMITS),
        ("upper", one.upper, f"Hazard ratio, upper of the {level} expected", "", _LIMITS),
        ("events_needed", one.events_needed, f"Events needed {needed}", "events", _SCHOENFELD),
        ("patients_needed", one.patients_needed, f"Patients needed {needed}", "patients", _SCHOENFELD),
    )
    for name, value, label, unit, method in rows:
        limit = name in {"lower", "upper"}
        why = "less than one event is expected in an arm" if limit else "no number of patients has that power"
        note = why if value is None else ""
        yield about.row(name, value, label=label, unit=unit, method=method, note=note)


def _methods(found: DesignFindings) -> Iterator[ResultRow]:
    about = _about(found, "", "methods")
    for row in found.comparison.rows:
        block = about.of(ids.design_method(row.method), variable="method", variable_level=row.label)
        if row.n_events_rounded is not None and row.n_patients_rounded is not None:
            yield block.row(
                "events", row.n_events_rounded, label="Events needed", unit="events", method=row.label
            )
            yield block.row(
                "patients", row.n_patients_rounded, label="Patients needed", unit="patients", method=row.label
            )
        errors = row.mc_error or (None,) * len(row.power)
        for ratio, power, error in zip(found.comparison.hazard_ratios, row.power, errors, strict=True):
            at = block.of(ids.design_power(row.method, ratio), context=f"hazard ratio {ratio:g}")
            yield at.row("power", 100 * power, label="Power", unit="%", method=row.label)
            if error is not None:
                yield at.row(
                    "error", 100 * error, label="Monte-Carlo standard error", unit="points", method=row.label
                )


def _published(found: DesignFindings) -> Iterator[ResultRow]:
    about = _about(found, "", "published")
    for place, check in enumerate((*found.published_size, *found.published_power)):
        block = about.of(ids.design_published(place), variable=check.quantity)
        yield block.row("printed", check.printed, label="As printed in the publication")
        yield block.row("regenerated", check.regenerated, label="Regenerated", method=check.method)


def _events(found: DesignFindings) -> Iterator[ResultRow]:
    for step in found.over_time[::6]:
        at = f"{step.at_months:g}"
        block = _about(found, "", "expected_events").of(
            ids.design_events(step.at_months), context=f"month {at}"
        )
        yield block.row("month", step.at_months, label="Calendar month", unit="months")
        yield block.row("entered", step.entered, label="Patients entered", unit="patients")
        yield block.row("control", step.control, label="Events, control arm", unit="events")
        yield block.row("experimental", step.experimental, label="Events, experimental arm", unit="events")
        yield block.row("total", step.total, label="Events", unit="events")


def _size(found: DesignFindings) -> Iterator[ResultRow]:
    test, many = found.test, found.test.calibration
    # The nominal size is taken from the many trials without an effect that the critical values come from.
    kinds = (
        (
            "nominal", many.nominal_values, test.power,
            (many.nominal_favourable, many.nominal_unfavourable, many.n_trials),
        ),
        (
            "calibrated", many.scenario.tails, test.calibrated_power,
            (test.calibrated_size.favourable, test.calibrated_size.unfavourable, test.size.n_trials),
        ),
    )  # fmt: skip
    for kind, critical, power, (favourable, unfavourable, n_trials) in kinds:
        block = _about(found, "", "size").of(ids.design_size(kind), context=f"{kind} critical values")
        for name, value in zip(("lower", "upper"), critical, strict=True):
            yield block.row(name, value, label=f"Critical value of Z, {name}")
        yield from _rate(block, "power", power.favourable, power.n_trials)
        yield from _rate(block, "favourable", favourable, n_trials)
        yield from _rate(block, "unfavourable", unfavourable, n_trials)


def _rate(block: About, name: str, rate: Rate, n: int) -> Iterator[ResultRow]:
    yield block.row(name, 100 * rate.value, unit="%", n=n, method="simulated log-rank test")
    yield block.row(
        f"{name}_error", 100 * rate.mc_error, label="Monte-Carlo standard error", unit="points", n=n
    )


def _boundaries(found: DesignFindings) -> Iterator[ResultRow]:
    for rule, (plan, events, calendar) in found.boundaries.items():
        about = _about(found, "", "boundaries").of(
            ids.boundary(rule), group1="rule", group1_level=RULES[rule][2], population=NEEDED
        )
        patients = sum(balanced(round_up(calendar.max_patients), found.assumptions.allocation_ratio))
        yield about.row("patients", patients, label="Patients needed, balanced", unit="patients")
        yield about.row("inflation", plan.inflation_factor, label="Inflation of events")
        yield about.row(
            "expected", events.expected_events, label="Expected events at the hazard ratio", unit="events"
        )
        columns = (
            ("information", "Information", tuple(100 * value for value in plan.information), "%"),
            ("events", "Events", events.n_events, "events"),
            ("whole_events", "Events, rounded up", tuple(round_up(d) for d in events.n_events), "events"),
            ("z", "Critical value of Z", plan.efficacy_z, ""),
            ("p", "Nominal one-sided p", plan.nominal_p, ""),
            ("hazard_ratio", "Hazard ratio at the boundary", events.hazard_ratio_boundary, ""),
            ("spent", "Cumulative level spent", tuple(100 * value for value in plan.alpha_spent), "%"),
            (
                "rejects",
                "Probability of rejecting here",
                tuple(100 * v for v in events.reject_probability),
                "%",
            ),
        )
        for look in range(plan.looks):
            block = about.of(ids.boundary_look(about.id, look + 1), context=f"look {look + 1}")
            for name, label, values, unit in columns:
                yield block.row(name, values[look], label=label, unit=unit)


def _precision(found: DesignFindings) -> Iterator[ResultRow]:
    for one in found.precision:
        block = _about(found, "", "precision").of(
            ids.design_precision(one.n, one.proportion), context=f"{one.n} patients, rate {one.proportion:g}"
        )
        rows = (
            ("rate", one.proportion),
            ("lower", one.lower),
            ("upper", one.upper),
            ("half_width", one.half_width),
        )
        for name, value in rows:
            unit = "points" if name == "half_width" else "%"
            yield block.row(name, 100 * value, unit=unit, n=one.n, method="Wilson")
