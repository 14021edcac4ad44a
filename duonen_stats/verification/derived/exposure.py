"""Activities and organ doses once more: sums over cycles and isotopes, and how activities were modified."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.derived.patients import DECIMALS, delivered_cycles, table
from duonen_stats.verification.report_folder import ReportFolder

NOT_EVALUABLE = "NOT EVALUABLE"


def activities_of(folder: ReportFolder, patients: pd.DataFrame, study: Study) -> pd.DataFrame:
    """List the activity of each isotope in each delivered cycle: ``SUBJID, CYCLE, EXDT, ISOTOPE, MBQ, FIRST_MBQ, CHG``.

    ``SET`` is the activity set for the cycle: that recorded, else the one nothing can have changed, else missing.
    An isotope of the patient's arm that was not recorded counts as 0 MBq. ``CHG`` is the change from the first cycle.
    """
    cycles = delivered_cycles(folder, study, [*patients.index])
    arms = {arm.code: arm for arm in study.arms}
    pieces = []
    for isotope in study.isotopes:
        amount = cycles.get(f"{isotope.code}_MBQ", pd.Series(np.nan, index=cycles.index)).astype(float)
        treated = cycles["SUBJID"].map(patients["ACTUAL"])
        planned = treated.map({code: isotope.code in arm.isotopes for code, arm in arms.items()})
        chosen = planned.fillna(value=False).astype(bool) | (amount > 0)
        rows = cycles.loc[chosen, ["SUBJID", "CYCLE", "EXDT"]]
        start = treated.map(
            {code: arm.initial_activity.get(isotope.code, np.nan) for code, arm in arms.items()}
        )
        changes = treated.map({code: arm.modified_isotope == isotope.code for code, arm in arms.items()})
        changes = changes.eq(other=True) & cycles["CYCLE"].ne(study.cycles[0].code)
        ordered = cycles.get(f"{isotope.code}_SET_MBQ", pd.Series(np.nan, index=cycles.index)).astype(float)
        ordered = ordered.where(ordered.notna(), start.where(~changes))
        pieces.append(rows.assign(ISOTOPE=isotope.code, MBQ=amount[chosen].fillna(0.0), SET=ordered[chosen]))
    rows = pd.concat(pieces, ignore_index=True)
    first = study.cycles[0].code
    base = rows.loc[rows["CYCLE"].eq(first), ["SUBJID", "ISOTOPE", "MBQ"]].rename(
        columns={"MBQ": "FIRST_MBQ"}
    )
    rows = rows.merge(base, on=["SUBJID", "ISOTOPE"], how="left")
    change = (rows["MBQ"] - rows["FIRST_MBQ"]).round(DECIMALS)
    return rows.assign(CHG=change.where(rows["CYCLE"].ne(first)))


def modifications_of(
    activities: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> pd.DataFrame:
    """Say how each patient's modified isotope was changed after the first cycle.

    Returns
    -------
    pandas.DataFrame
        One row per treated patient of an arm that modifies, ``SUBJID`` the index: mean change ``CHG``, of the cycles
        that went up ``UP_CHG`` and down ``DOWN_CHG``, ``CATEGORY``, and ``ANY_UP``, ``ANY_DOWN``, ``NONE`` (bool).
    """
    modified = {arm.code: arm.modified_isotope for arm in study.arms}
    nominal = {arm.code: arm.initial_activity.get(str(arm.modified_isotope), np.nan) for arm in study.arms}
    treated = patients["ACTUAL"].to_dict()
    arm = activities["SUBJID"].map(patients["ACTUAL"])
    own = activities.loc[activities["ISOTOPE"].eq(arm.map(modified))]
    first = study.cycles[0].code
    rows = {}
    for subject, cycles in own.groupby("SUBJID"):
        limit = round(plan.modification_tolerance * nominal[str(treated[subject])], plan.difference_decimals)
        changes = cycles.loc[cycles["CYCLE"].ne(first), "CHG"]
        sized = changes.round(plan.difference_decimals)
        mean = changes.mean()
        evaluable = bool(np.isfinite(mean) and np.isfinite(limit))
        up, down = sized > limit + 1e-9, sized < -limit - 1e-9
        size = round(mean, plan.difference_decimals) if evaluable else np.nan
        category = (
            "INCREASED" if size > limit + 1e-9 else "DECREASED" if size < -limit - 1e-9 else "UNCHANGED"
        )
        rows[subject] = {
            "CHG": mean if evaluable else np.nan,
            "UP_CHG": changes[up].mean(),
            "DOWN_CHG": changes[down].mean(),
            "CATEGORY": category if evaluable else NOT_EVALUABLE,
            "ANY_UP": evaluable and bool(up.any()),
            "ANY_DOWN": evaluable and bool(down.any()),
            "NONE": evaluable and not (up.any() or down.any()),
        }
    columns = ["CHG", "UP_CHG", "DOWN_CHG", "CATEGORY", "ANY_UP", "ANY_DOWN", "NONE"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def doses_of(folder: ReportFolder, activities: pd.DataFrame) -> pd.DataFrame:
    """Sum the doses of each organ.

    Returns
    -------
    pandas.DataFrame
        ``SUBJID, ORGAN, SOURCE`` (isotope or ``TOTAL``)``, CYCLE`` (``ALL`` for the course)``, GY``, and ``COMPLETE``:
        whether every isotope of every delivered cycle has a dose to the organ. The total of a cycle needs a dose of
        each isotope given in it.
    """
    given = activities.loc[activities["MBQ"] > 0, ["SUBJID", "CYCLE", "ISOTOPE"]]
    recorded = table(folder, "dosimetry", "SUBJID", "CYCLE", "ISOTOPE", "ORGAN", "DOSE_GY")
    recorded = recorded.assign(GY=recorded["DOSE_GY"].astype(float)).dropna(subset=["GY"])
    doses = given.merge(
        recorded[["SUBJID", "CYCLE", "ISOTOPE", "ORGAN", "GY"]], on=["SUBJID", "CYCLE", "ISOTOPE"]
    )
    expected = given.groupby(["SUBJID", "CYCLE"]).size().rename("EXPECTED").reset_index()
    totals = doses.groupby(["SUBJID", "CYCLE", "ORGAN"])["GY"].agg(GY="sum", SEEN="size").reset_index()
    totals = totals.merge(expected, on=["SUBJID", "CYCLE"])
    totals = totals.loc[totals["SEEN"].eq(totals["EXPECTED"])].assign(SOURCE="TOTAL")
    cycles = pd.concat([doses.assign(SOURCE=doses["ISOTOPE"]), totals], ignore_index=True)
    cycles = cycles.assign(GY=cycles["GY"].round(DECIMALS))
    course = cycles.groupby(["SUBJID", "ORGAN", "SOURCE"])["GY"].sum().round(DECIMALS).reset_index()
    rows = pd.concat([cycles, course.assign(CYCLE="ALL")], ignore_index=True)
    return rows.assign(COMPLETE=_complete(rows, doses, given))[
        ["SUBJID", "ORGAN", "SOURCE", "CYCLE", "GY", "COMPLETE"]
    ]


def _complete(rows: pd.DataFrame, doses: pd.DataFrame, given: pd.DataFrame) -> "pd.Series[bool]":
    wanted = given.groupby("SUBJID").size()
    found = doses.groupby(["SUBJID", "ORGAN"]).size()
    keys = pd.MultiIndex.from_frame(rows[["SUBJID", "ORGAN"]])
    seen = found.reindex(keys).to_numpy(dtype=float)
    return pd.Series(seen == wanted.reindex(rows["SUBJID"]).to_numpy(dtype=float), index=rows.index)
