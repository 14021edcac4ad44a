"""Survive: the curve of one group, its median, its rates, and what is below and on it."""

import numpy as np

from duonen_stats import methods
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import KaplanMeier, SurvivalAt
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import Times

MONTHS = "months"
NOT_REACHED = "not reached"
BEYOND = "beyond the last observed time"
_NO_LIMIT = "no limit: survival is 1 or 0 here"
_NO_LIMITS = "no limit: the curve is 1 or 0 at every time, where it has none"
_AT_THE_START = "no limit: everybody is free of the event at the start"
_LAST_AT_RISK = "no limit: the last patient at risk had the event, after others were censored"
_HIGHER = "not reached: this limit of the curve stays above 50 %"
_MEDIAN = {"median": "Median", "median_ci_low": "Lower limit", "median_ci_high": "Upper limit"}
_POINT = {"survival": "Survival", "ci_low": "Lower limit", "ci_high": "Upper limit"}
_COUNTS = {
    "n_risk": "Number at risk",
    "n_events": "Events so far",
    "n_censored": "Censored so far",
}


def survive(times: Times, about: About, plan: Plan) -> list[ResultRow]:
    """Estimate the curve of a group by Kaplan and Meier.

    Rows ``n``, ``events``, ``censored``; the median with limits; ``rate.<t>`` at the plan's landmark times;
    ``grid.<t>`` counts for the table below the figure; ``step.<day>`` corners of the curve, ``mark.<day>`` times
    of censoring, ``log_log.<day>`` for the check of proportional hazards, each with the number of them.
    """
    rows = [
        about.row("n", times.time.size, n=times.time.size, label="Number of patients"),
        about.row("events", int(times.event.sum()), n=times.time.size, label="Number of events"),
        about.row("censored", int((1 - times.event).sum()), n=times.time.size, label="Number censored"),
    ]
    try:
        curve = methods.kaplan_meier(
            times.time, times.event, confidence=plan.confidence, conf_type=plan.curve_limits
        )
    except NotEstimable as verdict:
        return rows + _refused(verdict, about, plan)
    rows += _median(curve, about)
    rates = methods.survival_at(curve, plan.landmark_months)
    for at in rates:
        block = _at_month(about, ids.km_rate(about.id, at.time), at.time)
        rows += [*_point(at, block, curve, plan), *_counts(at, block, ("n_risk",))]
    for at in methods.survival_at(curve, plan.grid_months):
        block = _at_month(about, ids.km_grid(about.id, at.time), at.time)
        rows += _counts(at, block, tuple(_COUNTS))
    return rows + _steps(curve, about, plan) + _marks(curve, about, plan) + _log_log(curve, about, plan)


def follow_up(times: Times, about: About, plan: Plan) -> list[ResultRow]:
    """Estimate the median follow-up by the reverse Kaplan-Meier curve: rows median, ci_low, ci_high."""
    method = "reverse Kaplan–Meier"
    try:
        found = methods.reverse_km_followup(
            times.time, times.event, confidence=plan.confidence, conf_type=plan.curve_limits
        )
    except NotEstimable as verdict:
        return about.refused(verdict, "median", "ci_low", "ci_high", method=method)
    values = {"median": found.median, "ci_low": found.lower, "ci_high": found.upper}
    why = _NO_LIMITS if not found.n_censored else _HIGHER
    return [
        about.row(
            name,
            value,
            label="Median follow-up" if name == "median" else f"{name[3:].capitalize()} limit",
            unit=MONTHS,
            n=found.n,
            method=method,
            note="" if value is not None else NOT_REACHED if name == "median" else why,
            kind="not_reached" if value is None and name == "median" else "",
        )
        for name, value in values.items()
    ]


def _at_month(about: About, block: ids.Block, month: float) -> About:
    return about.of(block, context="; ".join(filter(None, (about.context, f"{month:g} months"))))


def _method(curve: KaplanMeier) -> str:
    return f"Kaplan–Meier, {curve.conf_type} limits at {100 * curve.confidence:g} %"


def _refused(verdict: NotEstimable, about: About, plan: Plan) -> list[ResultRow]:
    rows = about.refused(verdict, *_MEDIAN)
    for t in plan.landmark_months:
        block = _at_month(about, ids.km_rate(about.id, t), t)
        rows += [*block.refused(verdict, *_POINT), block.row("n_risk", 0, n=0, label=_COUNTS["n_risk"])]
    for t in plan.grid_months:
        block = _at_month(about, ids.km_grid(about.id, t), t)
        rows += [block.row(name, 0, n=0, label=label) for name, label in _COUNTS.items()]
    return rows + [_number(about, name, 0) for name in ("steps", "marks", "log_logs")]


def _number(about: About, name: str, number: int) -> ResultRow:
    return about.row(name, number, label=f"Number of {name.replace('_', '-')}")


def _median(curve: KaplanMeier, about: About) -> list[ResultRow]:
    found = methods.survival_quantile(curve, 0.5)
    values = (found.estimate, found.lower, found.upper)
    why = _NO_LIMITS if np.isnan(curve.lower).all() else _HIGHER
    return [
        about.row(
            name,
            value,
            label=label,
            unit=MONTHS,
            n=curve.n,
            method=_method(curve),
            note="" if value is not None else NOT_REACHED if name == "median" else why,
            kind="not_reached" if value is None and name == "median" else "",
        )
        for (name, label), value in zip(_MEDIAN.items(), values, strict=True)
    ]


