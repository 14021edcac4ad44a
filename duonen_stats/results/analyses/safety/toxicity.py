"""Laboratory toxicity: worst CTCAE grade derived from the values, beside what investigators reported."""

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import bounds, lower_rate, rate
from duonen_stats.results.rows.grades import why_no_grade
from duonen_stats.results.rows.groups import ARM, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Analyte, Study

GRADES = (0, 1, 2, 3, 4)
LYMPHOCYTES = "LYMPH"
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

    An analyte for which the plan's version of CTCAE has no term has no grades: nobody is counted.

    Source: laboratory criteria of CTCAE; section 2.4 names version 5.0.
    """
    safety = flagged(data.adsl, "SAFFL")
    labs = data.adlb[data.adlb["DTYPE"].isna() & data.adlb["USUBJID"].isin(safety["USUBJID"])]
    labs = flagged(labs[labs["ATOXGRMN"].notna()], "ONTRTFL")
    rows: list[ResultRow] = []
    for analyte in study.analytes:
        worst = worst_grades(labs[labs["PARAMCD"].eq(analyte.code)])
        for arm, members in each_group(safety, study):
            about = About(
                display="Laboratory toxicity",
                population=Population.SAFETY,
                group1=ARM,
                group1_level=arm,
                variable=analyte.code,
                context="worst derived grade on treatment",
            )
            found = _group(worst[worst.index.isin(members["USUBJID"])], arm, about, analyte, plan)
            rows += _with_reason(found, why_no_grade(analyte, plan))
    return rows + _any_severe(labs, safety, study, plan)


def _any_severe(labs: pd.DataFrame, safety: pd.DataFrame, study: Study, plan: Plan) -> list[ResultRow]:
    """Count patients with a blood count of grade 3 or higher, with and without lymphocytes, by arm.

    Lymphocytes are apart because lymphopenia alone is expected of the treatment and changes no dose of it.
    """
    counts = [one.code for one in study.analytes if one.category == "HEMATOLOGY"]
    rows: list[ResultRow] = []
    for which, codes in zip(
        ids.HAEMATOLOGICAL, (counts, [code for code in counts if code != LYMPHOCYTES]), strict=True
    ):
        worst = worst_grades(labs[labs["PARAMCD"].isin(codes)])
        for arm, members in each_group(safety, study):
            block = About(
                id=ids.toxicity_any_severe(which, arm),
                display="Laboratory toxicity",
                population=Population.SAFETY,
                group1=ARM,
                group1_level=arm,
                variable="Any blood count",
                variable_level=f"{SEVERE} or higher",
                context=which.replace("_", " "),
            )
            rows += _severe(worst[worst.index.isin(members["USUBJID"])], block, plan)
    return rows


def _with_reason(rows: list[ResultRow], why: str) -> list[ResultRow]:
    """Say of every number that is missing that the version of CTCAE does not grade the analyte, if it does not."""
    return [row.because(why) if why and row.stat is None else row for row in rows]


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
    for low, high in analyte.undecided_grades(plan.ctcae_version):
        block = about.of(
            ids.toxicity_between(analyte.code, low, high, arm), variable_level=f"{low} to {high}"
        )
        number = int((worst["lowest"].eq(low) & worst["highest"].eq(high)).sum())
        rows.append(block.row("n", number, n=n, unit="", label=f"Number of {_OF}"))
    block = about.of(ids.toxicity_severe(analyte.code, arm), variable_level=f"{SEVERE} or higher")
    return rows + _severe(worst, block, plan)


def _severe(worst: pd.DataFrame, block: About, plan: Plan) -> list[ResultRow]:
    """Count who is certainly of grade 3 or higher among those of whom it is decided; bounds are of all."""
    n = len(worst)
    certain = int(worst["lowest"].ge(SEVERE).sum())
    open_ = int((worst["lowest"].lt(SEVERE) & worst["highest"].ge(SEVERE)).sum())
    return [
        *rate(certain, n - open_, block, plan, of=_DECIDED if open_ else _OF),
        block.row("n_unknown", open_, n=n, unit="", label="Patients who may be of grade 3 or higher"),
        *bounds(certain, open_, n, block, of=_OF),
    ]
