"""How courses kept to the protocol, and the effective dose of the kidney, once more."""

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Arm, Study
from duonen_stats.verification.recomputed.curves import month_name
from duonen_stats.verification.recomputed.describe import (
    NUMPY,
    PANDAS,
    count,
    describe,
    each_group,
    quantile,
)
from duonen_stats.verification.second_numbers import SecondNumbers

_DAYS_A_WEEK, _MBQ_PER_GBQ = 7, 1000.0
_REASONS = {"dosimetry_increase": "DOSIMETRY_INCREASE", "dosimetry_reduction": "DOSIMETRY_REDUCTION"}
_UNKNOWN = "unknown"
_FRACTION = 2.0
"""Gy of a fraction of the schedule that an equivalent dose refers to."""


def recompute_courses(
    out: SecondNumbers,
    activities: pd.DataFrame,
    doses: pd.DataFrame,
    given: pd.DataFrame,
    reported: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add intervals, delays, dose intensity, dose per activity, binding limits, and the kidney's effective dose.

    Parameters
    ----------
    out, activities, doses, reported, patients, plan, study
        As elsewhere.
    given
        The delivered administrations, with ``REASON``.
    """
    treated = patients.loc[patients["SAFETY"]]
    cycles = numbered(given, treated, study)
    _not_given(out, cycles, treated, study)
    _intervals(out, with_intervals(cycles, reported, plan, study), treated, plan, study)
    _intensity(out, activities, treated, plan, study)
    _specific(out, activities, doses, treated, plan, study)
    for arm in study.arms:
        if arm.modified_isotope is not None:
            _governed(out, cycles.loc[cycles["ARM"].eq(arm.code)], arm, activities, doses, study)
    _kidney(out, doses, treated, plan, study)


def numbered(given: pd.DataFrame, treated: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Give the delivered administrations their numbers, and ``ARM`` as in which the patient was treated; in order."""
    numbers = {cycle.code: cycle.number for cycle in study.cycles}
    cycles = given.assign(NUMBER=given["CYCLE"].map(numbers), ARM=given["SUBJID"].map(treated["TREATED"]))
    return cycles.sort_values(["SUBJID", "NUMBER"], kind="stable")


def _not_given(out: SecondNumbers, cycles: pd.DataFrame, treated: pd.DataFrame, study: Study) -> None:
    ongoing = treated["STATUS"].eq("ONGOING")
    over = treated["STATUS"].isin(["COMPLETED", "DISCONTINUED"])
    for cycle in study.cycles:
        had = cycles.loc[cycles["CYCLE"].eq(cycle.code), "SUBJID"]
        lost = pd.Series(~treated.index.isin(had), index=treated.index) & over
        for group, members in each_group(treated, "TREATED", study):
            count(
                out,
                f"exposure.not_given.{cycle.code}.{group}",
                int(lost[members.index].sum()),
                len(members),
            )
    for arm, members in each_group(treated, "TREATED", study, total=False):
        out.add(f"exposure.courses.{arm}.n", len(members), PANDAS)
        out.add(f"exposure.courses.{arm}.ongoing", int(ongoing[members.index].sum()), PANDAS)


def with_intervals(
    cycles: pd.DataFrame, reported: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> pd.DataFrame:
    """Measure each delivered cycle after another: ``DAYS``, ``LATE`` and whether an event delayed it (``CAUSE``).

    A cycle that was left out between the two is given its planned time; the window is allowed once.
    """
    before = cycles.groupby("SUBJID")[["EXDT", "NUMBER"]].shift()
    rows = cycles.assign(BEFORE=before["EXDT"], DAYS=(cycles["EXDT"] - before["EXDT"]).dt.days)
    planned = (cycles["NUMBER"] - before["NUMBER"]) * study.design.cycle_interval_weeks
    if plan.cycle_delay == "over_window":
        planned += study.design.cycle_interval_tolerance_weeks
    rows = rows.assign(LATE=(rows["DAYS"] - _DAYS_A_WEEK * planned).clip(lower=0))
    rows = rows.loc[rows["BEFORE"].notna()]
    delaying = reported.loc[reported["ACTION"].eq("DELAYED"), ["SUBJID", "STARTDT"]]
    pairs = rows.reset_index()[["index", "SUBJID", "BEFORE", "EXDT"]].merge(delaying, on="SUBJID")
    between = pairs.loc[pairs["STARTDT"].ge(pairs["BEFORE"]) & pairs["STARTDT"].le(pairs["EXDT"]), "index"]
    return rows.assign(CAUSE=rows.index.isin(between))


def _intervals(
    out: SecondNumbers, rows: pd.DataFrame, treated: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    late = rows.loc[rows["LATE"] > 0]
    for group, members in each_group(treated, "TREATED", study):
        own, own_late = (some.loc[some["SUBJID"].isin(members.index)] for some in (rows, late))
        for cycle in study.cycles[1:]:
            at, at_late = (some.loc[some["CYCLE"].eq(cycle.code)] for some in (own, own_late))
            describe(out, f"exposure.interval.{cycle.code}.{group}", at["DAYS"], len(members), plan)
            count(out, f"exposure.delayed.{cycle.code}.{group}", len(at_late), len(at))
            describe(out, f"exposure.delay.{cycle.code}.{group}", at_late["LATE"], len(members), plan)
        count(out, f"exposure.delayed_patients.{group}", own_late["SUBJID"].nunique(), len(members))
        caused = int(own_late["CAUSE"].sum())
        count(out, f"exposure.delay_reason.event.{group}", caused, len(own_late))
        count(out, f"exposure.delay_reason.none.{group}", len(own_late) - caused, len(own_late))


def _intensity(
    out: SecondNumbers, activities: pd.DataFrame, treated: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add relative dose intensity and share of the course, each isotope apart, against what was planned."""
    interval = _DAYS_A_WEEK * study.design.cycle_interval_weeks
    dates = activities.groupby("SUBJID")["EXDT"]
    days = (dates.max() - dates.min()).dt.days + interval
    for arm in study.arms:
        members = treated.index[treated["TREATED"].eq(arm.code)]
        for isotope in arm.isotopes:
            own = activities.loc[activities["SUBJID"].isin(members) & activities["ISOTOPE"].eq(isotope)]
            for cycle in study.cycles:
                at = own.loc[own["CYCLE"].eq(cycle.code), "MBQ"] / _MBQ_PER_GBQ
                block = f"exposure.activity.{arm.code}.{isotope}.{cycle.code}"
                describe(out, block, at, len(members), plan)
            start = arm.initial_activity[isotope]
            given = own.groupby("SUBJID")["MBQ"].agg(["sum", "size"])
            took = days.reindex(given.index)
            planned = own.groupby("SUBJID")["SET"].apply(lambda values: values.sum(skipna=False))
            intensity = 100 * given["sum"] / took * interval / start
            block = f"exposure.intensity.{arm.code}.{isotope}"
            describe(out, f"{block}.start", intensity, len(members), plan)
            against = 100 * given["sum"] / took * interval * given["size"] / planned.where(planned > 0)
            describe(out, f"{block}.set", against, len(members), plan)
            count(out, f"exposure.set.{arm.code}.{isotope}", int(own["SET"].notna().sum()), len(own))
            ratio = (100 * own["MBQ"] / own["SET"]).where(own["SET"] > 0)
            describe(out, f"exposure.given_of_set.{arm.code}.{isotope}", ratio, len(own), plan)
            share = 100 * given["sum"] / (start * len(study.cycles))
            describe(out, f"exposure.share.{arm.code}.{isotope}", share, len(members), plan)


def _per_activity(activities: pd.DataFrame, doses: pd.DataFrame) -> pd.DataFrame:
    """Relate each dose of an isotope in a cycle to its activity: ``SUBJID, ORGAN, ISOTOPE, CYCLE, GY, RATIO``."""
    of_cycles = doses.loc[doses["SOURCE"].ne("TOTAL") & doses["CYCLE"].ne("ALL")]
    pairs = of_cycles.rename(columns={"SOURCE": "ISOTOPE"}).merge(
        activities[["SUBJID", "ISOTOPE", "CYCLE", "MBQ"]], on=["SUBJID", "ISOTOPE", "CYCLE"]
    )
    pairs = pairs.loc[pairs["MBQ"] > 0]
    return pairs.assign(RATIO=pairs["GY"] / (pairs["MBQ"] / _MBQ_PER_GBQ))


def _specific(
    out: SecondNumbers,
    activities: pd.DataFrame,
    doses: pd.DataFrame,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    pairs = _per_activity(activities, doses)
    for arm in study.arms:
        members = treated.index[treated["TREATED"].eq(arm.code)]
        own = pairs.loc[pairs["SUBJID"].isin(members)]
        for organ in study.organs:
            for isotope in arm.isotopes:
                some = own.loc[own["ORGAN"].eq(organ.code) & own["ISOTOPE"].eq(isotope)]
                for cycle in study.cycles:
                    block = f"exposure.specific.{organ.code.lower()}.{arm.code}.{isotope}.{cycle.code}"
                    at = some.loc[some["CYCLE"].eq(cycle.code), "RATIO"]
                    describe(out, block, at, len(members), plan)


def _governed(
    out: SecondNumbers,
    cycles: pd.DataFrame,
    arm: Arm,
    activities: pd.DataFrame,
    doses: pd.DataFrame,
    study: Study,
) -> None:
    """Count cycles after the first by the limit that leaves least room for the isotope that changes."""
    pairs = _per_activity(activities, doses)
    later = cycles.loc[cycles["NUMBER"] > 1]
    out.add(f"exposure.adapted_cycles.{arm.code}.n", len(later), PANDAS)
    given = activities.loc[activities["MBQ"] > 0]
    found = []
    for subject, own in later.groupby("SUBJID"):
        known, had = (some.loc[some["SUBJID"].eq(subject)] for some in (pairs, given))
        codes = cycles.loc[cycles["SUBJID"].eq(subject)].set_index("NUMBER")["CYCLE"]
        for number, reason in zip(own["NUMBER"], own["REASON"], strict=True):
            earlier = codes.loc[codes.index < number]
            before = known.loc[known["CYCLE"].isin(earlier)]
            complete = len(before) == len(study.organs) * int(had["CYCLE"].isin(earlier).sum())
            limit = _binding(before, arm, len(study.cycles) - number + 1, study) if complete else _UNKNOWN
            why = next((name for name, code in _REASONS.items() if code == reason), "other_reason")
            found.append((limit, why))
    for limit in (*_limits(study), _UNKNOWN):
        for why in (*_REASONS, "other_reason"):
            block = f"exposure.governed.{arm.code}.{limit}.{why}"
            count(out, block, found.count((limit, why)), len(later))


def _limits(study: Study) -> Iterable[str]:
    for organ in study.organs:
        yield f"{organ.code.lower()}_course"
        if organ.limit_cycle is not None:
            yield f"{organ.code.lower()}_cycle"


def _binding(before: pd.DataFrame, arm: Arm, left: int, study: Study) -> str:
    rooms: dict[str, float] = {}
    for organ in study.organs:
        own = before.loc[before["ORGAN"].eq(organ.code)]
        ratio = own.groupby("ISOTOPE")["RATIO"].mean()
        if arm.modified_isotope is None or not {*arm.isotopes} <= {*ratio.index}:
            return _UNKNOWN
        if not ratio[arm.modified_isotope] > 0:  # no dose allows any activity: no limit governs
            return _UNKNOWN
        fixed = sum(
            ratio[one] * arm.initial_activity[one] / _MBQ_PER_GBQ
            for one in arm.isotopes
            if one != arm.modified_isotope
        )
        budgets = {"course": (organ.limit_total - own["GY"].sum()) / left}
        if organ.limit_cycle is not None:
            budgets["cycle"] = organ.limit_cycle
        for span, budget in budgets.items():
            rooms[f"{organ.code.lower()}_{span}"] = (budget - fixed) / ratio[arm.modified_isotope]
    return min(rooms, key=lambda name: rooms[name])


def _kidney(
    out: SecondNumbers, doses: pd.DataFrame, treated: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add the effective dose of the kidney at the plan's settings and over its grid."""
    lives = {}
    for isotope in study.isotopes:
        rates = 1 / isotope.half_life_hours + 1 / plan.bed_biological_hours
        lives[isotope.code] = 1 / rates
        out.add(f"exposure.kidney.half_life.{isotope.code}.hours", 1 / rates, NUMPY)
    own = doses.loc[doses["ORGAN"].eq("KIDNEY") & doses["COMPLETE"] & doses["SUBJID"].isin(treated.index)]
    absorbed = own.loc[own["CYCLE"].eq("ALL") & own["SOURCE"].eq("TOTAL")].set_index("SUBJID")["GY"]
    of_cycles = own.loc[own["CYCLE"].ne("ALL") & own["SOURCE"].ne("TOTAL")]
    table = of_cycles.pivot_table(index=["SUBJID", "CYCLE"], columns="SOURCE", values="GY", fill_value=0.0)
    bed = _effective(table, lives, plan.bed_alpha_beta, plan.bed_repair_hours)
    scales = {"bed": bed, "eqd2": bed / (1 + _FRACTION / plan.bed_alpha_beta), "absorbed": absorbed}
    for group, members in each_group(treated, "TREATED", study):
        for name, values in scales.items():
            some = values.reindex(members.index)
            describe(out, f"exposure.kidney.{name}.{group}", some, len(members), plan)
    for alpha_beta in plan.bed_alpha_beta_grid:
        for repair in plan.bed_repair_grid:
            values = _effective(table, lives, alpha_beta, repair)
            for group, members in each_group(treated, "TREATED", study):
                known = values.reindex(members.index).dropna().to_numpy(dtype=float)
                if known.size:
                    block = f"exposure.kidney.grid.{month_name(alpha_beta)}.{month_name(repair)}.{group}"
                    out.add(f"{block}.median", quantile(known, 0.5, plan), NUMPY)
                    out.add(f"{block}.max", known.max(), NUMPY)


def _effective(
    table: pd.DataFrame, lives: dict[str, float], alpha_beta: float, repair_hours: float
) -> "pd.Series[float]":
    """Sum the biologically effective dose over cycles, whose isotopes share their sublethal damage.

    References
    ----------
    Dale (1985) Br J Radiol 58:515-528: twice the double integral of the dose rates, weighted by exp(-mu (t - s)) for a
    lesion of the earlier time s that is not yet repaired. Of rates r exp(-a t) and q exp(-b t), with the lesion from
    the second, it is r q / ((a + b)(a + mu)).
    """
    mu = np.log(2) / repair_hours
    decay = {code: np.log(2) / hours for code, hours in lives.items() if code in table}
    quadratic = pd.Series(0.0, index=table.index)
    for one, a in decay.items():
        for other, b in decay.items():
            quadratic += 2 * (table[one] * a) * (table[other] * b) / ((a + b) * (a + mu))
    total = table[[*decay]].sum(axis=1) + quadratic / alpha_beta
    return total.groupby("SUBJID").sum()
