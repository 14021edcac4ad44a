"""What the final report has: primary comparison, endpoints, subgroups, sensitivity, dose, response."""

import itertools
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from duonen_stats.study import Study
from duonen_stats.verification.derived.times import EVENT, LOST, MISSED, NEW_THERAPY, NO_ASSESSMENT, WITHDRAWN
from duonen_stats.verification.recomputed.curves import (
    month_name,
    recompute_curve,
    recompute_follow_up,
    recompute_incidence,
    time_groups,
)
from duonen_stats.verification.recomputed.describe import (
    ALL,
    PANDAS,
    SCIPY,
    STATSMODELS,
    Floats,
    describe,
    difference_of_proportions,
    rate,
)
from duonen_stats.verification.recomputed.hazards import (
    add_term,
    cox,
    large_enough,
    recompute_comparison,
    recompute_hazards_check,
    recompute_log_rank,
    recompute_log_rank_of_arms,
    recompute_ratio,
    recompute_stratified,
    two_groups,
)
from duonen_stats.verification.second_numbers import SecondNumbers

ENDPOINTS = {"pfs": "PFS", "pfshyp": "PFSHYP", "os": "OS"}
_REASONS = range(NO_ASSESSMENT - 3, MISSED + 1)
_EARLY = (LOST, WITHDRAWN, NO_ASSESSMENT)
_FACTORS = {  # of a variable of the plan: the part of the id, and the column of the raw subjects
    "SEX": ("sex", "SEX"),
    "AGE": ("age", "AGE"),
    "RACE": ("race", "RACE"),
    "BMIBL": ("bmi", "BMI"),
    "PRIMSITE": ("primary", "PRIMSITE"),
    "GRADEH": ("grade", "GRADE"),
    "KI67BL": ("ki67", "KI67"),
    "METLIVFL": ("liver", "METLIV"),
    "METLNFL": ("lymph_nodes", "METLN"),
    "METBONFL": ("bone", "METBON"),
    "METOTHFL": ("other_metastases", "METOTH"),
    "KARNOFBL": ("karnofsky", "KPS"),
    "DXDUR": ("time_from_dx", "DXDUR"),
}
_STRATA = {"GRADEH": "GRADE", "METLIVFL": "METLIV", "SITEID": "SITEID", "PRIMSITE": "PRIMSITE", "SEX": "SEX"}
_RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
_MBQ_PER_GBQ = 1000.0
_TOLERANCE = 1e-7

Times = Mapping[str, pd.DataFrame]


