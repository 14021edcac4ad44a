"""Kidney function: yearly change by arm, KDIGO categories, progression and rapid loss."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.laboratory.kidney_course import (
    CATEGORIES,
    category_of,
    has_progressed,
    is_rapid,
    kidney_values,
    slope_values,
)
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import ArmSlope, IntervalEstimate, SlopeDifference, SlopeResult
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.laboratory.cycles import given_cycles
from duonen_stats.results.rows.describe import count, rate
from duonen_stats.results.rows.groups import ARM, arm_codes, each_group, flagged, numbers
from duonen_stats.results.rows.table import About, ResultRow, reason_of
from duonen_stats.study import Study

CHRONIC_DAYS = 91.3125
"""Three months: the chronic slope begins after them."""

_UNIT = "mL/min/1.73 m² a year"
_UNCERTAIN = ("se", "df", "ci_low", "ci_high")
_LABELS = {
    "slope": "Yearly change",
    "difference": "Difference of yearly changes to the control arm",
    "se": "Standard error",
    "df": "Degrees of freedom",
    "ci_low": "Lower limit",
    "ci_high": "Upper limit",
}
_SEEN = "patients with a value at the visit"
_COMPARED = "patients with a baseline and a later value"
_SPANNED = "patients with three values over a year at least"


def analyse_kidney(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Estimate the yearly change of eGFR by arm, and count patients by KDIGO category, progression and rapid loss.

    A straight line for each patient with random intercept and slope, by REML; where the slopes of patients vary no more
    than by error, the random slope is left out and the rows say so. Values of the day after an infusion and of the next
    three days are not used. Categories are of the unrounded value of a visit; the worst one is of all values after the
    first administration.

    Source: Laird & Ware (1982) Biometrics 38:963-974; KDIGO (2012) Kidney Int Suppl 3:1-150.
    """
    patients = flagged(data.adsl, "SAFFL")
    values = kidney_values(data.adlb)
    values = values[values["USUBJID"].isin(patients["USUBJID"])]
    rows: list[ResultRow] = []
    started = pd.to_datetime(patients.set_index("USUBJID")["TRTSDT"])
    given = given_cycles(data)
    for kind, after in (("total", 0.0), ("chronic", CHRONIC_DAYS)):
        rows += _slopes(slope_values(values, given, started, after), kind, study, plan)
    for group, members in each_group(patients, study):
        rows += _categories(values[values["USUBJID"].isin(members["USUBJID"])], group, study, plan)
    progressed = has_progressed(values)
    rapid = is_rapid(slope_values(values, given, started, 0.0))
    for group, members in each_group(patients, study):
        about = _about(group)
        for found, name, whom in (
            (progressed, ids.kidney_progressed(group), _COMPARED),
            (rapid, ids.kidney_rapid(group), _SPANNED),
        ):
            own = found[found.index.isin(members["USUBJID"])]
            rows += rate(int(own.sum()), len(own), about.of(name), plan, of=whom)
    return rows


def _about(group: str) -> About:
    return About(
        display="Kidney function",
        population=Population.SAFETY,
        group1=ARM,
        group1_level=group,
        variable="EGFR",
    )


def _categories(own: pd.DataFrame, group: str, study: Study, plan: Plan) -> list[ResultRow]:
    at_visits = own[own["STANDS"]]
    later = own[own["ADY"] > 1]
    worst = later.sort_values("AVAL", kind="stable").drop_duplicates("USUBJID")
    last = later.drop_duplicates("USUBJID", keep="last")
    rows = []
    for visit in ids.kdigo_times(ids.Scope(study=study, plan=plan)):
        chosen = {"worst": worst, "last": last}.get(visit)
        if chosen is None:
            chosen = at_visits[at_visits["AVISIT"].eq(visit).fillna(value=False)]
        found = category_of(chosen["AVAL"].to_numpy())
        for category, _ in CATEGORIES:
            block = _about(group).of(
                ids.kdigo(visit, category, group),
                group2="AVISIT",
                group2_level=visit,
                variable_level=category,
            )
            rows += count(int((found == category).sum()), len(chosen), block, of=_SEEN)
    return rows


