"""What stands beside the primary comparison: progression between assessments, adjustment, the schedule of the plan."""

from collections.abc import Callable
from dataclasses import replace
from math import exp

import numpy as np

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.assessment_times import (
    assessment_gaps,
    progression_bounds,
    times_on_schedule,
)
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import BoolArray, FloatArray
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.sensitivity import baseline_columns, baseline_terms
from duonen_stats.results.analyses.efficacy.survival import comparison_about
from duonen_stats.results.rows.compare_times import HAZARD_RATIO, hazard_ratio_rows, log_rank_rows
from duonen_stats.results.rows.describe import count, describe
from duonen_stats.results.rows.groups import ALL, ARM, numbers
from duonen_stats.results.rows.survival_curve import MONTHS
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    Times,
    TwoGroups,
    each_time_group,
    experimental_arms,
    group_level,
    times_of,
    two_groups,
)
from duonen_stats.study import Study

_LABELS = {"hr": "Hazard ratio", "ci_low": "Lower limit", "ci_high": "Upper limit"}
_PARAMETER, _LABEL = ENDPOINTS["pfs"]
_HALF_DAY = 0.5
_TURNBULL = "non-parametric maximum likelihood of interval-censored times (Turnbull)"
_ENDS = {"left": "Interval on which the curve is undetermined, after", "right": "The same, up to"}
_AT_MONTH = {"lowest": "Lowest survival", "highest": "Highest survival", **_ENDS}
_CLASS = {**_ENDS, "mass": "Probability of the event within", "survival": "Survival from its end on"}
_DETERMINED = "the curve is determined at this month"
_NO_END = "no end: nobody was observed longer"
_Fit = Callable[[FloatArray, FloatArray, BoolArray, Plan], methods.IntervalFit]


def _groups(data: Datasets, study: Study, plan: Plan) -> TwoGroups:
    return two_groups(times_of(data.adtte, _PARAMETER), experimental_arms(study, plan), plan)


