"""Survival curves, follow-up and cumulative incidence once more, by lifelines and statsmodels."""

from collections import Counter
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from scipy import stats

from duonen_stats.study import Study
from duonen_stats.verification.derived.times import COMPETING, EVENT
from duonen_stats.verification.recomputed.describe import ALL, LIFELINES, NUMPY, PANDAS, Floats, none_at_most
from duonen_stats.verification.second_numbers import SecondNumbers

MIDPOINT = "the curve is exactly 0.5 over an interval: its middle, as in R; lifelines takes the first time"
EXACT_LIMITS = (
    "no variance where the curve is 1 or 0: exact limits of a proportion; lifelines has the curve itself"
)
_LEVEL = 1e-9
_DEATH = 2
"""Cause of death without the event, beside 1 for the event."""

_ROUNDING = 1e-12
"""An incidence that is less away from 1 is 1: it is a sum of steps."""


def month_name(months: float) -> str:
    """Write a number of months as ids have it."""
    short = f"{months:g}"
    return short if float(short) == months else repr(float(months))


def day_names(months: Iterable[float], plan: SimpleNamespace) -> list[str]:
    """Name points of a curve by their day; of several on one day the second is ``_2``."""
    seen: Counter[str] = Counter()
    names = []
    for one in months:
        day = month_name(round(float(one) * plan.days_per_month, 4))
        seen[day] += 1
        names.append(day if seen[day] == 1 else f"{day}_{seen[day]}")
    return names


