"""Blood counts over time once more: first low values, recovery, lowest values, cycles, spells that last."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.describe import PANDAS, describe, each_group
from duonen_stats.verification.recomputed.harm.values_over_time import (
    EVENT,
    add_times,
    first_rival,
    times_to,
    values_after,
)
from duonen_stats.verification.second_numbers import SecondNumbers

_LOW, _RECOVERED = 2, 1
_GRADES = (2, 3)
_DAYS_A_WEEK = 7
_NOT_MARROW = ("LYMPH",)


def recompute_blood_counts(
    out: SecondNumbers,
    adlb: pd.DataFrame,
    cycles: pd.DataFrame,
    patients: pd.DataFrame,
    rivals: pd.DataFrame | None,
    helped: pd.DataFrame | None,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add what becomes of blood counts.

    Parameters
    ----------
    out, patients, plan, study
        As elsewhere.
    adlb
        Of which the grades are taken.
    cycles
        The delivered cycles that another came before: ``SUBJID, EXDT, BEFORE, DAYS, REASON``.
    rivals
        Days of death and of another antitumour treatment; None where the report does not hold them, and no number
        rests on them.
    helped
        Growth factors and transfusions: ``SUBJID, FROM, TO``; None where there is no record of therapies.
    """
    treated = patients.loc[patients["SAFETY"]]
    codes = [one.code for one in study.analytes if one.category == "HEMATOLOGY"]
    kidney = [one.code for one in study.analytes if one.category == "RENAL"]
    values = {code: values_after(adlb, code, treated) for code in (*codes, *kidney)}
    for code in codes:
        graded = values[code].dropna(subset=["LOW"])
        has_grades = study.analyte(code).highest_grade(plan.ctcae_version) > 0
        _lowest(out, code, values[code], treated, rivals, plan, study)
        if rivals is not None and has_grades:
            _times(out, code, graded, treated, rivals, helped, plan, study)
        if has_grades:
            _next_cycle(out, code, graded, cycles, treated, helped, plan, study)
        else:
            for group, members in each_group(treated, "TREATED", study):
                followed = int(cycles["SUBJID"].isin(members.index).sum())
                out.add(f"course.{code}.next_cycle.{group}.cycles", followed, PANDAS)
    _changed(out, pd.concat([*values.values()]), cycles, treated, study)
    spells = {
        code: lasting_spells(values[code].dropna(subset=["LOW"]), plan.persistent_grade, plan.persistent_days)
        for code in codes
        if code not in _NOT_MARROW
    }
    found = [one for own in spells.values() for one in own]
    for group, members in each_group(treated, "TREATED", study):
        own = [one for one in found if one in members.index]
        out.add(f"course.persistent.{group}.spells", len(own), PANDAS)
        out.add(f"course.persistent.{group}.patients", len({*own}), PANDAS)


