"""Limits of normal from the laboratory's reference range, where a value came without its own."""

import pandas as pd

from duonen_stats.frames import require_columns
from duonen_stats.raw.reference_ranges import RANGE_HIGH, RANGE_LOW, match_ranges
from duonen_stats.study import Study


def add_reference_limits(
    labs: pd.DataFrame, ranges: pd.DataFrame, subjects: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Fill each limit of normal that a value lacks from the reference range of its laboratory.

    Parameters
    ----------
    labs
        ``SUBJID``, ``PARAMCD``, ``ADT``, ``LBNAM``, and ``ANRLO``, ``ANRHI`` in the analyte's own unit.
    ranges
        The raw table ``reference_ranges``; empty if the cut has none.
    subjects
        ``SUBJID``, ``SEX``, ``AGE``.
    study
        Analytes with their units.

    Returns
    -------
    pandas.DataFrame
        Same rows and order. A limit that came with the value stays; where several different ranges hold, none
        is used.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(labs, "SUBJID", "PARAMCD", "ADT", "LBNAM", "ANRLO", "ANRHI")
    if ranges.empty:
        return labs
    names = {"PARAMCD": "ANALYTE", "ADT": "LBDT", "LBNAM": "LABORATORY"}
    matched = match_ranges(labs.rename(columns=names), ranges, subjects, study)
    return labs.assign(
        ANRLO=labs["ANRLO"].fillna(matched[RANGE_LOW]), ANRHI=labs["ANRHI"].fillna(matched[RANGE_HIGH])
    )
