"""Table 4, Figures 4, 5 and 7: laboratory values over time, as change from baseline."""

from itertools import pairwise

import numpy as np
import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.change import worst_is_searched
from duonen_stats.methods import adjust_p
from duonen_stats.methods.inputs.midranks import as_ranked
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.compare_groups import compare_groups, compare_planned, compare_visits
from duonen_stats.results.rows.describe import describe, whiskers
from duonen_stats.results.rows.groups import (
    ALL,
    ARM,
    by_arm,
    each_group,
    flagged,
    numbers,
)
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Analyte, Study

_COLUMNS = [
    "USUBJID",
    ARM,
    "PARAMCD",
    "AVISIT",
    "AVAL",
    "CHG",
    "PCHG",
    "DTYPE",
    "ANL01FL",
    "ONTRTFL",
    "CENSFL",
]
_CATEGORIES = ("INCREASED", "DECREASED", "UNCHANGED")


def analyse_laboratory(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe the change from T1 at each visit, compare arms and visits, find the visit of the largest change.

    Source: interim publication, Table 4, sections 3.5 to 3.7.
    """
    safety = flagged(data.adsl, "SAFFL")
    labs = _of_safety(data)
    visits = visit_values(data)
    nadirs = labs[labs["AVISIT"].eq("NADIR")]
    searched = worst_is_searched(labs[labs["DTYPE"].isna()], plan)
    rows = [_censored(labs[labs["DTYPE"].isna()])]
    for analyte in study.analytes:
        about = About(
            display="Table 4",
            population=Population.SAFETY,
            variable=analyte.code,
            unit=analyte.unit,
        )
        own = visits[visits["PARAMCD"].eq(analyte.code)]
        by_visit = {visit: values_at(own, analyte.code, visit) for visit in plan.follow_up_visits}
        for visit, records in by_visit.items():
            rows += _changes(records, visit, about, study, plan, safety)
        rows += _adjusted(about, plan, rows)
        rows += _largest(by_visit, about, analyte, rows, study, plan)
        rows += _paired(own, about, plan)
        worst = nadirs[nadirs["PARAMCD"].eq(analyte.code)]
        rows += _nadir(worst, safety, about, study, plan)
        rows += _looks(searched[searched["PARAMCD"].eq(analyte.code)], safety, about, study, plan)
    return rows


def _censored(labs: pd.DataFrame) -> ResultRow:
    number = int(labs["CENSFL"].eq("Y").fillna(value=False).sum())
    about = About(id=ids.lab_censored(), display="Table 4", population=Population.SAFETY, variable="CENSFL")
    return about.row("n", number, n=labs["USUBJID"].nunique(), unit="", label="Number of censored results")


def _of_safety(data: Datasets) -> pd.DataFrame:
    safety = flagged(data.adsl, "SAFFL")
    return data.adlb.loc[data.adlb["USUBJID"].isin(safety["USUBJID"]), _COLUMNS]


def visit_values(data: Datasets) -> pd.DataFrame:
    """Select the values that stand for a visit: measured, analysed, of treated patients.

    Returns
    -------
    pandas.DataFrame
        Rows of ADLB, one per patient, analyte and visit, without derived ones such as the worst value.
    """
    labs = _of_safety(data)
    return flagged(labs[labs["DTYPE"].isna()], "ANL01FL")


def values_at(values: pd.DataFrame, analyte: str, visit: str) -> pd.DataFrame:
    """Select the values of one analyte at one visit: those that Table 4 describes and Figures 4, 5 and 7 draw."""
    return values[values["PARAMCD"].eq(analyte) & values["AVISIT"].eq(visit)]


def _changes(
    records: pd.DataFrame, visit: str, about: About, study: Study, plan: Plan, safety: pd.DataFrame
) -> list[ResultRow]:
    treated = {code: len(members) for code, members in each_group(safety, study)}
    context = f"Change from {plan.baseline_visit}"
    rows = []
    for code, members in each_group(records, study):
        block = about.of(
            ids.lab_change(about.variable, visit, code),
            group1=ARM,
            group1_level=code,
            group2="AVISIT",
            group2_level=visit,
            context=context,
        )
        described = describe(numbers(members["CHG"]), block, plan, population=treated[code])
        rows += [*described, *whiskers(numbers(members["CHG"]), described, block, plan)]
    block = about.of(
        ids.lab_visit(about.variable, visit), group2="AVISIT", group2_level=visit, context=context
    )
    return [
        *rows,
        *_relative(records, block, plan, len(safety)),
        *compare_groups(by_arm(records, "CHG", study), block, plan),
    ]


def _relative(records: pd.DataFrame, about: About, plan: Plan, treated: int) -> list[ResultRow]:
    """Median change in percent of the patient's own baseline, arms pooled: comparable between analytes."""
    block = about.of(
        ids.lab_percent_change(about.variable, about.group2_level),
        group1=ARM,
        group1_level=ALL,
        unit="%",
        context=f"Percent change from {plan.baseline_visit}",
    )
    described = describe(numbers(records["PCHG"]), block, plan, population=treated)
    return [row for row in described if row.stat_name in {"n", "n_missing", "median"}]


def _adjusted(about: About, plan: Plan, rows: list[ResultRow]) -> list[ResultRow]:
    """Adjust the planned test between arms for the follow-up visits of the analyte, by Holm's method.

    Stands beside the unadjusted p, never instead.
    """
    found = {row.analysis_id: row for row in rows}
    tests = {
        visit: found[ids.between(ids.lab_visit(about.variable, visit), plan.between_arm_test).stat("p")]
        for visit in plan.follow_up_visits
    }
    known = {visit: row.stat for visit, row in tests.items() if row.stat is not None}
    adjusted = dict(zip(known, adjust_p(list(known.values()), "holm"), strict=True)) if known else {}
    return [
        about.of(
            ids.between_adjusted(ids.lab_visit(about.variable, visit)), group2="AVISIT", group2_level=visit
        ).row(
            "holm",
            adjusted.get(visit),
            unit="",
            n=row.n,
            label="p-value, Holm over visits",
            method=f"{row.method}; Holm over {len(known)} visits",
            note=row.note,
        )
        for visit, row in tests.items()
    ]


def _largest(
    by_visit: dict[str, pd.DataFrame],
    about: About,
    analyte: Analyte,
    rows: list[ResultRow],
    study: Study,
    plan: Plan,
) -> list[ResultRow]:
    """Choose the visit whose median change is largest in size, and the one least favourable for the analyte.

    Both are chosen from the data, which no p-value and no interval allows for. A visit is given by the number of its
    cycle, so that V3 is 3 also where the plan leaves out an earlier visit.
    """
    cycles = {cycle.code: cycle.number for cycle in study.cycles}
    medians = {row.analysis_id: row.stat for row in rows if row.stat_name == "median"}
    known = {
        visit: float(as_ranked(median, plan.difference_decimals))
        for visit in by_visit
        if (median := medians[ids.lab_change(about.variable, visit, ALL).stat("median")]) is not None
    }
    worse = min if analyte.adverse == "low" else max
    found = {
        "largest": max(known, key=lambda visit: abs(known[visit])) if known else None,
        "least_favourable": worse(known, key=lambda visit: known[visit]) if known else None,
    }
    labels = {
        "largest": "Visit of the largest median change",
        "least_favourable": "Visit of the least favourable median change",
    }
    return [
        about.of(ids.lab_extreme(about.variable, name), variable_level=visit or "").row(
            "visit",
            None if visit is None else cycles[str(study.visit(visit).cycle)],
            unit="visit V",
            label=labels[name],
            n=None if visit is None else len(by_visit[visit]["CHG"].dropna()),
            method="visit chosen from the data; of visits with equal medians, the first",
            note="" if visit else "no change from baseline at any visit",
        )
        for name, visit in found.items()
    ]


def _paired(own: pd.DataFrame, about: About, plan: Plan) -> list[ResultRow]:
    """Consecutive follow-up visits, and each follow-up visit against baseline, in the same patients."""
    wide = own.pivot_table(index="USUBJID", columns="AVISIT", values="AVAL", aggfunc="first", observed=False)
    visits = plan.follow_up_visits
    pairs = [*pairwise(visits), *((plan.baseline_visit, visit) for visit in visits)]
    rows = []
    for earlier, later in pairs:
        block = about.of(ids.lab_pair(about.variable, earlier, later), context=f"{later} against {earlier}")
        first, second = (_column(wide, visit) for visit in (earlier, later))
        rows += compare_visits(second, first, block, plan)
    return rows


def _column(wide: pd.DataFrame, visit: str) -> np.ndarray:
    return numbers(wide[visit]) if visit in wide.columns else np.full(len(wide), np.nan)


def _nadir(
    worst: pd.DataFrame, safety: pd.DataFrame, about: About, study: Study, plan: Plan
) -> list[ResultRow]:
    """Worst change: described, compared between arms, and by modification category within each modified arm."""
    analyte = about.variable
    about = about.of(
        ids.lab_nadir(analyte), group2="AVISIT", group2_level="NADIR", context="Worst change from baseline"
    )
    rows = []
    treated = {code: len(members) for code, members in each_group(safety, study)}
    for code, members in each_group(worst, study):
        block = about.of(ids.lab_nadir_change(analyte, code), group1=ARM, group1_level=code)
        rows += describe(numbers(members["CHG"]), block, plan, population=treated[code])
    rows += compare_groups(by_arm(worst, "CHG", study), about, plan)
    categories = safety.set_index("USUBJID")["MODCAT"]
    for arm in study.arms:
        if arm.modified_isotope is None:
            continue
        members = worst[worst[ARM].eq(arm.code)]
        category = members["USUBJID"].map(categories)
        groups = {name: numbers(members.loc[category.eq(name), "CHG"]) for name in _CATEGORIES}
        block = about.of(
            ids.lab_modification(analyte, arm.code),
            group1="MODCAT",
            group1_level="",
            context=f"arm {arm.code}",
        )
        rows += [
            block.row(
                f"n_{name.lower()}", np.isfinite(values).sum(), unit="", label=f"Patients, {name.lower()}"
            )
            for name, values in groups.items()
        ]
        rows += compare_planned(groups, block.of(ids.modification_test(analyte, arm.code)), plan)
        changed = np.concatenate([groups["INCREASED"], groups["DECREASED"]])
        rows += compare_planned(
            {"CHANGED": changed, "UNCHANGED": groups["UNCHANGED"]},
            block.of(ids.modification_test(analyte, arm.code, changed=True), context="changed or not"),
            plan,
        )
    return rows


def _looks(
    searched: pd.DataFrame, safety: pd.DataFrame, about: About, study: Study, plan: Plan
) -> list[ResultRow]:
    """Describe of how many values each patient's worst change is the worst: who leaves early has fewer looks."""
    number = searched.groupby("USUBJID", observed=True).size()
    rows = []
    for code, members in each_group(safety, study):
        looks = members["USUBJID"].map(number).dropna()
        block = about.of(
            ids.lab_nadir_looks(about.variable, code),
            group1=ARM,
            group1_level=code,
            group2="AVISIT",
            group2_level="NADIR",
            context="Values of which the worst change is taken",
            unit="values",
        )
        rows += describe(numbers(looks), block, plan, population=len(members))
    return rows
