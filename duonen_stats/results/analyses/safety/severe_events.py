"""When does the first adverse event of grade 3 or higher come, death being a competing risk?"""

import numpy as np

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.further_times import SEVERE_EVENT
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import ARM, arm_codes
from duonen_stats.results.rows.incidence import DEATH_CAUSE, causes, incidence_curve, incidence_rows
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
        rows += incidence_rows(
            own, about, ids.severe_rate, ids.severe_grid, plan.ae_landmark_months, plan.ae_grid_months, plan
        )
        death = About(
            id=ids.severe_death(group),
            display="Severe adverse events",
            population=Population.SAFETY,
            group1=ARM,
            group1_level=group_level(group, study, plan),
            variable="Death without such an event",
        )
        rows += incidence_curve(own, DEATH_CAUSE, death, plan)
    return [*rows, _undated(data), *_tests(times, study, plan)]


def _undated(data: Datasets) -> ResultRow:
    """Count treatment-emergent severe events without a date of onset: they have no time."""
    events = data.adae
    severe = events["AETOXGR"].ge(SEVERE).fillna(value=False).astype(bool) & events["ASTDT"].isna()
    severe &= events["TRTEMFL"].eq("Y").fillna(value=False).astype(bool)
    treated = events["SUBJID"].isin(data.adsl.loc[data.adsl["SAFFL"].eq("Y"), "SUBJID"])
    about = About(
        id=ids.severe_undated(), display="Severe adverse events", population=Population.SAFETY,
        variable="Adverse event of grade 3 or higher without a date of onset",
    )  # fmt: skip
    return about.row("n", int((severe & treated).sum()), label="Number of events")


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
