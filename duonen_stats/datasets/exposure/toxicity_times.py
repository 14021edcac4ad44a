"""When each patient first had a low blood count or a fall of kidney function, and the dose each had by then."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from duonen_stats.datasets.exposure.dose_intervals import dose_intervals
from duonen_stats.datasets.metadata.shape import numbers, require_columns
from duonen_stats.plan import Plan
from duonen_stats.study import Study

_DAYS_IN_WEEK = 7


def first_low_count(
    adlb: pd.DataFrame, adsl: pd.DataFrame, analytes: Sequence[str], rules: Plan
) -> pd.DataFrame:
    """Date the first value of a grade in any of some analytes after the first administration.

    Parameters
    ----------
    adlb, adsl
        Laboratory values with their grades, and the patients.
    analytes
        Codes; a value of any of them counts.
    rules
        ``dose_effect_grade``, days in a month.

    Returns
    -------
    pandas.DataFrame
        One row per treated patient who is at risk: ``SUBJID``, ``USUBJID``, ``TRT01P``, ``STARTDT`` (first
        administration), ``AVAL`` (months) and ``EVENT``. The event is the first value whose grade is that or higher for
        certain. Without one the time ends at the last value of any of the analytes, not at the last contact: nobody
        knows of a count that was not taken. Not at risk is who had the grade at baseline, or has no value after it.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    CTCAE; ICH E9, §5.
    """
    require_columns(adlb, "USUBJID", "PARAMCD", "DTYPE", "ADT", "ATOXGRMN", "ABLFL")
    values = adlb.loc[adlb["PARAMCD"].isin([*analytes]) & adlb["DTYPE"].isna()]
    bad = numbers(values["ATOXGRMN"]) >= rules.dose_effect_grade
    return _first(values.assign(BAD=bad), adsl, rules)


def first_decline(adlb: pd.DataFrame, adsl: pd.DataFrame, analyte: str, rules: Plan) -> pd.DataFrame:
    """Date the first value that lies a stated part below the patient's own baseline.

    Parameters
    ----------
    adlb, adsl
        Laboratory values with their baseline, and the patients.
    analyte
        Code of the analyte, EGFR.
    rules
        ``dose_effect_decline`` (a fraction), days in a month.

    Returns
    -------
    pandas.DataFrame
        As :func:`first_low_count`; not at risk is who has no baseline or no value after it.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Levey et al. (2014) Am J Kidney Dis 64:821-835: a fall of 30 % or 40 % as an endpoint.
    """
    require_columns(adlb, "USUBJID", "PARAMCD", "DTYPE", "ADT", "AVAL", "BASE", "ABLFL")
    values = adlb.loc[adlb["PARAMCD"].eq(analyte) & adlb["DTYPE"].isna() & adlb["BASE"].notna()]
    bad = values["AVAL"] <= (1 - rules.dose_effect_decline) * values["BASE"] * (1 + 1e-12)
    return _first(values.assign(BAD=bad), adsl, rules)


def _first(values: pd.DataFrame, adsl: pd.DataFrame, rules: Plan) -> pd.DataFrame:
    require_columns(adsl, "USUBJID", "SUBJID", "TRT01P", "TRTSDT", "SAFFL")
    patients = adsl.loc[adsl["SAFFL"].eq("Y").fillna(value=False).astype(bool)].set_index("USUBJID")
    start = pd.to_datetime(values["USUBJID"].map(patients["TRTSDT"]))
    already = values.loc[values["ABLFL"].eq("Y").fillna(value=False) & values["BAD"], "USUBJID"]
    later = values.loc[(values["ADT"] > start) & ~values["USUBJID"].isin(already)]
    event = later.loc[later["BAD"]].groupby("USUBJID")["ADT"].min()
    last = later.groupby("USUBJID")["ADT"].max()
    rows = patients.loc[patients.index.isin(last.index), ["SUBJID", "TRT01P", "TRTSDT"]]
    at = event.reindex(rows.index)
    end = pd.to_datetime(at.where(at.notna(), last.reindex(rows.index)))
    days = (end - pd.to_datetime(rows["TRTSDT"])).dt.days
    return (
        rows.assign(
            STARTDT=pd.to_datetime(rows["TRTSDT"]),
            AVAL=days / rules.days_per_month,
            EVENT=at.notna().astype("int64"),
        )
        .drop(columns="TRTSDT")
        .reset_index()
    )


def after_cycles(times: pd.DataFrame, steps: pd.DataFrame, study: Study, rules: Plan) -> pd.DataFrame:
    """List the cycles after which each patient was still at risk, with the dose so far and whether the event followed.

    Parameters
    ----------
    times
        As :func:`first_low_count` or :func:`first_decline` gives them.
    steps
        What each administration added, as ``dose_steps`` gives it.
    study
        Longest interval between cycles: what happens later is not put down to a cycle here.
    rules
        Days in a month.

    Returns
    -------
    pandas.DataFrame
        One row per patient and cycle at risk: ``SUBJID``, ``TRT01P``, ``CYCLE`` (1, 2, …), ``DOSE`` given so far, that
        of the cycle included, and ``EVENT``: whether the event came before the next cycle and within the longest
        interval. A dose counts only from the day it was given, so that no patient has to live for it.

    References
    ----------
    Allison (1982) Sociol Methodol 13:61-98: discrete-time models of events.
    """
    rows = dose_intervals(times, steps, rules)
    design = study.design
    longest = _DAYS_IN_WEEK * (design.cycle_interval_weeks + design.cycle_interval_tolerance_weeks)
    soon = (rows["END"] - rows["BEGIN"]) * rules.days_per_month <= longest + 1e-6
    return rows.assign(
        CYCLE=rows.groupby("SUBJID").cumcount() + 1.0,
        EVENT=np.where(soon, rows["EVENT"], 0).astype("int64"),
    )[["SUBJID", "TRT01P", "CYCLE", "DOSE", "EVENT"]]
