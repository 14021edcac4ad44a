"""CTCAE 5.0 grades that laboratory values alone give. They are not the investigator's events."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.datasets.comparison import above, below, reached
from duonen_stats.datasets.units import HIGH
from duonen_stats.errors import DictionaryError
from duonen_stats.frames import require_columns
from duonen_stats.study import Study

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LowBands:
    """Grade 1 is below LLN; grades 2, 3, ... are below ``bounds``, in ``unit``."""

    unit: str
    bounds: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HighBands:
    """Grades 1, 2, ... are above these multiples of ULN, or of the patient's baseline.

    ``always`` says that multiples of baseline count beside those of ULN (creatinine); otherwise they replace
    them where baseline was above normal. ``first_included`` says that the first of them is reached by
    equality. None: the grade has no multiple of baseline.
    """

    of_uln: tuple[float, ...]
    of_baseline: tuple[float | None, ...]
    always: bool = False
    first_included: bool = False


_AMINOTRANSFERASE = HighBands(of_uln=(1, 3, 5, 20), of_baseline=(1.5, 3, 5, 20), first_included=True)

# Source: NCI Common Terminology Criteria for Adverse Events 5.0. Grade 4 of anemia and grade 5 are clinical;
# increases of blood counts are other terms. Neither is derived.
BANDS: Mapping[str, LowBands | HighBands] = MappingProxyType(
    {
        "HGB": LowBands(unit="g/dL", bounds=(10.0, 8.0)),
        "PLAT": LowBands(unit="10^9/L", bounds=(75.0, 50.0, 25.0)),
        "WBC": LowBands(unit="10^9/L", bounds=(3.0, 2.0, 1.0)),
        "NEUT": LowBands(unit="10^9/L", bounds=(1.5, 1.0, 0.5)),
        "LYMPH": LowBands(unit="10^9/L", bounds=(0.8, 0.5, 0.2)),
        "EGFR": LowBands(unit="mL/min/1.73m2", bounds=(60.0, 30.0, 15.0)),
        "CREAT": HighBands(of_uln=(1, 1.5, 3, 6), of_baseline=(None, 1.5, 3, None), always=True),
        "ALT": _AMINOTRANSFERASE,
        "AST": _AMINOTRANSFERASE,
        "BILI": HighBands(of_uln=(1, 1.5, 3, 10), of_baseline=(1, 1.5, 3, 10)),
    }
)


def grade_low(values: Floats, lln: Floats, bounds: tuple[float, ...]) -> Floats:
    """Grade values of which low ones are adverse.

    Parameters
    ----------
    values, lln
        Values and their lower limits of normal, of one shape, in the unit of ``bounds``.
    bounds
        Grades 2, 3, ... are below these.

    Returns
    -------
    numpy.ndarray
        Grades from 0. NaN if the value is missing, or if it is not below the bound of grade 2 and its
        lower limit of normal is missing: whether that is grade 1 cannot be told.

    Source: CTCAE 5.0.
    """
    grade = np.where(below(values, lln), 1.0, 0.0)
    grade[np.isnan(lln)] = np.nan
    for number, bound in enumerate(bounds, 2):
        grade[below(values, bound)] = number
    grade[np.isnan(values)] = np.nan
    return grade


def grade_high(
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
        Grades from 0, NaN where the value or the reference is missing.

    Source: CTCAE 5.0.
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


def add_toxicity_grade(labs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the CTCAE 5.0 grade that each value alone gives.

    Parameters
    ----------
    labs
        ``PARAMCD``; ``AVAL``, ``ANRLO``, ``ANRHI``, ``BASE`` in the unit of the dictionary; ``BNRIND``;
        ``ADT``, ``TRTSDT``. Multiples of baseline count only after the first administration.
    study
        Analytes with unit and CTCAE term.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ATOXGR`` (0 to 4, Int64; missing where it cannot be told) and ``ATOXDSC``
        (the term, where there is a grade).

    Raises
    ------
    DataError
        A column is absent.
    DictionaryError
        The dictionary gives an analyte in another unit than the bounds are in.

    Source: CTCAE 5.0.
    """
    require_columns(labs, "PARAMCD", "AVAL", "ANRLO", "ANRHI", "BASE", "BNRIND", "ADT", "TRTSDT")
    baseline = labs["BASE"].where(labs["ADT"] > labs["TRTSDT"])
    grade = pd.Series(np.nan, index=labs.index)
    for analyte in study.analytes:
        bands, chosen = BANDS.get(analyte.code), labs["PARAMCD"] == analyte.code
        rows = labs.loc[chosen]
        if isinstance(bands, LowBands):
            if bands.unit != analyte.unit:
                raise DictionaryError(f"{analyte.code} is graded in {bands.unit}, not in {analyte.unit}.")
            grade[chosen] = grade_low(rows["AVAL"].to_numpy(), rows["ANRLO"].to_numpy(), bands.bounds)
        elif bands is not None:
            grade[chosen] = _grade_rows_high(rows, baseline.loc[chosen].to_numpy(), bands)
    terms = labs["PARAMCD"].map({item.code: item.ctcae_term for item in study.analytes})
    return labs.assign(ATOXGR=grade.astype("Int64"), ATOXDSC=terms.astype(object).where(grade.notna()))


def _grade_rows_high(rows: pd.DataFrame, baseline: Floats, bands: HighBands) -> Floats:
    values = rows["AVAL"].to_numpy()
    by_uln = grade_high(values, rows["ANRHI"].to_numpy(), bands.of_uln)
    by_base = grade_high(values, baseline, bands.of_baseline, first_included=bands.first_included)
    if bands.always:
        # Without ULN a grade by baseline still stands, but "not raised against baseline" is no grade 0.
        return np.fmax(by_uln, np.where(by_base > 0, by_base, np.nan))
    abnormal = rows["BNRIND"].eq(HIGH).to_numpy() & ~np.isnan(baseline)
    return np.where(abnormal, by_base, by_uln)
