"""Shifts of laboratory grades: from baseline to the worst on treatment, and to that of the last value."""

from collections import Counter

import numpy as np
import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.safety.toxicity import worst_grades
from duonen_stats.results.rows.describe import rate
from duonen_stats.results.rows.groups import ARM, each_group, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Analyte, Study

_ENDS = {
    "worst": "worst grade on treatment",
    "last": "grade of the last value",
}
_BOTH = "patients with one certain grade at baseline and later"
_BOUNDS = {"adverse": ("ATOXGRMN", "ATOXGRMX"), "increase": ("ATOXHMN", "ATOXHMX")}


def analyse_grade_shifts(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count patients by grade at baseline and later, each analyte by its term of low and by that of high values.

    Every treated patient is in one cell: who has no value before or after stands under ``missing``, who has values but
    no one certain grade under ``undecided``. Percentages are of those with a certain grade at both times. The worst
    grade is of all records on treatment, the last one of all after the first administration, those of late follow-up
    among them.

    Source: CTCAE; ICH E3, section 12.4.2.
    """
    safety = flagged(data.adsl, "SAFFL")
    own = data.adlb[data.adlb["DTYPE"].isna() & data.adlb["USUBJID"].isin(safety["USUBJID"])]
    scope = ids.Scope(study=study, plan=plan)
    rows: list[ResultRow] = []
    for analyte in study.analytes:
        for direction in ids.SHIFT_DIRECTIONS:
            grades = ids.shift_grades(scope, analyte.code, direction)
            if not grades:
                continue
            labs = _in_direction(own[own["PARAMCD"].eq(analyte.code)], direction)
            states = grade_states(labs, safety["USUBJID"])
            for end in ids.SHIFT_ENDS:
                for arm, members in each_group(safety, study):
                    chosen = states[states.index.isin(members["USUBJID"])]
                    rows += _shifted(chosen, arm, analyte, direction, end, grades, plan)
    return rows


def _in_direction(labs: pd.DataFrame, direction: str) -> pd.DataFrame:
    """Take the grades of a direction as those of the records; without any there is no value to be graded."""
    low, high = _BOUNDS[direction]
    graded = labs.assign(ATOXGRMN=labs[low], ATOXGRMX=labs[high])
    return graded[graded["ATOXGRMN"].notna()]


def grade_states(labs: pd.DataFrame, patients: "pd.Series[str]") -> pd.DataFrame:
    """Say of each patient the grade at baseline, the worst one on treatment and that of the last value.

    Parameters
    ----------
    labs
        Graded records of one analyte: ``USUBJID``, ``ADT``, ``ADY``, ``ATOXGRMN``, ``ATOXGRMX``, ``ABLFL``,
        ``ONTRTFL``. Records up to the first administration are no later value. Of several on the last day
        the worst counts.
    patients
        ``USUBJID`` of those who are counted.

    Returns
    -------
    pandas.DataFrame
        ``before``, ``worst``, ``last``, by ``USUBJID``: a grade as text, ``undecided`` or ``missing``.

    Example
    -------
    Grade 0 at baseline, then 3 and 1 on treatment: 0, 3 and 1.
    """
    after = labs[labs["ADY"].gt(1).fillna(value=False).astype(bool)]
    last = after.groupby("USUBJID", observed=True)["ADT"].transform("max")
    parts = {
        "before": flagged(labs, "ABLFL"),
        "worst": flagged(labs, "ONTRTFL"),
        "last": after[after["ADT"].eq(last)],
    }
    return pd.DataFrame(
        {name: _written(worst_grades(part).reindex(patients)) for name, part in parts.items()},
        index=pd.Index(patients, name="USUBJID"),
    )


def _written(worst: pd.DataFrame) -> list[str]:
    low, high = numbers(worst["lowest"]), numbers(worst["highest"])
    return [
        "missing" if np.isnan(least) else str(int(least)) if least == most else "undecided"
        for least, most in zip(low, high, strict=True)
    ]


def _shifted(
    states: pd.DataFrame,
    arm: str,
    analyte: Analyte,
    direction: str,
    end: str,
    grades: tuple[str, ...],
    plan: Plan,
) -> list[ResultRow]:
    about = About(
        display="Laboratory shifts",
        population=Population.SAFETY,
        group1=ARM,
        group1_level=arm,
        variable=analyte.code,
        context=f"grade at baseline to {_ENDS[end]}, {_term(analyte, direction, plan)}",
    )
    pairs = Counter(zip(states["before"], states[end], strict=True))
    both = sum(number for pair, number in pairs.items() if {*pair} <= {*grades})
    levels = (*grades, *ids.SHIFT_UNKNOWN)
    rows = []
    for before in levels:
        for after in levels:
            block = about.of(
                ids.toxicity_shift(analyte.code, direction, end, before, after, arm),
                variable_level=f"{before} to {after}",
            )
            number = pairs[before, after]
            rows.append(block.row("n", number, n=len(states), label="Number of treated patients"))
            if {before, after} <= {*grades}:
                rows.append(
                    block.row(
                        "pct",
                        100 * number / both if both else None,
                        unit="%",
                        n=both,
                        method=f"denominator: {_BOTH}",
                        note="" if both else f"no {_BOTH}",
                    )
                )
    worse = sum(
        number
        for (before, after), number in pairs.items()
        if {before, after} <= {*grades} and int(after) > int(before)
    )
    block = about.of(ids.toxicity_worsened(analyte.code, direction, end, arm), variable_level="worsened")
    return rows + rate(worse, both, block, plan, of=_BOTH)


def _term(analyte: Analyte, direction: str, plan: Plan) -> str:
    if direction == "increase" and analyte.ctcae_increase is not None:
        return analyte.ctcae_increase.term
    criteria = analyte.criteria(plan.ctcae_version)
    return "" if criteria is None else criteria.term