def _first(values: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    return values.drop_duplicates("SUBJID").set_index("SUBJID")["ADT"]


def _times(
    out: SecondNumbers,
    code: str,
    values: pd.DataFrame,
    treated: pd.DataFrame,
    rivals: pd.DataFrame,
    helped: pd.DataFrame | None,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    last = values.groupby("SUBJID")["ADT"].max()
    for grade in _GRADES:
        low = values["LOW"] >= grade
        maybe = values.loc[~low & (values["HIGH"] >= grade)]
        first = _first(values.loc[low])
        found = times_to(treated["FIRST"], first, _first(maybe), last, rivals)
        block = f"course.{code}.grade_ge{grade}"
        add_times(out, block, found, treated, plan.grade_landmark_months, plan, study)
        if grade == _LOW:
            origin = first.reindex(found.cause.index[found.cause.eq(EVENT)])
    after = values.loc[values["ADT"] > pd.to_datetime(values["SUBJID"].map(origin))]
    better = _is_over(after, after["HIGH"])
    possible = after.loc[~better & _is_over(after, after["LOW"])]
    seen = found = times_to(origin, _first(after.loc[better]), _first(possible), last, rivals)
    if helped is not None and plan.recovery_support == "unsupported":
        alone = better & ~_met(after, helped, after["ADT"], after["ADT"], plan.recovery_support_days)
        found = times_to(origin, _first(after.loc[alone]), _first(possible), last, rivals)
    elif helped is not None and plan.recovery_support == "not_recovered":
        low_since = pd.to_datetime(helped["SUBJID"].map(origin))
        spans = helped.assign(AT=low_since.where(low_since >= helped["FROM"], helped["FROM"]))
        first = spans.loc[spans["TO"] >= low_since].groupby("SUBJID")["AT"].min()
        more = rivals.assign(SUPPORT=pd.to_datetime(first.reindex(rivals.index)))
        found = times_to(origin, _first(after.loc[better]), _first(possible), last, more)
    add_times(out, f"course.{code}.recovery", found, treated, plan.grade_landmark_months, plan, study)
    if helped is None:
        return
    ends = pd.DataFrame({"START": origin}).join(seen.days.rename("DAYS"), how="inner")
    ends = ends.rename_axis("SUBJID").reset_index()
    ends = ends.assign(
        MET=_met(ends, helped, ends["START"], ends["START"] + pd.to_timedelta(ends["DAYS"], unit="D"))
    )
    other = found.days.ne(seen.days) | found.cause.ne(seen.cause)
    for group, members in each_group(treated, "TREATED", study):
        block = f"course.{code}.recovery.{group}"
        out.add(f"{block}.supported", int(ends.loc[ends["SUBJID"].isin(members.index), "MET"].sum()), PANDAS)
        out.add(f"{block}.changed", int(other[other.index.isin(members.index)].sum()), PANDAS)


def _met(
    rows: pd.DataFrame,
    helped: pd.DataFrame,
    start: "pd.Series[pd.Timestamp]",
    end: "pd.Series[pd.Timestamp]",
    days: int = 0,
) -> "pd.Series[bool]":
    """Say of each row whether its patient had support from one date to the other, or up to some days before."""
    place = np.arange(len(rows))
    asked = pd.DataFrame({"PLACE": place, "SUBJID": rows["SUBJID"].to_numpy()})
    asked = asked.assign(START=pd.to_datetime(start.to_numpy()), END=pd.to_datetime(end.to_numpy()))
    pairs = asked.merge(helped[["SUBJID", "FROM", "TO"]], on="SUBJID")
    met = (pairs["FROM"] <= pairs["END"]) & (pairs["TO"] + pd.Timedelta(days=days) >= pairs["START"])
    return pd.Series(np.isin(place, pairs.loc[met, "PLACE"]), index=rows.index, dtype=bool)


def _is_over(values: pd.DataFrame, grade: "pd.Series[float]") -> "pd.Series[bool]":
    """Say whether a grade is as good as none, or no higher than before treatment."""
    return (grade <= _RECOVERED) | (grade <= values["AT_FIRST"])


def _lowest(
    out: SecondNumbers,
    code: str,
    values: pd.DataFrame,
    treated: pd.DataFrame,
    rivals: pd.DataFrame | None,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    until = treated["LAST"] + pd.Timedelta(days=plan.lowest_value_days)
    if rivals is not None:
        other = first_rival(rivals[["OTHER"]], treated["FIRST"])
        until = until.mask(other < until, other)
    own = values.loc[values["ADT"] <= pd.to_datetime(values["SUBJID"].map(until))].dropna(subset=["AVAL"])
    lowest = own.sort_values(["AVAL", "ADT"], kind="stable").drop_duplicates("SUBJID").set_index("SUBJID")
    weeks = (lowest["ADT"] - treated["FIRST"].reindex(lowest.index)).dt.days / _DAYS_A_WEEK
    for group, members in each_group(treated, "TREATED", study):
        some = weeks.reindex(members.index)
        describe(out, f"course.{code}.lowest.{group}", some, len(members), plan)


def _between(values: pd.DataFrame, cycles: pd.DataFrame) -> pd.DataFrame:
    """Pair each cycle that another followed with the values after it and up to the next."""
    pairs = cycles.assign(CYCLE_ID=np.arange(len(cycles)))[["CYCLE_ID", "SUBJID", "BEFORE", "EXDT"]]
    pairs = pairs.merge(values, on="SUBJID")
    return pairs.loc[(pairs["ADT"] > pairs["BEFORE"]) & (pairs["ADT"] <= pairs["EXDT"])]


def _next_cycle(
    out: SecondNumbers,
    code: str,
    values: pd.DataFrame,
    cycles: pd.DataFrame,
    treated: pd.DataFrame,
    helped: pd.DataFrame | None,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add what became of low values up to the next cycle; of support only where therapies are recorded."""
    pairs = _between(values, cycles)
    low = {*pairs.loc[pairs["LOW"] >= _LOW, "CYCLE_ID"]}
    end = pairs.drop_duplicates("CYCLE_ID", keep="last")
    over = {*end.loc[_is_over(end, end["HIGH"]), "CYCLE_ID"]}
    order = np.arange(len(cycles))
    rows = cycles.assign(
        WAS_LOW=np.isin(order, [*low]), OVER=np.isin(order, [*(low & over)]), SPOILT=False, MET=False
    )
    if helped is not None:
        owed = _met(end, helped, end["ADT"], end["ADT"], plan.recovery_support_days)
        met = _met(rows, helped, rows["BEFORE"] + pd.Timedelta(days=1), rows["EXDT"])
        spoilt = {
            "unsupported": pd.Series(np.isin(order, end.loc[owed, "CYCLE_ID"]), index=rows.index),
            "not_recovered": met,
        }.get(plan.recovery_support, rows["SPOILT"])
        rows = rows.assign(MET=met & rows["WAS_LOW"], SPOILT=spoilt & rows["OVER"])
    for group, members in each_group(treated, "TREATED", study):
        own = rows.loc[rows["SUBJID"].isin(members.index)]
        block = f"course.{code}.next_cycle.{group}"
        out.add(f"{block}.cycles", len(own), PANDAS)
        out.add(f"{block}.low", int(own["WAS_LOW"].sum()), PANDAS)
        out.add(f"{block}.patients", own.loc[own["WAS_LOW"], "SUBJID"].nunique(), PANDAS)
        out.add(f"{block}.recovered", int((own["OVER"] & ~own["SPOILT"]).sum()), PANDAS)
        if helped is not None:
            out.add(f"{block}.supported", int(own["MET"].sum()), PANDAS)
            out.add(f"{block}.changed", int(own["SPOILT"].sum()), PANDAS)


def _changed(
    out: SecondNumbers, values: pd.DataFrame, cycles: pd.DataFrame, treated: pd.DataFrame, study: Study
) -> None:
    pairs = _between(values, cycles)
    low = {*pairs.loc[pairs["LOW"] >= _LOW, "CYCLE_ID"]}
    late = cycles["LATE"] > 0  # as counted for exposure
    after_low = late & np.isin(np.arange(len(cycles)), [*low])
    for group, members in each_group(treated, "TREATED", study):
        own = cycles["SUBJID"].isin(members.index)
        block = f"course.changed_cycles.{group}"
        out.add(f"{block}.cycles", int(own.sum()), PANDAS)
        out.add(f"{block}.delayed", int((own & late).sum()), PANDAS)
        out.add(f"{block}.delayed_low", int((own & after_low).sum()), PANDAS)
        out.add(f"{block}.reduced", int((own & cycles["REASON"].eq("TOXICITY")).sum()), PANDAS)


def lasting_spells(values: pd.DataFrame, grade: int, days: int) -> list[str]:
    """List whose values stayed certainly of a grade or higher, and higher than before treatment, for more than days.

    Of several values of a day the worst counts. A patient is listed once for each spell.
    """
    worst = values.groupby(["SUBJID", "ADT"], as_index=False).agg({"LOW": "max", "AT_FIRST": "first"})
    low = (worst["LOW"] >= grade) & ~(worst["LOW"] <= worst["AT_FIRST"])
    new = low & ~(low.shift(fill_value=False) & worst["SUBJID"].eq(worst["SUBJID"].shift()))
    spells = worst.assign(SPELL=new.cumsum()).loc[low].groupby("SPELL")
    lasted = (spells["ADT"].max() - spells["ADT"].min()).dt.days
    return [*spells["SUBJID"].first()[lasted > days]]
