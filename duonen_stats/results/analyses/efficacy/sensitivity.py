"""Sensitivity of the primary comparison: worst cases, tipping point, weights of censoring."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.survival_records import (
    LOST,
    MISSED,
    NEW_THERAPY,
    NO_ASSESSMENT,
    WITHDRAWN,
)
from duonen_stats.errors import NotEstimable
from duonen_stats.methods import PooledEstimate
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray, IntArray
from duonen_stats.plan import Plan, rule_of
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.survival import comparison_about
from duonen_stats.results.rows.compare_times import HAZARD_RATIO, hazard_ratio_rows
from duonen_stats.results.rows.groups import numbers
from duonen_stats.results.rows.survival_curve import MONTHS
from duonen_stats.results.rows.table import About, ResultRow
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
            context=f"hazard times {delta:g} once censored, {groups.words(groups.name)}, up to {end}",
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
    return [
        *rows,
        _tipping_delta(tipped, first, why, "" if acts else groups.words(groups.name), about, method),
    ]


def _tipping_delta(
    tipped: float | None, first: float | None, why: str, idle: str, about: About, method: str
) -> ResultRow:
    label = "Smallest factor at which the upper limit of the hazard ratio reaches 1"
    note = why
    if first is not None and first >= 1:
        tipped, note = None, "the upper limit is 1 or more before any factor is applied: nothing to tip"
    elif tipped is None and not note:
        note = (
            "the upper limit stays below 1 at every factor of the plan"
            if not idle
            else f"no patient of {idle} has time to impute, so no factor changes anything"
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
        term = methods.cox_model(time, event, groups.experimental.astype(float), names=(groups.term,)).terms[
            0
        ]
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


# The hypothetical estimand without taking those who left to be like the rest: weights for who was
# censored.


_WEIGHTS = ("smallest_weight", "mean_weight", "largest_weight")


def analyse_informative_censoring(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Weight patients still observed under the hypothetical estimand for those censored like them.

    The unweighted analysis takes a patient censored at another treatment, or before missed assessments, to be like
    those of the same arm still observed. Here only patients alike in arm and the plan's baseline variables are taken
    to be so. Rows ``pfshyp.weighted.*``: hr, ci_low, ci_high, p; ``left``, how many were censored so; the weights.

    Source: Robins & Finkelstein (2000) Biometrics 56:779-788; ICH E9(R1), A.5.1.
    """
    parameter, label = ENDPOINTS["pfshyp"]
    groups = two_groups(times_of(data.adtte, parameter), experimental_arms(study, plan), plan)
    about = comparison_about(groups, ids.weighted("pfshyp"), label)
    gone = np.isin(groups.times.reason, (NEW_THERAPY, MISSED))
    rows = [
        about.row(
            "left", int(gone.sum()), n=gone.size, label="Censored by other treatment or missed assessments"
        )
    ]
    method = (
        "Cox model weighted by the inverse probability of not having left (Cox model of leaving by arm and "
        f"{plan.words('censoring_covariates')}; stabilised, not truncated), Efron ties, robust variance"
    )
    try:
        groups.require(plan)
        covariates = baseline_columns(data.adsl, groups, plan)
        return rows + _weighted(groups, gone, covariates, about, plan, method)
    except NotEstimable as verdict:
        return rows + about.refused(
            verdict, *HAZARD_RATIO, *_WEIGHTS, method=method, n=groups.times.time.size
        )


def _weighted(
    groups: TwoGroups,
    gone: BoolArray,
    covariates: Mapping[str, FloatArray],
    about: About,
    plan: Plan,
    method: str,
) -> list[ResultRow]:
    times = groups.times
    found = methods.censoring_weights(
        times.time,
        times.event,
        gone.astype(int),
        np.column_stack(list(covariates.values())),
        strata=times.arm,
        firth=plan.firth,
        names=tuple(covariates),
    )
    if found.penalised:
        method = method.replace("(Cox model of", "(Firth's penalised Cox model of")
    fitted = methods.weighted_cox_model(
        found.entry,
        found.time,
        found.event,
        groups.experimental.astype(float)[found.subject],
        weights=found.weight,
        cluster=found.subject,
        names=(groups.term,),
        confidence=plan.confidence,
    )
    term = fitted.terms[0]
    values = {
        "hr": ("Hazard ratio", term.hazard_ratio),
        "ci_low": ("Lower limit", term.lower),
        "ci_high": ("Upper limit", term.upper),
        "p": (None, term.p_value),
        "smallest_weight": ("Smallest weight", found.smallest),
        "mean_weight": ("Mean weight", found.mean),
        "largest_weight": ("Largest weight", found.largest),
    }
    return [
        about.row(name, value, label=label, n=times.time.size, method=method)
        for name, (label, value) in values.items()
    ]


def baseline_columns(
    adsl: pd.DataFrame, groups: TwoGroups, plan: Plan, *, decision: str = "censoring_covariates"
) -> dict[str, FloatArray]:
    """Baseline variables that a decision of the plan names, as columns of numbers, by name.

    Others than numbers are indicators of their levels.
    A missing level is a level of its own; for a missing number the median is put, with an indicator that it is
    missing. The first level is the reference, and a variable with one value is left out. A name is in the words of
    the plan: ``age``, ``age missing``, ``histological grade G2``.

    Raises
    ------
    NotEstimable
        ``no_covariate``: nothing varies.
    """
    terms = baseline_terms(adsl, groups, plan, decision=decision)
    varying = {words: term.column for words, term in terms.items() if term.column is not None}
    if not varying:
        use = "weight by" if decision == "censoring_covariates" else "adjust for"
        raise NotEstimable(
            "no_covariate", groups.sizes, f"no baseline variable that varies: nothing to {use} but the arm"
        )
    return varying


@dataclass(frozen=True, slots=True, eq=False)
class BaselineTerm:
    """A term of a model: its column (None if the variable does not vary), and how a display names it."""

    column: FloatArray | None
    shown: str


def baseline_terms(
    adsl: pd.DataFrame, groups: TwoGroups, plan: Plan, *, decision: str
) -> dict[str, BaselineTerm]:
    """Baseline variables that a decision of the plan names, as the terms they have in a model, in order.

    Each is there, by the names of ``baseline_columns``: a variable with one value in all patients has no column under
    its own name, because it is no term of any model.
    """
    known = adsl.set_index("USUBJID").reindex(groups.times.subject)
    said = rule_of(decision).choices
    terms: dict[str, BaselineTerm] = {}
    for name in getattr(plan, decision):
        values, words = known[name], said[name]
        if pd.api.types.is_numeric_dtype(values):
            own = numbers(values)
            unknown = np.isnan(own)
            middle = float(np.median(own[~unknown])) if not unknown.all() else 0.0
            columns = {words: np.where(unknown, middle, own), f"{words} missing": unknown.astype(float)}
        else:
            levels = values.astype("string").fillna("missing")
            columns = {
                f"{words} {level}": (levels == level).to_numpy(dtype=float)
                for level in sorted(levels.unique())[1:]
            }
        shown = {words: f"{words}, per year"} if name == "AGE" else {f"{words} Y": f"{words}: yes"}
        varying = {
            term: BaselineTerm(column, shown.get(term, term))
            for term, column in columns.items()
            if column.size and np.ptp(column) > 0
        }
        terms |= varying or {words: BaselineTerm(None, shown.get(words, words))}
    return terms
