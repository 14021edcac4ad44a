"""Vital signs, weight and Karnofsky status once more, from the raw records."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.derived.patients import table
from duonen_stats.verification.recomputed.describe import PANDAS, count, describe, each_group, rate
from duonen_stats.verification.recomputed.repeated import YEARLY
from duonen_stats.verification.report_folder import ReportFolder
from duonen_stats.verification.second_numbers import SecondNumbers

_STATUS, _WEIGHT = "KPS", "WEIGHT"
_LAST, _NONE = "last", "missing"
_LEVELS = {"100": (100.0, np.inf), "90": (90.0, 100.0), "80": (80.0, 90.0), "70": (70.0, 80.0), "60": (60.0, 70.0),
           "below_60": (-np.inf, 60.0)}  # fmt: skip
"""From and below how many points each level of the Karnofsky status is."""
_LOSSES = (5, 10, 20)


def recompute_vital_signs(
    out: SecondNumbers, folder: ReportFolder, patients: pd.DataFrame, study: Study
) -> None:
    """Add values and changes by visit, losses of weight, and the worst Karnofsky status.

    Parameters
    ----------
    out
        Where numbers are kept.
    folder
        Its raw table ``vital_signs`` is read; without one, nobody has a value.
    patients
        As ``patients_of`` derives them.
    study
        Signs, visits and arms.
    """
    plan = folder.plan
    treated = patients.loc[patients["SAFETY"]]
    records = _records(folder, treated, study)
    for sign in study.vital_signs:
        own = records.loc[records["TEST"].eq(sign.code)]
        baseline = own.loc[~own["AFTER"]].groupby("SUBJID")["VALUE"].last()
        after = own.loc[own["AFTER"]]
        _at_visits(out, sign.code, own, baseline, treated, plan, study)
        if sign.code == _WEIGHT:
            least, first = after.groupby("SUBJID")["VALUE"].min(), baseline.where(baseline > 0)
            lost = (100 * (first - least).round(12) / first).round(plan.difference_decimals).dropna()
            for group, members in each_group(treated, "TREATED", study):
                inside = lost.loc[lost.index.isin(members.index)]
                for bound in _LOSSES:
                    block = f"vitals.{sign.code}.lost_ge{bound}.{group}"
                    rate(out, block, int(inside.ge(bound).sum()), len(inside), plan)
        if sign.code == _STATUS:
            _status(out, baseline, after.groupby("SUBJID")["VALUE"].min(), treated, plan, study)


def _records(folder: ReportFolder, treated: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Take the values of treated patients up to the cut, by day; on a day those beside a visit first."""
    rows = table(folder, "vital_signs", "SUBJID", "VISIT", "VSDT", "TEST", "VALUE")
    rows = rows.assign(VSDT=pd.to_datetime(rows["VSDT"]), VALUE=rows["VALUE"].astype(float))
    rows = rows.loc[
        rows["SUBJID"].isin(treated.index) & rows["VALUE"].notna() & (rows["VSDT"] <= folder.cut_date)
    ]
    order = {visit.code: visit.number for visit in study.visits}
    late = pd.to_numeric(rows["VISIT"].astype(str).str.extract(r"^F(\d+)$")[0]) + max(
        order.values(), default=0
    )
    rows = rows.assign(PLACE=rows["VISIT"].map(order).astype(float).fillna(late).fillna(-1.0))
    rows = rows.sort_values(["SUBJID", "TEST", "VSDT", "PLACE"], kind="stable")
    return rows.assign(AFTER=rows["VSDT"] > rows["SUBJID"].map(treated["FIRST"]))


def _at_visits(
    out: SecondNumbers,
    code: str,
    own: pd.DataFrame,
    baseline: "pd.Series[float]",
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    after = own.loc[own["AFTER"]]
    times = {plan.baseline_visit: own.iloc[:0]}
    times |= {visit: own.loc[own["VISIT"].eq(visit)] for visit in (*plan.follow_up_visits, *YEARLY)}
    times |= {_LAST: after}
    for visit, rows in times.items():
        chosen = rows.drop_duplicates("SUBJID", keep="last").set_index("SUBJID")
        values = baseline if visit == plan.baseline_visit else chosen["VALUE"]
        change = (values - baseline.reindex(values.index)).round(12)
        if visit != plan.baseline_visit:
            change = change.where(chosen["AFTER"].astype(bool))
        percent = 100 * change / baseline.reindex(values.index).where(lambda base: base > 0)
        for group, members in each_group(treated, "TREATED", study):
            inside = values.index.isin(members.index)
            block = f"vitals.{code}.{visit}.{group}"
            describe(out, f"{block}.value", values[inside], len(members), plan)
            if visit != plan.baseline_visit:
                describe(out, f"{block}.change", change[inside], len(members), plan)
                if code == _WEIGHT:
                    describe(out, f"{block}.percent_change", percent[inside], len(members), plan)


def _level(points: "pd.Series[float]") -> "pd.Series[str]":
    named = pd.Series(_NONE, index=points.index, dtype=object)
    for name, (low, high) in _LEVELS.items():
        named = named.mask(points.ge(low) & points.lt(high), name)
    return named


def _status(
    out: SecondNumbers,
    baseline: "pd.Series[float]",
    worst: "pd.Series[float]",
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    points = pd.DataFrame({"BEFORE": baseline, "WORST": worst}).reindex(treated.index)
    named = points.apply(_level)
    for group, members in each_group(treated, "TREATED", study):
        own, both = named.loc[members.index], points.loc[members.index].dropna()
        for before in (*_LEVELS, _NONE):
            for after in (*_LEVELS, _NONE):
                block = f"vitals.{_STATUS}.shift.{before}.{after}.{group}"
                number = int((own["BEFORE"].eq(before) & own["WORST"].eq(after)).sum())
                if _NONE in {before, after}:
                    out.add(f"{block}.n", number, PANDAS)
                else:
                    count(out, block, number, len(both))
        worse = int(both["WORST"].lt(both["BEFORE"]).sum())
        rate(out, f"vitals.{_STATUS}.worsened.{group}", worse, len(both), plan)
