"""ADAE: adverse events as the investigators reported them."""

import pandas as pd

from duonen_stats.datasets.metadata.shape import conform, flag, require_columns, require_unique
from duonen_stats.datasets.patients.imputed_dates import imputation_flags
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.datasets.patients.usable_records import UsableRecords

_RENAMED = {
    "TERM": "AEDECOD",
    "CATEGORY": "AECAT",
    "GRADE": "AETOXGR",
    "SERIOUS": "AESER",
    "RELATED": "AEREL",
    "ACTION": "AEACN",
    "OUTCOME": "AEOUT",
}


def build_adae(records: UsableRecords, adsl: pd.DataFrame) -> pd.DataFrame:
    """Build the dataset of adverse events.

    Parameters
    ----------
    records
        The usable raw records.
    adsl
        The subject-level dataset.

    Returns
    -------
    pandas.DataFrame
        One row per event that began up to the data cut, sorted by patient, start and number. An event from before the
        first administration, or from after the end of reporting, is there without ``TRTEMFL``. An end after the cut is
        not known.

    Raises
    ------
    DataError
        A column is absent, or a patient has an event number twice.

    References
    ----------
    Interim publication, §2.4 and Table 5.
    """
    events = records.adverse_events.rename(columns=_RENAMED)
    end = pd.to_datetime(events["ENDDT"])
    events = events.assign(
        ASTDT=pd.to_datetime(events["STARTDT"]),
        ASTDTF=imputation_flags(events, "STARTDT"),
        AENDT=end.where(end <= records.cut_date),
        AENDTF=imputation_flags(events, "ENDDT").where(end <= records.cut_date, None),
    )
    events = add_emergence(add_subject(events, adsl, "TRTSDT", "AERPTEDT"))
    events = add_period(events, records.administrations)
    events = flag_first_event(events)
    return conform(events.sort_values(["USUBJID", "ASTDT", "AESEQ"], kind="stable"), "ADAE")


def add_emergence(events: pd.DataFrame) -> pd.DataFrame:
    """Add the day of onset and whether the event began under treatment.

    Parameters
    ----------
    events
        ``ASTDT``, ``AENDT`` (missing: not known, or going on), ``TRTSDT``, and ``AERPTEDT``, the end of reporting
        (missing: none yet).

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ASTDY`` (first administration = day 1, the day before = -1) and
        ``TRTEMFL``: on or after the first administration, and not after the end of reporting. An event of a treated
        patient whose onset has no date is emergent, unless it is known to have ended before the first
        administration: harm of unknown date is counted, not lost.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    ADaM Structure for Occurrence Data (OCCDS) 1.0: a start that is unknown is taken as emergent, unless the
    end says otherwise.
    """
    require_columns(events, "ASTDT", "AENDT", "TRTSDT", "AERPTEDT")
    days = (events["ASTDT"] - events["TRTSDT"]).dt.days.astype("float64")
    dated = (days >= 0) & ~(events["ASTDT"] > events["AERPTEDT"])
    undated = events["ASTDT"].isna() & events["TRTSDT"].notna() & ~(events["AENDT"] < events["TRTSDT"])
    return events.assign(ASTDY=days + (days >= 0), TRTEMFL=flag(dated | undated))


def add_period(events: pd.DataFrame, cycles: pd.DataFrame) -> pd.DataFrame:
    """Add the cycle an event began in: that of the last administration on or before its start.

    Parameters
    ----------
    events
        ``SUBJID``, ``ASTDT`` and a number ``AESEQ`` unique in the patient.
    cycles
        One row per delivered cycle: ``SUBJID``, ``CYCLE``, ``EXDT``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``APERIOD``; None before the first administration.

    Raises
    ------
    DataError
        A column is absent, or an event number is repeated.
    """
    require_columns(events, "ASTDT")
    require_unique(events, "SUBJID", "AESEQ")
    require_columns(cycles, "SUBJID", "CYCLE", "EXDT")
    dated = events[["SUBJID", "AESEQ", "ASTDT"]].merge(cycles[["SUBJID", "CYCLE", "EXDT"]], on="SUBJID")
    begun = dated.loc[pd.to_datetime(dated["EXDT"]) <= dated["ASTDT"]].sort_values("EXDT", kind="stable")
    latest = begun.drop_duplicates(["SUBJID", "AESEQ"], keep="last").set_index(["SUBJID", "AESEQ"])["CYCLE"]
    return events.join(latest.rename("APERIOD"), on=["SUBJID", "AESEQ"])


def flag_first_event(events: pd.DataFrame) -> pd.DataFrame:
    """Flag each patient's first treatment-emergent event, of any category.

    Parameters
    ----------
    events
        ``SUBJID``, ``ASTDT``, ``AESEQ``, ``TRTEMFL``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``AOCCFL``; counting it counts patients with an event.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(events, "SUBJID", "ASTDT", "AESEQ", "TRTEMFL")
    emergent = events.loc[events["TRTEMFL"] == "Y"].sort_values(["ASTDT", "AESEQ"], kind="stable")
    first = set(emergent.drop_duplicates("SUBJID").index)
    return events.assign(AOCCFL=flag(pd.Series(events.index.isin(first), index=events.index)))
