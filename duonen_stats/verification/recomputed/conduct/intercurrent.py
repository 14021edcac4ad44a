"""What came between randomisation and progression, and therapies after it, once more."""

from collections.abc import Mapping
from types import SimpleNamespace

import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.derived.patients import table
from duonen_stats.verification.derived.times import EVENT, LOST, MISSED, NEW_THERAPY, WITHDRAWN
from duonen_stats.verification.recomputed.curves import time_groups
from duonen_stats.verification.recomputed.describe import count
from duonen_stats.verification.report_folder import ReportFolder
from duonen_stats.verification.second_numbers import SecondNumbers

_NOT_RECORDED = "not_recorded"
_LINES = ("first", "second", "later")


def recompute_intercurrent(
    out: SecondNumbers,
    times: Mapping[str, pd.DataFrame],
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Count the patients of every group with each intercurrent event.

    Parameters
    ----------
    times
        ``PFS``, with ``LOWER`` and ``UPPER``, and ``PFSHYP``, as derived from the raw records.
    """
    policy, other = times["PFS"], times["PFSHYP"]
    known = patients.reindex(policy.index)
    exact = policy["LOWER"].eq(policy["UPPER"])
    happened = {
        "not_treated": ~known["SAFETY"],
        "treated_otherwise": known["SAFETY"] & known["ACTUAL"].ne(known["ARM"]),
        "discontinued": known["STATUS"].eq("DISCONTINUED"),
        "further_therapy": other["CNSR"].eq(NEW_THERAPY),
        "missed_assessments": other["CNSR"].eq(MISSED),
        "death": policy["CNSR"].eq(EVENT) & exact,
        "lost": policy["CNSR"].eq(LOST),
        "withdrawn": policy["CNSR"].eq(WITHDRAWN),
    }
    for group, own in time_groups(policy, plan, study):
        for what, holds in happened.items():
            members = int(holds.reindex(own.index).sum())
            count(out, f"pfs.intercurrent.{what}.{group}", members, len(own))


def recompute_further_therapies(
    out: SecondNumbers,
    folder: ReportFolder,
    policy: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Count the patients of every group who began a therapy against the tumour after randomisation."""
    rows = table(folder, "concomitant_therapies", "SUBJID", "CLASS", "ANTITUMOUR", "LINE", "STARTDT")
    if rows.empty:
        return
    start = pd.to_datetime(rows["STARTDT"])
    after = start > pd.to_datetime(rows["SUBJID"].map(patients["RANDDT"]))
    found = rows.loc[rows["ANTITUMOUR"].eq("Y") & after & (start <= folder.cut_date)]
    line = found["LINE"].astype(float)
    kind = line.clip(upper=3).map(dict(enumerate(_LINES, 1)))
    found = found.assign(
        LINE=kind.where(line.notna(), _NOT_RECORDED),
        CLASS=found["CLASS"].astype(object).where(found["CLASS"].notna(), _NOT_RECORDED),
    )
    codes = [one.code for one in study.table("concomitant_therapies").column("CLASS").codes]
    for group, own in time_groups(policy, plan, study):
        members = found.loc[found["SUBJID"].isin(own.index)]
        count(out, f"therapy.any.{group}", members["SUBJID"].nunique(), len(own))
        for part, column, names in (("class", "CLASS", codes), ("line", "LINE", _LINES)):
            by_name = members.groupby(column)["SUBJID"].nunique()
            for name in (*names, _NOT_RECORDED):
                count(out, f"therapy.{part}.{name}.{group}", int(by_name.get(name, 0)), len(own))
