"""Table 1: who the patients are before treatment."""

from collections.abc import Mapping

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import count, describe
from duonen_stats.results.rows.groups import (
    ALL,
    ARM,
    each_group,
    flagged,
    numbers,
)
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

BASELINE_ANALYTES = ("HGB", "PLAT", "WBC", "EGFR")

_MEASURES = {  # part of the id: (column, what it is, unit)
    "age": ("AGE", "Age", "years"),
    "bmi": ("BMIBL", "Body mass index", "kg/m²"),
    "time_from_dx": ("DXDUR", "Time from diagnosis", "months"),
}
_CHARACTERISTICS: Mapping[str, tuple[str, Mapping[str, str]]] = {  # part of the id: column, its levels
    "sex": ("SEX", {"male": "M", "female": "F"}),
    "ethnicity": ("RACE", {"caucasian": "CAUCASIAN", "black": "BLACK", "asian": "ASIAN", "other": "OTHER"}),
    "primary": (
        "PRIMSITE",
        {
            "midgut": "MIDGUT",
            "pancreas": "PANCREAS",
            "stomach": "STOMACH",
            "hindgut": "HINDGUT",
            "other_unknown": "OTHER",
        },
    ),
    "grade": ("GRADEH", {"g1": "G1", "g2": "G2"}),
}
_FLAGS = {
    "mets.liver": "METLIVFL",
    "mets.lymph_nodes": "METLNFL",
    "mets.bone": "METBONFL",
    "mets.other": "METOTHFL",
    "kps80": "KPS80FL",
}


def analyse_baseline(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Describe the randomised patients: all of Table 1, in total and by arm.

    Source: interim publication, Table 1 and section 2.1.
    """
    subjects = flagged(data.adsl, "RANDFL")
    baseline = flagged(data.adlb, "ABLFL")
    rows: list[ResultRow] = []
    for group, members in each_group(subjects, study):
        about = About(display="Table 1", population=Population.RANDOMISED, group1=ARM, group1_level=group)
        size = about.of(ids.baseline_size(group))
        rows.append(size.row("n", len(members), n=len(members), label="Number of patients"))
        if group != ALL:
            share = about.of(
                ids.baseline_share(group), group1="", group1_level="", variable=ARM, variable_level=group
            )
            rows += count(len(members), len(subjects), share)
        rows += _measures(members, group, about, plan)
        rows += _characteristics(members, group, about)
        rows += _baseline_labs(baseline, members, group, about, study, plan)
    return rows


def _measures(members: pd.DataFrame, group: str, about: About, plan: Plan) -> list[ResultRow]:
    rows = []
    for name, (column, label, unit) in _MEASURES.items():
        block = about.of(ids.baseline_measure(name, group), variable=column, context=label, unit=unit)
        rows += describe(numbers(members[column]), block, plan, population=len(members))
    return rows


def _characteristics(members: pd.DataFrame, group: str, about: About) -> list[ResultRow]:
    rows = []
    for name, (column, levels) in _CHARACTERISTICS.items():
        known = int(members[column].notna().sum())
        rows.append(_unknown(members, name, group, about, column))
        for key, level in levels.items():
            block = about.of(ids.baseline_level(name, key, group), variable=column, variable_level=level)
            rows += count(
                int(members[column].eq(level).sum()), known, block, of="patients with a known value"
            )
    for name, column in _FLAGS.items():
        block = about.of(ids.baseline_flag(name, group), variable=column, variable_level="Y")
        known = int(members[column].notna().sum())
        rows.append(_unknown(members, name, group, about, column))
        rows += count(int(members[column].eq("Y").sum()), known, block, of="patients with a known value")
    return rows


def _unknown(members: pd.DataFrame, name: str, group: str, about: About, column: str) -> ResultRow:
    """Count the patients of whom a characteristic is not recorded: those that the percentages leave out."""
    block = about.of(ids.baseline_unknown(name, group), variable=column, context="not recorded")
    return block.row(
        "n", int(members[column].isna().sum()), n=len(members), unit="", label="Number of patients, unknown"
    )


def _baseline_labs(
    baseline: pd.DataFrame, members: pd.DataFrame, group: str, about: About, study: Study, plan: Plan
) -> list[ResultRow]:
    rows = []
    for code in BASELINE_ANALYTES:
        analyte = study.analyte(code)
        values = baseline[baseline["PARAMCD"].eq(code) & baseline["USUBJID"].isin(members["USUBJID"])]
        block = about.of(ids.baseline_lab(code, group), variable=code, context="Baseline", unit=analyte.unit)
        rows += describe(numbers(values["AVAL"]), block, plan, population=len(members))
    return rows
