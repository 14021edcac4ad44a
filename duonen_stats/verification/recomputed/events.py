"""Table 5, event rates and the monitoring of toxicity once more."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.describe import (
    ALL,
    PANDAS,
    SCIPY,
    bounds,
    count,
    difference_of_proportions,
    each_group,
    rate,
)
from duonen_stats.verification.second_numbers import SecondNumbers

_BLOOD = ("ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA")
_LASTING = ("NOT_RECOVERED", "FATAL")
_TERMS = {
    "mds": r"myelodysplas|\bMDS\b",
    "renal_replacement": r"dialysis|renal replacement|kidney transplant|haemofiltration|hemofiltration",
}
_LIFE_THREATENING, _SEVERE, _WORST = 4, 3, 5


def recompute_events(
    out: SecondNumbers,
    reported: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
    *,
    outcomes: bool = True,
) -> None:
    """Add Table 5 and what goes with it.

    Without ``outcomes`` the records say neither how an event ended, nor whether one of grade 4 was of grade 5.
    """
    treated = patients.loc[patients["SAFETY"]]
    events = reported.loc[reported["EMERGENT"]]
    for group, members in each_group(treated, "TREATED", study):
        out.add(f"ae.patients.{group}.n", len(members), PANDAS)
    for code in ("total", *(one.code for one in study.ae_categories)):
        chosen = events if code == "total" else events.loc[events["CATEGORY"].eq(code)]
        _category(out, code.lower(), chosen, len(events), treated, plan, study)
    for what, column in (("grade", "GRADE"), ("date", "STARTDT")):
        _events(out, f"ae.without.{what}", events.loc[events[column].isna()])
    _worst_grades(out, events, treated, plan, study, outcomes=outcomes)
    severe = events.loc[events["SEVERE"]]
    count(out, "ae.severe_discontinued", int(severe["ACTION"].eq("DISCONTINUED").sum()), len(severe))
    stopped = treated.index[treated["STATUS"].eq("DISCONTINUED")]
    cause = events.loc[events["ACTION"].eq("DISCONTINUED") & events["CATEGORY"].isin(_BLOOD), "SUBJID"]
    affected = cause[cause.isin(stopped)].nunique()
    rate(out, "ae.haematological_discontinued", affected, len(stopped), plan)
    count(out, "ae.serious", int(events["SERIOUS"].eq("Y").sum()), len(events))
    rate(out, "ae.patients_with_event", events["SUBJID"].nunique(), len(treated), plan)
    for when in ("before", "after"):
        outside = reported.loc[reported[when.upper()]]
        _events(out, f"ae.outside.{when}.any", outside)
        _events(out, f"ae.outside.{when}.grade_ge3", outside.loc[outside["SEVERE"]])
    _of_interest(out, reported.loc[~reported["BEFORE"]], treated, plan, study, outcomes=outcomes)


def _events(out: SecondNumbers, block: str, rows: pd.DataFrame) -> None:
    out.add(f"{block}.n", len(rows), PANDAS)
    out.add(f"{block}.patients", rows["SUBJID"].nunique(), PANDAS)


def _category(
    out: SecondNumbers,
    code: str,
    chosen: pd.DataFrame,
    events: int,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    severe = chosen.loc[chosen["SEVERE"]]
    count(out, f"table5.{code}.any", len(chosen), events)
    count(out, f"table5.{code}.grade_ge3", len(severe), events)
    for group, members in each_group(treated, "TREATED", study):
        n = len(members)
        affected, badly = (
            rows["SUBJID"][rows["SUBJID"].isin(members.index)].unique() for rows in (chosen, severe)
        )
        rate(out, f"table5.{code}.any.patients.{group}", len(affected), n, plan)
        ungraded = chosen.loc[chosen["GRADE"].isna() & chosen["SUBJID"].isin(members.index), "SUBJID"]
        open_ = len(set(ungraded) - set(badly))
        block = f"table5.{code}.grade_ge3.patients.{group}"
        if open_:
            count(out, block, len(badly), n)
        else:
            rate(out, block, len(badly), n, plan)
        out.add(f"ae.ungraded.{code}.{group}.n", open_, PANDAS)
        bounds(out, f"ae.ungraded.{code}.{group}", len(badly), open_, n)


def _worst_grades(
    out: SecondNumbers,
    events: pd.DataFrame,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
    *,
    outcomes: bool,
) -> None:
    worst = events.groupby("SUBJID")["GRADE"].max().reindex(treated.index).fillna(0)
    ungraded = treated.index.isin(events.loc[events["GRADE"].isna(), "SUBJID"])
    unknown = pd.Series(ungraded, index=treated.index) & worst.lt(_WORST)
    for group, members in each_group(treated, "TREATED", study):
        own, open_ = worst[members.index], unknown[members.index]
        fatal = outcomes | own.lt(_LIFE_THREATENING)  # whether it is known which events were
        if (fatal | ~open_).all():
            rate(out, f"ae.worst_grade.unknown.{group}", int(open_.sum()), len(members), plan)
        for grade in range(_WORST + 1 if fatal.all() else _LIFE_THREATENING):
            number = int((own.eq(grade) & ~open_).sum())
            block = f"ae.worst_grade.{grade}.{group}"
            if grade and open_.any():
                count(out, block, number, len(members))
            else:
                rate(out, block, number, len(members), plan)


def _of_interest(
    out: SecondNumbers,
    events: pd.DataFrame,
    treated: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
    *,
    outcomes: bool,
) -> None:
    lasting = events["OUTCOME"].isin(_LASTING)
    terms = events["TERM"].astype(object).where(events["TERM"].notna(), "").astype(str)
    chosen = {name: terms.str.contains(text, case=False, regex=True) for name, text in _TERMS.items()}
    ended = {
        "renal_failure": events["CATEGORY"].eq("RENAL_IMPAIRMENT")
        & events["GRADE"].ge(_LIFE_THREATENING)
        & lasting,
        "persistent_severe_haematological": events["CATEGORY"].isin(_BLOOD) & events["SEVERE"] & lasting,
    }
    for name, rows in (chosen | ended if outcomes else chosen).items():
        affected = set(events.loc[rows, "SUBJID"])
        for group, members in each_group(treated, "TREATED", study):
            block = f"ae.interest.{name}" if group == ALL else f"ae.interest.{name}.{group}"
            rate(out, block, int(members.index.isin(list(affected)).sum()), len(members), plan)


def recompute_rates(
    out: SecondNumbers,
    reported: pd.DataFrame,
    patients: pd.DataFrame,
    years: "pd.Series[float] | None",
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add events per patient-year, their ratios and the differences of proportions to the control arm.

    Without ``years``, which rest on the last contact, only what needs no time.
    """
    treated = patients.loc[patients["SAFETY"]]
    events = reported.loc[reported["EMERGENT"]]
    known = pd.Series(0.0, index=treated.index) if years is None else years
    at_risk = {
        group: float(known[members.index].sum()) for group, members in each_group(treated, "TREATED", study)
    }
    sizes = {group: len(members) for group, members in each_group(treated, "TREATED", study)}
    for group, total in at_risk.items():
        out.add(f"ae.time.{group}.n", sizes[group], PANDAS)
        out.add(f"ae.time.{group}.years", None if years is None else total, PANDAS)
    for code in ("total", *(one.code for one in study.ae_categories)):
        chosen = events if code == "total" else events.loc[events["CATEGORY"].eq(code)]
        for severity, rows in (("any", chosen), ("grade_ge3", chosen.loc[chosen["SEVERE"]])):
            ungraded = chosen.loc[chosen["GRADE"].isna()] if severity != "any" else chosen.iloc[:0]
            open_ = {group: len(own) for group, own in each_group(ungraded, "TREATED", study)}
            own = dict(each_group(rows, "TREATED", study))
            for group, total in at_risk.items():
                block = f"ae.rate.{code.lower()}.{severity}.{group}"
                _rate(out, block, len(own[group]), total, plan, limits=not open_[group])
            control = plan.control_arm
            for group in at_risk:
                if group in (ALL, control) or open_[group] or open_[control]:
                    continue
                counts = [(len(own[one]), at_risk[one]) for one in (group, control)]
                enough = min(sizes[group], sizes[control]) >= plan.min_group
                name = f"ae.rate.{code.lower()}.{severity}.{group}.ratio"
                _ratio(out, name, counts[0], counts[1], plan, compared=enough)
                shares = [(own[one]["SUBJID"].nunique(), sizes[one]) for one in (group, control)]
                block = f"ae.difference.{code.lower()}.{severity}.{group}"
                difference_of_proportions(out, block, "difference", shares[0], shares[1], plan)


