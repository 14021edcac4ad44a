"""Who was treated, who completed, whose data are complete."""

from dataclasses import replace

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import count, rate, withheld_count
from duonen_stats.results.rows.groups import ARM, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

_POPULATIONS = {"randomised": "RANDFL", "safety": "SAFFL", "dosimetry": "DOSFL", "completed": "COMPLFL"}


def analyse_disposition(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count populations, cycles received, reasons for stopping and patients with laboratory values per visit.

    Source: interim publication, sections 2.2 and 4.2; ICH E3, sections 10.1 and 11.1.
    """
    subjects = flagged(data.adsl, "RANDFL")
    visits = flagged(data.adlb[data.adlb["DTYPE"].isna()], "ANL01FL")
    rows: list[ResultRow] = []
    for arm, members in each_group(subjects, study):
        about = About(
            display="Disposition",
            population=Population.RANDOMISED,
            group1=ARM,
            group1_level=arm,
        )
        for name, flag in _POPULATIONS.items():
            part, block = (
                int(members[flag].eq("Y").sum()),
                about.of(ids.disposition(name, arm), variable=flag),
            )
            if flag == "DOSFL" and data.stamp.blinded:
                rows += withheld_count(block)
                continue
            limited = name == "completed"  # the others are who is analysed, and no estimates
            rows += rate(part, len(members), block, plan) if limited else count(part, len(members), block)
        rows += _course(members, arm, about, study, plan)
        rows += _completeness(visits, members, arm, about, study, plan)
    about = About(id=ids.planned(), display="Disposition", population=Population.PLANNED)
    return rows + count(len(subjects), study.planned_subjects, about, of="planned patients")


def _course(members: pd.DataFrame, arm: str, about: About, study: Study, plan: Plan) -> list[ResultRow]:
    """Count treated patients by cycles received and reason for stopping, and deaths of randomised patients."""
    treated = flagged(members, "SAFFL")
    of_treated = replace(about, population=Population.SAFETY)
    rows = []
    for number in range(1, len(study.cycles) + 1):
        block = of_treated.of(ids.cycles(number, arm), variable="NCYC", variable_level=str(number))
        rows += count(int(treated["NCYC"].eq(number).sum()), len(treated), block)
    stopped = treated[treated["EOTSTT"].eq("DISCONTINUED")]
    block = of_treated.of(ids.disposition("discontinued", arm), variable="EOTSTT")
    rows += rate(len(stopped), len(treated), block, plan)
    for name, status in (
        ("ongoing", treated["EOTSTT"].eq("ONGOING")),
        ("status_unknown", treated["EOTSTT"].isna()),
    ):
        block = of_treated.of(ids.disposition(name, arm), variable="EOTSTT")
        rows += count(int(status.sum()), len(treated), block)
    reasons = study.table("disposition").column("REASON").codes
    for reason in reasons:
        block = of_treated.of(
            ids.stopping_reason(reason.code, arm), variable="DCSREAS", variable_level=reason.label
        )
        rows += count(int(stopped["DCSREAS"].eq(reason.code).sum()), len(treated), block)
    block = of_treated.of(ids.stopping_unrecorded(arm), variable="DCSREAS")
    rows += count(int(stopped["DCSREAS"].isna().sum()), len(treated), block)
    block = about.of(
        ids.disposition("died", arm), variable="DTHDT", context="known to have died by the data cut"
    )
    rows += count(int(members["DTHDT"].notna().sum()), len(members), block)
    unknown = members["DTHDT"].isna() & members["LSTALVDT"].isna()
    block = about.of(
        ids.disposition("vital_unknown", arm), variable="LSTALVDT", context="no date known alive"
    )
    return rows + count(int(unknown.sum()), len(members), block)


def _completeness(
    visits: pd.DataFrame, members: pd.DataFrame, arm: str, about: About, study: Study, plan: Plan
) -> list[ResultRow]:
    """Of the patients who had the visit's cycle, how many have at least one laboratory value there."""
    own = visits[visits["USUBJID"].isin(members["USUBJID"])]
    rows = []
    for visit in (plan.baseline_visit, *plan.follow_up_visits):
        cycle = next(c.number for c in study.cycles if c.code == study.visit(visit).cycle)
        due = members[members["NCYC"] >= cycle]
        seen = own.loc[own["AVISIT"].eq(visit) & own["USUBJID"].isin(due["USUBJID"]), "USUBJID"].nunique()
        block = about.of(
            ids.labs_at(visit, arm),
            population=Population.SAFETY,
            variable="AVISIT",
            variable_level=visit,
        )
        rows += count(int(seen), len(due), block, of="patients who received the cycle")
    return rows
