"""CTCAE grades that laboratory values allow, as intervals. They are not the investigator's events."""

from collections.abc import Callable, Mapping
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

GRADES = ("ATOXGR", "ATOXGRMN", "ATOXGRMX", "ATOXDSC", "ATOXVER", "ATOXHMN", "ATOXHMX", "ATOXDSCH")
"""What ``add_toxicity_grade`` adds: it stays with the record it was found in."""

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
    low_is_adverse = labs["PARAMCD"].isin([item.code for item in study.all_analytes if item.adverse == "low"])
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
    values: Floats,
    lln: Floats,
    uln: Floats,
    bounds: Floats,
    normal_from: float = np.inf,
    *,
    lln_counts: bool = True,
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
    lln_counts
        If false, grades 1, 2, ..., k are below the bounds, and the lower limit of normal says nothing.

    Returns
    -------
    GradeInterval
        A value below the bound of grade 2 has its grade whatever the limits. Of the others, one without lower limit
        may be of grade 0 or 1, unless it reaches the upper limit or ``normal_from``: the lower limit is then no higher
        than the value.

    References
    ----------
    CTCAE 5.0 and 6.0.

    Example
    -------
    Platelets of 125 with a lower limit of 150 are of grade 1; without it, of grade 0 or 1; 60 is of grade 2.
    """
    grade = np.where(below(values, lln) & lln_counts, 1.0, 0.0)
    for number in range(bounds.shape[1]):
        grade[below(values, bounds[:, number])] = number + 1 + lln_counts
    if not lln_counts:
        return _of_values(values, grade, grade)
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
    baseline_low: Floats | None = None,
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
    baseline_low
        1 if the baseline was below its lower limit, 0 if not, NaN (or left out) where that is not known: it matters
        where multiples of baseline count instead of those of ULN for such a baseline.

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
    if criteria.baseline == "replaces_if_low":
        return _if_low(values, lln, uln, baseline, baseline_low, after, criteria)
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
    # An unknown baseline above normal is above ULN: the grade is highest where it is hardly above it.
    lowest_base = np.where(np.isnan(uln), floor, uln)
    open_by_base = grade_multiples(values, lowest_base, criteria.of_baseline)
    either = after & np.isnan(was_high)
    least = np.where(either, np.where(unknown, 0.0, np.fmin(least_by_uln, by_base)), least_by_uln)
    worst_by_base = np.where(unknown, open_by_base, by_base)
    worst = np.where(either, np.fmax(worst_by_uln, worst_by_base), worst_by_uln)
    return _of_values(values, np.where(replaced, by_base, least), np.where(replaced, by_base, worst))


def _if_low(
    values: Floats,
    lln: Floats,
    uln: Floats,
    baseline: Floats,
    baseline_low: Floats | None,
    after: NDArray[np.bool_],
    criteria: GradeMultiples,
) -> GradeInterval:
    """Grade by ULN, but grades that have a multiple of baseline by that, if baseline was below normal."""
    of_uln = tuple(
        number if other is None else None
        for number, other in zip(criteria.of_uln, criteria.of_baseline, strict=True)
    )
    floor = np.where(np.isnan(lln), 0.0, lln)

    def by_limit(multiples: tuple[float | None, ...]) -> tuple[Floats, Floats]:
        known = grade_multiples(values, uln, multiples)
        most = np.where(np.isnan(uln), grade_multiples(values, floor, multiples), known)
        return np.where(np.isnan(uln), 0.0, known), most

    least, worst = by_limit(criteria.of_uln)
    least_low, worst_low = by_limit(of_uln)
    by_base = grade_multiples(values, baseline, criteria.of_baseline)
    unknown = np.isnan(by_base)
    by_none = grade_multiples(values, np.zeros(values.shape), criteria.of_baseline)
    # An unknown baseline below normal is below LLN: a value that reaches a multiple of that is above it for any.
    by_most = np.zeros(values.shape)
    for number, multiple in enumerate(criteria.of_baseline, 1):
        if multiple is not None:
            by_most[meets(values, ">=", multiple * lln)] = number
    least_low = np.fmax(least_low, np.where(unknown, by_most, by_base))
    worst_low = np.fmax(worst_low, np.where(unknown, by_none, by_base))
    state = np.full(values.shape, np.nan) if baseline_low is None else baseline_low
    compared = np.where(np.isnan(lln) | np.isnan(baseline), np.nan, below(baseline, lln).astype(float))
    was_low = np.where(np.isnan(state), compared, state)
    low, either = after & (was_low == 1), after & np.isnan(was_low)
    least = np.where(low, least_low, np.where(either, np.fmin(least, least_low), least))
    return _of_values(
        values, least, np.where(low, worst_low, np.where(either, np.fmax(worst, worst_low), worst))
    )


def grade_increase(
    values: Floats, lln: Floats, uln: Floats, above_: tuple[float | None, ...], *, over_uln: bool
) -> GradeInterval:
    """Grade high values where low ones are the usual harm, such as a leukocytosis.

    Parameters
    ----------
    values, lln, uln
        Values and their limits of normal, each of shape (n,), in one unit; NaN where missing.
    above_
        Grades 1, 2, ... are above these, in the same unit; None: no such grade.
    over_uln
        Whether they are counted from the upper limit of normal.

    Returns
    -------
    GradeInterval
        Without the upper limit that it needs, a value may have any grade up to the one it would have if that limit
        were as low as LLN.

    References
    ----------
    CTCAE 5.0 and 6.0, which agree here.

    Example
    -------
    Hemoglobin of 19 g/dL with an upper limit of 16 g/dL is of grade 2: more than 2 g/dL above it.
    """

    def grades(start: Floats) -> Floats:
        found = np.zeros(values.shape)
        for number, bound in enumerate(above_, 1):
            if bound is not None:
                found[above(values, start + bound)] = number
        return found

    if not over_uln:
        grade = grades(np.zeros(values.shape))
        return _of_values(values, grade, grade)
    floor = np.where(np.isnan(lln), 0.0, lln)
    known = ~np.isnan(uln)
    return _of_values(values, np.where(known, grades(uln), 0.0), np.where(known, grades(uln), grades(floor)))


def _of_values(values: Floats, lowest: Floats, highest: Floats) -> GradeInterval:
    missing = np.isnan(values)
    return GradeInterval(lowest=np.where(missing, np.nan, lowest), highest=np.where(missing, np.nan, highest))


def add_toxicity_grade(labs: pd.DataFrame, study: Study, version: str = "5.0") -> pd.DataFrame:
    """Add the CTCAE grades that each value allows, in the direction that is adverse and in the other one.

    Parameters
    ----------
    labs
        ``PARAMCD``; ``AVAL``, ``ANRLO``, ``ANRHI``, ``BASE`` in the unit of the dictionary; ``UNIT``, the one the
        value was recorded in; ``BNRIND``; ``ADT``, ``TRTSDT``. Multiples of baseline count only after the first
        administration. ``LOWEST``, ``HIGHEST`` and ``BCENSFL`` (baseline censored) if there are censored results;
        ``BANRLO``, the lower limit of the baseline, if it is known.
    study
        Analytes with their criteria and CTCAE term.
    version
        Version of CTCAE, ``"5.0"`` or ``"6.0"``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ATOXGRMN`` and ``ATOXGRMX``, the lowest and the highest grade possible (0 to 4,
        Int64); ``ATOXGR``, the grade where the two are the same; ``ATOXDSC``, the term; ``ATOXVER``, the version; and
        ``ATOXHMN``, ``ATOXHMX``, ``ATOXDSCH`` of the term of high values, where low ones are the usual harm. A censored
        result has the grades of every value that it may have; a censored baseline is not known. An analyte without a
        term in the version has no grade.

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
    CTCAE 5.0; CTCAE 6.0.
    """
    require_columns(labs, "PARAMCD", "AVAL", "UNIT", "ANRLO", "ANRHI", "BASE", "BNRIND", "ADT", "TRTSDT")
    adverse, terms = _graded(
        labs,
        {one.code: (one, criteria.term) for one in study.analytes if (criteria := one.criteria(version))},
        lambda rows, end, analyte: _grade(rows, end, analyte, version),
    )
    other, other_terms = _graded(
        labs,
        {one.code: (one, one.ctcae_increase.term) for one in study.analytes if one.ctcae_increase},
        _increase,
    )
    return labs.assign(
        ATOXGR=adverse["lowest"].where(adverse["lowest"] == adverse["highest"]).astype("Int64"),
        ATOXGRMN=adverse["lowest"].astype("Int64"),
        ATOXGRMX=adverse["highest"].astype("Int64"),
        ATOXDSC=terms,
        ATOXVER=pd.Series(version, index=labs.index, dtype=object),
        ATOXHMN=other["lowest"].astype("Int64"),
        ATOXHMX=other["highest"].astype("Int64"),
        ATOXDSCH=other_terms,
    )


_Grading = Callable[[pd.DataFrame, pd.Series, Analyte], GradeInterval]


def _graded(
    labs: pd.DataFrame, graded: Mapping[str, tuple[Analyte, str]], grading: _Grading
) -> tuple[pd.DataFrame, pd.Series]:
    """Grade every record of some analytes, whatever value between its ends it may have; and name the terms."""
    found = pd.DataFrame({"lowest": np.nan, "highest": np.nan}, index=labs.index)
    for code, (analyte, _) in graded.items():
        chosen = labs["PARAMCD"].eq(code).astype(bool)
        low, high = (grading(labs.loc[chosen], end[chosen], analyte) for end in ends(labs))
        found.loc[chosen, "lowest"] = np.fmin(low.lowest, high.lowest)
        found.loc[chosen, "highest"] = np.fmax(low.highest, high.highest)
    terms = labs["PARAMCD"].map({code: term for code, (_, term) in graded.items()}).astype(object)
    return found, terms.where(found["lowest"].notna())


def _increase(rows: pd.DataFrame, values_of: pd.Series, analyte: Analyte) -> GradeInterval:
    increase = analyte.ctcae_increase
    if increase is None:
        raise ValueError(f"{analyte.code} has no term of high values")
    lln, uln = (numbers(rows[name]).to_numpy() for name in ("ANRLO", "ANRHI"))
    return grade_increase(numbers(values_of).to_numpy(), lln, uln, increase.above, over_uln=increase.over_uln)


def _grade(rows: pd.DataFrame, values_of: pd.Series, analyte: Analyte, version: str) -> GradeInterval:
    criteria = analyte.criteria(version)
    if criteria is None:
        raise ValueError(f"{analyte.code} has no term in CTCAE {version}")
    lln, uln, baseline = (numbers(rows[name]).to_numpy() for name in ("ANRLO", "ANRHI", "BASE"))
    values = numbers(values_of).to_numpy()
    if "BCENSFL" in rows:
        baseline = np.where(
            rows["BCENSFL"].eq("Y").fillna(value=False).to_numpy(dtype=bool), np.nan, baseline
        )
    if criteria.multiples is None:
        units = {unit: analyte.grade_bounds(unit, version) for unit in rows["UNIT"].unique()}
        bounds = np.array([units[unit] for unit in rows["UNIT"]], dtype=float)
        normal = np.inf if analyte.normal_from is None else analyte.normal_from
        number = len(criteria.bounds[0].below)
        return grade_low(
            values, lln, uln, bounds.reshape(len(rows), number), normal, lln_counts=criteria.lln_counts
        )
    state = rows["BNRIND"].eq(HIGH).astype(float).where(rows["BNRIND"].notna())
    return grade_high(
        values,
        lln,
        uln,
        baseline,
        numbers(state).to_numpy(),
        (rows["ADT"] > rows["TRTSDT"]).to_numpy(dtype=bool),
        criteria.multiples,
        _was_low(rows, baseline),
    )


def _was_low(rows: pd.DataFrame, baseline: Floats) -> Floats | None:
    """Whether baseline was below its own lower limit: 1 or 0, NaN where one of the two is not known."""
    if "BANRLO" not in rows:
        return None
    limit = numbers(rows["BANRLO"]).to_numpy()
    known = ~np.isnan(limit) & ~np.isnan(baseline)
    return np.where(known, below(baseline, limit).astype(float), np.nan)
