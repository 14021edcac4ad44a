"""Comparisons of times once more: log-rank by lifelines and statsmodels, Cox by statsmodels, restricted means."""

import contextlib
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import restricted_mean_survival_time
from scipy import optimize, stats
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff

from duonen_stats.verification.derived.times import EVENT
from duonen_stats.verification.recomputed.curves import day_names
from duonen_stats.verification.recomputed.describe import LIFELINES, NUMPY, PANDAS, SCIPY, STATSMODELS, Floats
from duonen_stats.verification.second_numbers import SecondNumbers

EFRON, BY_COX = "efron", "Efron ties"
_FAR, _AHEAD = 4.0, 1e-4
"""A log hazard ratio between the extremes of a covariate may be a runaway from the first; one patient is before another
in a direction by more than the second, of the spread of the covariates."""
_CLIMBS, _SETTLED = 20, 1e-13
_TOLERANCE = 1e-7
"""Coefficients are iterated, and a ratio is an exponential of them."""


def two_groups(times: pd.DataFrame, arms: tuple[str, ...], control: str) -> pd.DataFrame:
    """Select the patients of some arms and of the control arm: ``X`` is 1 in the first, ``EVENT`` 1 for an event."""
    own = times.loc[times["ARM"].isin([*arms, control])]
    return own.assign(X=own["ARM"].isin(arms).astype(float), EVENT=own["CNSR"].eq(EVENT).astype(int))


def large_enough(own: pd.DataFrame, plan: SimpleNamespace) -> bool:
    """Say whether both groups have the patients that the plan asks for."""
    return bool(min(int(own["X"].sum()), int((own["X"] == 0).sum())) >= max(plan.min_group, 1))