def _point(at: SurvivalAt, block: About, curve: KaplanMeier, plan: Plan) -> list[ResultRow]:
    """Give survival at a time with limits, also where it is still 1 or has come down to 0.

    The limits of the curve do not exist there, or have no width, because its variance is 0. As long as nobody has had
    the event they are those of no event in as many patients as are at risk; after the event of everybody, with nobody
    censored, those of no survivor among all.

    Source: Fay, Brittain & Proschan (2013) Biostatistics 14:723-736: the beta product limits in these two cases.
    """
    beyond = not at.n_risk and at.survival > 0
    method, note = _method(curve), BEYOND if beyond else _NO_LIMIT
    values = {"survival": at.survival, "ci_low": at.lower, "ci_high": at.upper}
    methods_of = dict.fromkeys(values, method)
    if beyond:
        values = dict.fromkeys(values)
    elif not at.n_events and not at.time:
        values |= {"ci_low": None, "ci_high": None}
        note = _AT_THE_START
    elif not at.n_events:
        high = limit_of_none(at.n_risk, plan)
        values |= {"ci_low": 1 - high, "ci_high": 1.0}
        how = f"no event so far: {EXACT} limits of 0 of {at.n_risk} patients at risk"
        methods_of |= {"ci_low": how, "ci_high": how}
    elif not at.survival and at.n_events == curve.n:
        values |= {"ci_low": 0.0, "ci_high": limit_of_none(curve.n, plan)}
        how = f"everybody has had the event: {EXACT} limits of 0 of {curve.n} patients"
        methods_of |= {"ci_low": how, "ci_high": how}
    elif not at.survival:
        note = _LAST_AT_RISK
    return [
        block.row(
            name, value, label=_POINT[name], n=at.n_risk, method=methods_of[name],
            note="" if value is not None else note,
        )
        for name, value in values.items()
    ]  # fmt: skip


EXACT = "exact (Clopper–Pearson)"


def limit_of_none(n: int, plan: Plan) -> float:
    """Return the upper exact limit of a probability if none of ``n`` patients had the event, two-sided.

    It is exact whatever the plan says of percentages: a score interval can be too short here.

    Example
    -------
    None of 23 patients: 0.148.
    """
    return methods.proportion_ci(0, n, method="clopper_pearson", confidence=plan.confidence).upper


def _counts(at: SurvivalAt, block: About, names: tuple[str, ...]) -> list[ResultRow]:
    return [block.row(name, getattr(at, name), label=_COUNTS[name]) for name in names]


def _steps(curve: KaplanMeier, about: About, plan: Plan) -> list[ResultRow]:
    """Corners of the curve: time 0, every time with an event, and the last observed time."""
    corners = np.flatnonzero(curve.events)
    if not corners.size or corners[-1] != curve.time.size - 1:
        corners = np.append(corners, curve.time.size - 1)
    points = [(0.0, 1.0, np.nan, np.nan)]
    points += [
        (float(curve.time[i]), float(curve.survival[i]), float(curve.lower[i]), float(curve.upper[i]))
        for i in corners
    ]
    rows = [_number(about, "steps", len(points))]
    days = ids.days((time for time, *_ in points), plan.days_per_month)
    for day, (time, survival, low, high) in zip(days, points, strict=True):
        block = about.of(ids.km_step(about.id, day))
        rows += [
            block.row("time", time, label="Time of the step", unit=MONTHS),
            block.row("survival", survival, label="Survival from then on"),
            _limit(block, "ci_low", low),
            _limit(block, "ci_high", high),
        ]
    return rows


def _limit(block: About, name: str, value: float) -> ResultRow:
    defined = not np.isnan(value)
    return block.row(name, value if defined else None, label=_POINT[name], note="" if defined else _NO_LIMIT)


def _marks(curve: KaplanMeier, about: About, plan: Plan) -> list[ResultRow]:
    places = np.flatnonzero(curve.censored)
    rows = [_number(about, "marks", places.size)]
    for day, i in zip(ids.days(curve.time[places], plan.days_per_month), places, strict=True):
        block = about.of(ids.km_mark(about.id, day))
        rows += [
            block.row("time", float(curve.time[i]), label="Time of censoring", unit=MONTHS),
            block.row("survival", float(curve.survival[i]), label="Survival then"),
        ]
    return rows


def _log_log(curve: KaplanMeier, about: About, plan: Plan) -> list[ResultRow]:
    """Give the curve as log(-log S) at event times: parallel to another if hazards are proportional."""
    inside = (curve.events > 0) & (curve.survival > 0) & (curve.survival < 1)
    places = np.flatnonzero(inside)
    rows = [_number(about, "log_logs", places.size)]
    for day, i in zip(ids.days(curve.time[places], plan.days_per_month), places, strict=True):
        block = about.of(ids.km_log_log(about.id, day))
        value = float(np.log(-np.log(curve.survival[i])))
        rows += [
            block.row("time", float(curve.time[i]), label="Time of the event", unit=MONTHS),
            block.row("value", value, label="log(−log S)"),
        ]
    return rows
