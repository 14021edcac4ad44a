"""Between which assessments a progression happened, and what the schedule of the plan would have shown."""

import numpy as np
import pandas as pd

from duonen_stats.datasets.metadata.shape import numbers, require_columns
from duonen_stats.plan import Plan

_PATIENT = ["USUBJID", "TRT01P"]
_PROGRESSION = "PD"
_SEEN_AT = "tumour_assessments"


def _evaluable(adrs: pd.DataFrame, adtte: pd.DataFrame, rules: Plan) -> pd.DataFrame:
    """List the evaluable assessments after randomisation: ``USUBJID``, ``MONTH`` and whether each shows progression."""
    require_columns(adrs, "USUBJID", "PARAMCD", "ADT", "AVALC")
    seen = adrs.loc[adrs["PARAMCD"].eq("OVRLRESP"), ["USUBJID", "ADT", "AVALC"]]
    seen = seen.loc[seen["AVALC"].isin([*rules.evaluable_responses, _PROGRESSION])]
    start = pd.to_datetime(seen["USUBJID"].map(adtte.set_index("USUBJID")["STARTDT"]))
    days = (seen["ADT"] - start).dt.days
    rows = seen.assign(DAY=days, MONTH=days / rules.days_per_month, PROGRESSED=seen["AVALC"].eq(_PROGRESSION))
    return rows.loc[days > 0, ["USUBJID", "DAY", "MONTH", "PROGRESSED"]].sort_values(["USUBJID", "DAY"])


def progression_bounds(adtte: pd.DataFrame, adrs: pd.DataFrame, rules: Plan) -> pd.DataFrame:
    """Say between which months each patient's progression or death happened.

    Parameters
    ----------
    adtte
        Times to event: rows PFS, under the treatment policy.
    adrs
        Assessments with their response.
    rules
        Evaluable responses, days in a month.

    Returns
    -------
    pandas.DataFrame
        ``USUBJID``, ``TRT01P``, ``LOWER``, ``UPPER`` (months from randomisation), in the order of ``adtte``. A
        progression seen at an assessment happened after the last evaluable assessment without one, randomisation if
        there is none, and up to the one that showed it. A death is exact: ``LOWER`` equals ``UPPER``. Without an event
        ``LOWER`` is the time of censoring and ``UPPER`` infinite.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Turnbull (1976) J R Stat Soc B 38:290-295; FDA (2018) Clinical trial endpoints for cancer drugs, Appendix.
    """
    require_columns(adtte, *_PATIENT, "PARAMCD", "STARTDT", "AVAL", "CNSR", "SRCDOM")
    times = adtte.loc[adtte["PARAMCD"].eq("PFS")]
    seen = _evaluable(adrs, times, rules)
    free = seen.loc[~seen["PROGRESSED"]]
    until = numbers(free["USUBJID"].map(times.set_index("USUBJID")["AVAL"]))
    last = free.loc[free["MONTH"] < until].groupby("USUBJID")["MONTH"].max()
    event = times["CNSR"].eq(0).astype(bool)
    shown = event & times["SRCDOM"].eq(_SEEN_AT).fillna(value=False).astype(bool)
    time = numbers(times["AVAL"])
    lower = time.where(~shown, numbers(times["USUBJID"].map(last)).fillna(0.0))
    return times[_PATIENT].assign(LOWER=lower, UPPER=time.where(event, np.inf)).reset_index(drop=True)


def times_on_schedule(adtte: pd.DataFrame, rules: Plan) -> pd.DataFrame:
    """Put what was seen at an assessment on the schedule of the plan, so that looking more often shows nothing earlier.

    Parameters
    ----------
    adtte
        Times to event: rows PFS, under the treatment policy.
    rules
        Interval and tolerance of the assessments, days in a month.

    Returns
    -------
    pandas.DataFrame
        Rows of PFS, same order, with ``AVAL`` on the schedule and ``SHIFT``, the days by which it moved. A progression
        counts at the scheduled day that it was seen at, which an assessment belongs to up to the tolerance late, else
        at the next one; so one seen between two scheduled days counts at the later. A time without an event ends at
        the last scheduled day that was reached, up to the tolerance early. A death keeps its day.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    FDA (2018) Clinical trial endpoints for cancer drugs, Appendix: progression dated by the scheduled visit.

    Example
    -------
    With assessments every 84 days, 14 days tolerance: progression seen on day 95 counts on day 84, one seen on day 100
    on day 168, one on day 60 on day 84.
    """
    require_columns(adtte, "PARAMCD", "STARTDT", "ADT", "AVAL", "CNSR", "SRCDOM")
    rows = adtte.loc[adtte["PARAMCD"].eq("PFS")].reset_index(drop=True)
    days = (rows["ADT"] - rows["STARTDT"]).dt.days.astype("float64")
    every, late = float(rules.assessment_interval_days), float(rules.assessment_tolerance_days)
    event = rows["CNSR"].eq(0).astype(bool)
    shown = event & rows["SRCDOM"].eq(_SEEN_AT).fillna(value=False).astype(bool)
    day = days.to_numpy()
    seen_at = every * np.maximum(np.ceil((day - late) / every), 1.0)
    reached = every * np.floor((day + late) / every)
    on = np.where(shown, seen_at, np.where(event, day, reached))
    return rows.assign(AVAL=on / rules.days_per_month, SHIFT=on - day)


def assessment_gaps(adtte: pd.DataFrame, adrs: pd.DataFrame, rules: Plan) -> pd.DataFrame:
    """Count the days between a patient's evaluable assessments, from randomisation to the end of the time of PFS.

    Parameters
    ----------
    adtte
        Times to event: rows PFS.
    adrs
        Assessments with their response.
    rules
        Interval and tolerance of the assessments, days in a month.

    Returns
    -------
    pandas.DataFrame
        One row per evaluable assessment up to the event: ``USUBJID``, ``TRT01P``, ``DAYS`` since the one before or
        randomisation, and ``OFF``, whether its day is further from every scheduled day than the tolerance.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adtte, *_PATIENT, "PARAMCD", "STARTDT", "AVAL")
    times = adtte.loc[adtte["PARAMCD"].eq("PFS")].set_index("USUBJID")
    seen = _evaluable(adrs, times.reset_index(), rules)
    within = seen["MONTH"] <= numbers(seen["USUBJID"].map(times["AVAL"]))
    rows = seen.loc[within].reset_index(drop=True)
    before = rows.groupby("USUBJID")["DAY"].shift().fillna(0.0)
    every = rules.assessment_interval_days
    day = numbers(rows["DAY"].astype("float64")).to_numpy()
    rest = day % every
    off = np.minimum(rest, every - rest) > rules.assessment_tolerance_days
    return pd.DataFrame(
        {
            "USUBJID": rows["USUBJID"],
            "TRT01P": rows["USUBJID"].map(times["TRT01P"]),
            "DAYS": day - before.to_numpy(dtype="float64"),
            "OFF": off | (day < every - rules.assessment_tolerance_days),
        }
    )
