"""Kidney function over time once more: categories, progression, confirmed falls, rapid loss, yearly change."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.curves import month_name
from duonen_stats.verification.recomputed.describe import PANDAS, count, each_group, rate
from duonen_stats.verification.recomputed.harm.kidney_slopes import recompute_slopes
from duonen_stats.verification.recomputed.harm.values_over_time import add_times, times_to, values_after
from duonen_stats.verification.recomputed.repeated import YEARLY
from duonen_stats.verification.second_numbers import SecondNumbers

_CATEGORIES = {"G1": 90.0, "G2": 60.0, "G3a": 45.0, "G3b": 30.0, "G4": 15.0, "G5": -np.inf}
"""Least eGFR of each KDIGO category (KDIGO 2012)."""
_CODE = "EGFR"
_QUARTER, _RAPID = 0.25, 5.0
_DAYS_PER_YEAR = 365.25
_INFUSION = 3
_SLOPE_VALUES = 3
_NOISE = 1e-12
"""What rounding may add to a product of the baseline."""


def recompute_kidney_function(
    out: SecondNumbers,
    adlb: pd.DataFrame,
    given: pd.DataFrame,
    patients: pd.DataFrame,
    deaths: "pd.Series[pd.Timestamp] | None",
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add what becomes of eGFR; without ``deaths``, which compete, not the falls.

    Parameters
    ----------
    out, patients, plan, study
        As elsewhere.
    adlb
        Of which the values are taken that stand for a visit.
    given
        The delivered administrations: values of their day and of the next three are not of the kidney alone.
    deaths
        Day of death by ``SUBJID``.
    """
    treated = patients.loc[patients["SAFETY"]]
    rows = adlb.loc[adlb["PARAMCD"].eq(_CODE) & adlb["DTYPE"].isna() & adlb["SUBJID"].isin(treated.index)]
    rows = rows.dropna(subset=["AVAL"])
    base = rows.loc[rows["ABLFL"].eq("Y")].drop_duplicates("SUBJID").set_index("SUBJID")["AVAL"]
    after = values_after(rows, _CODE, treated)
    _categories(out, rows, after, treated, plan, study)
    _share(out, "kidney.progressed", _progressed(after, base), treated, plan, study)
    if deaths is not None:
        for fraction in plan.decline_fractions:
            _decline(out, fraction, after, base, treated, deaths, plan, study)
    slopes = _slope_values(rows, given, treated)
    _share(out, "kidney.rapid", _rapid(slopes), treated, plan, study)
    recompute_slopes(out, slopes, treated, plan, study)


def _place(values: "pd.Series[float]") -> np.ndarray:
    """Give the place of the category of each value, 0 the best."""
    limits = np.array([*_CATEGORIES.values()])
    return np.asarray((values.to_numpy(dtype=float)[:, None] < limits).sum(axis=1))


