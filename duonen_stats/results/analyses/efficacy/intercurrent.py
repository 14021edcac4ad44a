"""What came between randomisation and progression, the per-protocol population, and therapies after the trial's."""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.sourced_dates import SOURCES, DateOf
from duonen_stats.datasets.efficacy.survival_records import LOST, MISSED, NEW_THERAPY, WITHDRAWN
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.survival import comparison_about
from duonen_stats.results.analyses.patients.protocol import NO_DEVIATIONS, NO_THERAPIES
from duonen_stats.results.rows.compare_times import HAZARD_RATIO, hazard_ratio_rows, log_rank_rows
from duonen_stats.results.rows.describe import count
from duonen_stats.results.rows.groups import ARM, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    Times,
    each_time_group,
    experimental_arms,
    group_level,
    times_of,
    two_groups,
)
from duonen_stats.study import Study

_PARAMETER, _LABEL = ENDPOINTS["pfs"]
_LINES = {1: "first", 2: "second"}


def analyse_intercurrent(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count randomised patients with each intercurrent event, by arm: events that may change what PFS means.

    A patient may have several. The treatment policy takes PFS whatever happened; the hypothetical estimand censors at
    another treatment and before missed assessments.

    Source: ICH E9(R1), A.3.1.
    """
    adsl = data.adsl.set_index("USUBJID")
    policy, other = (_by_patient(data.adtte, code) for code in ("PFS", "PFSHYP"))
    treated = _yes(adsl["SAFFL"].eq("Y"))
    happened = {
        "not_treated": ~treated,
        "treated_otherwise": treated & ~_yes(adsl["TRT01A"].eq(adsl["TRT01P"])),
        "discontinued": _yes(adsl["EOTSTT"].eq("DISCONTINUED")),
        "further_therapy": _yes(other["CNSR"].eq(NEW_THERAPY)),
        "missed_assessments": _yes(other["CNSR"].eq(MISSED)),
        "death": _yes(policy["CNSR"].eq(0) & policy["EVNTDESC"].eq(SOURCES[DateOf.DEATH].kind)),
        "lost": _yes(policy["CNSR"].eq(LOST)),
        "withdrawn": _yes(policy["CNSR"].eq(WITHDRAWN)),
    }
    rows: list[ResultRow] = []
    for group, own in each_time_group(times_of(data.adtte, _PARAMETER), study, plan):
        about = _about(group, study, plan)
        for what in ids.INTERCURRENT:
            holds = happened[what].reindex(own.subject).fillna(value=False).astype(bool)
            block = about.of(ids.intercurrent(what, group), variable_level=what)
            rows += count(int(holds.sum()), own.subject.size, block)
    return rows


def _by_patient(adtte: pd.DataFrame, parameter: str) -> pd.DataFrame:
    return adtte[adtte["PARAMCD"].eq(parameter)].set_index("USUBJID")


def _yes(condition: "pd.Series[bool]") -> "pd.Series[bool]":
    """Take a condition that is not known not to hold."""
    return condition.fillna(value=False).astype(bool)


def _about(group: str, study: Study, plan: Plan) -> About:
    return About(
        display="Efficacy",
        population=Population.RANDOMISED,
        group1=ARM,
        group1_level=group_level(group, study, plan),
    )


def analyse_per_protocol(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Repeat the primary comparison in the per-protocol population, as an exploratory analysis.

    Who is in it follows from what happened after randomisation, so that the arms are no longer comparable by design.

    Source: ICH E9, §5.2.2.
    """
    times = times_of(data.adtte, _PARAMETER)
    arms = experimental_arms(study, plan)
    inside = data.adsl.loc[_yes(data.adsl["PPROTFL"].eq("Y")), "USUBJID"]
    everybody = two_groups(times, arms, plan)
    groups = two_groups(times.of(np.isin(times.subject, inside.to_numpy(dtype=object))), arms, plan)
    about = replace(
        comparison_about(groups, ids.per_protocol(), _LABEL),
        context=f"exploratory; per-protocol population, {plan.words('per_protocol')}",
    )
    if data.addv is None:
        none = NotEstimable("no_records", {}, NO_DEVIATIONS)
        return about.refused(none, "n", "events", "excluded", *HAZARD_RATIO, "log_rank_p")
    n, left = groups.times.time.size, everybody.times.time.size - groups.times.time.size
    p = next(row for row in log_rank_rows(groups, about, plan) if row.stat_name == "p")
    return [
        about.row("n", n, n=n, label="Number of patients"),
        about.row("events", int(groups.times.event.sum()), n=n, label="Number of events"),
        about.row("excluded", left, n=n + left, label="Patients left out"),
        *hazard_ratio_rows(groups, about, plan),
        about.row(
            "log_rank_p", p.stat, label="p-value of the log-rank test", n=p.n, method=p.method, note=p.note
        ),
    ]


def analyse_further_therapies(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count randomised patients who began therapies against the tumour after randomisation, by class and by line.

    A patient counts once in each class and line. Differences between arms may change overall survival, and follow from
    progression themselves.

    Source: ICH E9(R1), A.3.1; EMA (2017) Guideline on anticancer products, appendix 1.
    """
    found = None if data.adcm is None else data.adcm.loc[_yes(data.adcm["FURTHFL"].eq("Y"))]
    scope = ids.Scope(study=study, plan=plan)
    rows: list[ResultRow] = []
    for group, own in each_time_group(times_of(data.adtte, _PARAMETER), study, plan):
        about = _about(group, study, plan)
        blocks = {
            ("any", ""): about.of(ids.further_therapy(group)),
            **{
                ("class", name): about.of(
                    ids.therapy_class(name, group), variable="CMCLAS", variable_level=name
                )
                for name in ids.therapy_classes(scope)
            },
            **{
                ("line", line): about.of(
                    ids.therapy_line(line, group), variable="CMLINE", variable_level=line
                )
                for line in ids.LINES
            },
        }
        for (kind, name), block in blocks.items():
            if found is None:
                rows += [block.row(stat, None, note=NO_THERAPIES) for stat in ("n", "pct")]
                continue
            rows += count(_with(found, own, kind, name), own.subject.size, block)
    return rows


def _with(found: pd.DataFrame, own: Times, kind: str, name: str) -> int:
    records = found[found["USUBJID"].isin(own.subject)]
    if kind == "class":
        classes = records["CMCLAS"].astype(object).where(records["CMCLAS"].notna(), "not_recorded")
        records = records[classes.eq(name)]
    if kind == "line":
        line = numbers(records["CMLINE"])
        names = [("not_recorded" if np.isnan(one) else _LINES.get(int(one), "later")) for one in line]
        records = records[np.array(names, dtype=object) == name]
    return int(records["USUBJID"].nunique())
