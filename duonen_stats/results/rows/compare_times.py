"""Compare times to an event: log-rank, hazard ratio, restricted mean."""

import numpy as np

from duonen_stats import methods
from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.admit import BoolArray
from duonen_stats.methods.survival.log_rank import LogRankResult
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.survival_curve import MONTHS
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import Times, TwoGroups

HAZARD_RATIO = ("hr", "ci_low", "ci_high", "p")
_LABELS = {
    "hr": "Hazard ratio",
    "ci_low": "Lower limit",
    "ci_high": "Upper limit",
    "coef": "Log hazard ratio",
    "se": "Standard error of the log hazard ratio",
    "z": "Standardised score of the group compared with the control",
}
_COX = "Cox model, Efron ties, Wald limits"
_FIRTH = "Cox model with Firth's penalty, profile limits, penalised likelihood ratio test"
_RMST = ("experimental", "control", "difference", "ci_low", "ci_high", "p")
_UNREACHED = "the profile likelihood reaches no limit on this side"


def compare_times(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Compare two groups: blocks log_rank, cox, firth, hr (the one to show) and rmst.

    A block that cannot be estimated has its rows with the reason. A hazard ratio below 1 favours the experimental
    group.
    """
    return [
        *log_rank_rows(groups, about.of(ids.log_rank(about.id)), plan),
        *hazard_rows(groups, about, plan),
        *restricted_mean_rows(groups, about.of(ids.rmst(about.id)), plan),
    ]


def log_rank_rows(
    groups: TwoGroups, about: About, plan: Plan, *, strata: np.ndarray | None = None
) -> list[ResultRow]:
    """Test two groups by log-rank: rows statistic, df, p, z."""
    try:
        groups.require(plan)
        found = methods.log_rank(
            groups.times.time,
            groups.times.event,
            groups.labels,
            strata=strata,
            levels=(groups.name, groups.control),
        )
    except NotEstimable as verdict:
        return about.refused(verdict, "statistic", "df", "p", "z", method="log-rank")
    return [*log_rank_of(found, about), _row(about, "z", found.z, found.n, found.method)]


def log_rank_arms(times: Times, arms: tuple[str, ...], about: About, plan: Plan) -> list[ResultRow]:
    """Test all arms by one log-rank test: rows statistic, df, p. Arms without a patient are named and left out."""
    try:
        _require_sizes(times, arms, plan)
        found = methods.log_rank(times.time, times.event, times.arm, levels=arms)
    except NotEstimable as verdict:
        return about.refused(verdict, "statistic", "df", "p", method="log-rank")
    return log_rank_of(found, about)


def _require_sizes(times: Times, arms: tuple[str, ...], plan: Plan) -> None:
    sizes = {arm: int(np.count_nonzero(times.arm == arm)) for arm in arms}
    if any(0 < n < plan.min_group for n in sizes.values()):
        raise NotEstimable("group_too_small", sizes, f"an arm has fewer than {plan.min_group} patients")


def log_rank_of(found: LogRankResult, about: About) -> list[ResultRow]:
    """Make the rows statistic, df and p of a log-rank test."""
    note = found.note.replace("empty_group: ", "without patients: arm ").replace(
        "time 0: ", "times of 0 months: "
    )
    method = f"{found.method}{f'; {note}' if note else ''}"
    values = {"statistic": found.statistic, "df": found.df, "p": found.p_value}
    return [about.row(name, value, n=found.n, method=method) for name, value in values.items()]


def hazard_rows(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Estimate the hazard ratio by Cox and by Firth, and choose one: blocks cox, firth, hr."""
    cox = cox_rows(groups, about.of(ids.cox(about.id)), plan)
    firth = firth_rows(groups, about.of(ids.firth(about.id)), plan)
    return [*cox, *firth, *_chosen(cox, firth, about.of(ids.hazard_ratio(about.id)), plan)]


def hazard_ratio_rows(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Estimate only the hazard ratio to show: rows hr, ci_low, ci_high, p."""
    cox = cox_rows(groups, about, plan)
    if plan.firth == "fallback" and cox[0].stat is not None:
        return [row for row in cox if row.stat_name in HAZARD_RATIO]
    firth = firth_rows(groups, about, plan)
    chosen = firth if firth[0].stat is not None else cox
    return [row for row in chosen if row.stat_name in HAZARD_RATIO]


def cox_rows(
    groups: TwoGroups, about: About, plan: Plan, *, strata: np.ndarray | None = None
) -> list[ResultRow]:
    """Fit Cox's model to two groups: rows hr, ci_low, ci_high, p, coef, se."""
    method = f"{_COX}{', stratified' if strata is not None else ''}"
    try:
        groups.require(plan)
        found = methods.cox_model(
            groups.times.time,
            groups.times.event,
            groups.experimental.astype(float),
            names=(groups.term,),
            strata=strata,
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        return about.refused(verdict, *HAZARD_RATIO, "coef", "se", method=method)
    term = found.terms[0]
    values = {
        "hr": term.hazard_ratio,
        "ci_low": term.lower,
        "ci_high": term.upper,
        "p": term.p_value,
        "coef": term.coefficient,
        "se": term.std_err,
    }
    return [_row(about, name, value, found.n, method) for name, value in values.items()]


def firth_rows(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Fit the penalised model to two groups: rows hr, ci_low, ci_high, p, coef."""
    try:
        groups.require(plan)
        found = methods.firth_model(
            groups.times.time,
            groups.times.event,
            groups.experimental.astype(float),
            names=(groups.term,),
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        return about.refused(verdict, *HAZARD_RATIO, "coef", method=_FIRTH)
    term = found.terms[0]
    values = {
        "hr": term.hazard_ratio,
        "ci_low": term.lower,
        "ci_high": term.upper,
        "p": term.p_value,
        "coef": term.coefficient,
    }
    return [_row(about, name, value, found.n, _FIRTH) for name, value in values.items()]


def _chosen(cox: list[ResultRow], firth: list[ResultRow], about: About, plan: Plan) -> list[ResultRow]:
    penalised = firth[0].stat is not None and (plan.firth == "always" or cox[0].stat is None)
    rows = {row.stat_name: row for row in (firth if penalised else cox)}
    return [
        about.row(
            name,
            rows[name].stat,
            label=rows[name].stat_label,
            n=rows[name].n,
            method=rows[name].method,
            note=rows[name].note,
        )
        for name in HAZARD_RATIO
    ]


def _row(about: About, name: str, value: float | None, n: int, method: str) -> ResultRow:
    return about.row(
        name, value, label=_LABELS.get(name), n=n, method=method, note="" if value is not None else _UNREACHED
    )


def restricted_mean_rows(groups: TwoGroups, about: About, plan: Plan) -> list[ResultRow]:
    """Compare restricted means: rows experimental, control, difference, ci_low, ci_high, p (months).

    Before them ``tau``, the horizon, and ``at_risk_experimental`` and ``at_risk_control``, the patients still at risk
    then. If a smaller part of a group than ``plan.rmst_min_at_risk`` is, there is no mean, and the reason says so.
    """
    method = f"restricted mean, {_HORIZON[plan.rmst_tau]}"
    try:
        groups.require(plan)
    except NotEstimable as verdict:
        names = ("tau", "at_risk_experimental", "at_risk_control", *_RMST)
        return about.refused(verdict, *names, method=method)
    tau = _tau(groups, plan)
    rows = _horizon_rows(groups, tau, about, method)
    try:
        _require_at_risk(groups, tau, plan)
        found = methods.restricted_mean_difference(
            groups.times.time,
            groups.times.event,
            groups.labels,
            compare=(groups.name, groups.control),
            tau=tau,
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        return rows + about.refused(verdict, *_RMST, method=method)
    labels = (
        f"Mean of {groups.words(groups.name)}",
        f"Mean of {groups.words(groups.control)}",
        "Difference",
        "Lower limit",
        "Upper limit",
        None,
    )
    values = (
        found.mean_a.estimate,
        found.mean_b.estimate,
        found.difference,
        found.lower,
        found.upper,
        found.p_value,
    )
    return rows + [
        about.row(
            name,
            value,
            label=label,
            unit="" if name == "p" else MONTHS,
            n=groups.times.time.size,
            method=method,
        )
        for name, label, value in zip(_RMST, labels, values, strict=True)
    ]


_HORIZON = {
    "fixed": "horizon fixed in the plan",
    "smallest_last_time": "horizon at the smaller of the two groups' last observed times",
}


def _horizon_rows(groups: TwoGroups, tau: float, about: About, method: str) -> list[ResultRow]:
    n = groups.times.time.size
    left = _at_risk(groups, tau)
    return [
        about.row("tau", tau, label="End of the window", unit=MONTHS, n=n, method=method),
        about.row(
            "at_risk_experimental", left[groups.name], label=f"At risk then, {groups.words(groups.name)}", n=n
        ),
        about.row(
            "at_risk_control",
            left[groups.control],
            label=f"At risk then, {groups.words(groups.control)}",
            n=n,
        ),
    ]


def _at_risk(groups: TwoGroups, tau: float) -> dict[str, int]:
    """Patients of either group whose time is the horizon or longer."""
    long = groups.times.time >= tau
    return {
        groups.name: int(np.count_nonzero(long & groups.experimental)),
        groups.control: int(np.count_nonzero(long & ~groups.experimental)),
    }


def _require_at_risk(groups: TwoGroups, tau: float, plan: Plan) -> None:
    last = float(groups.times.time.max())
    if tau > last:
        raise NotEstimable(
            "beyond_follow_up",
            groups.sizes,
            f"the horizon of {tau:g} months lies beyond the last observed time, {last:.1f} months",
        )
    for name, left in _at_risk(groups, tau).items():
        if left < plan.rmst_min_at_risk * groups.sizes[name]:
            raise NotEstimable(
                "too_few_at_risk",
                groups.sizes,
                f"at {tau:.3g} months {left} of {groups.sizes[name]} patients in {groups.words(name)} are at risk, "
                f"fewer than {100 * plan.rmst_min_at_risk:g} %",
            )


def _tau(groups: TwoGroups, plan: Plan) -> float:
    if plan.rmst_tau == "fixed":
        return plan.rmst_months
    return min(_last(groups, groups.experimental), _last(groups, ~groups.experimental))


def _last(groups: TwoGroups, members: BoolArray) -> float:
    return float(groups.times.time[members].max())