def time_groups(
    times: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every arm, the experimental arms together, and all patients."""
    experimental = [arm.code for arm in study.arms if arm.code != plan.control_arm]
    for arm in study.arms:
        yield arm.code, times.loc[times["ARM"].eq(arm.code)]
    yield "".join(experimental), times.loc[times["ARM"].isin(experimental)]
    yield ALL, times


def recompute_curve(out: SecondNumbers, block: str, times: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add a Kaplan–Meier curve: counts, median, rates, numbers at risk, corners, marks and log-log points."""
    month, event = times["MONTHS"].to_numpy(dtype=float), times["CNSR"].eq(EVENT).to_numpy()
    out.add(f"{block}.n", month.size, PANDAS)
    out.add(f"{block}.events", int(event.sum()), PANDAS)
    out.add(f"{block}.censored", int((~event).sum()), PANDAS)
    _numbers_at(out, block, month, event, plan)
    if not month.size:
        for name in ("steps", "marks", "log_logs"):
            out.add(f"{block}.{name}", 0, PANDAS)
        for at in plan.landmark_months:
            out.add(f"{block}.rate.{month_name(at)}.n_risk", 0, PANDAS)
        return
    curve = fitted(month, event, plan)
    names = ("median", "median_ci_low", "median_ci_high")
    for name, column in zip(names, ("S", "LOW", "HIGH"), strict=True):
        _add_median(out, f"{block}.{name}", curve, column, plan)
    for at in plan.landmark_months:
        _add_rate(out, f"{block}.rate.{month_name(at)}", curve, at, month, plan)
    _add_points(out, block, curve, plan)


def fitted(month: Floats, event: "np.ndarray", plan: SimpleNamespace) -> pd.DataFrame:
    """Fit a curve by lifelines: ``S``, ``LOW``, ``HIGH``, ``EVENTS``, ``CENSORED`` at the times seen.

    Limits are those of lifelines, which are log-log; where the curve is 1 or 0 it has none.
    """
    model = KaplanMeierFitter(alpha=1 - plan.confidence).fit(month, event)
    limits = model.confidence_interval_
    table = model.event_table
    s = model.survival_function_.iloc[:, 0]
    none = (s >= 1) | (s <= 0)
    log_log = plan.curve_limits == "log-log"
    return pd.DataFrame(
        {
            "S": s,
            "LOW": limits.iloc[:, 0].where(~none & log_log),
            "HIGH": limits.iloc[:, 1].where(~none & log_log),
            "EVENTS": table["observed"],
            "CENSORED": table["censored"],
            "AT_RISK": table["at_risk"],
        }
    ).reindex(pd.Index(np.unique(month)))


def _numbers_at(
    out: SecondNumbers, block: str, month: Floats, event: "np.ndarray", plan: SimpleNamespace
) -> None:
    for at in plan.grid_months:
        base = f"{block}.grid.{month_name(at)}"
        out.add(f"{base}.n_risk", int((month >= at).sum()), NUMPY)
        out.add(f"{base}.n_events", int((event & (month <= at)).sum()), NUMPY)
        out.add(f"{base}.n_censored", int((~event & (month <= at)).sum()), NUMPY)


def _add_median(
    out: SecondNumbers, name: str, curve: pd.DataFrame, column: str, plan: SimpleNamespace
) -> None:
    """Add the first time at which a curve is 0.5 or less, and beside it the middle of an interval at exactly 0.5."""
    line = curve[column].dropna()
    if column != "S" and plan.curve_limits != "log-log":
        return
    reached = line.index[line <= 0.5 + _LEVEL]
    if not len(reached):
        if column == "S":
            out.add_none(name, LIFELINES)
        return
    first = float(reached[0])
    below = line.index[line < 0.5 - _LEVEL]
    flat = abs(float(line.loc[first]) - 0.5) <= _LEVEL
    end = float(below[0]) if len(below) else float(curve.index[-1])
    middle = (first + end) / 2 if flat else None
    out.add(name, first, LIFELINES, by_convention=middle, convention=MIDPOINT)


def _add_rate(
    out: SecondNumbers, block: str, curve: pd.DataFrame, at: float, month: Floats, plan: SimpleNamespace
) -> None:
    at_risk = int((month >= at).sum())
    out.add(f"{block}.n_risk", at_risk, NUMPY)
    until = curve.loc[curve.index <= at]
    s = float(until["S"].iloc[-1]) if len(until) else 1.0
    if not at_risk and s > 0:
        return
    out.add(f"{block}.survival", s, LIFELINES)
    if 0 < s < 1:
        out.add(f"{block}.ci_low", float(until["LOW"].iloc[-1]), LIFELINES)
        out.add(f"{block}.ci_high", float(until["HIGH"].iloc[-1]), LIFELINES)
    elif s >= 1 and at > 0:
        exact = 1 - none_at_most(at_risk, plan)
        out.add(f"{block}.ci_low", 1.0, LIFELINES, by_convention=exact, convention=EXACT_LIMITS)
        out.add(f"{block}.ci_high", 1.0, LIFELINES)
    elif s <= 0 and until["EVENTS"].sum() == month.size:
        exact = none_at_most(month.size, plan)
        out.add(f"{block}.ci_low", 0.0, LIFELINES)
        out.add(f"{block}.ci_high", 0.0, LIFELINES, by_convention=exact, convention=EXACT_LIMITS)


def _add_points(out: SecondNumbers, block: str, curve: pd.DataFrame, plan: SimpleNamespace) -> None:
    corners = curve.loc[curve["EVENTS"].gt(0) | (curve.index == curve.index[-1])]
    start = pd.DataFrame({"S": [1.0], "LOW": [np.nan], "HIGH": [np.nan]}, index=[0.0])
    corners = pd.concat([start, corners[["S", "LOW", "HIGH"]]])
    out.add(f"{block}.steps", len(corners), LIFELINES)
    for day, (time, row) in zip(day_names(corners.index, plan), corners.iterrows(), strict=True):
        base = f"{block}.step.{day}"
        out.add(f"{base}.time", float(str(time)), LIFELINES)
        for name, column in (("survival", "S"), ("ci_low", "LOW"), ("ci_high", "HIGH")):
            out.add(f"{base}.{name}", row[column], LIFELINES)
    marks = curve.loc[curve["CENSORED"].gt(0), "S"]
    out.add(f"{block}.marks", len(marks), LIFELINES)
    inside = curve.loc[curve["EVENTS"].gt(0) & curve["S"].gt(0) & curve["S"].lt(1), "S"]
    out.add(f"{block}.log_logs", len(inside), LIFELINES)
    for name, stat, line in (("mark", "survival", marks), ("log_log", "value", np.log(-np.log(inside)))):
        for day, (time, value) in zip(day_names(line.index, plan), line.items(), strict=True):
            out.add(f"{block}.{name}.{day}.time", float(str(time)), LIFELINES)
            out.add(f"{block}.{name}.{day}.{stat}", float(value), LIFELINES)


def recompute_follow_up(out: SecondNumbers, block: str, times: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add the median follow-up: events and censorings exchanged."""
    if times.empty:
        return
    reversed_ = fitted(times["MONTHS"].to_numpy(dtype=float), times["CNSR"].ne(EVENT).to_numpy(), plan)
    for name, column in (("median", "S"), ("ci_low", "LOW"), ("ci_high", "HIGH")):
        _add_median(out, f"{block}.{name}", reversed_, column, plan)


def recompute_incidence(out: SecondNumbers, times: pd.DataFrame, plan: SimpleNamespace, study: Study) -> None:
    """Add the cumulative incidence of the first severe adverse event and of death without one.

    Written out from Aalen and Johansen: lifelines spreads tied times at random.
    """
    for group, own in time_groups(times, plan, study):
        month = own["MONTHS"].to_numpy(dtype=float)
        cause = np.where(own["CNSR"].eq(EVENT), 1, np.where(own["CNSR"].eq(COMPETING), _DEATH, 0))
        block = f"ae3.cif.{group}"
        for name, number in (
            ("n", month.size),
            ("events", (cause == 1).sum()),
            ("competing", (cause == _DEATH).sum()),
        ):
            out.add(f"{block}.{name}", int(number), PANDAS)
        for at in plan.ae_grid_months:
            out.add(f"{block}.grid.{month_name(at)}.n_risk", int((month >= at).sum()), NUMPY)
            out.add(
                f"{block}.grid.{month_name(at)}.n_censored", int(((cause == 0) & (month <= at)).sum()), NUMPY
            )
        for code, base in ((1, block), (_DEATH, f"ae3.cif_death.{group}")):
            incidence_points(out, base, month, cause, code, plan)
        for at in plan.ae_landmark_months:
            incidence_rate(out, f"{block}.rate.{month_name(at)}", month, cause, at, plan)


def _incidence(month: Floats, cause: "np.ndarray", code: int) -> tuple[Floats, Floats, Floats]:
    """Return the times seen, the incidence from each on, and its variance by the delta method with tied failures.

    References
    ----------
    Gray (1988) Ann Stat 16:1141-1154, as in the R package cmprsk: the variance of the sum of two martingale integrals.
    """
    times = np.unique(month)
    n = (month[:, None] >= times).sum(axis=0).astype(float)
    own, other = (
        ((month[:, None] == times) & chosen[:, None]).sum(axis=0)
        for chosen in (cause == code, (cause > 0) & (cause != code))
    )
    after = np.cumprod(1 - (own + other) / n)
    before = np.concatenate(([1.0], after[:-1]))
    incidence = np.cumsum(before * own / n)
    parts = [
        (before / n) ** 2 * d * np.where(d > 1, (n - d) / np.maximum(n - 1, 1), 1.0) for d in (own, other)
    ]
    variance = np.zeros(times.size)
    for last in range(times.size):
        with np.errstate(divide="ignore", invalid="ignore"):
            lost = np.where(
                after[: last + 1] > 0, (incidence[: last + 1] - incidence[last]) / after[: last + 1], 0.0
            )
        variance[last] = parts[0][: last + 1] @ (1 + lost) ** 2 + parts[1][: last + 1] @ lost**2
    return times, incidence, variance


def incidence_points(
    out: SecondNumbers, block: str, month: Floats, cause: "np.ndarray", code: int, plan: SimpleNamespace
) -> None:
    """Add the corners of the incidence of a cause."""
    if not month.size:
        out.add(f"{block}.steps", 0, PANDAS)
        return
    times, incidence, _ = _incidence(month, cause, code)
    corners = np.unique(np.concatenate((month[cause == code], [month.max()])))
    points = [(0.0, 0.0), *((float(at), float(incidence[times <= at][-1])) for at in corners)]
    out.add(f"{block}.steps", len(points), NUMPY)
    for day, (time, value) in zip(day_names([time for time, _ in points], plan), points, strict=True):
        out.add(f"{block}.step.{day}.time", time, NUMPY)
        out.add(f"{block}.step.{day}.incidence", value, NUMPY)


def incidence_rate(
    out: SecondNumbers, block: str, month: Floats, cause: "np.ndarray", at: float, plan: SimpleNamespace
) -> None:
    """Add the incidence of cause 1 at a month with limits: exact ones of a proportion before the first event."""
    if not month.size:
        return
    at_risk = int((month >= at).sum())
    out.add(f"{block}.n_risk", at_risk, NUMPY)
    if not at_risk and not (cause[month == month.max()] > 0).all():
        return
    times, incidence, variance = _incidence(month, cause, 1)
    until = times <= at
    f = float(incidence[until][-1]) if until.any() else 0.0
    out.add(f"{block}.incidence", f, NUMPY)
    if 0 < f < 1 - _ROUNDING:
        half = stats.norm.ppf(0.5 + plan.confidence / 2) * np.sqrt(variance[until][-1])
        power = np.exp(-half / (f * np.log(f)))
        out.add(f"{block}.ci_low", f**power, NUMPY)
        out.add(f"{block}.ci_high", f ** (1 / power), NUMPY)
    elif f == 0:
        gone = ((cause == 0) & (month < at)).any()
        known = at_risk if gone else month.size
        if known:
            out.add(f"{block}.ci_low", 0.0, NUMPY)
            out.add(f"{block}.ci_high", none_at_most(known, plan), NUMPY)
