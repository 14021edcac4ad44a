"""Laboratory toxicity: worst CTCAE grade derived from the values, beside what investigators reported."""

from collections import Counter

import numpy as np
import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import bounds, lower_rate, rate
from duonen_stats.results.rows.groups import ARM, each_group, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Analyte, Study

GRADES = (0, 1, 2, 3, 4)
_OF = "patients with a value on treatment"
_DECIDED = f"patients of known status for grade {SEVERE} or higher"


def analyse_toxicity(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count patients by worst grade on treatment, per analyte and arm.

    A record without a limit of normal, or without the baseline that its criterion needs, allows several grades. The
    worst grade of a patient lies between the highest of the lowest and the highest of the highest grades of the
    records: it is certain if these are the same, so if no undecided record can exceed it; else the patient is
    undecided, and counted by the interval. The denominator is every treated patient with a value. Where a patient is
    undecided, the percentage of a single grade is a lower bound and has no limits; grade 3 or higher is then counted
    among the patients for whom it is decided, and bounds say what it may be among all.

    Source: CTCAE v5.0 laboratory criteria; section 2.4 names version 5.0.
    """
    safety = flagged(data.adsl, "SAFFL")
    labs = data.adlb[data.adlb["DTYPE"].isna() & data.adlb["USUBJID"].isin(safety["USUBJID"])]
    labs = flagged(labs, "ONTRTFL")
    rows: list[ResultRow] = []
    before = data.adlb[data.adlb["ABLFL"].eq("Y").fillna(value=False).astype(bool)]
    for analyte in study.analytes:
        worst = worst_grades(labs[labs["PARAMCD"].eq(analyte.code)])
        shifts = _shifts(worst, worst_grades(before[before["PARAMCD"].eq(analyte.code)]))
        for arm, members in each_group(safety, study):
            about = About(
                display="Laboratory toxicity",
                population=Population.SAFETY,
                group1=ARM,
                group1_level=arm,
                variable=analyte.code,
                context="worst derived grade on treatment",
            )
            rows += _group(worst[worst.index.isin(members["USUBJID"])], arm, about, analyte, plan)
            rows += _shifted(shifts[shifts.index.isin(members["USUBJID"])], arm, about, plan)
    return rows


def _shifts(worst: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """Give ``before`` and ``worst``, the certain grades (else missing), of each patient with a value on treatment."""
    certain = {
        name: grades["lowest"].where(grades["lowest"].eq(grades["highest"]))
        for name, grades in (("before", baseline), ("worst", worst))
    }
    return pd.DataFrame({"before": certain["before"].reindex(worst.index), "worst": certain["worst"]})


def _shifted(shifts: pd.DataFrame, arm: str, about: About, plan: Plan) -> list[ResultRow]:
    """Count patients by the grade at baseline and the worst one on treatment, and those who worsened."""
    names = {
        column: ["unknown" if np.isnan(grade) else str(int(grade)) for grade in numbers(shifts[column])]
        for column in ("before", "worst")
    }
    pairs = Counter(zip(names["before"], names["worst"], strict=True))
    rows = []
    for before in ids.SHIFT_GRADES:
        for worst in ids.SHIFT_GRADES:
            block = about.of(
                ids.toxicity_shift(about.variable, before, worst, arm),
                variable_level=f"{before} to {worst}",
                context="grade at baseline to worst grade on treatment",
            )
            rows.append(
                block.row("n", pairs[before, worst], n=len(shifts), unit="", label=f"Number of {_OF}")
            )
    known = shifts.dropna()
    block = about.of(
        ids.toxicity_worsened(about.variable, arm), context="worst grade on treatment above that at baseline"
    )
    return rows + rate(
        int((known["worst"] > known["before"]).sum()),
        len(known),
        block,
        plan,
        of="patients whose grades at baseline and on treatment are certain",
    )


def worst_grades(labs: pd.DataFrame) -> pd.DataFrame:
    """Find the lowest and the highest grade that the worst one of each patient may have.

    Parameters
    ----------
    labs
        Records of one analyte: ``USUBJID``, ``ATOXGRMN``, ``ATOXGRMX``.

    Returns
    -------
    pandas.DataFrame
        ``lowest`` and ``highest`` (float) by ``USUBJID``; one row per patient with a record.

    Example
    -------
    Records of grade 1 and of grade 0 or 1: the worst is 1. Records of grade 1 and of 0 to 4: it is 1 to 4.
    """
    grades = labs.assign(lowest=labs["ATOXGRMN"].astype(float), highest=labs["ATOXGRMX"].astype(float))
    return grades.groupby("USUBJID", observed=True)[["lowest", "highest"]].max()


def _group(worst: pd.DataFrame, arm: str, about: About, analyte: Analyte, plan: Plan) -> list[ResultRow]:
    n = len(worst)
    undecided = worst["lowest"] < worst["highest"]
    unknown = int(undecided.sum())
    rows = [
        about.of(ids.toxicity_seen(analyte.code, arm)).row("n", n, n=n, unit="", label=f"Number of {_OF}")
    ]
    why = f"the grade of {unknown} patient{'s' if unknown > 1 else ''} is undecided" if unknown else ""
    for level in GRADES:
        block = about.of(ids.toxicity_grade(analyte.code, level, arm), variable_level=str(level))
        rows += lower_rate(
            int((worst["lowest"].eq(level) & ~undecided).sum()), n, block, plan, why=why, of=_OF
        )
    rows += rate(unknown, n, about.of(ids.toxicity_undecided(analyte.code, arm)), plan, of=_OF)
    for low, high in analyte.undecided_grades:
        block = about.of(
            ids.toxicity_between(analyte.code, low, high, arm), variable_level=f"{low} to {high}"
        )
        number = int((worst["lowest"].eq(low) & worst["highest"].eq(high)).sum())
        rows.append(block.row("n", number, n=n, unit="", label=f"Number of {_OF}"))
    certain = int(worst["lowest"].ge(SEVERE).sum())
    open_ = int((worst["lowest"].lt(SEVERE) & worst["highest"].ge(SEVERE)).sum())
    block = about.of(ids.toxicity_severe(analyte.code, arm), variable_level=f"{SEVERE} or higher")
    rows += rate(certain, n - open_, block, plan, of=_DECIDED if open_ else _OF)
    rows.append(block.row("n_unknown", open_, n=n, unit="", label="Patients who may be of grade 3 or higher"))
    return rows + bounds(certain, open_, n, block, of=_OF)
