"""Patients once more: who was randomised and treated, with what, and until when they were observed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.report_folder import ReportFolder

DECIMALS = 12
"""Sums of recorded amounts are taken at this many decimals: 0.1 + 0.2 is 0.3."""


def table(folder: ReportFolder, name: str, *columns: str) -> pd.DataFrame:
    """Return a raw table with at least these columns; empty if the report does not hold it."""
    frame = folder.raw.get(name, pd.DataFrame())
    lacking = {column: pd.Series(np.nan, index=frame.index, dtype=object) for column in columns}
    return frame.assign(**{name: empty for name, empty in lacking.items() if name not in frame})


def patients_of(folder: ReportFolder, study: Study) -> pd.DataFrame:
    """Derive the randomised patients.

    Returns
    -------
    pandas.DataFrame
        One row per patient, ``SUBJID`` the index: planned arm ``ARM``; arm of harm and exposure ``TREATED`` (by the
        plan); ``NCYC``, ``FIRST``, ``LAST`` of the delivered cycles; ``SAFETY`` and ``COMPLETED`` (bool);
        ``STATUS``, ``REASON``, ``DEATH``, ``ALIVE``; ``UNTIL``, the end of reporting of adverse events; and the
        recorded characteristics.
    """
    cut = folder.cut_date
    rows = table(folder, "subjects", "ACTARM")
    rows = rows.loc[rows["SUBJID"].notna() & ~(rows["RANDDT"] > cut)].set_index("SUBJID")
    cycles = delivered_cycles(folder, study, [*rows.index])
    by_patient = cycles.groupby("SUBJID")["EXDT"]
    rows = rows.assign(FIRST=by_patient.min(), LAST=by_patient.max(), NCYC=by_patient.size())
    rows = rows.assign(NCYC=rows["NCYC"].fillna(0).astype(int))
    rows = rows.assign(SAFETY=rows["NCYC"] > 0, COMPLETED=rows["NCYC"] >= len(study.cycles))
    actual = rows["ACTARM"].where(rows["ACTARM"].notna(), rows["ARM"])
    by_treatment = rows["SAFETY"] & (folder.plan.safety_arm == "treated")
    rows = rows.assign(ACTUAL=actual, TREATED=actual.where(by_treatment, rows["ARM"]))
    return _observed(rows, folder, study)


def delivered_cycles(folder: ReportFolder, study: Study, patients: list[str]) -> pd.DataFrame:
    """Select the delivered administrations: dated up to the cut, with an activity if any is recorded at all."""
    rows = table(folder, "administrations")
    if rows.empty:
        texts = {name: pd.Series(dtype=object) for name in ("SUBJID", "CYCLE", "REASON")}
        return pd.DataFrame(texts | {"EXDT": pd.to_datetime(pd.Series(dtype=object))})
    amounts = rows[[f"{isotope.code}_MBQ" for isotope in study.isotopes]].astype(float)
    withheld = bool(amounts.isna().all(axis=None))
    given = amounts.gt(0).any(axis=1) | withheld
    known = rows["SUBJID"].isin(patients) & rows["EXDT"].notna() & ~(rows["EXDT"] > folder.cut_date)
    return rows.loc[known & given]


def _observed(rows: pd.DataFrame, folder: ReportFolder, study: Study) -> pd.DataFrame:
    cut = folder.cut_date
    ended = table(folder, "disposition", "SUBJID", "STATUS", "REASON", "DSDT")
    ended = ended.loc[~(pd.to_datetime(ended["DSDT"]) > cut)].set_index("SUBJID")
    seen = table(folder, "follow_up", "SUBJID", "LASTDT", "DEATHDT").set_index("SUBJID")
    death, alive = (pd.to_datetime(seen[name]).reindex(rows.index) for name in ("DEATHDT", "LASTDT"))
    rows = rows.assign(
        STATUS=ended["STATUS"].reindex(rows.index),
        REASON=ended["REASON"].reindex(rows.index),
        STOPPED=pd.to_datetime(ended["DSDT"]).reindex(rows.index),
        DEATH=death.where(death <= cut),
        ALIVE=alive.where(alive.isna() | (alive <= cut), cut),
    )
    return rows.assign(UNTIL=_reported_until(rows, folder.plan, study))


def _reported_until(rows: pd.DataFrame, plan: SimpleNamespace, study: Study) -> "pd.Series[pd.Timestamp]":
    """Find the last day of reporting: after the last cycle, longer for who may get another; none if that is open."""
    few = rows["NCYC"] < len(study.cycles)
    weeks = study.design.cycle_interval_weeks + study.design.cycle_interval_tolerance_weeks
    wait = pd.Series(np.where(few & rows["STATUS"].isna(), 7 * weeks, 0), index=rows.index)
    end = rows["LAST"] + pd.to_timedelta(plan.ae_reporting_days + wait, unit="D")
    stopped = rows["STOPPED"].where(rows["STATUS"].eq("DISCONTINUED") & rows["LAST"].notna())
    end = end.where(~(stopped > end), stopped)
    open_ = few & rows["STATUS"].eq("ONGOING")
    if plan.ae_reporting == "as_collected":
        open_ |= True
    known: pd.Series[pd.Timestamp] = end.where(~open_)
    return known