def _categories(
    out: SecondNumbers,
    rows: pd.DataFrame,
    after: pd.DataFrame,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    stands = rows.loc[rows["ANL01FL"].eq("Y") | rows["ABLFL"].eq("Y")]
    at = {
        visit: stands.loc[stands["AVISIT"].eq(visit)].drop_duplicates("SUBJID").set_index("SUBJID")["AVAL"]
        for visit in (plan.baseline_visit, *plan.follow_up_visits, *YEARLY)
    }
    at |= {"worst": after.groupby("SUBJID")["AVAL"].min(), "last": after.groupby("SUBJID")["AVAL"].last()}
    for visit, values in at.items():
        place = pd.Series(_place(values), index=values.index)
        for group, members in each_group(treated, "TREATED", study):
            own = place.loc[place.index.isin(members.index)]
            for number, category in enumerate(_CATEGORIES):
                block = f"kidney.kdigo.{visit}.{category}.{group}"
                count(out, block, int(own.eq(number).sum()), len(own))


def _progressed(after: pd.DataFrame, base: "pd.Series[float]") -> "pd.Series[bool]":
    """Say who has a value of a worse category that is lower by a quarter of the baseline at least."""
    known = after.assign(BASE=after["SUBJID"].map(base)).dropna(subset=["BASE"])
    worse = _place(known["AVAL"]) > _place(known["BASE"])
    fallen = (known["AVAL"] <= (1 - _QUARTER) * known["BASE"] * (1 + _NOISE)) & worse
    return fallen.groupby(known["SUBJID"]).any()


def _share(
    out: SecondNumbers,
    block: str,
    holds: "pd.Series[bool]",
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    for group, members in each_group(treated, "TREATED", study):
        own = holds.loc[holds.index.isin(members.index)]
        rate(out, f"{block}.{group}", int(own.sum()), len(own), plan)


def _decline(
    out: SecondNumbers,
    fraction: float,
    after: pd.DataFrame,
    base: "pd.Series[float]",
    treated: pd.DataFrame,
    deaths: "pd.Series[pd.Timestamp]",
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add the first fall that the next value some weeks later shows too, or that no later value can confirm."""
    known = after.assign(BASE=after["SUBJID"].map(base)).dropna(subset=["BASE"])
    known = known.assign(FALLEN=known["AVAL"] <= (1 - fraction) * known["BASE"] * (1 + _NOISE))
    event: dict[str, pd.Timestamp] = {}
    confirmed: dict[str, bool] = {}
    wait = pd.Timedelta(days=plan.decline_confirmation_days)
    for subject, own in known.groupby("SUBJID"):
        for day in own.loc[own["FALLEN"], "ADT"]:
            later = own.loc[own["ADT"] >= day + wait, "FALLEN"]
            if later.empty or later.iloc[0]:
                event[str(subject)], confirmed[str(subject)] = day, not later.empty
                break
    dates = pd.Series(event, dtype="datetime64[ns]")
    last = known.groupby("SUBJID")["ADT"].max()
    nothing = pd.Series(dtype="datetime64[ns]")
    found = times_to(treated["FIRST"], dates, nothing, last, deaths.to_frame())
    block = f"kidney.decline.{month_name(round(100 * fraction, 9)).replace('.', '_')}"
    add_times(out, block, found, treated, plan.late_landmark_months, plan, study, undecided=False)
    happened = found.cause.index[found.cause.eq(1)]
    for group, members in each_group(treated, "TREATED", study):
        open_ = [one for one in happened if one in members.index and not confirmed[one]]
        out.add(f"{block}.{group}.unconfirmed", len(open_), PANDAS)


def _slope_values(rows: pd.DataFrame, given: pd.DataFrame, treated: pd.DataFrame) -> pd.DataFrame:
    """Take the values of the yearly change: the baseline, and those after it that are of no infusion."""
    first = pd.to_datetime(rows["SUBJID"].map(treated["FIRST"]))
    pairs = rows[["SUBJID", "ADT"]].reset_index().merge(given[["SUBJID", "EXDT"]], on="SUBJID")
    since = (pairs["ADT"] - pairs["EXDT"]).dt.days
    of_infusion = rows.index.isin(pairs.loc[since.between(0, _INFUSION), "index"])
    baseline = rows["ABLFL"].eq("Y")
    kept = baseline | ((rows["ADT"] > first) & ~of_infusion)
    years = (rows["ADT"] - first).dt.days / _DAYS_PER_YEAR
    return rows.assign(YEARS=years).loc[kept, ["SUBJID", "YEARS", "AVAL", "ADT"]]


def _rapid(slopes: pd.DataFrame) -> "pd.Series[bool]":
    """Say whose least-squares line loses more than 5 a year, of those with three values over a year."""
    found: dict[str, bool] = {}
    for subject, own in slopes.groupby("SUBJID"):
        years, value = (own[name].to_numpy(dtype=float) for name in ("YEARS", "AVAL"))
        if years.size >= _SLOPE_VALUES and np.ptp(years) >= 1:
            found[str(subject)] = bool(np.polyfit(years, value, 1)[0] < -_RAPID)
    return pd.Series([*found.values()], index=[*found], dtype=bool)
