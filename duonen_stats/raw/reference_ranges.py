"""Reference ranges of the laboratories: which one holds for a value, by laboratory, sex, age and date."""

import numpy as np
import pandas as pd

from duonen_stats.study import Study

RANGE_LOW, RANGE_HIGH, RANGES = "RANGELO", "RANGEHI", "RANGES"
"""Limits by the table of reference ranges in the analyte's own unit, and how many different ranges hold."""

_KEY = ["LABORATORY", "ANALYTE"]


def in_own_unit(ranges: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Express the limits in the unit of the analyte.

    Parameters
    ----------
    ranges
        The raw table ``reference_ranges``.
    study
        Analytes with their units.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``FACTOR``, ``RANGELO`` and ``RANGEHI``, missing where the unit is not known.
    """
    factors = {(one.code, unit): factor for one in study.analytes for unit, factor in one.factors.items()}
    pairs = zip(ranges["ANALYTE"], ranges["UNIT"], strict=True)
    factor = pd.Series([factors.get(pair, np.nan) for pair in pairs], index=ranges.index, dtype="float64")
    return ranges.assign(
        FACTOR=factor,
        **{
            RANGE_LOW: ranges["LLN"].astype("float64") * factor,
            RANGE_HIGH: ranges["ULN"].astype("float64") * factor,
        },
    )


def match_ranges(
    labs: pd.DataFrame, ranges: pd.DataFrame, subjects: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Find the reference range of each laboratory value.

    A range holds for a value of its laboratory and analyte if the patient's sex, the age at randomisation and
    the date of sampling fall into it; what is empty in the range does not restrict. A restriction on what is
    not known of the patient does not hold.

    Parameters
    ----------
    labs
        ``SUBJID``, ``LABORATORY``, ``ANALYTE``, ``LBDT``.
    ranges
        The raw table ``reference_ranges``.
    subjects
        ``SUBJID`` (unique), ``SEX``, ``AGE``.
    study
        Analytes with their units.

    Returns
    -------
    pandas.DataFrame
        Indexed like ``labs``: ``RANGELO``, ``RANGEHI`` (in the analyte's own unit, missing unless exactly one
        range, or several equal ones, hold) and ``RANGES``, how many different ones do.
    """
    none = pd.DataFrame(
        {RANGE_LOW: np.nan, RANGE_HIGH: np.nan, RANGES: np.zeros(len(labs), dtype="int64")}, index=labs.index
    )
    known = in_own_unit(ranges, study).dropna(subset=[*_KEY, "FACTOR"])
    known = known.dropna(subset=[RANGE_LOW, RANGE_HIGH], how="all")
    if known.empty or labs.empty:
        return none
    patients = subjects[["SUBJID", "SEX", "AGE"]]
    values = labs[["SUBJID", *_KEY, "LBDT"]].assign(PLACE=np.arange(len(labs)))
    values = values.merge(patients, on="SUBJID", how="left")
    pairs = values.merge(known, on=_KEY, suffixes=("", "_OF"))
    held = pairs[_holds(pairs)].drop_duplicates(["PLACE", RANGE_LOW, RANGE_HIGH])
    counts = held.groupby("PLACE").size()
    one = held.drop_duplicates("PLACE", keep=False).set_index("PLACE")
    places = pd.RangeIndex(len(labs))
    return none.assign(
        **{
            RANGE_LOW: one[RANGE_LOW].reindex(places).to_numpy(),
            RANGE_HIGH: one[RANGE_HIGH].reindex(places).to_numpy(),
            RANGES: counts.reindex(places, fill_value=0).to_numpy(),
        }
    )


def _holds(pairs: pd.DataFrame) -> pd.Series:
    age = pairs["AGE"].astype("float64")
    sex = pairs["SEX_OF"].isna() | pairs["SEX_OF"].eq(pairs["SEX"])
    ages = (pairs["AGE_LOW"].isna() | (age >= pairs["AGE_LOW"])) & (
        pairs["AGE_HIGH"].isna() | (age <= pairs["AGE_HIGH"])
    )
    dates = (pairs["FROMDT"].isna() | (pairs["LBDT"] >= pairs["FROMDT"])) & (
        pairs["TODT"].isna() | (pairs["LBDT"] <= pairs["TODT"])
    )
    return sex.astype(bool) & ages.astype(bool) & dates.astype(bool)
