"""CTCAE 5.0 grades that laboratory values allow, as intervals. They are not the investigator's events."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.metadata.shape import first_label, numbers, require_columns
from duonen_stats.methods.inputs.bounds import above, below, meets, reached
from duonen_stats.raw.derived.censored_results import ends
from duonen_stats.study import Analyte, GradeMultiples, Study

SEVERE = 3
"""The grade from which the publication counts events separately (§3.9)."""

# Whether a laboratory value is below, in or above its reference range.


LOW, NORMAL, HIGH = "LOW", "NORMAL", "HIGH"


def add_range_indicator(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Place each value below, in or above its own laboratory's reference range.

    Parameters
    ----------
    labs
        ``PARAMCD``, ``AVAL``, ``ANRLO``, ``ANRHI`` in one unit; ``LOWEST`` and ``HIGHEST`` if there are censored
        results.
    study
        Analytes with their adverse direction.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ANRIND``. A value beyond no limit is normal only if the limit in the
        adverse direction is known; otherwise the indicator is missing. Of a censored result it is what every value
        that the result may have would be.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(labs, "PARAMCD", "AVAL", "ANRLO", "ANRHI")
    low_is_adverse = labs["PARAMCD"].isin([item.code for item in study.analytes if item.adverse == "low"])
    decisive = labs["ANRLO"].where(low_is_adverse, labs["ANRHI"])
    lowest, highest = ends(labs)
    beyond = below(lowest, labs["ANRLO"]) | above(highest, labs["ANRHI"])
    states = [
        (below(highest, labs["ANRLO"]), LOW),
        (above(lowest, labs["ANRHI"]), HIGH),
        ((decisive.notna() & lowest.notna()).to_numpy() & ~beyond, NORMAL),
    ]
    return labs.assign(ANRIND=first_label(states, labs.index))


Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeInterval:
    """The grades that what is known allows: every one from ``lowest`` to ``highest``, NaN without a value."""

    lowest: Floats
    highest: Floats

    @property
    def certain(self) -> Floats:
        """The grade where only one is possible, else NaN."""
        return np.where(self.lowest == self.highest, self.lowest, np.nan)


def grade_low(
    values: Floats, lln: Floats, uln: Floats, bounds: Floats, normal_from: float = np.inf
) -> GradeInterval:
    """Grade values of which low ones are adverse.

    Parameters
    ----------
    values, lln, uln
        Values and their limits of normal, each of shape (n,), in one unit; NaN where missing.
    bounds
        Shape (n, k), in the same unit: grades 2, 3, ..., k + 1 are below these.
    normal_from
        In the same unit: no lower limit of normal is above this.

    Returns
    -------
    GradeInterval
        A value below the bound of grade 2 has its grade whatever the limits. Of the others, one without lower limit
        may be of grade 0 or 1, unless it reaches the upper limit or ``normal_from``: the lower limit is then no higher
        than the value.

    References
    ----------
    CTCAE 5.0.

    Example
    -------
    Platelets of 125 with a lower limit of 150 are of grade 1; without it, of grade 0 or 1; 60 is of grade 2.
    """
    grade = np.where(below(values, lln), 1.0, 0.0)
    for number in range(bounds.shape[1]):
        grade[below(values, bounds[:, number])] = number + 2
    high_enough = meets(values, ">=", uln) | meets(values, ">=", normal_from)
    open_ = np.isnan(lln) & (grade == 0) & ~high_enough
    return _of_values(values, grade, np.where(open_, 1.0, grade))


def grade_multiples(
    values: Floats, reference: Floats, multiples: tuple[float | None, ...], *, first_included: bool = False
) -> Floats:
    """Grade values of which high ones are adverse by multiples of a reference.

    Parameters
    ----------
    values, reference
        Values and the upper limit of normal (or baseline) of each, of one shape and unit.
    multiples
        Grades 1, 2, ... are above these multiples; None: no such bound.
    first_included
        Whether grade 1 begins at its multiple instead of above it.

    Returns
    -------
    numpy.ndarray
        Grades from 0, NaN where the value or the reference is missing. A larger reference never gives a higher grade.

    References
    ----------
    CTCAE 5.0.
    """
    grade = np.zeros(values.shape)
    for number, multiple in enumerate(multiples, 1):
        if multiple is None:
            continue
        bound = multiple * reference
        grade[above(values, bound)] = number
        if first_included and number == 1:
            grade[reached(values, bound)] = number
    grade[np.isnan(values) | np.isnan(reference)] = np.nan
    return grade


def grade_high(
    values: Floats,
    lln: Floats,
    uln: Floats,
    baseline: Floats,
    baseline_high: Floats,
    after: NDArray[np.bool_],
    criteria: GradeMultiples,
) -> GradeInterval:
    """Grade values of which high ones are adverse, by ULN and by the patient's baseline.

    Parameters
    ----------
    values, lln, uln, baseline
        Values, limits of normal and baseline of each, of shape (n,), in one unit; NaN where missing.
    baseline_high
        1 if the baseline was above its own upper limit, 0 if not, NaN where that is not known.
    after
        Whether the value was taken after the first administration; before it, ULN alone counts.
    criteria
        Multiples of ULN and of baseline, and how the two go together.

    Returns
    -------
    GradeInterval
        Without ULN a value may have any grade up to the one it would have if ULN were as low as LLN. Where multiples
        of baseline are added (creatinine), the worse counts, so a missing baseline leaves open every grade that they
        give. Where they replace those of ULN (baseline above normal), the limit of the record itself is in for
        an unknown one at baseline; if both are unknown, both ways of grading remain.

    References
    ----------
    CTCAE 5.0.

    Example
    -------
    Creatinine of 10 mg/dL without ULN, after a baseline of 0.8 mg/dL, is of grade 3 or 4: above 3 times baseline,
    and above 6 times ULN if that is below 1.67 mg/dL.
    """
    by_uln = grade_multiples(values, uln, criteria.of_uln)
    floor = np.where(np.isnan(lln), 0.0, lln)
    worst_by_uln = np.where(np.isnan(uln), grade_multiples(values, floor, criteria.of_uln), by_uln)
    least_by_uln = np.where(np.isnan(uln), 0.0, by_uln)
    by_base = grade_multiples(values, baseline, criteria.of_baseline, first_included=criteria.first_included)
    unknown = np.isnan(by_base)
    if criteria.baseline == "added":
        # A baseline may be as small as one likes: only a value of 0 is above no multiple of it.
        worst_by_base = np.where(
            unknown, grade_multiples(values, np.zeros(values.shape), criteria.of_baseline), by_base
        )
        least = np.where(after, np.fmax(least_by_uln, np.where(unknown, 0.0, by_base)), least_by_uln)
        return _of_values(values, least, np.where(after, np.fmax(worst_by_uln, worst_by_base), worst_by_uln))
    comparable = np.isnan(baseline_high) & ~np.isnan(baseline) & ~np.isnan(uln)
    was_high = np.where(comparable, above(baseline, uln), np.where(unknown, np.nan, baseline_high))
    replaced = after & (was_high == 1) & ~unknown
    # Above normal at baseline, a value has no higher grade by baseline than by ULN: its reference is the larger.
    either = after & np.isnan(was_high)
    least = np.where(either, np.where(unknown, 0.0, np.fmin(least_by_uln, by_base)), least_by_uln)
    worst = np.where(either, np.fmax(worst_by_uln, by_base), worst_by_uln)
    return _of_values(values, np.where(replaced, by_base, least), np.where(replaced, by_base, worst))


def _of_values(values: Floats, lowest: Floats, highest: Floats) -> GradeInterval:
    missing = np.isnan(values)
    return GradeInterval(lowest=np.where(missing, np.nan, lowest), highest=np.where(missing, np.nan, highest))


def add_toxicity_grade(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the CTCAE 5.0 grades that each value allows.

    Parameters
    ----------
    labs
        ``PARAMCD``; ``AVAL``, ``ANRLO``, ``ANRHI``, ``BASE`` in the unit of the dictionary; ``UNIT``, the one the
        value was recorded in; ``BNRIND``; ``ADT``, ``TRTSDT``. Multiples of baseline count only after the first
        administration. ``LOWEST``, ``HIGHEST`` and ``BCENSFL`` (baseline censored) if there are censored results.
    study
        Analytes with their criteria and CTCAE term.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ATOXGRMN`` and ``ATOXGRMX``, the lowest and the highest grade possible (0 to 4,
        Int64); ``ATOXGR``, the grade where the two are the same; and ``ATOXDSC``, the term. A censored result has the
        grades of every value that it may have; a censored baseline is not known.

    Raises
    ------
    DataError
        A column is absent.
    DictionaryError
        A value is in a unit that the analyte does not have.

    Notes
    -----
    CTCAE gives absolute bounds in several units, rounded in each: 10.0 g/dL of hemoglobin and 6.2 mmol/L are the same
    bound though 6.2 mmol/L is 9.99 g/dL. A value is held against the bound in the unit it was recorded in.

    References
    ----------
    CTCAE 5.0.
    """
    require_columns(labs, "PARAMCD", "AVAL", "UNIT", "ANRLO", "ANRHI", "BASE", "BNRIND", "ADT", "TRTSDT")
    lowest = pd.Series(np.nan, index=labs.index)
    highest = lowest.copy()
    for analyte in study.analytes:
        chosen = labs["PARAMCD"].eq(analyte.code).astype(bool)
        low, high = (_grade(labs.loc[chosen], end[chosen], analyte) for end in ends(labs))
        lowest[chosen] = np.fmin(low.lowest, high.lowest)
        highest[chosen] = np.fmax(low.highest, high.highest)
    terms = labs["PARAMCD"].map({item.code: item.ctcae_term for item in study.analytes})
    return labs.assign(
        ATOXGR=lowest.where(lowest == highest).astype("Int64"),
        ATOXGRMN=lowest.astype("Int64"),
        ATOXGRMX=highest.astype("Int64"),
        ATOXDSC=terms.astype(object).where(lowest.notna()),
    )


def _grade(rows: pd.DataFrame, values_of: pd.Series, analyte: Analyte) -> GradeInterval:
    lln, uln, baseline = (numbers(rows[name]).to_numpy() for name in ("ANRLO", "ANRHI", "BASE"))
    values = numbers(values_of).to_numpy()
    if "BCENSFL" in rows:
        baseline = np.where(
            rows["BCENSFL"].eq("Y").fillna(value=False).to_numpy(dtype=bool), np.nan, baseline
        )
    if analyte.ctcae_multiples is None:
        units = {unit: analyte.grade_bounds(unit) for unit in rows["UNIT"].unique()}
        bounds = np.array([units[unit] for unit in rows["UNIT"]], dtype=float)
        normal = np.inf if analyte.normal_from is None else analyte.normal_from
        return grade_low(values, lln, uln, bounds.reshape(len(rows), analyte.highest_grade - 1), normal)
    state = rows["BNRIND"].eq(HIGH).astype(float).where(rows["BNRIND"].notna())
    return grade_high(
        values,
        lln,
        uln,
        baseline,
        numbers(state).to_numpy(),
        (rows["ADT"] > rows["TRTSDT"]).to_numpy(dtype=bool),
        analyte.ctcae_multiples,
    )
