"""How bad would the censored patients have to be for the result to change?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.survival_rules import LOST, NO_ASSESSMENT, WITHDRAWN
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import PooledEstimate
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, IntArray
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy import comparison_about
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.compare_times import HAZARD_RATIO, hazard_ratio_rows
from duonen_stats.results.rows.groups import numbers
from duonen_stats.results.rows.survival_curve import MONTHS
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    TwoGroups,
    experimental_arms,
    times_of,
    two_groups,
)
from duonen_stats.study import Study

_EARLY = (LOST, WITHDRAWN, NO_ASSESSMENT)


def analyse_censoring(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Ask of PFS what the censored patients could change: worst case, best case, tipping point.

    Beside each ratio stand the patients whose time is changed, ``changed``, and the person-months that are added to
    what was observed, ``months``: an analysis that acts on nobody shows nothing.

    Source: ICH E9(R1), section A.5.2; Lipkovich, Ratitch & O'Kelly (2016) Pharm Stat 15:216-229.
    """
    parameter, label = ENDPOINTS["pfs"]
    groups = two_groups(times_of(data.adtte, parameter), experimental_arms(study, plan), plan)
    about = comparison_about(groups, ids.tipping_point(), label)
    return [
        *_extreme(groups, groups.experimental, about.of(ids.extreme_case("worst_case")), plan),
        *_extreme(groups, ~groups.experimental, about.of(ids.extreme_case("best_case")), plan),
        *tipping_rows(groups, imputation_ends(data.adsl, groups, plan), about, plan),
    ]


def _extreme(groups: TwoGroups, affected: BoolArray, about: About, plan: Plan) -> list[ResultRow]:
    """Patients of one group who left early, or were never assessed, have the event when they are censored."""
    left = affected & np.isin(groups.times.reason, _EARLY)
    who = groups.words(groups.name if affected is groups.experimental else groups.control)
    about = replace(about, context=f"patients of {who} lost, withdrawn or never assessed have the event then")
    times = replace(groups.times, event=np.where(left, 1, groups.times.event))
    reach = _reach(int(left.sum()), 0.0, left.size, about)
    return [*reach, *hazard_ratio_rows(replace(groups, times=times), about, plan)]


def _reach(changed: int, months: float, n: int, about: About) -> list[ResultRow]:
    return [
        about.row("changed", changed, n=n, label="Patients whose time is changed"),
        about.row("months", months, n=n, label="Person-months in which an event may be imputed", unit=MONTHS),
    ]


def imputation_ends(adsl: pd.DataFrame, groups: TwoGroups, plan: Plan) -> FloatArray:
    """Months from randomisation up to which each patient's time is imputed.

    The data cut, as long as the patient could have been observed; or, if the plan says so, its horizon.
    """
    if plan.imputation_end == "horizon":
        return np.full(groups.times.time.size, plan.imputation_months)
    known = adsl.set_index("USUBJID").reindex(groups.times.subject)
    days = (pd.to_datetime(known["DCUTDT"]) - pd.to_datetime(known["RANDDT"])).dt.days
    return np.asarray(numbers(days) / plan.days_per_month)


