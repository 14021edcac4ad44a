"""ADAE: adverse events as the investigators reported them."""

import pandas as pd

from duonen_stats.datasets.metadata.shape import (
    conform,
    first_label,
    flag,
    missing,
    require_columns,
    require_unique,
)
from duonen_stats.datasets.patients.imputed_dates import imputation_flags
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.datasets.patients.usable_records import UsableRecords

BEFORE, TREATMENT, FOLLOW_UP = "BEFORE TREATMENT", "TREATMENT", "FOLLOW-UP"
"""Parts of the trial, ``APHASE``."""

_RENAMED = {
    "TERM": "AETERM",
    "SOC": "AESOC",
    "DICTVER": "AEDICTV",
    "GRADEINI": "AETOXGRI",
    "CATEGORY": "AECAT",
    "GRADE": "AETOXGR",
    "SERIOUS": "AESER",
    "RELLU": "AERELLU",
    "RELY90": "AERELY90",
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
        first administration, or from after the end of reporting, is there without ``TRTEMFL``; ``APHASE`` says which
        of the two. An end after the cut is not known. What a cut does not have (terms of a dictionary, relation to each
        product, initial grade) is missing.

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
        AEREL=relation(records.adverse_events),
    )
    events = add_emergence(add_subject(add_term(events), adsl, "TRTSDT", "AERPTEDT"))
    events = add_duration(add_phase(add_period(events, records.administrations)))
    events = flag_first_event(events)
    return conform(events.sort_values(["USUBJID", "ASTDT", "AESEQ"], kind="stable"), "ADAE")


def add_term(events: pd.DataFrame) -> pd.DataFrame:
    """Add the term that an event is counted under: that of the dictionary, or what was reported where there is none.

    Parameters
    ----------
    events
        ``AETERM``; ``PT``, which a cut may lack.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``AEDECOD``, and ``AECODFL`` where it is of the dictionary.

    Raises
    ------
    DataError
        A column is absent.

    Examples
    --------
    >>> events = pd.DataFrame({"AETERM": ["low platelets", "tired"], "PT": ["Platelet count decreased", None]})
    >>> add_term(events)[["AEDECOD", "AECODFL"]].to_numpy().tolist()
    [['Platelet count decreased', 'Y'], ['tired', None]]
    """
    require_columns(events, "AETERM")
    found = events["PT"] if "PT" in events else missing("text", events.index)
    coded = found.astype("string").str.strip().fillna("").ne("").astype(bool)
    return events.assign(AEDECOD=found.where(coded, events["AETERM"]), AECODFL=flag(coded))


def relation(events: pd.DataFrame) -> "pd.Series[str]":
    """Say whether an event is related to the treatment, from the answer for each product where none is for all.

    Parameters
    ----------
    events
        ``RELATED``; ``RELLU`` and ``RELY90``, which a cut may lack.

    Returns
    -------
    pandas.Series
        Indexed like ``events``: ``RELATED``; where it is missing, ``Y`` if the event is related to a product. That it
        is not related to one of them alone does not answer the question, because the patient may have had the other.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(events, "RELATED")
    answers = events["RELATED"].astype(object)
    product = pd.Series(False, index=events.index)
    for column in ("RELLU", "RELY90"):
        if column in events:
            product |= events[column].eq("Y").fillna(value=False).astype(bool)
    return answers.mask(answers.isna() & product, "Y")


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


def add_phase(events: pd.DataFrame) -> pd.DataFrame:
    """Add the part of the trial an event belongs to.

    Parameters
    ----------
    events
        ``ASTDT``, ``TRTSDT``, ``AERPTEDT``, ``TRTEMFL``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``APHASE``: ``TREATMENT`` where the event is treatment-emergent, ``FOLLOW-UP`` where
        it began after the end of reporting, else ``BEFORE TREATMENT``; None for who was never treated.

    Raises
    ------
    DataError
        A column is absent.

    Examples
    --------
    >>> day = pd.to_datetime(["2024-01-01", "2024-02-01", "2024-09-01", "2024-02-01"])
    >>> first = pd.to_datetime(["2024-01-15"] * 3 + [None])
    >>> last = pd.to_datetime(["2024-08-01"] * 3 + [None])
    >>> flags = [None, "Y", None, None]
    >>> add_phase(pd.DataFrame({"ASTDT": day, "TRTSDT": first, "AERPTEDT": last, "TRTEMFL": flags}))["APHASE"].tolist()
    ['BEFORE TREATMENT', 'TREATMENT', 'FOLLOW-UP', None]
    """
    require_columns(events, "ASTDT", "TRTSDT", "AERPTEDT", "TRTEMFL")
    treated = events["TRTSDT"].notna()
    phases = [
        (events["TRTEMFL"].eq("Y").fillna(value=False), TREATMENT),
        (treated & (events["ASTDT"] > events["AERPTEDT"]), FOLLOW_UP),
        (treated, BEFORE),
    ]
    return events.assign(APHASE=first_label(phases, events.index))


def add_duration(events: pd.DataFrame) -> pd.DataFrame:
    """Add the duration of an event, both its days included.

    Parameters
    ----------
    events
        ``ASTDT``, ``AENDT``, and what was imputed of them, ``ASTDTF`` and ``AENDTF``.

    Returns
    -------
    pandas.DataFrame
        Same rows and order, with ``ADURN`` and ``ADURU`` (``DAYS``). It is missing while the event goes on, and where a
        date is missing or was imputed: an imputed day is no measurement of a duration.

    Raises
    ------
    DataError
        A column is absent.

    Examples
    --------
    >>> day = pd.to_datetime(["2024-01-01", "2024-01-01"])
    >>> end = pd.to_datetime(["2024-01-03", "2024-01-31"])
    >>> frame = pd.DataFrame({"ASTDT": day, "AENDT": end, "ASTDTF": [None, None], "AENDTF": [None, "D"]})
    >>> add_duration(frame)["ADURN"].tolist()
    [3.0, nan]
    """
    require_columns(events, "ASTDT", "AENDT", "ASTDTF", "AENDTF")
    recorded = events["ASTDTF"].isna() & events["AENDTF"].isna()
    days = (events["AENDT"] - events["ASTDT"]).dt.days.astype("float64") + 1
    days = days.where(recorded & (days >= 1))
    return events.assign(ADURN=days, ADURU=first_label([(days.notna(), "DAYS")], events.index))


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