def _slopes(table: pd.DataFrame, kind: str, study: Study, plan: Plan) -> list[ResultRow]:
    whole = _about(ids.ALL).of(ids.egfr_slopes(kind), context=f"{kind} slope")
    counted = [
        whole.row("n", table["USUBJID"].nunique(), label="Patients in the model"),
        whole.row("values", len(table), label="Values in the model"),
    ]
    described = [row for arm in arm_codes(study) for row in _values(table, kind, arm)]
    sizes = table.groupby(ARM)["USUBJID"].nunique()
    # Without enough patients of the control arm the others have their slopes, and nothing to differ from.
    reference = max((plan.control_arm, *arm_codes(study)), key=lambda arm: min(sizes.get(arm, 0), 2))
    try:
        found = methods.slope_per_year(
            table["USUBJID"].tolist(),
            table[ARM].tolist(),
            numbers(table["YEARS"]),
            numbers(table["AVAL"]),
            reference=reference,
            arms=arm_codes(study),
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        why = {arm: reason_of(verdict) for arm in arm_codes(study)}
        return [*counted, *described, *_estimates(None, kind, study, plan, why)]
    if reference != plan.control_arm:
        found = replace(found, differences=())
    why = {
        arm: {
            "empty_group": f"arm {arm} has no value",
            "group_too_small": f"arm {arm} has values of one patient only",
        }[reason]
        for arm, reason in found.missing.items()
    }
    few = {arm for arm in arm_codes(study) if sizes.get(arm, 0) < plan.min_group}
    return [*counted, *described, *_estimates(found, kind, study, plan, why, few)]


def _values(table: pd.DataFrame, kind: str, arm: str) -> list[ResultRow]:
    own = table[table[ARM].eq(arm)]
    spans = own.groupby("USUBJID")["YEARS"].agg(np.ptp)
    block = _about(arm).of(ids.egfr_slope(kind, arm), context=f"{kind} slope")
    return [
        block.row("n", len(spans), label="Patients"),
        block.row("values", len(own), n=len(spans), label="Values"),
        block.row(
            "span",
            float(spans.median()) if len(spans) else None,
            unit="years",
            n=len(spans),
            label="Median time from the first to the last value",
            note="" if len(spans) else f"arm {arm} has no value",
        ),
    ]


def _estimates(
    found: SlopeResult | None,
    kind: str,
    study: Study,
    plan: Plan,
    why: dict[str, str],
    few: AbstractSet[str] = frozenset(),
) -> list[ResultRow]:
    """Give the rows of a model; an arm among ``few`` has too few patients for a p-value."""
    slopes = {one.arm: one for one in found.slopes} if found else {}
    differences = {one.arm: one for one in found.differences} if found else {}
    method, note = "REML, random intercept and slope", ""
    if found is not None and not found.random_slope:
        method = "REML, random intercept"
        note = "the slopes of patients vary no more than by error: fitted without random slopes"
    rows: list[ResultRow] = []
    for arm in arm_codes(study):
        block = _about(arm).of(ids.egfr_slope(kind, arm), context=f"{kind} slope", unit=_UNIT)
        rows += _stats(slopes.get(arm), block, ("slope", *_UNCERTAIN), method, note, why.get(arm, ""), plan)
        if arm == plan.control_arm:
            continue
        block = block.of(
            ids.egfr_slope_difference(kind, arm), group1_level=f"{arm} against {plan.control_arm}"
        )
        names = ("difference", *_UNCERTAIN, "p")
        reason = why.get(arm, "") or why.get(plan.control_arm, "")
        made = _stats(differences.get(arm), block, names, method, note, reason, plan)
        if arm in differences and few & {arm, plan.control_arm}:
            small = f"a compared group has fewer than {plan.min_group} patients"
            made[-1] = replace(made[-1], stat=None, note=small, note_kind="")
        rows += made
    return rows


def _stats(
    one: ArmSlope | SlopeDifference | None,
    block: About,
    names: tuple[str, ...],
    method: str,
    note: str,
    why: str,
    plan: Plan,
) -> list[ResultRow]:
    if one is None:
        return [block.row(name, None, label=_LABELS.get(name), method=method, note=why) for name in names]
    chosen, df = _chosen(one, plan)
    stats = {
        "slope": chosen.estimate, "difference": chosen.estimate, "se": chosen.se, "df": chosen.df,
        "ci_low": chosen.lower, "ci_high": chosen.upper, "p": chosen.p_value,
    }  # fmt: skip
    return [
        block.row(name, stats[name], label=_LABELS.get(name), unit="" if name in {"df", "p"} else None,
                  method=f"{method}; {df}", note=note, kind="no_random_slope" if note else "")
        for name in names
    ]  # fmt: skip


def _chosen(one: ArmSlope | SlopeDifference, plan: Plan) -> tuple[IntervalEstimate, str]:
    if plan.repeated_df == "kenward_roger" and one.kenward_roger is not None:
        return one.kenward_roger, plan.words("repeated_df")
    return one.satterthwaite, "Satterthwaite"
