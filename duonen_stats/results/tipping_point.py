"""How bad would the censored patients have to be for the result to change?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.survival_rules import LOST, NO_ASSESSMENT, WITHDRAWN
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import PooledEstimate
from duonen_stats.methods.door import BoolArray, FloatArray, IntArray
from duonen_stats.results import ids
from duonen_stats.results.about import About
from duonen_stats.results.compare_times import HAZARD_RATIO, hazard_ratio_rows
from duonen_stats.results.efficacy import comparison_about
from duonen_stats.results.groups import numbers
from duonen_stats.results.table import ResultRow
from duonen_stats.results.times import ENDPOINTS, TwoGroups, experimental_arms, times_of, two_groups
from duonen_stats.sap import Plan
from duonen_stats.study import Study

_EARLY = (LOST, WITHDRAWN, NO_ASSESSMENT)


def analyse_censoring(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Ask of PFS what the censored patients could change: worst case, best case, tipping point.

    Source: ICH E9(R1), section A.5.2; Lipkovich, Ratitch & O'Kelly (2016) Pharm Stat 15:216-229.
    """
    parameter, label = ENDPOINTS["pfs"]
    groups = two_groups(times_of(data.adtte, parameter), experimental_arms(study, plan), plan)
    about = comparison_about(groups, ids.tipping_point(), label)
    return [
        *_extreme(groups, groups.experimental, about.of(ids.extreme_case("worst_case")), plan),
        *_extreme(groups, ~groups.experimental, about.of(ids.extreme_case("best_case")), plan),
        *_tipping(groups, longest_times(data.adsl, groups, plan), about, plan),
    ]


def _extreme(groups: TwoGroups, affected: BoolArray, about: About, plan: Plan) -> list[ResultRow]:
    """Patients of one group who left early, or were never assessed, have the event when they are censored."""
    left = affected & np.isin(groups.times.reason, _EARLY)
    who = groups.name if affected is groups.experimental else groups.control
    about = replace(about, context=f"patients of {who} lost, withdrawn or never assessed have the event then")
    times = replace(groups.times, event=np.where(left, 1, groups.times.event))
    changed = about.row("changed", int(left.sum()), n=left.size, label="Number of patients changed")
    return [changed, *hazard_ratio_rows(replace(groups, times=times), about, plan)]


def longest_times(adsl: pd.DataFrame, groups: TwoGroups, plan: Plan) -> FloatArray:
    """Months from randomisation to the data cut, as long as each patient could have been observed."""
    known = adsl.set_index("USUBJID").reindex(groups.times.subject)
    days = (pd.to_datetime(known["DCUTDT"]) - pd.to_datetime(known["RANDDT"])).dt.days
    return np.asarray(numbers(days) / plan.days_per_month)


def _tipping(groups: TwoGroups, longest: FloatArray, about: About, plan: Plan) -> list[ResultRow]:
    """Impute what follows censoring up to the cut, with a raised hazard in the experimental group."""
    method = (
        f"{plan.imputations} imputations from exponential hazards of either group, seed {plan.seed}, "
        "Cox models combined by Rubin's rules"
    )
    rows: list[ResultRow] = []
    tipped: float | None = None
    first: float | None = None
    why = ""
    for delta in plan.tipping_deltas:
        block = about.of(
            ids.tipping_factor(delta), context=f"hazard times {delta:g} once censored, experimental group"
        )
        try:
            found = impute_after_censoring(groups, longest, delta, plan)
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
            block.row(name, value, label=label, n=longest.size, method=method)
            for name, label, value in zip(HAZARD_RATIO, labels, values, strict=True)
        ]
    return [*rows, _tipping_delta(tipped, first, why, about, method)]


def _tipping_delta(
    tipped: float | None, first: float | None, why: str, about: About, method: str
) -> ResultRow:
    label = "Smallest factor at which the upper limit of the hazard ratio reaches 1"
    note = why
    if first is not None and first >= 1:
        tipped, note = None, "the upper limit is 1 or more before any factor is applied: nothing to tip"
    elif tipped is None and not note:
        note = "the upper limit stays below 1 at every factor of the plan"
    return about.row("delta", tipped, label=label, method=method, note="" if tipped is not None else note)


def impute_after_censoring(
    groups: TwoGroups, longest: FloatArray, delta: float, plan: Plan
) -> PooledEstimate:
    """Impute an event or the data cut for every censored patient, and combine the log hazard ratios.

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
    empty = [name for name, n in groups.events.items() if not n]
    if empty:
        raise NotEstimable(
            "no_events", groups.events, f"no event in {' and '.join(empty)}: no hazard to impute"
        )
    if not min(groups.times.time[side].sum() for side in (groups.experimental, ~groups.experimental)):
        raise NotEstimable("no_time_at_risk", groups.sizes, "a group was never at risk: no hazard to impute")
    rng = np.random.default_rng(np.random.SeedSequence(plan.seed))
    found = []
    for _ in range(plan.imputations):
        time, event = _imputed(groups, longest, delta, rng)
        term = methods.cox_model(time, event, groups.experimental.astype(float)).terms[0]
        found.append((term.coefficient, term.std_err))
    estimates, errors = zip(*found, strict=True)
    return methods.pool_imputations(estimates, errors, confidence=plan.confidence)


def _imputed(
    groups: TwoGroups, longest: FloatArray, delta: float, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    times = groups.times
    hazard = np.zeros(times.time.size)
    for members, factor in ((groups.experimental, delta), (~groups.experimental, 1.0)):
        events, at_risk = times.event[members].sum(), times.time[members].sum()
        hazard[members] = factor * rng.gamma(events) / at_risk
    after = times.time + rng.standard_exponential(times.time.size) / hazard
    end = np.maximum(longest, times.time)
    censored = times.event == 0
    return (
        np.where(censored, np.minimum(after, end), times.time),
        np.where(censored, (after < end).astype(np.int64), times.event),
    )