def recompute_comparison(out: SecondNumbers, block: str, own: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add log-rank, Cox, the ratio to show (where it is Cox's) and restricted means."""
    recompute_log_rank(out, f"{block}.log_rank", own, plan)
    found = _cox_of(own, plan)
    if found is not None:
        add_term(out, f"{block}.cox", found, 0, plan, every=True)
        add_term(out, f"{block}.hr", found, 0, plan)
    recompute_restricted_means(out, f"{block}.rmst", own, plan)


def recompute_log_rank(out: SecondNumbers, block: str, own: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add the log-rank test of two groups, by lifelines; z is below 0 if the first has fewer events than expected."""
    if not large_enough(own, plan) or not own["EVENT"].any():
        return
    found = multivariate_logrank_test(own["MONTHS"], own["X"], own["EVENT"])
    out.add(f"{block}.statistic", found.test_statistic, LIFELINES)
    out.add(f"{block}.df", found.degrees_of_freedom, LIFELINES)
    out.add(f"{block}.p", found.p_value, LIFELINES)
    sign = np.sign(_excess(own))
    out.add(f"{block}.z", sign * np.sqrt(found.test_statistic), LIFELINES)


def _excess(own: pd.DataFrame) -> float:
    """Return the events of the first group less those expected."""
    times = np.unique(own.loc[own["EVENT"].eq(1), "MONTHS"])
    month, x, event = (own[name].to_numpy(dtype=float) for name in ("MONTHS", "X", "EVENT"))
    at_risk = month[:, None] >= times
    died = (month[:, None] == times) * event[:, None]
    expected = died.sum(axis=0) * (at_risk * x[:, None]).sum(axis=0) / at_risk.sum(axis=0)
    return float((died * x[:, None]).sum() - expected.sum())


def recompute_log_rank_of_arms(
    out: SecondNumbers, block: str, times: pd.DataFrame, arms: list[str], plan: SimpleNamespace
) -> None:
    """Add the log-rank test of several arms; arms without a patient are left out."""
    own = times.loc[times["ARM"].isin(arms)]
    sizes = own["ARM"].value_counts()
    event = own["CNSR"].eq(EVENT)
    if len(sizes) < 2 or sizes.min() < plan.min_group or not event.any():  # noqa: PLR2004 - nothing to compare
        return
    found = multivariate_logrank_test(own["MONTHS"], own["ARM"], event)
    for name, value in (
        ("statistic", found.test_statistic),
        ("df", found.degrees_of_freedom),
        ("p", found.p_value),
    ):
        out.add(f"{block}.{name}", value, LIFELINES)


def recompute_stratified(
    out: SecondNumbers, block: str, own: pd.DataFrame, strata: "pd.Series[str]", plan: SimpleNamespace
) -> None:
    """Add the stratified log-rank test and the stratified Cox model, by statsmodels."""
    if not plan.stratification_factors or not large_enough(own, plan) or not own["EVENT"].any():
        return
    placed = strata.reindex(own.index)
    useful = own.groupby(placed)["X"].transform("nunique").gt(1)
    informative = own.loc[useful]
    if informative["EVENT"].any():
        times, event, x = (informative[name].to_numpy() for name in ("MONTHS", "EVENT", "X"))
        with contextlib.suppress(np.linalg.LinAlgError):  # no variance: at every event all at risk have it
            statistic, p = survdiff(times, event, x, strata=placed[useful].to_numpy())
            for name, value in (("statistic", statistic), ("df", 1), ("p", p)):
                out.add(f"{block}.stratified_log_rank.{name}", value, STATSMODELS)
    recompute_ratio(out, f"{block}.stratified_cox", own, plan, strata=placed.to_numpy())


def cox(
    month: Floats,
    event: Floats,
    x: Floats,
    *,
    strata: "np.ndarray | None" = None,
    entry: Floats | None = None,
) -> "PHReg | None":
    """Fit Cox's model with Efron's ties by statsmodels; None where it finds no maximum, or there is none.

    A patient who enters at the very time of an event is not yet at risk, as Kaplan and Meier have it; statsmodels
    counts such a one, so entries are moved by less than the least difference of times.
    """
    later = None if entry is None else entry + np.where(entry > 0, 1e-7, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = PHReg(month, x, status=event, ties=EFRON, strata=strata, entry=later).fit(disp=0)
        except (ValueError, np.linalg.LinAlgError, FloatingPointError):
            return None
    if not (np.all(np.isfinite(found.params)) and np.all(np.isfinite(found.bse))):
        return None
    # Where the likelihood keeps rising, statsmodels stops far out, and says nothing.
    far = (np.abs(found.params) * np.ptp(x, axis=0) >= _FAR).any()
    if far and _keeps_rising(month, event, x, strata, entry):
        return None
    if entry is None:
        return found
    try:
        return _by_direct_sums(found.params, month, event, x, strata, entry)
    except np.linalg.LinAlgError:  # the values at risk differ by rounding alone
        return None


def _at_risk(one: int, month: Floats, strata: "np.ndarray | None", entry: Floats | None) -> "np.ndarray":
    """Say who is at risk at the time of a patient, in the same stratum."""
    stratum = np.zeros(month.size) if strata is None else pd.factorize(strata)[0]
    begin = np.zeros(month.size) if entry is None else entry
    entered = (begin < month[one]) | (begin == 0)
    return np.asarray((month >= month[one]) & entered & (stratum == stratum[one]))


def _by_direct_sums(
    start: Floats, month: Floats, event: Floats, x: Floats, strata: "np.ndarray | None", entry: Floats
) -> SimpleNamespace:
    """Climb from statsmodels' coefficients by sums over each risk set, and give coefficients, errors and p.

    statsmodels 0.15 keeps running sums, to which patients are added and from which they are taken as they enter and
    leave; with doses of 2 to 35 Gy and few patients its error is off by 1e-6.
    """
    stratum = np.zeros(month.size) if strata is None else pd.factorize(strata)[0]
    tied = [
        np.flatnonzero((event == 1) & (month == at) & (stratum == own))
        for at, own in sorted({*zip(month[event == 1], stratum[event == 1], strict=True)})
    ]
    sets = [(np.isin(risk, died), x[risk], x[died]) for died in tied
            for risk in [np.flatnonzero(_at_risk(int(died[0]), month, strata, entry))]]  # fmt: skip
    coefficients = start.copy()
    for _ in range(_CLIMBS):
        score, information = np.zeros(coefficients.size), np.zeros((coefficients.size, coefficients.size))
        for dying, at_risk, failed in sets:
            score += failed.sum(axis=0)
            lines = at_risk @ coefficients
            weights = np.exp(lines - lines.max())
            for share in np.arange(len(failed)) / len(failed):
                own = weights * np.where(dying, 1 - share, 1.0)
                mean = own @ at_risk / own.sum()
                score -= mean
                information += (at_risk - mean).T @ ((at_risk - mean) * own[:, None]) / own.sum()
        step = np.linalg.solve(information, score)
        coefficients = coefficients + step
        if np.abs(step).max() <= _SETTLED * max(1.0, np.abs(coefficients).max()):
            break
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return SimpleNamespace(
        params=coefficients, bse=errors, pvalues=2 * stats.norm.sf(np.abs(coefficients / errors))
    )


def _keeps_rising(
    month: Floats, event: Floats, x: Floats, strata: "np.ndarray | None", entry: Floats | None
) -> bool:
    """Say whether some direction of the coefficients has each event first, or level, in its risk set, and some first.

    Where the search itself fails nothing is known of the maximum, and the answer is yes: a number may be a runaway.

    References
    ----------
    Bryson and Johnson (1981) Technometrics 23:381-383; the direction is looked for by linear programming.
    """
    spread = np.ptp(x, axis=0)
    scaled = x / np.where(spread > 0, spread, 1.0)
    ahead = [scaled[one] - scaled[_at_risk(int(one), month, strata, entry)] for one in np.flatnonzero(event)]
    rows = np.unique(np.vstack(ahead).round(12), axis=0)
    found = optimize.linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1))
    return bool(not found.success or (rows @ found.x).max() > _AHEAD)


def recompute_ratio(
    out: SecondNumbers,
    block: str,
    own: pd.DataFrame,
    plan: SimpleNamespace,
    *,
    strata: "np.ndarray | None" = None,
) -> None:
    """Add the hazard ratio of two groups, its limits and p."""
    found = _cox_of(own, plan, strata)
    if found is not None:
        add_term(out, block, found, 0, plan)


def _cox_of(own: pd.DataFrame, plan: SimpleNamespace, strata: "np.ndarray | None" = None) -> "PHReg | None":
    if not large_enough(own, plan) or not own["EVENT"].any():
        return None
    month, event, x = (own[name].to_numpy(dtype=float) for name in ("MONTHS", "EVENT", "X"))
    return cox(month, event, x[:, None], strata=strata)


def add_term(
    out: SecondNumbers, block: str, found: PHReg, place: int, plan: SimpleNamespace, *, every: bool = False
) -> None:
    """Add one coefficient of a fitted model as a hazard ratio."""
    coefficient, error = float(found.params[place]), float(found.bse[place])
    half = stats.norm.ppf(0.5 + plan.confidence / 2) * error
    with np.errstate(over="ignore"):  # where the likelihood has no maximum
        ratio, low, high = np.exp([coefficient, coefficient - half, coefficient + half])
    values = {"hr": ratio, "ci_low": low, "ci_high": high, "p": found.pvalues[place]} | (
        {"coef": coefficient, "se": error} if every else {}
    )
    for name, value in values.items():
        out.add(f"{block}.{name}", float(value), STATSMODELS, tolerance=_TOLERANCE, assumes=BY_COX)


def recompute_restricted_means(
    out: SecondNumbers, block: str, own: pd.DataFrame, plan: SimpleNamespace
) -> None:
    """Add restricted means by lifelines, and their difference with Greenwood's errors by plain sums.

    lifelines' variance is that of min(T, tau), which is not the squared standard error of the mean.
    """
    if not large_enough(own, plan):
        return
    sides = {"experimental": own.loc[own["X"].eq(1)], "control": own.loc[own["X"].eq(0)]}
    tau = plan.rmst_months
    if plan.rmst_tau != "fixed":
        tau = min(float(side["MONTHS"].max()) for side in sides.values())
    left = {name: int((side["MONTHS"] >= tau).sum()) for name, side in sides.items()}
    out.add(f"{block}.tau", tau, PANDAS)
    for name, number in left.items():
        out.add(f"{block}.at_risk_{name}", number, PANDAS)
    if any(left[name] < plan.rmst_min_at_risk * len(side) for name, side in sides.items()):
        return
    means, variances = {}, {}
    for name, side in sides.items():
        curve = KaplanMeierFitter().fit(side["MONTHS"], side["EVENT"])
        means[name] = float(restricted_mean_survival_time(curve, t=tau))
        variances[name] = _greenwood(side, tau)
    difference, error = means["experimental"] - means["control"], np.sqrt(sum(variances.values()))
    # Without an error nobody had an event by then, or all at risk in a group had it together: the report refuses both.
    if error > 0:
        for name, value in means.items():
            out.add(f"{block}.{name}", value, LIFELINES)
        half = stats.norm.ppf(0.5 + plan.confidence / 2) * error
        out.add(f"{block}.difference", difference, LIFELINES)
        out.add(f"{block}.ci_low", difference - half, NUMPY)
        out.add(f"{block}.ci_high", difference + half, NUMPY)
        out.add(f"{block}.p", 2 * stats.norm.sf(abs(difference / error)), SCIPY)


def _greenwood(side: pd.DataFrame, tau: float) -> float:
    """Return the variance of a restricted mean: squared areas still to come, by events over risk sets."""
    month, event = side["MONTHS"].to_numpy(dtype=float), side["EVENT"].to_numpy() == 1
    times = np.unique(month[event & (month <= tau)])
    n = (month[:, None] >= times).sum(axis=0)
    d = ((month[:, None] == times) & event[:, None]).sum(axis=0)
    survival = np.cumprod(1 - d / n)
    widths = np.diff(np.append(times, tau))
    ahead = np.cumsum((survival * widths)[::-1])[::-1]
    last = n > d  # where all have the event the curve is 0, and no area is left
    return float((ahead[last] ** 2 * d[last] / (n[last] * (n - d)[last])).sum())


def recompute_hazards_check(out: SecondNumbers, block: str, own: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add the score test of proportional hazards and the scaled residuals, from sums over Efron's risk sets.

    References
    ----------
    Grambsch and Therneau (1994) Biometrika 81:515-526; lifelines has their approximation, not the score test.
    """
    month, event, x = (own[name].to_numpy(dtype=float) for name in ("MONTHS", "EVENT", "X"))
    found = cox(month, event, x[:, None]) if large_enough(own, plan) and event.any() else None
    if found is None or plan.hazards_transform != "km":
        return
    beta = float(found.params[0])
    rows = []  # of every failure: time, covariate less its mean, variance, 1 - S(t-)
    survival = 1.0
    for time in np.unique(month[event == 1]):
        risk, died = month >= time, (month == time) & (event == 1)
        weight, d = np.exp(beta * x), int(died.sum())
        for number in range(d):
            w = weight * (risk - number / d * died)
            mean = float((w * x).sum() / w.sum())
            rows.append((time, float(x[died][number]), mean, mean * (1 - mean), 1 - survival))
        survival *= 1 - d / risk.sum()
    frame = pd.DataFrame(rows, columns=["TIME", "X", "MEAN", "V", "G"])
    residual, v = (frame["X"] - frame["MEAN"]).to_numpy(), frame["V"].to_numpy()
    g = (frame["G"] - frame["G"].mean()).to_numpy()
    variance = float((g**2 * v).sum() - (g * v).sum() ** 2 / v.sum())
    if variance > 1e-10 * float((g**2 * v).sum()):
        statistic = float((g * residual).sum()) ** 2 / variance
        out.add(f"{block}.statistic", statistic, NUMPY, tolerance=_TOLERANCE)
        out.add(f"{block}.df", 1, NUMPY)
        out.add(f"{block}.p", stats.chi2.sf(statistic, 1), SCIPY, tolerance=_TOLERANCE)
    shared = frame.groupby("TIME")["MEAN"].transform("mean")
    frame = frame.assign(VALUE=beta + len(frame) * (frame["X"] - shared) / v.sum())
    frame = frame.sort_values(["TIME", "VALUE"], kind="stable", ignore_index=True)
    _add_residuals(out, block, frame, plan)


def _add_residuals(out: SecondNumbers, block: str, frame: pd.DataFrame, plan: SimpleNamespace) -> None:
    out.add(f"{block}.residuals", len(frame), NUMPY)
    for day, time, value in zip(day_names(frame["TIME"], plan), frame["TIME"], frame["VALUE"], strict=True):
        out.add(f"{block}.residual.{day}.time", time, NUMPY)
        out.add(f"{block}.residual.{day}.value", value, NUMPY, tolerance=_TOLERANCE)
