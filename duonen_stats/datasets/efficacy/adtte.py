"""ADTTE: progression-free survival under two estimands and overall survival, with the source of every date."""

import pandas as pd

from duonen_stats.datasets.efficacy.progression import hypothetical, overall, treatment_policy
from duonen_stats.datasets.efficacy.survival_records import select_survival_records
from duonen_stats.datasets.metadata.frames import require_columns
from duonen_stats.datasets.metadata.shape import conform
from duonen_stats.datasets.patients.subjects import KEYS, add_subject
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut
from duonen_stats.study import Study

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
        ``SRCSEQ`` name the raw table, the column and the line of the file that ``ADT`` was taken from.

    Raises
    ------
    DataError
        The cut has no date, a column is absent, a patient stands twice in a table of one row a patient, or a
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
