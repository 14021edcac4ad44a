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
_DECIDED = 2  # from grade 2 on, a value without a reference limit beside it changes nothing downwards


def analyse_toxicity(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:  # noqa: ARG001
    """Count patients by worst grade on treatment, per analyte and arm.

    Grade 1 needs a reference limit: a patient with a value that has none, and no known grade of 2 or higher, is
    undecided between 0 and 1. The denominator is every treated patient with a value, graded or not.

    Source: CTCAE v5.0 laboratory criteria; section 2.4 names version 5.0.
    """
    safety = flagged(data.adsl, "SAFFL")
    labs = data.adlb[data.adlb["DTYPE"].isna() & data.adlb["USUBJID"].isin(safety["USUBJID"])]
    labs = flagged(labs, "ONTRTFL")[["USUBJID", "PARAMCD", "ATOXGR"]]
    rows: list[ResultRow] = []
    for analyte in study.analytes:
        own = labs[labs["PARAMCD"].eq(analyte.code)]
        known = own[own["ATOXGR"].notna()]
        worst = (
            known.assign(GRADE=known["ATOXGR"].astype(float)).groupby("USUBJID", observed=True)["GRADE"].max()
        )
        undecided = set(own.loc[own["ATOXGR"].isna(), "USUBJID"]) - set(worst.index[worst >= _DECIDED])
        for arm, members in each_group(safety, study):
            seen = members["USUBJID"][members["USUBJID"].isin(set(own["USUBJID"]))]
            graded: pd.Series = seen[~seen.isin(undecided)].map(worst).astype("Float64")
            about = About(
                id=f"toxicity.{analyte.code}",
                display="Laboratory toxicity",
                population=POPULATION,
                group1=ARM,
                group1_level=arm,
                variable=analyte.code,
                context="worst derived grade on treatment",
            )
            of = "patients with a value on treatment"
            rows.append(about.at("seen").row(arm, len(seen), n=len(seen), unit="", label=f"Number of {of}"))
            for level in GRADES:
                block = about.at(f"grade{level}.{arm}", variable_level=str(level))
                rows += count(int(graded.eq(level).sum()), len(seen), block, of=of)
            rows += count(int(seen.isin(undecided).sum()), len(seen), about.at(f"undecided.{arm}"), of=of)
    return rows
