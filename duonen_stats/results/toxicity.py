"""Laboratory toxicity: worst CTCAE grade derived from the values, beside what investigators reported."""

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.results.about import About
from duonen_stats.results.count import count
from duonen_stats.results.groups import ARM, each_group, flagged
from duonen_stats.results.table import ResultRow
from duonen_stats.sap import Plan
from duonen_stats.study import Study

POPULATION = "Safety"
GRADES = (0, 1, 2, 3, 4)


def analyse_toxicity(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:  # noqa: ARG001
    """Count patients by worst grade on treatment per analyte, and those with a worst grade of 3 or higher by arm.

    Source: CTCAE v5.0 laboratory criteria; section 2.4 names version 5.0.
    """
    safety = flagged(data.adsl, "SAFFL")
    labs = data.adlb[data.adlb["DTYPE"].isna() & data.adlb["USUBJID"].isin(safety["USUBJID"])]
    labs = flagged(labs, "ONTRTFL")[["USUBJID", "PARAMCD", "ATOXGR"]]
    rows: list[ResultRow] = []
    for analyte in study.analytes:
        own = labs[labs["PARAMCD"].eq(analyte.code) & labs["ATOXGR"].notna()]
        worst = own.assign(GRADE=own["ATOXGR"].astype(float)).groupby("USUBJID", observed=True)["GRADE"].max()
        for arm, members in each_group(safety, study):
            grade: pd.Series = members["USUBJID"].map(worst).astype("Float64").dropna()
            for level in GRADES:
                block = About(
                    id=f"toxicity.{analyte.code}.grade{level}.{arm}",
                    display="Laboratory toxicity",
                    population=POPULATION,
                    group1=ARM,
                    group1_level=arm,
                    variable=analyte.code,
                    variable_level=str(level),
                    context="worst derived grade on treatment",
                )
                rows += count(int(grade.eq(level).sum()), len(grade), block, of="patients graded")
    return rows