def recompute_survival(
    out: SecondNumbers, times: Times, patients: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add curves, comparisons, reasons of censoring, subgroups and what the arms differ in."""
    control = plan.control_arm
    arms = [arm.code for arm in study.arms]
    experimental = tuple(code for code in arms if code != control)
    for name, parameter in ENDPOINTS.items():
        rows = times[parameter]
        for group, own in time_groups(rows, plan, study):
            recompute_curve(out, f"{name}.km.{group}", own, plan)
            recompute_follow_up(out, f"{name}.followup.{group}", own, plan)
            for reason in _REASONS:
                out.add(f"{name}.censored.{reason}.{group}.n", int(own["CNSR"].eq(reason).sum()), PANDAS)
        together = two_groups(rows, experimental, control)
        recompute_comparison(out, f"{name}.primary", together, plan)
        recompute_stratified(out, f"{name}.primary", together, _strata(patients, plan), plan)
        recompute_hazards_check(out, f"{name}.primary.ph", together, plan)
        for arm in experimental:
            recompute_comparison(out, f"{name}.{arm}_vs_{control}", two_groups(rows, (arm,), control), plan)
        recompute_log_rank_of_arms(out, f"{name}.four_arm.log_rank", rows, arms, plan)
        if name != "pfshyp":
            recompute_log_rank_of_arms(out, f"{name}.heterogeneity", rows, [*experimental], plan)
            _arm_factors(out, name, rows, plan, study)
            _subgroups(out, name, together, patients, plan, study)
    for group, own in time_groups(times.get("DOR", times["PFS"].iloc[:0]), plan, study):
        recompute_curve(out, f"dor.km.{group}", own, plan)
    gone = times["PFSHYP"]["CNSR"].isin((NEW_THERAPY, MISSED))
    out.add("pfshyp.weighted.left", int(gone.sum()), PANDAS)
    recompute_incidence(out, times["TTAE3"], plan, study)
    _sensitivity(out, two_groups(times["PFS"], experimental, control), patients, plan)


def _strata(patients: pd.DataFrame, plan: SimpleNamespace) -> "pd.Series[str]":
    """Join the factors of each patient; one that is missing is a value of its own."""
    columns = [patients[_STRATA.get(name, name)].astype(object) for name in plan.stratification_factors]
    parts = [one.where(one.notna(), "missing").astype(str) for one in columns]
    return pd.Series(
        [" / ".join(values) for values in zip(*parts, strict=True)] if parts else "all", index=patients.index
    )


def _arm_factors(
    out: SecondNumbers, name: str, times: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    factors = {"guidance": [arm.code for arm in study.arms if arm.modified_isotope is not None]}
    for isotope in study.isotopes:
        members = [arm.code for arm in study.arms if isotope.code in arm.isotopes]
        if 0 < len(members) < len(study.arms):
            factors[isotope.code.lower()] = members
    columns = np.column_stack([times["ARM"].isin(members).astype(float) for members in factors.values()])
    smallest = columns.shape[0]
    for place, factor in enumerate(factors):
        having = int(columns[:, place].sum())
        out.add(f"{name}.factor.{factor}.with", having, PANDAS)
        out.add(f"{name}.factor.{factor}.without", len(times) - having, PANDAS)
        smallest = min(smallest, having, len(times) - having)
    event = times["CNSR"].eq(EVENT).to_numpy(dtype=float)
    if smallest >= plan.min_group and event.any():
        found = cox(times["MONTHS"].to_numpy(dtype=float), event, columns)
        for place, factor in enumerate(factors if found is not None else ()):
            add_term(out, f"{name}.factor.{factor}", found, place, plan)
    for guided in study.arms:
        for fixed in study.arms:
            same = dict(guided.initial_activity) == dict(fixed.initial_activity)
            if guided.modified_isotope is not None and fixed.modified_isotope is None and same:
                block = f"{name}.isolated.{guided.code}_vs_{fixed.code}"
                own = two_groups(times, (guided.code,), fixed.code)
                out.add(f"{block}.with", int(own["X"].sum()), PANDAS)
                out.add(f"{block}.without", int((own["X"] == 0).sum()), PANDAS)
                recompute_ratio(out, f"{block}.hr", own, plan)
                recompute_log_rank(out, f"{block}.log_rank", own, plan)


def _subgroups(
    out: SecondNumbers,
    name: str,
    own: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    out.add(f"{name}.subgroup.factors", len(plan.subgroups), PANDAS)
    for chosen in plan.subgroups:
        variable, *typed = chosen.split(":")
        factor, column = _FACTORS[variable]
        cuts = typed or ([str(plan.subgroup_age)] if variable == "AGE" else [])
        codes = [code.code for code in study.table("subjects").column(column).codes]
        member, levels = _levels(patients[column].reindex(own.index), cuts, codes)
        large = []
        for level in [*levels, "unknown"]:
            part = own.loc[member.isin(levels) == (level != "unknown")]
            part = part.loc[member[part.index].eq(level)] if level != "unknown" else part
            block = f"{name}.subgroup.{factor}.{level}"
            for side, x in (("experimental", 1), ("control", 0)):
                rows = part.loc[part["X"].eq(x)]
                out.add(f"{block}.n_{side}", len(rows), PANDAS)
                out.add(f"{block}.events_{side}", int(rows["EVENT"].sum()), PANDAS)
            if level != "unknown":
                recompute_ratio(out, f"{block}.hr", part, plan)
                large += [level] if large_enough(part, plan) else []
        _interaction(out, f"{name}.subgroup.{factor}.interaction", own, member, large)


def _levels(
    values: "pd.Series[Any]", cuts: list[str], codes: list[str]
) -> "tuple[pd.Series[Any], list[str]]":
    """Put each patient into an interval between cut points, its lower end part of it; else the codes are the levels."""
    if not cuts:
        return values, codes
    keys = [cut.replace(".", "_") for cut in cuts]
    names = [
        f"lt{keys[0]}",
        *(f"{low}to{high}" for low, high in itertools.pairwise(keys)),
        f"ge{keys[-1]}",
    ]
    edges = [-np.inf, *map(float, cuts), np.inf]
    placed = pd.cut(values.astype(float), edges, right=False, labels=names)
    return placed.astype(object).where(values.notna(), None), names


def _interaction(
    out: SecondNumbers, block: str, own: pd.DataFrame, member: "pd.Series[Any]", levels: list[str]
) -> None:
    """Add the likelihood ratio test of treatment by subgroup."""
    if len(levels) < 2:  # noqa: PLR2004 - nothing to compare
        return
    part = own.loc[member.isin(levels)]
    x = part["X"].to_numpy(dtype=float)
    others = np.column_stack([member[part.index].eq(level).astype(float) for level in levels[1:]])
    month, event = part["MONTHS"].to_numpy(dtype=float), part["EVENT"].to_numpy(dtype=float)
    if not event.any():
        return
    main = np.column_stack((x, others))
    smaller, larger = (
        cox(month, event, columns) for columns in (main, np.column_stack((main, x[:, None] * others)))
    )
    if smaller is None or larger is None:
        return
    statistic = max(0.0, 2 * float(larger.llf - smaller.llf))
    out.add(f"{block}.statistic", statistic, STATSMODELS, tolerance=_TOLERANCE)
    out.add(f"{block}.df", len(levels) - 1, PANDAS)
    out.add(f"{block}.p", stats.chi2.sf(statistic, len(levels) - 1), SCIPY, tolerance=_TOLERANCE)


def _sensitivity(
    out: SecondNumbers, own: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace
) -> None:
    """Add the extreme cases, and the time in which events may be imputed; imputations themselves are random."""
    for name, side in (("worst_case", 1), ("best_case", 0)):
        left = own["X"].eq(side) & own["CNSR"].isin(_EARLY)
        block = f"pfs.sensitivity.{name}"
        out.add(f"{block}.changed", int(left.sum()), PANDAS)
        out.add(f"{block}.months", 0.0, PANDAS)
        recompute_ratio(out, block, own.assign(EVENT=own["EVENT"].mask(left, 1)), plan)
    if plan.imputation_end == "horizon":
        end = pd.Series(plan.imputation_months, index=own.index)
    else:
        end = (patients.attrs["cut"] - own["START"]).dt.days / plan.days_per_month
    room = (end - own["MONTHS"]).clip(lower=0.0).where(own["EVENT"].eq(0), 0.0)
    sides = {"imputed.experimental": room[own["X"].eq(1)], "imputed.control": room[own["X"].eq(0)]}
    for delta in plan.tipping_deltas:
        sides[f"delta.{month_name(delta)}"] = room if delta == 1 else room[own["X"].eq(1)]
    for name, months in sides.items():
        out.add(f"pfs.sensitivity.{name}.changed", int((months > 0).sum()), PANDAS)
        out.add(f"pfs.sensitivity.{name}.months", float(months.sum()), PANDAS)


def recompute_dose_response(
    out: SecondNumbers,
    times: pd.DataFrame,
    activities: pd.DataFrame,
    doses: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add PFS by the dose given so far, and by that up to a landmark, within arms."""
    mark = plan.dose_landmark_months
    out.add("pfs.dose.landmark_months", mark, PANDAS)
    own = times.assign(EVENT=times["CNSR"].eq(EVENT).astype(int))
    cycles = activities.groupby(["SUBJID", "CYCLE"], as_index=False)["EXDT"].min()
    measures: dict[str, tuple[pd.DataFrame, set[Any], list[str]]] = {}
    for isotope in study.isotopes:
        rows = activities.loc[activities["ISOTOPE"].eq(isotope.code)]
        arms = [arm.code for arm in study.arms if isotope.code in arm.isotopes]
        measures[f"activity_{isotope.code.lower()}"] = (
            rows.assign(DOSE=rows["MBQ"] / _MBQ_PER_GBQ),
            set(),
            arms,
        )
    for organ in study.organs:
        total = doses.loc[
            doses["ORGAN"].eq(organ.code) & doses["SOURCE"].eq("TOTAL") & doses["CYCLE"].ne("ALL")
        ]
        rows = cycles.merge(total[["SUBJID", "CYCLE", "GY"]], how="left").rename(columns={"GY": "DOSE"})
        unknown = set(rows.loc[rows["DOSE"].isna(), "SUBJID"])
        measures[organ.code.lower()] = (rows, unknown, [arm.code for arm in study.arms])
    for name, (steps, unknown, arms) in measures.items():
        known = own.loc[own["ARM"].isin(arms) & ~own.index.isin(unknown)]
        given = steps.loc[steps["SUBJID"].isin(known.index)]
        since = (given["EXDT"] - pd.to_datetime(given["SUBJID"].map(known["START"]))).dt.days
        given = given.assign(SINCE=since)
        block = f"pfs.dose.{name}"
        out.add(f"{block}.time_dependent.unknown", len(unknown), PANDAS)
        _time_dependent(out, f"{block}.time_dependent", known, given, plan)
        _landmark(out, f"{block}.landmark", known, given, plan)


def _time_dependent(
    out: SecondNumbers, block: str, known: pd.DataFrame, given: pd.DataFrame, plan: SimpleNamespace
) -> None:
    rows = []
    steps = dict([*given.groupby("SUBJID")])
    for subject, month, event, arm in zip(
        known.index, known["MONTHS"], known["EVENT"], known["ARM"], strict=True
    ):
        if month <= 0:
            continue
        own = steps.get(subject, given.iloc[:0])
        begin = own["SINCE"].clip(lower=0).to_numpy(dtype=float) / plan.days_per_month
        amount = own["DOSE"].to_numpy(dtype=float)
        starts = [at for at in np.unique(np.append(begin, 0.0)) if at < month]
        for place, at in enumerate(starts):
            last = place == len(starts) - 1
            end = month if last else starts[place + 1]
            rows.append((subject, at, end, float(amount[begin <= at].sum()), event if last else 0, arm))
    frame = pd.DataFrame(rows, columns=["SUBJID", "BEGIN", "END", "DOSE", "EVENT", "ARM"])
    out.add(f"{block}.n", frame["SUBJID"].nunique(), PANDAS)
    out.add(f"{block}.events", int(frame["EVENT"].sum()), PANDAS)
    _model(out, block, frame["END"], frame["EVENT"], frame["DOSE"], frame["ARM"], plan, entry=frame["BEGIN"])


def _landmark(
    out: SecondNumbers, block: str, known: pd.DataFrame, given: pd.DataFrame, plan: SimpleNamespace
) -> None:
    mark = plan.dose_landmark_months
    free = known.loc[known["MONTHS"] > mark]
    early = given.loc[given["SINCE"] / plan.days_per_month <= mark]
    dose = early.groupby("SUBJID")["DOSE"].sum().reindex(free.index).fillna(0.0)
    out.add(f"{block}.n", len(free), PANDAS)
    out.add(f"{block}.events", int(free["EVENT"].sum()), PANDAS)
    out.add(f"{block}.excluded", len(known) - len(free), PANDAS)
    _model(out, block, free["MONTHS"] - mark, free["EVENT"], dose, free["ARM"], plan)


def _model(
    out: SecondNumbers,
    block: str,
    month: "pd.Series[float]",
    event: "pd.Series[int]",
    dose: "pd.Series[float]",
    arm: "pd.Series[str]",
    plan: SimpleNamespace,
    *,
    entry: "pd.Series[float] | None" = None,
) -> None:
    if not len(month) or not event.any():
        return
    numbers: list[Floats] = [one.to_numpy(dtype=float) for one in (month, event, dose)]
    starts = None if entry is None else entry.to_numpy(dtype=float)
    found = cox(numbers[0], numbers[1], numbers[2][:, None], strata=arm.to_numpy(), entry=starts)
    if found is not None:
        add_term(out, block, found, 0, plan)


def recompute_response(out: SecondNumbers, adrs: pd.DataFrame, plan: SimpleNamespace, study: Study) -> None:
    """Add response rates, best responses and changes of size, counted from ADRS."""
    arms = [arm.code for arm in study.arms]
    experimental = [code for code in arms if code != plan.control_arm]
    members = {**{code: [code] for code in arms}, "".join(experimental): experimental, ALL: arms}
    answers = {}
    for group, codes in members.items():
        own = adrs.loc[adrs["TRT01P"].isin(codes)]
        for name, parameter in (("orr", "OBJRESP"), ("dcr", "DISCTRL")):
            answer = own.loc[own["PARAMCD"].eq(parameter), "AVALC"]
            answers[name, group] = (int(answer.eq("Y").sum()), len(answer))
            rate(out, f"response.{name}.{group}", *answers[name, group], plan)
        best = own.loc[own["PARAMCD"].eq("BOR"), "AVALC"]
        for response in _RESPONSES:
            block = f"response.bor.{response.replace('-', '_').replace('/', '_')}.{group}"
            rate(out, block, int(best.eq(response).sum()), len(best), plan)
        change = own.loc[own["PARAMCD"].eq("BESTCHG"), "AVAL"]
        describe(out, f"response.best_change.{group}", change, len(best), plan)
    for name in ("orr", "dcr"):
        sides = (answers[name, "".join(experimental)], answers[name, plan.control_arm])
        difference_of_proportions(out, f"response.{name}.difference", "estimate", *sides, plan)
