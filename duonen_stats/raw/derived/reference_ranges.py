"""Laboratory values in the unit of their analyte, with the limits of normal that hold for each."""

from typing import Literal

import numpy as np
import pandas as pd

from duonen_stats.methods.inputs.bounds import above, below
from duonen_stats.raw.derived.censored_results import Counted, with_span
from duonen_stats.raw.derived.units import unit_factors
from duonen_stats.study import Study

RANGE_LOW, RANGE_HIGH, RANGES = "RANGELO", "RANGEHI", "RANGES"
"""Limits by the table of reference ranges in the analyte's own unit, and how many different ranges hold."""

LIMITS: tuple[Literal["LLN"], Literal["ULN"]] = ("LLN", "ULN")

_KEY = ["LABORATORY", "ANALYTE"]


def usable_limits(rows: pd.DataFrame, factor: pd.Series, study: Study) -> pd.DataFrame:
    """Express limits of normal in the unit of the analyte, but for those that no grade may rest on.

    Parameters
    ----------
    rows
        ``ANALYTE``, ``LLN``, ``ULN``.
    factor
        From the unit of each row to that of its analyte.
    study
        Analytes with the plausible bounds of their limits.

    Returns
    -------
    pandas.DataFrame
        ``LLN`` and ``ULN``, indexed like ``rows``. Missing are limits that are not plausible for the analyte (in
        another unit, or a code for missing), and both where the lower is not below the upper: each has a finding of
        its own.
    """
    own = {limit: rows[limit].astype("float64") * factor for limit in LIMITS}
    crossed = own["LLN"] >= own["ULN"]
    return pd.DataFrame(
        {
            limit: values.where(plausible_limits(rows["ANALYTE"], values, limit, study) & ~crossed)
            for limit, values in own.items()
        }
    )


def plausible_limits(
    analytes: pd.Series, limits: pd.Series, limit: Literal["LLN", "ULN"], study: Study
) -> "pd.Series[bool]":
    """Say which limits of normal (in the unit of their analyte) are plausible; a bound itself is."""
    bounds = {one.code: one.plausible_limits(limit) for one in study.all_analytes}
    low = analytes.map({code: ends[0] for code, ends in bounds.items()}).astype("float64")
    high = analytes.map({code: ends[1] for code, ends in bounds.items()}).astype("float64")
    return pd.Series(~(below(limits, low) | above(limits, high)), index=limits.index)


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
        Same rows and order, with ``FACTOR``, ``RANGELO`` and ``RANGEHI``, missing where the unit is not known or the
        limit is not usable (:func:`usable_limits`).
    """
    factor = unit_factors(ranges, study)
    usable = usable_limits(ranges, factor, study)
    return ranges.assign(FACTOR=factor, **{RANGE_LOW: usable["LLN"], RANGE_HIGH: usable["ULN"]})


def laboratory_values(
    labs: pd.DataFrame,
    ranges: pd.DataFrame,
    subjects: pd.DataFrame,
    study: Study,
    counted: Counted = "limit",
) -> pd.DataFrame:
    """Express values and limits of normal in the unit of the analyte, and fill the limits that a value lacks.

    Checks and datasets read values and limits here, and nowhere else.

    Parameters
    ----------
    labs
        Rows of the raw table ``labs``.
    ranges
        The raw table ``reference_ranges``; without rows if the cut has none.
    subjects
        ``SUBJID`` (unique), ``SEX``, ``AGE``.
    study
        Analytes with their units.
    counted
        As what a result counts that is known only to lie beyond a bound.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``FACTOR``, ``ANRLO`` and ``ANRHI``, missing where the unit is not known, and the
        columns of ``with_span`` and of ``match_ranges``. A limit that came with the value stays; where several
        different ranges hold, none of them is used.

    Examples
    --------
    >>> from duonen_stats import load_study, read_cut
    >>> study = load_study()
    >>> tables = read_cut(study).tables
    >>> row = tables["labs"].head(1).assign(ANALYTE="HGB", VALUE=125.0, BOUND=None, UNIT="g/L", LLN=120.0, ULN=None)
    >>> found = laboratory_values(row, tables["reference_ranges"], tables["subjects"], study)
    >>> found[["AVAL", "ANRLO"]].to_numpy().tolist()
    [[12.5, 12.0]]
    """
    factor = unit_factors(labs, study)
    own = usable_limits(labs, factor, study)
    held = match_ranges(labs, ranges, subjects, study)
    return with_span(labs, factor, counted).assign(
        FACTOR=factor,
        # A limit that came with the value stays, also where it cannot be used: a range would hide the fault.
        ANRLO=own["LLN"].where(labs["LLN"].notna(), held[RANGE_LOW]),
        ANRHI=own["ULN"].where(labs["ULN"].notna(), held[RANGE_HIGH]),
        **{str(name): held[name] for name in held.columns},
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
