"""Late harm of the marrow and the kidneys: cumulative incidence from the first administration, death competing."""

from collections.abc import Mapping

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.adae import FOLLOW_UP, TREATMENT
from duonen_stats.datasets.safety.late_harm import (
    CYTOPENIA,
    DYSFUNCTION,
    NEOPLASM,
    RENAL,
    SEVERE_CYTOPENIA,
    reported_harm,
)
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import ARM, flagged
from duonen_stats.results.rows.incidence import incidence_rows
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import each_time_group, group_level, times_of
from duonen_stats.study import Study

HARMS: Mapping[str, str] = dict(
    zip(ids.LATE_HARM, (NEOPLASM, DYSFUNCTION, SEVERE_CYTOPENIA, CYTOPENIA, RENAL), strict=True)
)
"""Part of the id: ``PARAMCD``."""


def analyse_late_harm(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Estimate the cumulative incidence of each late harm by arm.

    There is no end of reporting: a neoplasm of the marrow comes in the second to eighth year. The two definitions of
    persistent haematological dysfunction are two endpoints, and neither stands for the other.

    Source: Bergsma et al. (2018) J Nucl Med 59:452-458; (2016) Eur J Nucl Med Mol Imaging 43:453-463; not in the
    publication.
    """
    rows: list[ResultRow] = []
    for harm, code in HARMS.items():
        times = times_of(data.adtte, code)
        for group, own in each_time_group(times, study, plan):
            about = About(
                id=ids.late_incidence(harm, group),
                display="Late harm",
                population=Population.SAFETY,
                group1=ARM,
                group1_level=group_level(group, study, plan),
                variable=code,
            )
            grid = ids.late_grid_months(ids.Scope(study=study, plan=plan))
            rows += incidence_rows(own, about, ids.late_rate, ids.late_grid, plan.late_months, grid, plan)
    return rows + _undated(data)


def _undated(data: Datasets) -> list[ResultRow]:
    """Count reported events of late harm without a date of onset: they have no time."""
    treated = flagged(data.adsl, "SAFFL")["USUBJID"]
    events = data.adae[data.adae["USUBJID"].isin(treated) & data.adae["ASTDT"].isna()]
    events = events[events["APHASE"].isin([TREATMENT, FOLLOW_UP])]
    codes = {code: harm for harm, code in HARMS.items()}
    return [
        About(
            id=ids.late_undated(codes[code]), display="Late harm", population=Population.SAFETY, variable=code,
            context="without a date of onset",
        ).row("n", int(which.sum()), unit="", label="Number of events")
        for code, which in reported_harm(events).items()
    ]  # fmt: skip