def analyse_interval_censored(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Compare PFS with each progression between the assessments around it, by two parametric models.

    The primary comparison dates a progression by the assessment that showed it. Here it lies anywhere since the last
    evaluable assessment without one; a death is exact. A Weibull model with proportional hazards, and an exponential
    one whose baseline hazard changes at the months of the plan.

    Source: Lindsey & Ryan (1998) Stat Med 17:219-238; Turnbull (1976) J R Stat Soc B 38:290-295.
    """
    groups = _groups(data, study, plan)
    low, high = _bounds(data, groups.times, plan)
    exact = low == high
    # A death on the day of randomisation happened on that day, so before the half of it at the latest.
    upper = np.where(exact & (high == 0), _HALF_DAY / plan.days_per_month, high)
    lower = np.where(exact & (high == 0), 0.0, low)
    models: dict[str, tuple[str, _Fit]] = {
        "weibull": ("Weibull model, interval-censored", _weibull),
        "piecewise": (
            "piecewise exponential model, interval-censored, hazard changing at "
            f"{', '.join(f'{cut:g}' for cut in plan.interval_cutpoints)} months",
            _piecewise,
        ),
    }
    rows = []
    for name, (method, fit) in models.items():
        about = replace(comparison_about(groups, ids.interval_model(name), _LABEL), context="exploratory")
        rows += _known_how(low, high, about)
        rows += _interval_rows(groups, lower, upper, fit, about, plan, method)
    return rows


def _bounds(data: Datasets, times: Times, plan: Plan) -> tuple[FloatArray, FloatArray]:
    found = progression_bounds(data.adtte, data.adrs, plan).set_index("USUBJID").reindex(times.subject)
    return numbers(found["LOWER"]), numbers(found["UPPER"])


def _known_how(low: FloatArray, high: FloatArray, about: About) -> list[ResultRow]:
    exact, censored = low == high, np.isinf(high)
    counts = {
        "n": (low.size, "Number of patients"),
        "exact": (int(exact.sum()), "Patients with an exact time (death)"),
        "between": (int((~exact & ~censored).sum()), "Patients with progression between two times"),
        "censored": (int(censored.sum()), "Patients without an event"),
    }
    return [about.row(stat, value, n=low.size, label=label) for stat, (value, label) in counts.items()]


def analyse_interval_curves(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Estimate PFS by arm with each progression between the assessments around it, without a model.

    At the plan's months, the lowest and the highest that the curve can be there, and the interval on which the data
    leave it open; and every such interval with its mass. There are no limits: none are known to be right.

    Source: Turnbull (1976) J R Stat Soc B 38:290-295; Gentleman & Geyer (1994) Biometrika 81:618-623.
    """
    rows: list[ResultRow] = []
    for group, own in each_time_group(times_of(data.adtte, _PARAMETER), study, plan):
        about = About(
            id=ids.interval_curve(group),
            display="Efficacy",
            population=Population.RANDOMISED,
            group1=ARM,
            group1_level=ALL if group == ALL else group_level(group, study, plan),
            variable=_LABEL,
            context="exploratory",
        )
        rows += interval_curve_rows(*_bounds(data, own, plan), about, plan)
    return rows


def interval_curve_rows(lower: FloatArray, upper: FloatArray, about: About, plan: Plan) -> list[ResultRow]:
    """Make the rows of one group: its counts, the curve at the plan's months, the intervals that hold mass."""
    rows = _known_how(lower, upper, about)
    try:
        found = methods.interval_survival(lower, upper)
    except NotEstimable as verdict:
        rows += about.refused(verdict, "classes", method=_TURNBULL, n=lower.size)
        for month in plan.landmark_months:
            block = about.of(ids.interval_rate(about.id, month))
            rows += block.refused(verdict, *_AT_MONTH, method=_TURNBULL, n=lower.size)
        return rows
    label = "Number of intervals that hold mass"
    rows.append(about.row("classes", found.mass.size, n=found.n, label=label, method=_TURNBULL))
    for at in methods.interval_survival_at(found, plan.landmark_months):
        block = about.of(ids.interval_rate(about.id, at.time), context=f"{about.context}; {at.time:g} months")
        values = (at.lowest, at.highest, at.left, at.right)
        rows += _interval(block, dict(zip(_AT_MONTH, values, strict=True)), _AT_MONTH, found.n)
    days = ids.days(found.left, plan.days_per_month)
    for day, *ends in zip(days, found.left, found.right, found.mass, found.survival, strict=True):
        block = about.of(ids.interval_class(about.id, day))
        rows += _interval(block, dict(zip(_CLASS, ends, strict=True)), _CLASS, found.n)
    return rows


def _interval(
    block: About, values: "dict[str, float | None]", labels: "dict[str, str]", n: int
) -> list[ResultRow]:
    rows = []
    for name, value in values.items():
        known = value is not None and np.isfinite(value)
        why = _DETERMINED if value is None else _NO_END
        rows.append(
            block.row(
                name,
                value if known else None,
                label=labels[name],
                unit=MONTHS if name in ("left", "right") else "",
                n=n,
                method=_TURNBULL,
                note="" if known else why,
            )
        )
    return rows


def _weibull(
    lower: FloatArray, upper: FloatArray, experimental: BoolArray, plan: Plan
) -> methods.IntervalFit:
    return methods.weibull_hazard_ratio(lower, upper, experimental, confidence=plan.confidence)


def _piecewise(
    lower: FloatArray, upper: FloatArray, experimental: BoolArray, plan: Plan
) -> methods.IntervalFit:
    return methods.piecewise_hazard_ratio(
        lower, upper, experimental, cutpoints=plan.interval_cutpoints, confidence=plan.confidence
    )


def _interval_rows(
    groups: TwoGroups,
    lower: FloatArray,
    upper: FloatArray,
    fit: _Fit,
    about: About,
    plan: Plan,
    method: str,
) -> list[ResultRow]:
    try:
        groups.require(plan)
        _require_events(groups)
        found = fit(lower, upper, groups.experimental, plan)
    except NotEstimable as verdict:
        return about.refused(verdict, *HAZARD_RATIO, method=method)
    values = {
        "hr": exp(found.coefficient),
        "ci_low": exp(found.lower),
        "ci_high": exp(found.upper),
        "p": found.p_value,
    }
    return [
        about.row(name, value, label=_LABELS.get(name), n=lower.size, method=method)
        for name, value in values.items()
    ]


def _require_events(groups: TwoGroups) -> None:
    empty = [groups.words(name) for name, events in groups.events.items() if not events]
    if empty:
        raise NotEstimable(
            "monotone_likelihood",
            groups.events,
            f"no event in {' or '.join(empty)}: the likelihood has no maximum",
        )


def analyse_adjusted(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Compare PFS by Cox's model with the baseline variables that the plan names.

    Each of them has its rows also where the model has no answer, or where all patients have one value of it.

    Source: EMA (2015) Guideline on adjustment for baseline covariates; Cox (1972) J R Stat Soc B 34:187-220.
    """
    groups = _groups(data, study, plan)
    about = replace(comparison_about(groups, ids.adjusted(), _LABEL), context="exploratory")
    method = f"Cox model, Efron ties, Wald limits, adjusted for {plan.words('adjustment_covariates')}"
    n, events = groups.times.time.size, int(groups.times.event.sum())
    rows = [
        about.row("n", n, n=n, label="Number of patients"),
        about.row("events", events, n=n, label="Number of events"),
    ]
    decision = "adjustment_covariates"
    blocks = {
        name: (
            about.of(ids.adjusted_term(name), variable_level=name, shown_level=term.shown),
            term.column is not None,
        )
        for name, term in baseline_terms(data.adsl, groups, plan, decision=decision).items()
    }
    for name, (block, varies) in blocks.items():
        if not varies:
            one = NotEstimable(
                "constant_input", groups.sizes, f"{name} does not vary: it is not in the model"
            )
            rows += block.refused(one, *HAZARD_RATIO, method=method)
    try:
        groups.require(plan)
        covariates = baseline_columns(data.adsl, groups, plan, decision=decision)
        found = methods.cox_model(
            groups.times.time,
            groups.times.event,
            np.column_stack([groups.experimental.astype(float), *covariates.values()]),
            names=(groups.term, *covariates),
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        asked = [about, *(block for block, varies in blocks.values() if varies)]
        return rows + [row for one in asked for row in one.refused(verdict, *HAZARD_RATIO, method=method)]
    for term in found.terms:
        block = about if term.name == groups.term else blocks[term.name][0]
        values = (term.hazard_ratio, term.lower, term.upper, term.p_value)
        rows += [
            block.row(stat, value, label=_LABELS.get(stat), n=n, method=method)
            for stat, value in zip(HAZARD_RATIO, values, strict=True)
        ]
    return rows


def analyse_schedule(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Compare PFS with progressions dated by the schedule, and describe how the investigators kept to it.

    Arms in which patients are seen more often show progression earlier. Dated by the schedule they do not.

    Source: FDA (2018) Clinical trial endpoints for cancer drugs, Appendix; §2.4 of the interim publication.
    """
    scheduled = times_on_schedule(data.adtte, plan)
    groups = two_groups(times_of(scheduled, _PARAMETER), experimental_arms(study, plan), plan)
    about = replace(comparison_about(groups, ids.on_schedule(), _LABEL), context="exploratory")
    moved = scheduled.set_index("USUBJID")["SHIFT"].reindex(groups.times.subject)
    n = groups.times.time.size
    tests = {row.stat_name: row for row in log_rank_rows(groups, about, plan)}
    p = tests["p"]
    rows = [
        about.row("n", n, n=n, label="Number of patients"),
        about.row("events", int(groups.times.event.sum()), n=n, label="Number of events"),
        about.row("moved", int((numbers(moved) != 0).sum()), n=n, label="Patients whose time is moved"),
        *hazard_ratio_rows(groups, about, plan),
        about.row(
            "log_rank_p", p.stat, label="p-value of the log-rank test", n=p.n, method=p.method, note=p.note
        ),
    ]
    return rows + _keeping(data, study, plan)


def _keeping(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    gaps = assessment_gaps(data.adtte, data.adrs, plan)
    rows: list[ResultRow] = []
    for group, own in each_time_group(times_of(data.adtte, _PARAMETER), study, plan):
        about = About(
            display="Efficacy",
            population=Population.RANDOMISED,
            group1=ARM,
            group1_level=ALL if group == ALL else group_level(group, study, plan),
            variable=_LABEL,
            unit="days",
        )
        chosen = gaps[gaps["USUBJID"].isin(own.subject)]
        means = chosen.groupby("USUBJID")["DAYS"].mean()
        block = about.of(ids.assessment_interval(group), context="each patient's mean between assessments")
        rows += describe(numbers(means), block, plan, population=own.subject.size)
        rows += count(
            int(chosen["OFF"].sum()),
            len(chosen),
            about.of(ids.off_schedule(group), population=Population.ASSESSMENTS),
            of="evaluable assessments",
        )
    return rows
