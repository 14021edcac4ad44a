"""Times to an event once more: progression-free and overall survival, dated from the raw records."""

from typing import TypeAlias

import numpy as np
import pandas as pd

from duonen_stats.verification.derived.events import SEVERE
from duonen_stats.verification.derived.patients import table
from duonen_stats.verification.report_folder import ReportFolder

EVENT, NO_EVENT, LOST, WITHDRAWN, NO_ASSESSMENT, NEW_THERAPY, MISSED, COMPETING, NOT_REPORTED = range(9)
"""``CNSR``: 0 is an event, else why the time is censored."""
Dates: TypeAlias = "pd.Series[pd.Timestamp]"


def last_alive(folder: ReportFolder, patients: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """Date the last sign of life of each patient, the cut at the latest."""
    cut = folder.cut_date
    signs = [patients["RANDDT"]]
    for name, column in (
        ("administrations", "EXDT"),
        ("tumour_assessments", "ASSESSDT"),
        ("follow_up", "LASTDT"),
    ):
        rows = table(folder, name, "SUBJID", column)
        days = pd.to_datetime(rows[column])
        days = days.where(~(days > cut), cut) if name == "follow_up" else days.where(days <= cut)
        signs.append(days.groupby(rows["SUBJID"]).max().reindex(patients.index))
    return pd.concat(signs, axis=1).max(axis=1)


def times_of(folder: ReportFolder, patients: pd.DataFrame, reported: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Date every endpoint.

    Parameters
    ----------
    folder
        The report; without follow-up or assessments nothing can be dated.
    patients, reported
        Patients and adverse events, as derived.

    Returns
    -------
    dict[str, pandas.DataFrame]
        For ``PFS``, ``PFSHYP``, ``OS``, ``DOR`` and ``TTAE3``: ``SUBJID`` (index), ``START``, ``END``, ``CNSR``,
        ``ARM`` and ``MONTHS``, in the order of the patients; ``PFS`` with ``LOWER`` and ``UPPER`` beside. ``DOR``
        starts at the first response, which is taken from ADRS.
    """
    plan = folder.plan
    alive = last_alive(folder, patients)
    reason = _reason_of_leaving(folder, patients, alive)
    scans = _scans(folder, patients)
    policy = _treatment_policy(patients, scans, reason)
    ended = {
        "PFS": policy,
        "PFSHYP": _hypothetical(folder, patients, scans, policy),
        "OS": _overall(patients, alive, reason),
    }
    found = {name: rows.assign(START=patients["RANDDT"], ARM=patients["ARM"]) for name, rows in ended.items()}
    found["TTAE3"] = _first_severe(ended["OS"], patients, reported)
    if "adrs" in folder.datasets:
        adrs = folder.datasets["adrs"]
        first = adrs.loc[adrs["PARAMCD"].eq("FRESP")].set_index("SUBJID")["ADT"]
        found["DOR"] = found["PFS"].loc[found["PFS"].index.isin(first.index)].assign(START=first)
    dated = {
        name: rows.assign(MONTHS=(rows["END"] - rows["START"]).dt.days / plan.days_per_month)
        for name, rows in found.items()
    }
    dated["PFS"] = _between_assessments(dated["PFS"], scans, patients, plan.days_per_month)
    return dated


def _between_assessments(
    rows: pd.DataFrame, scans: pd.DataFrame, patients: pd.DataFrame, days_per_month: float
) -> pd.DataFrame:
    """Add ``LOWER`` and ``UPPER``, the months between which the event happened; a death is exact."""
    event = rows["CNSR"].eq(EVENT)
    shown = scans.loc[scans["SHOWN"]].groupby("SUBJID")["DAY"].min().reindex(rows.index)
    seen = event & shown.eq(rows["END"])
    last = _last_free(scans, patients, rows["END"] - pd.Timedelta(days=1))
    begun = (last - rows["START"]).dt.days / days_per_month
    return rows.assign(LOWER=rows["MONTHS"].where(~seen, begun), UPPER=rows["MONTHS"].where(event, np.inf))


def evaluable_assessments(folder: ReportFolder, patients: pd.DataFrame) -> pd.DataFrame:
    """List the assessments after randomisation that say whether there is progression: ``SUBJID``, ``DAY``."""
    scans = _scans(folder, patients)
    return scans.loc[scans["FREE"] | scans["SHOWN"], ["SUBJID", "DAY"]]


def _scans(folder: ReportFolder, patients: pd.DataFrame) -> pd.DataFrame:
    """Select the assessments after randomisation, with ``SHOWN`` (progression) and ``FREE`` (evaluable, without)."""
    plan = folder.plan
    rows = table(folder, "tumour_assessments", "SUBJID", "ASSESSDT", "RESPONSE", "NEWLESION")
    day = pd.to_datetime(rows["ASSESSDT"])
    start = pd.to_datetime(rows["SUBJID"].map(patients["RANDDT"]))
    new = rows["NEWLESION"].eq("Y") & plan.new_lesion_is_progression
    shown = rows["RESPONSE"].eq("PD") | new
    rows = rows.assign(DAY=day, SHOWN=shown, FREE=rows["RESPONSE"].isin(plan.evaluable_responses) & ~shown)
    return rows.loc[(day > start) & (day <= folder.cut_date)]


def _reason_of_leaving(folder: ReportFolder, patients: pd.DataFrame, alive: Dates) -> "pd.Series[float]":
    """Say who left the trial: withdrawn and never seen later, or lost; NaN for the others."""
    cut = folder.cut_date
    ended = table(folder, "disposition", "SUBJID", "REASON", "DSDT")
    day = pd.to_datetime(ended["DSDT"])
    gone = (
        ended.loc[ended["REASON"].eq("WITHDRAWAL") & (day <= cut)]
        .assign(DAY=day)
        .groupby("SUBJID")["DAY"]
        .max()
    )
    seen = table(folder, "follow_up", "SUBJID", "STATUS", "LASTDT")
    lost = seen.loc[seen["STATUS"].eq("LOST") & (pd.to_datetime(seen["LASTDT"]) <= cut), "SUBJID"]
    reason = pd.Series(np.nan, index=patients.index)
    reason[patients.index.isin(lost)] = LOST
    reason[(alive <= gone.reindex(patients.index)).to_numpy()] = WITHDRAWN
    return reason


def _last_free(scans: pd.DataFrame, patients: pd.DataFrame, until: "Dates | None" = None) -> Dates:
    """Date the last evaluable assessment without progression, up to a day; randomisation if there is none."""
    free = scans.loc[scans["FREE"]]
    if until is not None:
        free = free.loc[free["DAY"] <= pd.to_datetime(free["SUBJID"].map(until))]
    last = free.groupby("SUBJID")["DAY"].max().reindex(patients.index)
    return last.where(last.notna(), patients["RANDDT"])


def _treatment_policy(
    patients: pd.DataFrame, scans: pd.DataFrame, reason: "pd.Series[float]"
) -> pd.DataFrame:
    shown = scans.loc[scans["SHOWN"]].groupby("SUBJID")["DAY"].min().reindex(patients.index)
    event = pd.concat([shown, patients["DEATH"]], axis=1).min(axis=1)
    free = _last_free(scans, patients)
    seen = patients.index.isin(scans.loc[scans["FREE"], "SUBJID"])
    why = reason.where(
        reason.notna(), pd.Series(np.where(seen, NO_EVENT, NO_ASSESSMENT), index=patients.index)
    )
    return pd.DataFrame(
        {"END": event.where(event.notna(), free), "CNSR": why.where(event.isna(), EVENT).astype(int)}
    )


def _hypothetical(
    folder: ReportFolder, patients: pd.DataFrame, scans: pd.DataFrame, policy: pd.DataFrame
) -> pd.DataFrame:
    """Censor at the last assessment before another treatment, and before an event after too long a gap."""
    plan = folder.plan
    begun = other_treatment(folder, patients)
    begun = begun.where(begun >= patients["RANDDT"])
    event = policy["CNSR"].eq(EVENT)
    changed = begun.notna() & (~event | (begun < policy["END"]))
    free = _last_free(scans, patients, begun.where(changed, policy["END"]))
    longest = plan.missed_assessments * plan.assessment_interval_days + plan.assessment_tolerance_days
    missed = event & ~changed & ((policy["END"] - free).dt.days > longest)
    end = policy["END"].where(~(changed | missed), free)
    if plan.new_therapy_censoring == "new_therapy":
        end = end.where(~changed, pd.concat([begun, policy["END"]], axis=1).min(axis=1))
    code = policy["CNSR"].mask(changed, NEW_THERAPY).mask(missed, MISSED)
    return pd.DataFrame({"END": end, "CNSR": code})


def other_treatment(folder: ReportFolder, patients: pd.DataFrame) -> Dates:
    """Date the start of another antitumour treatment, up to the cut."""
    follow_up = table(folder, "follow_up", "SUBJID", "NEWTRTDT").set_index("SUBJID")
    begun = pd.to_datetime(follow_up["NEWTRTDT"]).reindex(patients.index)
    return begun.where(begun <= folder.cut_date)


def support_spans(folder: ReportFolder, patients: pd.DataFrame) -> pd.DataFrame | None:
    """List when growth factors and transfusions were given, up to the cut; None if no therapy is recorded at all.

    One without an end goes on, and so does one that ends after the cut: that is not known yet.
    """
    rows = table(folder, "concomitant_therapies", "SUBJID", "CLASS", "STARTDT", "ENDDT")
    start, end = pd.to_datetime(rows["STARTDT"]), pd.to_datetime(rows["ENDDT"])
    if rows.empty:
        return None
    known = rows["SUBJID"].isin(patients.index) & ~(start > folder.cut_date)
    end = end.where(end <= folder.cut_date)
    end = end.fillna(pd.Timestamp("2200-01-01"))
    chosen = known & rows["CLASS"].isin(["TRANSFUSION", "GROWTH_FACTOR"]) & start.notna()
    return pd.DataFrame({"SUBJID": rows["SUBJID"], "FROM": start, "TO": end}).loc[chosen]


def _overall(patients: pd.DataFrame, alive: Dates, reason: "pd.Series[float]") -> pd.DataFrame:
    dead = patients["DEATH"].notna()
    code = reason.where(reason.notna(), NO_EVENT).mask(dead, EVENT)
    return pd.DataFrame({"END": patients["DEATH"].where(dead, alive), "CNSR": code.astype(int)})


def _first_severe(overall: pd.DataFrame, patients: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """Date the first emergent event of grade 3 or higher of treated patients, death without it competing."""
    treated = patients.loc[patients["SAFETY"]]
    own = overall.loc[treated.index]
    dead = own["CNSR"].eq(EVENT)
    chosen = reported["EMERGENT"] & reported["GRADE"].ge(SEVERE) & reported["STARTDT"].notna()
    first = reported.loc[chosen].groupby("SUBJID")["STARTDT"].min().reindex(treated.index)
    first = first.where(~(dead & (first > own["END"])))
    code = own["CNSR"].mask(dead, COMPETING)
    late = treated["UNTIL"] < own["END"]
    end = own["END"].mask(late, treated["UNTIL"])
    return pd.DataFrame(
        {
            "END": end.mask(first.notna(), first),
            "CNSR": code.mask(late, NOT_REPORTED).mask(first.notna(), EVENT),
            "START": treated["FIRST"],
            "ARM": treated["TREATED"],
        }
    )
