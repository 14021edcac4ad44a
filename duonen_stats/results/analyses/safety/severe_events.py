"""When does the first adverse event of grade 3 or higher come, death being a competing risk?"""

import numpy as np

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.further_times import SEVERE_EVENT
from duonen_stats.datasets.efficacy.survival_records import COMPETING
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import IncidenceAt
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import ARM, arm_codes
from duonen_stats.results.rows.survival_curve import (
    BEYOND,
    EXACT,
    MONTHS,
    limit_of_none,
)
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import (
    Times,
    each_time_group,
    experimental_arms,
    group_level,
    times_of,
    two_groups,
)
from duonen_stats.study import Study

EVENT_CAUSE, DEATH_CAUSE = 1, 2
_METHOD = "cumulative incidence (Aalen–Johansen), death competing"
_NOBODY = "no limit: nobody is at risk any more, and some were censored before"
_RATE = ("incidence", "ci_low", "ci_high", "n_risk")


def analyse_severe_events(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Estimate the cumulative incidence of the first event of grade 3 or higher, and compare arms by Gray's test.

    Censoring at death would treat the dead as if the event could still come; their share is ``ae3.cif_death``. Patients
    are at risk until the end of reporting that the plan states, and no longer.

    Source: Gray (1988) Ann Stat 16:1141-1154; interim publication, §2.4.
    """
    times = times_of(data.adtte, SEVERE_EVENT)
    rows: list[ResultRow] = []
    for group, own in each_time_group(times, study, plan):
        about = About(
            id=ids.severe_incidence(group),
            display="Severe adverse events",
            population=Population.SAFETY,
            group1=ARM,
            group1_level=group_level(group, study, plan),
            variable="First adverse event of grade 3 or higher",
        )
        rows += _incidence(own, about, plan)
        death = About(
            id=ids.severe_death(group),
            display="Severe adverse events",
            population=Population.SAFETY,
            group1=ARM,
            group1_level=group_level(group, study, plan),
            variable="Death without such an event",
        )
        rows += _curve(own, DEATH_CAUSE, death, plan)
    return [*rows, _undated(data), *_tests(times, study, plan)]


def _undated(data: Datasets) -> ResultRow:
    """Count treatment-emergent severe events without a date of onset: no time can be told of them."""
    events = data.adae
    severe = events["AETOXGR"].ge(SEVERE).fillna(value=False).astype(bool) & events["ASTDT"].isna()
    severe &= events["TRTEMFL"].eq("Y").fillna(value=False).astype(bool)
    treated = events["SUBJID"].isin(data.adsl.loc[data.adsl["SAFFL"].eq("Y"), "SUBJID"])
    about = About(
        id=ids.severe_undated(), display="Severe adverse events", population=Population.SAFETY,
        variable="Adverse event of grade 3 or higher without a date of onset",
    )  # fmt: skip
    return about.row("n", int((severe & treated).sum()), label="Number of events")


def causes(times: Times) -> np.ndarray:
    """0 for censored, 1 for the adverse event, 2 for death without it."""
    return np.where(
        times.event == 1, EVENT_CAUSE, np.where(times.reason == COMPETING, DEATH_CAUSE, 0)
    ).astype(np.int64)


def _incidence(times: Times, about: About, plan: Plan) -> list[ResultRow]:
    codes = causes(times)
    n = codes.size
    counts = {
        "n": (n, "Number of patients"),
        "events": (int((codes == EVENT_CAUSE).sum()), "Number with the event"),
        "competing": (int((codes == DEATH_CAUSE).sum()), "Number dead without it"),
    }
    rows = [about.row(name, value, n=n, label=label) for name, (value, label) in counts.items()]
    try:
        found = methods.cumulative_incidence(
            times.time, codes, at=plan.ae_landmark_months, confidence=plan.confidence
        )
    except NotEstimable as verdict:
        for t in plan.ae_landmark_months:
            rows += about.of(ids.severe_rate(about.id, t)).refused(verdict, *_RATE, method=_METHOD)
        return rows + _grid(times, about, plan) + _curve(times, EVENT_CAUSE, about, plan)
    all_failed = bool((codes[times.time == times.time.max()] > 0).all())
    for at in found.at:
        block = about.of(ids.severe_rate(about.id, at.time), context=f"{at.time:g} months")
        beyond = not at.n_risk and not all_failed
        rows += (
            _rate(at, block, n, beyond=beyond) if at.incidence or beyond else _none(times, at, block, plan)
        )
    return rows + _grid(times, about, plan) + _curve(times, EVENT_CAUSE, about, plan)


def _grid(times: Times, about: About, plan: Plan) -> list[ResultRow]:
    """Count below the figure: at risk just before each month, and censored up to it, as under a survival curve."""
    censored = causes(times) == 0
    rows = []
    for month in plan.ae_grid_months:
        block = about.of(ids.severe_grid(about.id, month), context=f"{month:g} months")
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


def _curve(times: Times, cause: int, about: About, plan: Plan) -> list[ResultRow]:
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


def _tests(times: Times, study: Study, plan: Plan) -> list[ResultRow]:
    """Gray's test: all arms, and the experimental arms together against the control arm."""
    groups = two_groups(times, experimental_arms(study, plan), plan)
    arms = arm_codes(study)
    sides = (groups.name, groups.control)
    return [
        *_gray(times, times.arm, arms, _test_about(ids.gray("four_arm")), plan),
        *_gray(groups.times, groups.labels, sides, _test_about(ids.gray("primary")), plan),
    ]


def _test_about(name: ids.Block) -> About:
    return About(
        id=name,
        display="Severe adverse events",
        population=Population.SAFETY,
        group1=ARM,
        variable="First adverse event of grade 3 or higher",
        context="exploratory",
    )


def _gray(
    times: Times, group: np.ndarray, levels: tuple[str, ...], about: About, plan: Plan
) -> list[ResultRow]:
    sizes = {level: int((group == level).sum()) for level in levels}
    try:
        _require_sizes(sizes, plan)
        found = methods.gray_test(times.time, causes(times), group, levels=levels)
    except NotEstimable as verdict:
        return about.refused(verdict, "statistic", "df", "p", method="Gray's test")
    values = {"statistic": found.statistic, "df": found.df, "p": found.p_value}
    return [about.row(name, value, n=times.time.size, method="Gray's test") for name, value in values.items()]


def _require_sizes(sizes: dict[str, int], plan: Plan) -> None:
    if any(0 < n < plan.min_group for n in sizes.values()):
        raise NotEstimable("group_too_small", sizes, f"an arm has fewer than {plan.min_group} patients")