def tipping_rows(groups: TwoGroups, ends: FloatArray, about: About, plan: Plan) -> list[ResultRow]:
    """Impute what follows censoring up to ``ends``, with a raised hazard in the experimental group.

    Blocks ``imputed.<group>``: whose time is imputed, and how many person-months are open to it; ``delta.<factor>``:
    hazard ratio, and on whom the factor acts; ``tipping_delta``: the smallest factor that tips, or why none does.
    """
    end = "the data cut" if plan.imputation_end == "cut" else f"month {plan.imputation_months:g}"
    method = (
        f"{plan.imputations} imputations up to {end} from exponential hazards of either group, seed {plan.seed}, "
        "Cox models combined by Rubin's rules"
    )
    room = np.where(groups.times.event == 0, np.maximum(0.0, ends - groups.times.time), 0.0)
    rows: list[ResultRow] = []
    for side, members in (("experimental", groups.experimental), ("control", ~groups.experimental)):
        block = about.of(ids.imputed(side), context=f"time from censoring to {end}, {side} group")
        rows += _reach(int((room[members] > 0).sum()), float(room[members].sum()), int(members.sum()), block)
    tipped: float | None = None
    first: float | None = None
    why = ""
    for delta in plan.tipping_deltas:
        block = about.of(
            ids.tipping_factor(delta),
            context=f"hazard times {delta:g} once censored, experimental group, up to {end}",
        )
        # A factor of 1 changes no hazard, but both groups are imputed; the factor acts on the experimental group.
        own = room if delta == 1 else room[groups.experimental]
        rows += _reach(int((own > 0).sum()), float(own.sum()), groups.times.time.size, block)
        try:
            found = impute_after_censoring(groups, ends, delta, plan)
        except NotEstimable as verdict:
            why = verdict.detail
            rows += block.refused(verdict, *HAZARD_RATIO, method=method)
            continue
        upper = float(np.exp(found.upper))
        first = upper if first is None else first
        tipped = delta if tipped is None and upper >= 1 else tipped
        values = (float(np.exp(found.estimate)), float(np.exp(found.lower)), upper, found.p_value)
        labels = ("Hazard ratio", "Lower limit", "Upper limit", None)
        rows += [
            block.row(name, value, label=label, n=room.size, method=method)
            for name, label, value in zip(HAZARD_RATIO, labels, values, strict=True)
        ]
    acts = bool(room[groups.experimental].any())
    return [*rows, _tipping_delta(tipped, first, why, acts, about, method)]


def _tipping_delta(
    tipped: float | None, first: float | None, why: str, acts: bool, about: About, method: str
) -> ResultRow:
    label = "Smallest factor at which the upper limit of the hazard ratio reaches 1"
    note = why
    if first is not None and first >= 1:
        tipped, note = None, "the upper limit is 1 or more before any factor is applied: nothing to tip"
    elif tipped is None and not note:
        note = (
            "the upper limit stays below 1 at every factor of the plan"
            if acts
            else "no experimental patient has time to impute, so no factor changes anything"
        )
    return about.row("delta", tipped, label=label, method=method, note="" if tipped is not None else note)


def impute_after_censoring(groups: TwoGroups, ends: FloatArray, delta: float, plan: Plan) -> PooledEstimate:
    """Impute an event, or none up to ``ends``, for every censored patient, and combine the log hazard ratios.

    The hazard of each group is drawn from its posterior given events and time at risk (Gamma); after censoring the
    experimental group's is multiplied by ``delta``. The same random numbers serve
    every factor.

    Raises
    ------
    NotEstimable
        ``no_events`` (a group has none, so it has no hazard to impute with), ``no_time_at_risk``, and what
        ``groups.require`` and the Cox model raise.
    """
    groups.require(plan)
    empty = [groups.words(name) for name, n in groups.events.items() if not n]
    if empty:
        raise NotEstimable(
            "no_events", groups.events, f"no event in {' or '.join(empty)}: no hazard to impute with"
        )
    if not min(groups.times.time[side].sum() for side in (groups.experimental, ~groups.experimental)):
        raise NotEstimable(
            "no_time_at_risk", groups.sizes, "a group was never at risk: no hazard to impute with"
        )
    rng = np.random.default_rng(np.random.SeedSequence(plan.seed))
    found = []
    for _ in range(plan.imputations):
        time, event = _imputed(groups, ends, delta, rng)
        term = methods.cox_model(time, event, groups.experimental.astype(float)).terms[0]
        found.append((term.coefficient, term.std_err))
    estimates, errors = zip(*found, strict=True)
    return methods.pool_imputations(estimates, errors, confidence=plan.confidence)


def _imputed(
    groups: TwoGroups, ends: FloatArray, delta: float, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    times = groups.times
    hazard = np.zeros(times.time.size)
    for members, factor in ((groups.experimental, delta), (~groups.experimental, 1.0)):
        events, at_risk = times.event[members].sum(), times.time[members].sum()
        hazard[members] = factor * rng.gamma(events) / at_risk
    after = times.time + rng.standard_exponential(times.time.size) / hazard
    end = np.maximum(ends, times.time)
    censored = times.event == 0
    return (
        np.where(censored, np.minimum(after, end), times.time),
        np.where(censored, (after < end).astype(np.int64), times.event),
    )