def _rate(
    out: SecondNumbers, block: str, events: int, years: float, plan: SimpleNamespace, *, limits: bool
) -> None:
    """Add a rate with exact limits, those of Garwood: quantiles of chi-squared."""
    out.add(f"{block}.events", events, PANDAS)
    if not years:
        return
    out.add(f"{block}.rate", events / years, PANDAS)
    if limits:
        alpha = 1 - plan.confidence
        low = stats.chi2.ppf(alpha / 2, 2 * events) / 2 if events else 0.0
        out.add(f"{block}.ci_low", low / years, SCIPY)
        out.add(f"{block}.ci_high", stats.chi2.ppf(1 - alpha / 2, 2 * events + 2) / 2 / years, SCIPY)


def _ratio(
    out: SecondNumbers,
    block: str,
    treated: tuple[int, float],
    control: tuple[int, float],
    plan: SimpleNamespace,
    *,
    compared: bool,
) -> None:
    """Add the ratio of two rates: given their sum, the events of one are binomial; p where groups are large enough."""
    (a, s), (b, t) = treated, control
    if not (s and t) or a + b == 0:
        return
    found = stats.binomtest(a, a + b, s / (s + t))
    limits = found.proportion_ci(plan.confidence, method="exact")
    odds = np.array([limits.low, limits.high])
    with np.errstate(divide="ignore"):
        low, high = odds / (1 - odds) * t / s
    out.add(f"{block}.ratio", (a / s) / (b / t) if b else np.inf, PANDAS)
    out.add(f"{block}.ci_low", float(low), SCIPY)
    out.add(f"{block}.ci_high", float(high), SCIPY)
    if compared:
        out.add(f"{block}.p", found.pvalue, SCIPY)


