"""Table 2 and Figure 1: how often and how much activities were modified; cumulative activities."""

from collections.abc import Callable, Mapping

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import count, describe
from duonen_stats.results.rows.groups import ARM, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Arm, Study
from duonen_stats.study.parameter_codes import activity_parameter

CATEGORIES = ("increased", "decreased", "unchanged", "not_evaluable")
COUNTINGS = ("partition", "any_cycle")

_MBQ_PER_GBQ = 1000.0


def analyse_modifications(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count modification categories and average their size, per modified arm, in both countings.

    ``partition``: one category a patient, by the mean over cycles 2 to k. ``any_cycle``: a patient with cycles
    up and cycles down counts in both, as the publication's 17 of 16 in arm B suggests.

    Source: interim publication, Table 2, Figure 1, section 4.1.
    """
    safety = flagged(data.adsl, "SAFFL")
    exposure = data.adex[data.adex["USUBJID"].isin(safety["USUBJID"])]
    rows: list[ResultRow] = [_fixed_course(study, plan)]
    for arm in study.arms:
        if arm.modified_isotope is not None:
            rows += _modified_arm(exposure, arm, study)
        for isotope in arm.isotopes:
            rows += _cumulative(exposure, safety, arm, isotope, study, plan)
    return rows


def _fixed_course(study: Study, plan: Plan) -> ResultRow:
    """Take the protocol's ¹⁷⁷Lu of a course at the control arm's first activity, to compare modified courses with."""
    control = study.arm(plan.control_arm)
    total = control.initial_activity.get("LU177", 0.0) * len(study.cycles) / _MBQ_PER_GBQ
    about = About(
        id=ids.fixed_course(),
        display="Activity",
        population=Population.PROTOCOL,
        group1=ARM,
        group1_level=control.code,
        variable=study.isotope("LU177").plain,
    )
    return about.row(
        "total",
        total,
        unit="GBq",
        label="Activity of a course at the arm's first",
        method="protocol, not data",
    )


def _modified_arm(exposure: pd.DataFrame, arm: Arm, study: Study) -> list[ResultRow]:
    isotope = study.isotope(str(arm.modified_isotope))
    about = About(
        id=ids.modified_size(arm.code),
        display="Table 2",
        population=Population.SAFETY,
        group1=ARM,
        group1_level=arm.code,
        variable=isotope.code,
    )
    patients = exposure[exposure[ARM].eq(arm.code) & exposure["AVISIT"].eq("MODIFICATION")]
    rows = [about.row("n", len(patients), n=len(patients), label="Number of treated patients")]
    for counting in COUNTINGS:
        for category in CATEGORIES:
            block = about.of(
                ids.modification(arm.code, counting, category), variable_level=category, context=counting
            )
            chosen, size = _members(patients, category, counting)
            rows += count(len(chosen), len(patients), block)
            if category in {"increased", "decreased"}:
                rows += _size(chosen[size], arm, block)
    return rows


_PARTITION: Mapping[str, str] = {
    "increased": "INCREASED",
    "decreased": "DECREASED",
    "unchanged": "UNCHANGED",
    "not_evaluable": "NOT EVALUABLE",
}
_ANY_CYCLE: Mapping[str, tuple[Callable[[pd.DataFrame], pd.Series], str]] = {
    "increased": (lambda patients: patients["ANYUPFL"].eq("Y"), "UPCHG"),
    "decreased": (lambda patients: patients["ANYDNFL"].eq("Y"), "DNCHG"),
    "unchanged": (lambda patients: patients["ONLYUNFL"].eq("Y"), "CHG"),
    "not_evaluable": (lambda patients: patients["AVALC"].eq("NOT EVALUABLE"), "CHG"),
}


def _members(patients: pd.DataFrame, category: str, counting: str) -> tuple[pd.DataFrame, str]:
    """Patients of a category and the column that holds the size of their change."""
    if counting == "partition":
        return patients[patients["AVALC"].eq(_PARTITION[category])], "CHG"
    belongs, size = _ANY_CYCLE[category]
    return patients[belongs(patients).fillna(value=False).astype(bool)], size


def _size(changes: pd.Series, arm: Arm, block: About) -> list[ResultRow]:
    """Mean change in MBq and as a percentage of the arm's nominal first activity of that isotope."""
    nominal = arm.initial_activity[str(arm.modified_isotope)]
    n = int(changes.notna().sum())
    mean = float(changes.mean()) if n else None
    note = "" if n else "no patient in this category"
    method = f"mean over patients; percent of the nominal first activity, {nominal:g} MBq"
    return [
        block.row("mean_mbq", mean, unit="MBq", n=n, method=method, note=note, label="Mean change"),
        block.row(
            "mean_pct",
            None if mean is None else 100 * mean / nominal,
            unit="%",
            n=n,
            method=method,
            note=note,
            label="Mean change, percent of nominal",
        ),
    ]


def _cumulative(
    exposure: pd.DataFrame, safety: pd.DataFrame, arm: Arm, isotope: str, study: Study, plan: Plan
) -> list[ResultRow]:
    chosen = exposure[
        exposure[ARM].eq(arm.code)
        & exposure["AVISIT"].eq("CUMULATIVE")
        & exposure["PARAMCD"].eq(activity_parameter(isotope))
    ]
    about = About(
        id=ids.activity(arm.code, isotope),
        display="Activity",
        population=Population.SAFETY,
        group1=ARM,
        group1_level=arm.code,
        variable=study.isotope(isotope).plain,
        context="Cumulative activity",
        unit="GBq",
    )
    activities = numbers(chosen["AVAL"]) / _MBQ_PER_GBQ
    return describe(activities, about, plan, population=int(safety[ARM].eq(arm.code).sum()))
