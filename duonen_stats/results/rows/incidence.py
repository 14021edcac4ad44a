"""Cumulative incidence with death competing: at some months, below a figure, and as a curve."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from duonen_stats import methods
from duonen_stats.datasets.efficacy.survival_records import COMPETING
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import IncidenceAt
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.survival_curve import BEYOND, EXACT, MONTHS, limit_of_none
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import Times

EVENT_CAUSE, DEATH_CAUSE = 1, 2
_METHOD = "cumulative incidence (Aalen–Johansen), death competing"
_NOBODY = "no limit: nobody is at risk any more, and some were censored before"
_RATE = ("incidence", "ci_low", "ci_high", "n_risk")


def causes(times: Times) -> np.ndarray:
    """0 for censored, 1 for the adverse event, 2 for death without it."""
    return np.where(
        times.event == 1, EVENT_CAUSE, np.where(times.reason == COMPETING, DEATH_CAUSE, 0)
    ).astype(np.int64)


def incidence_rows(
    times: Times,
    about: About,
    rate_of: Callable[[str, float], ids.Block],
    grid_of: Callable[[str, float], ids.Block],
    landmarks: Sequence[float],
    grid: Sequence[float],
    plan: Plan,
) -> list[ResultRow]:
    """Estimate the cumulative incidence of an event with death competing.

    Parameters
    ----------
    times
        Months to the event, to death without it, or to censoring.
    about
        What the event is, and in whom.
    rate_of, grid_of
        Give the ids of the incidence at a month, and of the counts below a curve.
    landmarks, grid
        Months of each.
    plan
        ``confidence``, ``days_per_month``.

    Returns
    -------
    list of ResultRow
        Numbers of patients, events and competing deaths; incidence with limits and the number at risk at each
        landmark; the counts of the grid; the corners of the curve.

    References
    ----------
    Aalen & Johansen (1978) Scand J Stat 5:141-150.
    """
    codes = causes(times)
    n = codes.size
    counts = {
        "n": (n, "Number of patients"),
        "events": (int((codes == EVENT_CAUSE).sum()), "Number with the event"),
        "competing": (int((codes == DEATH_CAUSE).sum()), "Number dead without it"),
    }
    rows = [about.row(name, value, n=n, label=label) for name, (value, label) in counts.items()]
    rows += incidence_rates(times, landmarks, partial(rate_of, about.id), about, plan)
    return rows + _grid(times, about, grid_of, grid) + incidence_curve(times, EVENT_CAUSE, about, plan)


def incidence_rates(
    times: Times, months: Sequence[float], block_of: Callable[[float], ids.Block], about: About, plan: Plan
) -> list[ResultRow]:
    """Estimate the cumulative incidence at some months, with limits also where there is no event.

    Parameters
    ----------
    times
        Times of a group; a ``reason`` of ``COMPETING`` is a competing event.
    months, block_of
        When to read the curve, and what the block of a month is called.
    about, plan
        What the rows are about; level of the limits.

    Returns
    -------
    list[ResultRow]
        Rows incidence, ci_low, ci_high and n_risk for each month; the reason where there is none.
    """
    codes, rows = causes(times), []
    try:
        found = methods.cumulative_incidence(times.time, codes, at=months, confidence=plan.confidence)
    except NotEstimable as verdict:
        for month in months:
            rows += about.of(block_of(month)).refused(verdict, *_RATE, method=_METHOD)
        return rows
    all_failed = bool((codes[times.time == times.time.max()] > 0).all())
    for at in found.at:
        block = about.of(block_of(at.time), context=f"{at.time:g} months")
        beyond = not at.n_risk and not all_failed
        rows += (
            _rate(at, block, codes.size, beyond=beyond)
            if at.incidence or beyond
            else _none(times, at, block, plan)
        )
    return rows


def _grid(
    times: Times, about: About, grid_of: Callable[[str, float], ids.Block], grid: Sequence[float]
) -> list[ResultRow]:
    """Count below the figure: at risk just before each month, and censored up to it, as under a survival curve."""
    censored = causes(times) == 0
    rows = []
    for month in grid:
        block = about.of(grid_of(about.id, month), context=f"{month:g} months")
        at_risk = int((times.time >= month).sum())
        so_far = int((censored & (times.time <= month)).sum())
        rows += [
            block.row("n_risk", at_risk, label="Number at risk"),
            block.row("n_censored", so_far, label="Censored so far"),
        ]
    return rows


def _rate(at: IncidenceAt, block: About, n: int, *, beyond: bool) -> list[ResultRow]:
    values = {
        "incidence": (at.incidence, "Cumulative incidence"),
        "ci_low": (at.lower, "Lower limit"),
        "ci_high": (at.upper, "Upper limit"),
        "n_risk": (at.n_risk, "Number at risk"),
    }
    note = "no limit: every patient has the event by then"
    if beyond:
        values |= dict.fromkeys(("incidence", "ci_low", "ci_high"), (None, "Cumulative incidence"))
        note = BEYOND
    return [
        block.row(name, value, label=label, n=n, method=_METHOD, note="" if value is not None else note)
        for name, (value, label) in values.items()
    ]


def _none(times: Times, at: IncidenceAt, block: About, plan: Plan) -> list[ResultRow]:
    """Give the limits of an incidence of 0, where the variance of the curve is 0 and says nothing.

    If nobody was censored before, the state of every patient is known, and the limits are those of no event in all.
    Else they are those of no event in the patients still at risk. This needs no more than independent censoring: with
    cause-specific hazard h and Y at risk, the probability of no event although the integral of Y h reaches c is at most
    exp(-c); Y is never smaller than the number at risk at the end, and the incidence is no larger than 1 less exp of
    minus the integral of h, whatever the hazard of death. Patients who died may not be counted with those at risk:
    late censoring takes away the patients who could still have an event, and leaves the dead.

    Source: Fay, Brittain & Proschan (2013) Biostatistics 14:723-736, the beta product limits without an event.
    """
    n = causes(times).size
    gone = int(((causes(times) == 0) & (times.time < at.time)).sum())
    known = at.n_risk if gone else n
    whom = "patients at risk" if gone else "patients, none of whom was censored before"
    method = f"no event so far: {EXACT} limits of 0 of {known} {whom}"
    limits = (
        {"ci_low": 0.0, "ci_high": limit_of_none(known, plan)} if known else {"ci_low": None, "ci_high": None}
    )
    values = {
        "incidence": (at.incidence, "Cumulative incidence", _METHOD),
        "ci_low": (limits["ci_low"], "Lower limit", method),
        "ci_high": (limits["ci_high"], "Upper limit", method),
        "n_risk": (at.n_risk, "Number at risk", _METHOD),
    }
    return [
        block.row(name, value, label=label, n=n, method=how, note="" if value is not None else _NOBODY)
        for name, (value, label, how) in values.items()
    ]


def incidence_curve(times: Times, cause: int, about: About, plan: Plan) -> list[ResultRow]:
    """Give the corners of a curve of cumulative incidence, from 0 to the last time of anybody."""
    codes = causes(times)
    if not codes.size:
        return [about.row("steps", 0, label="Number of steps")]
    corners = np.unique(np.concatenate((times.time[codes == cause], [times.time.max()])))
    found = methods.cumulative_incidence(
        times.time, codes, at=corners, cause=cause, confidence=plan.confidence
    )
    points = [(0.0, 0.0), *((at.time, at.incidence) for at in found.at)]
    rows = [about.row("steps", len(points), label="Number of steps")]
    days = ids.days((time for time, _ in points), plan.days_per_month)
    for day, (time, incidence) in zip(days, points, strict=True):
        block = about.of(ids.incidence_step(about.id, day))
        rows += [
            block.row("time", time, label="Time of the step", unit=MONTHS),
            block.row("incidence", incidence, label="Cumulative incidence from then on"),
        ]
    return rows