def recompute_monitoring(
    out: SecondNumbers, reported: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Add the monitoring of severe toxicity: beliefs, paths, boundary and how often the rule signals."""
    order = patients.loc[patients["SAFETY"]].rename_axis("SUBJID").reset_index()
    order = order.sort_values(["FIRST", "SUBJID"], kind="stable")
    severe = set(reported.loc[reported["EMERGENT"] & reported["SEVERE"], "SUBJID"])
    groups = {
        arm: rows["SUBJID"].isin(severe) for arm, rows in each_group(order, "TREATED", study, total=False)
    }
    planned = max(arm.planned for arm in study.arms)
    boundary = _boundary(max(planned, *(len(had) for had in groups.values())), plan)
    for arm, had in groups.items():
        block, events, n = f"monitoring.toxicity.{arm}", int(had.sum()), len(had)
        rate(out, block, events, n, plan)
        if n:
            belief = _belief(events, n, plan)
            tails = ((1 - plan.confidence) / 2, (1 + plan.confidence) / 2)
            out.add(f"{block}.mean", 100 * belief.mean(), SCIPY)
            for name, tail in zip(("low", "high"), tails, strict=True):
                out.add(f"{block}.{name}", 100 * belief.ppf(tail), SCIPY)
            out.add(f"{block}.exceeds", belief.sf(plan.toxicity_bound), SCIPY)
        signals = []
        for number, so_far in enumerate(had.cumsum(), 1):
            out.add(f"{block}.path.{number}.patients", number, PANDAS)
            out.add(f"{block}.path.{number}.events", int(so_far), PANDAS)
            least = boundary[number - 1]
            signals += [number] if least is not None and so_far >= least else []
        if signals:
            out.add(f"{block}.signal_at", signals[0], PANDAS)
        else:
            out.add_none(f"{block}.signal_at", PANDAS)
    for number, least in enumerate(boundary, 1):
        out.add(f"monitoring.boundary.step.{number}.patients", number, PANDAS)
        out.add(f"monitoring.boundary.step.{number}.events", least, SCIPY)
    for true in plan.toxicity_rates:
        signals_, mean = _characteristics(boundary[:planned], true)
        out.add(f"monitoring.rule.{100 * true:g}.signals", signals_, SCIPY)
        out.add(f"monitoring.rule.{100 * true:g}.patients", mean, SCIPY)


def _belief(events: int, n: int, plan: SimpleNamespace) -> Any:
    return stats.beta(plan.toxicity_prior_events + events, plan.toxicity_prior_others + n - events)


def _boundary(most: int, plan: SimpleNamespace) -> list[int | None]:
    """Find the fewest events at which the rule signals after each patient."""
    found: list[int | None] = []
    for n in range(1, most + 1):
        events = range(n + 1) if n >= plan.min_group else range(0)
        at = (k for k in events if _belief(k, n, plan).sf(plan.toxicity_bound) >= plan.toxicity_threshold)
        found.append(next(at, None))
    return found


def _characteristics(boundary: list[int | None], true: float) -> tuple[float, float]:
    """Return how often the rule signals in an arm at a true rate, and after how many patients on average."""
    going = np.array([1.0])  # probability of each number of events while the rule has not signalled
    signalled, patients = 0.0, 0.0
    for least in boundary:
        patients += float(going.sum())
        going = np.convolve(going, [1 - true, true])
        if least is not None:
            signalled += float(going[least:].sum())
            going[least:] = 0.0
    return signalled, patients
