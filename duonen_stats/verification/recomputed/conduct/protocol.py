"""Sets of analysis, deviations from the protocol and the per-protocol comparison, once more from the raw records."""

from types import SimpleNamespace

import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.derived.patients import table
from duonen_stats.verification.recomputed.describe import LIFELINES, PANDAS, count, each_group
from duonen_stats.verification.recomputed.hazards import recompute_log_rank, recompute_ratio, two_groups
from duonen_stats.verification.report_folder import ReportFolder
from duonen_stats.verification.second_numbers import SecondNumbers

_TABLE = "protocol_deviations"
_EXCLUDING = {"excluding": "EXCLUDEPP", "important": "IMPORTANT"}


def deviations_of(folder: ReportFolder, patients: pd.DataFrame) -> pd.DataFrame | None:
    """Select the deviations of randomised patients up to the data cut, also those without a date.

    Returns
    -------
    pandas.DataFrame or None
        The columns of the raw table; None if the folder holds no record of deviations: then nobody knows of any.
    """
    rows = table(folder, _TABLE, "SUBJID", "DVDT", "CATEGORY", "IMPORTANT", "EXCLUDEPP")
    if rows.empty:
        return None
    return rows.loc[rows["SUBJID"].isin(patients.index) & ~(pd.to_datetime(rows["DVDT"]) > folder.cut_date)]


def per_protocol(
    patients: pd.DataFrame, deviations: pd.DataFrame, plan: SimpleNamespace
) -> "pd.Series[bool]":
    """Say who was treated, as the arm randomised to, and has no deviation that excludes by the plan."""
    excluded = deviations.loc[deviations[_EXCLUDING[plan.per_protocol]].eq("Y"), "SUBJID"]
    as_planned = patients["SAFETY"] & patients["ACTUAL"].eq(patients["ARM"])
    return as_planned & ~patients.index.isin(excluded)


def recompute_protocol(
    out: SecondNumbers,
    patients: pd.DataFrame,
    deviations: pd.DataFrame | None,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Count the patients of each set, those left out by the first reason, and deviations by arm.

    Parameters
    ----------
    patients
        Randomised patients, with ``DOSIMETRY`` (bool).
    deviations
        As :func:`deviations_of` selects them; what rests on them is not counted if None.
    """
    treated, as_planned = patients["SAFETY"], patients["ACTUAL"].eq(patients["ARM"])
    holds = {
        "set.randomised": pd.Series(data=True, index=patients.index),
        "set.safety": treated,
        "set.dosimetry": patients["DOSIMETRY"],
        "set.completed": patients["COMPLETED"],
        "excluded.not_treated": ~treated,
        "excluded.treated_otherwise": treated & ~as_planned,
    }
    if deviations is not None:
        inside = per_protocol(patients, deviations, plan)
        holds |= {"set.per_protocol": inside, "excluded.deviation": treated & as_planned & ~inside}
    for group, members in each_group(patients, "ARM", study):
        for name, which in holds.items():
            count(out, f"protocol.{name}.{group}", int(which.loc[members.index].sum()), len(members))
        if deviations is not None:
            _add_deviations(out, group, members, deviations, study)


def _add_deviations(
    out: SecondNumbers, group: str, members: pd.DataFrame, deviations: pd.DataFrame, study: Study
) -> None:
    own = deviations.loc[deviations["SUBJID"].isin(members.index)]
    important = own.loc[own["IMPORTANT"].eq("Y")]
    chosen = {
        "deviation.any": own,
        "deviation.important": important,
        "deviation.excluding": own.loc[own["EXCLUDEPP"].eq("Y")],
    }
    for one in study.table(_TABLE).column("CATEGORY").codes:
        chosen[f"important.{one.code}"] = important.loc[important["CATEGORY"].eq(one.code)]
    for name, rows in chosen.items():
        count(out, f"protocol.{name}.{group}", rows["SUBJID"].nunique(), len(members))
        out.add(f"protocol.{name}.{group}.deviations", len(rows), PANDAS)


def recompute_per_protocol(
    out: SecondNumbers,
    times: pd.DataFrame,
    inside: "pd.Series[bool]",
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add the primary comparison of the per-protocol population.

    Parameters
    ----------
    times
        PFS as derived from the raw records.
    inside
        Who is in the population, by ``SUBJID``.
    """
    experimental = tuple(arm.code for arm in study.arms if arm.code != plan.control_arm)
    everybody = two_groups(times, experimental, plan.control_arm)
    own = everybody.loc[inside.reindex(everybody.index).to_numpy(dtype=bool)]
    block = "pfs.per_protocol"
    out.add(f"{block}.n", len(own), PANDAS)
    out.add(f"{block}.events", int(own["EVENT"].sum()), PANDAS)
    out.add(f"{block}.excluded", len(everybody) - len(own), PANDAS)
    recompute_ratio(out, block, own, plan)
    test = SecondNumbers()
    recompute_log_rank(test, "found", own, plan)
    if "found.p" in test.by_id:
        out.add(f"{block}.log_rank_p", test.by_id["found.p"].value, LIFELINES)
