"""ADTTE: progression-free survival under two estimands and overall survival, with the source of every date."""

import pandas as pd

from duonen_stats.datasets.efficacy.dated_records import (
    SOURCED,
    described,
    earliest,
    latest,
)
from duonen_stats.datasets.efficacy.survival_records import (
    EVENT,
    MISSED,
    NEW_THERAPY,
    NO_ASSESSMENT,
    NO_EVENT,
    RANDOMIZATION,
    REASONS,
    SurvivalRecords,
    select_survival_records,
)
from duonen_stats.datasets.metadata.shape import conform, require_columns
from duonen_stats.datasets.patients.subjects import KEYS, add_subject
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut
from duonen_stats.study import Study

# When a patient progressed, died or was last known to have done neither: one PFS for each estimand.


OUTCOME = ("ADT", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")
"""The columns of an outcome; ``SUBJID`` is the index."""

_LAST_ASSESSMENT = "Last evaluable assessment"


def treatment_policy(records: SurvivalRecords) -> pd.DataFrame:
    """Date progression or death from any cause, whatever treatment the patient took and however late it was seen.

    Parameters
    ----------
    records
        What is known at the data cut.

    Returns
    -------
    pandas.DataFrame
        ``OUTCOME``, one row per patient in the order of ``records.patients``. The event is the first
        progression, on the day of the assessment that showed it, or death if that came first; a later record
        changes nothing. Without an event the time ends at the last evaluable assessment, at randomisation if
        there is none.

    References
    ----------
    ICH E9(R1), treatment-policy strategy; RECIST 1.1.
    """
    shown = records.assessments.loc[records.assessments["PROGRESSION"], [*SOURCED, "EVNTDESC"]]
    events = earliest(pd.concat([shown, records.deaths], ignore_index=True))
    free = last_without_progression(records)
    unseen = free["CNSDTDSC"].eq(RANDOMIZATION).map({True: NO_ASSESSMENT, False: NO_EVENT})
    censored = as_censored(free, reason_of_leaving(records, unseen))
    return _together(as_event(events), censored, records)


def hypothetical(policy: pd.DataFrame, records: SurvivalRecords, rules: Plan) -> pd.DataFrame:
    """Censor what another treatment may have changed, and what was seen only after missed assessments.

    Parameters
    ----------
    policy
        The outcome under the treatment policy.
    records
        What is known at the data cut.
    rules
        Where another treatment censors; how long a gap before an event may be.

    Returns
    -------
    pandas.DataFrame
        ``OUTCOME``, same patients and order. Another treatment that began before the event, or without one,
        censors; an event on the day it began still counts. Else an event further from the last evaluable
        assessment (or randomisation) than ``rules.longest_gap_days`` is censored there. No time is longer
        than under the treatment policy.

    References
    ----------
    ICH E9(R1), hypothetical strategy; FDA (2018) Clinical trial endpoints, Appendix.
    """
    begun = records.new_therapy.set_index("SUBJID").reindex(policy.index)
    changed = begun["ADT"].notna() & (policy["CNSR"].ne(EVENT) | (begun["ADT"] < policy["ADT"]))
    limit = begun["ADT"].where(changed, policy["ADT"])
    free = last_without_progression(records, limit)
    gap = (policy["ADT"] - free["ADT"]).dt.days
    missed = policy["CNSR"].eq(EVENT) & ~changed & (gap > rules.longest_gap_days)
    if rules.new_therapy_censoring == "new_therapy":
        at_start = changed & (begun["ADT"] < policy["ADT"])
        started = described(begun.loc[at_start].reset_index(), "CNSDTDSC", REASONS[NEW_THERAPY]).set_index(
            "SUBJID"
        )
        kept = policy.loc[changed & ~at_start]
        free = pd.concat([free.drop(index=[*started.index, *kept.index]), started, kept[[*started.columns]]])
    pieces = [
        policy.loc[~changed & ~missed],
        as_censored(free.loc[changed.index[changed]], NEW_THERAPY),
        as_censored(free.loc[missed.index[missed]], MISSED),
    ]
    return pd.concat(pieces).reindex(policy.index)


def overall(records: SurvivalRecords) -> pd.DataFrame:
    """Date death from any cause.

    Parameters
    ----------
    records
        What is known at the data cut.

    Returns
    -------
    pandas.DataFrame
        ``OUTCOME``, one row per patient in the order of ``records.patients``. Without death the time ends
        when the patient was last known alive: by the survival follow-up, an assessment or an administration;
        at the data cut if the follow-up went on.
    """
    alive = records.alive.set_index("SUBJID").loc[[*records.patients["SUBJID"]]]
    still = pd.Series(NO_EVENT, index=alive.index)
    censored = as_censored(alive, reason_of_leaving(records, still))
    return _together(as_event(earliest(records.deaths)), censored, records)


def last_without_progression(records: SurvivalRecords, until: pd.Series | None = None) -> pd.DataFrame:
    """Find the last evaluable assessment without progression, randomisation if there is none.

    Parameters
    ----------
    records
        What is known at the data cut.
    until
        The last date to look at, by ``SUBJID``; None looks at all.

    Returns
    -------
    pandas.DataFrame
        ``SOURCED`` and ``CNSDTDSC``, in the order of ``records.patients``; ``SUBJID`` is the index.
    """
    seen = records.assessments
    free = seen.loc[seen["EVALUABLE"] & ~seen["PROGRESSION"], [*SOURCED]]
    if until is not None:
        free = free.loc[free["ADT"] <= pd.to_datetime(free["SUBJID"].map(until))]
    start = described(records.patients, "CNSDTDSC", RANDOMIZATION)
    last = latest(pd.concat([start, described(free, "CNSDTDSC", _LAST_ASSESSMENT)], ignore_index=True))
    return last.loc[[*records.patients["SUBJID"]]]


def reason_of_leaving(records: SurvivalRecords, otherwise: "pd.Series[int]") -> "pd.Series[int]":
    """Return why each patient is observed no longer: lost, withdrawn, else the code in ``otherwise``."""
    left = otherwise.index.to_series().map(records.left)
    return left.where(left.notna(), otherwise).astype("int64")


def as_event(rows: pd.DataFrame) -> pd.DataFrame:
    """Say of each row, which has ``EVNTDESC``, that it is an event."""
    nothing = pd.Series(None, index=rows.index, dtype=object)
    return rows.assign(CNSR=EVENT, CNSDTDSC=nothing)[[*OUTCOME]]


def as_censored(rows: pd.DataFrame, reason: "pd.Series[int] | int") -> pd.DataFrame:
    """Say of each row, which has ``CNSDTDSC``, why it is censored."""
    codes = pd.Series(reason, index=rows.index, dtype="int64")
    return rows.assign(CNSR=codes, EVNTDESC=codes.map(REASONS).astype(object))[[*OUTCOME]]


def _together(events: pd.DataFrame, censored: pd.DataFrame, records: SurvivalRecords) -> pd.DataFrame:
    others = censored.loc[~censored.index.isin(events.index)]
    return pd.concat([events, others]).loc[[*records.patients["SUBJID"]]]


PARAMETERS = {
    "PFS": "Progression-Free Survival, Treatment Policy (months)",
    "PFSHYP": "Progression-Free Survival, Hypothetical (months)",
    "OS": "Overall Survival (months)",
}
"""``PARAM`` by ``PARAMCD``, in the order of ``PARAMN``."""


def build_adtte(cut: Cut, adsl: pd.DataFrame, study: Study, plan: Plan) -> pd.DataFrame:
    """Build the dataset of times to event.

    Parameters
    ----------
    cut
        A raw data cut without findings of severity error. It is not changed.
    adsl
        The subject-level dataset of the cut.
    study
        Gives the columns of a table that did not arrive.
    plan
        States the rules of event and censoring.

    Returns
    -------
    pandas.DataFrame
        Rows PFS, PFSHYP and OS of every randomised patient, sorted by ``USUBJID`` and ``PARAMN``. ``AVAL``
        is the months from ``STARTDT`` (randomisation) to ``ADT``: days / 30.4375, 0 on the day itself.
        ``CNSR`` is 0 for an event, else the reason (``survival_rules.REASONS``), and ``EVNTDESC`` the event or
        the reason in words; ``CNSDTDSC`` says what the date of a censored time is. ``SRCDOM``, ``SRCVAR`` and
        ``SRCSEQ`` name the raw table, the column and the number of the record that ``ADT`` was taken from.

    Raises
    ------
    DataError
        The cut has no date, a column is absent, a patient stands twice in a table of one row per patient, or a
        randomised patient has no date of randomisation or died before it.

    References
    ----------
    ICH E9(R1); RECIST 1.1. PFS is the trial's primary endpoint (interim publication, §2.6, §4.4).
    """
    require_columns(adsl, *KEYS)
    records = select_survival_records(cut, study, plan)
    policy = treatment_policy(records)
    outcomes = {
        "PFS": policy,
        "PFSHYP": hypothetical(policy, records, plan),
        "OS": overall(records),
    }
    starts = records.patients.set_index("SUBJID")["ADT"]
    pieces = [add_time(outcomes[code], starts, code, plan) for code in PARAMETERS]
    rows = pd.concat(pieces, ignore_index=True)
    rows = add_subject(rows.loc[rows["SUBJID"].isin(adsl["SUBJID"])], adsl)
    return conform(rows.sort_values(["USUBJID", "PARAMN"], kind="stable"), "ADTTE")


def add_time(outcome: pd.DataFrame, starts: pd.Series, code: str, rules: Plan) -> pd.DataFrame:
    """Count the months to each outcome and name the parameter.

    Parameters
    ----------
    outcome
        ``ADT`` by ``SUBJID``, and whatever else.
    starts
        Date of randomisation by ``SUBJID``.
    code
        ``PARAMCD``, a key of ``PARAMETERS``.
    rules
        Days in a month.

    Returns
    -------
    pandas.DataFrame
        ``outcome``, same rows and order, with ``SUBJID`` as a column and ``STARTDT``, ``AVAL``, ``AVALU``,
        ``PARAM``, ``PARAMCD``, ``PARAMN`` added.
    """
    start = starts.reindex(outcome.index)
    return outcome.assign(
        STARTDT=start,
        AVAL=(outcome["ADT"] - start).dt.days / rules.days_per_month,
        AVALU="MONTHS",
        PARAM=PARAMETERS[code],
        PARAMCD=code,
        PARAMN=[*PARAMETERS].index(code) + 1,
    ).reset_index(names="SUBJID")
