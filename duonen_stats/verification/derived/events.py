"""Adverse events once more: which are treatment-emergent, and how long patients were at risk of one."""

import pandas as pd

from duonen_stats.verification.derived.patients import table
from duonen_stats.verification.report_folder import ReportFolder

SEVERE = 3
_DAYS_PER_YEAR = 365.25
_COLUMNS = (
    "SUBJID", "TERM", "CATEGORY", "GRADE", "STARTDT", "STARTDTC", "ENDDT", "ENDDTC", "RELATED", "SERIOUS", "ACTION",
    "OUTCOME", "SOC", "PT", "DICTVER", "RELLU", "RELY90", "GRADEINI",
)  # fmt: skip


def events_of(folder: ReportFolder, patients: pd.DataFrame) -> pd.DataFrame:
    """Derive the events of treated patients.

    Returns
    -------
    pandas.DataFrame
        The columns of the raw table, and ``TREATED`` (arm), ``EMERGENT``, ``BEFORE`` and ``AFTER`` the time of
        reporting, ``SEVERE`` (bool). One without a date of onset is emergent unless it ended before treatment.
    """
    rows = table(folder, "adverse_events", *_COLUMNS)
    start, end = (pd.to_datetime(rows[name]) for name in ("STARTDT", "ENDDT"))
    treated = patients.loc[patients["SAFETY"]]
    rows = rows.assign(
        STARTDT=start,
        ENDDT=end.where(~(end > folder.cut_date)),
        GRADE=rows["GRADE"].astype(float),
        GRADEINI=rows["GRADEINI"].astype(float),
    )
    rows = rows.loc[rows["SUBJID"].isin(treated.index) & ~(start > folder.cut_date)]
    first, until = (pd.to_datetime(rows["SUBJID"].map(treated[name])) for name in ("FIRST", "UNTIL"))
    begun = rows["STARTDT"] >= first
    undated = rows["STARTDT"].isna() & ~(rows["ENDDT"] < first)
    emergent = (begun & ~(rows["STARTDT"] > until)) | undated
    return rows.assign(
        TREATED=rows["SUBJID"].map(treated["TREATED"]),
        EMERGENT=emergent,
        BEFORE=(rows["STARTDT"] < first) | (rows["STARTDT"].isna() & ~emergent),
        AFTER=begun & ~emergent,
        SEVERE=rows["GRADE"] >= SEVERE,
    )


def years_at_risk(patients: pd.DataFrame, last_alive: "pd.Series[pd.Timestamp]") -> "pd.Series[float]":
    """Count the years in which an event of each treated patient would have been reported, at least a day.

    Parameters
    ----------
    patients
        As :func:`duonen_stats.verification.derived.patients.patients_of` returns them.
    last_alive
        Day of death, or last day known alive, by ``SUBJID``.
    """
    treated = patients.loc[patients["SAFETY"]]
    last = last_alive.reindex(treated.index)
    end = treated["UNTIL"].where(treated["UNTIL"].notna() & ~(treated["UNTIL"] > last), last)
    days = (end - treated["FIRST"]).dt.days + 1
    return days.clip(lower=1) / _DAYS_PER_YEAR
