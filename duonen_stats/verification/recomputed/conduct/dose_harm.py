"""Harm by the organ dose given so far, once more: Cox's model by statsmodels, Firth's logistic model from the paper."""

import contextlib
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.describe import NUMPY, PANDAS, STATSMODELS, Floats
from duonen_stats.verification.recomputed.hazards import cox
from duonen_stats.verification.second_numbers import SecondNumbers

_STEPS = {"marrow": 0.1, "kidney": 1.0}
_AS_ITERATED = 1e-6
_FARTHEST, _SETTLED = 60.0, 1e-6


def recompute_dose_harm(
    out: SecondNumbers,
    adlb: pd.DataFrame,
    activities: pd.DataFrame,
    doses: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Relate low counts to marrow dose, and the fall of the eGFR to kidney dose.

    Parameters
    ----------
    adlb
        Laboratory values with their grades, which are taken as they are.
    activities, doses, patients
        As derived from the raw records.
    """
    blood = [
        one.code
        for one in study.analytes
        if one.category == "HEMATOLOGY" and one.highest_grade(plan.ctcae_version) >= plan.dose_effect_grade
    ]
    treated = patients.loc[patients["SAFETY"]]
    rows = adlb.loc[adlb["DTYPE"].isna()]
    low = rows.assign(BAD=rows["ATOXGRMN"].astype(float) >= plan.dose_effect_grade)
    least = (1 - plan.dose_effect_decline) * rows["BASE"].astype(float)
    fallen = rows.assign(BAD=rows["AVAL"].astype(float) <= least * (1 + 1e-12))
    fallen = fallen.loc[fallen["PARAMCD"].eq("EGFR") & fallen["BASE"].notna()]
    outcomes = {("marrow", code): low.loc[low["PARAMCD"].eq(code)] for code in blood}
    outcomes["marrow", "any_count"] = low.loc[low["PARAMCD"].isin(blood)]
    outcomes["kidney", "EGFR"] = fallen
    given = {organ: _given(organ, activities, doses) for organ in _STEPS}
    for (organ, outcome), values in outcomes.items():
        times = _first(values, treated)
        steps, unknown = given[organ]
        known = times.loc[~times.index.isin(unknown)]
        for model, records in (
            ("hazard", _intervals(known, steps, plan)),
            ("odds", _after_cycles(known, steps, plan, study)),
        ):
            block = f"dose_harm.{organ}.{outcome}.{model}"
            out.add(f"{block}.n", records["SUBJID"].nunique(), PANDAS)
            out.add(f"{block}.records", len(records), PANDAS)
            out.add(f"{block}.events", int(records["EVENT"].sum()), PANDAS)
            out.add(f"{block}.unknown", len(times) - len(known), PANDAS)
            if not records["EVENT"].any():
                continue
            if model == "hazard":
                _hazard(out, block, records, _STEPS[organ], plan)
                continue
            with contextlib.suppress(
                ArithmeticError, np.linalg.LinAlgError
            ):  # no maximum found: not confirmed
                _odds(out, block, records, _STEPS[organ], plan)


def _given(
    organ: str, activities: pd.DataFrame, doses: pd.DataFrame
) -> "tuple[dict[str, tuple[Floats, Floats]], set[str]]":
    """Give of every patient the dates of the cycles and what each added; and who lacks the dose of a cycle."""
    cycles = activities.groupby(["SUBJID", "CYCLE"], as_index=False)["EXDT"].min()
    total = doses.loc[
        doses["ORGAN"].eq(organ.upper()) & doses["SOURCE"].eq("TOTAL") & doses["CYCLE"].ne("ALL"),
        ["SUBJID", "CYCLE", "GY"],
    ]
    rows = cycles.merge(total, how="left").sort_values(["SUBJID", "EXDT"], kind="stable")
    steps = {
        str(name): (own["EXDT"].to_numpy(), own["GY"].to_numpy(dtype=float))
        for name, own in rows.groupby("SUBJID")
    }
    return steps, {*rows.loc[rows["GY"].isna(), "SUBJID"]}


def _first(values: pd.DataFrame, treated: pd.DataFrame) -> pd.DataFrame:
    """Date the first such value after the first cycle, else the last of all; without those who had it before."""
    before = values.loc[values["ABLFL"].eq("Y") & values["BAD"], "SUBJID"]
    start = pd.to_datetime(values["SUBJID"].map(treated["FIRST"]))
    later = values.loc[(values["ADT"] > start) & ~values["SUBJID"].isin(before)]
    last = later.groupby("SUBJID")["ADT"].max()
    event = later.loc[later["BAD"]].groupby("SUBJID")["ADT"].min().reindex(last.index)
    frame = pd.DataFrame({"END": event.where(event.notna(), last), "EVENT": event.notna().astype(int)})
    own = treated.reindex(last.index)
    return frame.assign(START=own["FIRST"], ARM=own["ARM"])


def _intervals(
    times: pd.DataFrame, steps: "dict[str, tuple[Floats, Floats]]", plan: SimpleNamespace
) -> pd.DataFrame:
    """Cut each time where a dose was given: in each piece the dose so far is known."""
    records = []
    for name, end, event, start, arm in times[["END", "EVENT", "START", "ARM"]].itertuples():
        when, amount = steps.get(name, (np.array([], dtype="datetime64[ns]"), np.array([])))
        since = np.maximum((when - np.datetime64(start)) / np.timedelta64(1, "D"), 0.0)
        days = (end - start).days
        cuts = [at for at in np.unique(np.append(since, 0.0)) if at < days]
        for at, until in zip(cuts, [*cuts[1:], days], strict=True):
            happened = event if until == days else 0
            records.append((name, arm, at, until, float(amount[since <= at].sum()), happened))
    frame = pd.DataFrame(records, columns=["SUBJID", "ARM", "BEGIN", "END", "DOSE", "EVENT"])
    frame = frame.astype(dict.fromkeys(("BEGIN", "END", "DOSE", "EVENT"), float))  # also where there is none
    return frame.assign(BEGIN=frame["BEGIN"] / plan.days_per_month, END=frame["END"] / plan.days_per_month)


def _after_cycles(
    times: pd.DataFrame, steps: "dict[str, tuple[Floats, Floats]]", plan: SimpleNamespace, study: Study
) -> pd.DataFrame:
    """Put a number to the pieces; an event later than the longest interval between cycles is not put down to one."""
    rows = _intervals(times, steps, plan)
    design = study.design
    longest = 7 * (design.cycle_interval_weeks + design.cycle_interval_tolerance_weeks)
    soon = ((rows["END"] - rows["BEGIN"]) * plan.days_per_month).round(6) <= longest
    return rows.assign(CYCLE=rows.groupby("SUBJID").cumcount() + 1, EVENT=rows["EVENT"].where(soon, 0))


def _hazard(out: SecondNumbers, block: str, rows: pd.DataFrame, step: float, plan: SimpleNamespace) -> None:
    end, event, begin = (rows[name].to_numpy(dtype=float) for name in ("END", "EVENT", "BEGIN"))
    dose = rows["DOSE"].to_numpy(dtype=float)[:, None] / step
    found = cox(end, event, dose, strata=rows["ARM"].to_numpy(), entry=begin)
    if found is None:
        return
    coefficient, error = float(found.params[0]), float(found.bse[0])
    half = stats.norm.ppf(0.5 + plan.confidence / 2) * error
    with np.errstate(over="ignore"):
        values = np.exp([coefficient, coefficient - half, coefficient + half])
    for name, value in zip(("ratio", "ci_low", "ci_high"), values, strict=True):
        out.add(f"{block}.{name}", float(value), STATSMODELS, tolerance=_AS_ITERATED)
    out.add(f"{block}.p", float(found.pvalues[0]), STATSMODELS, tolerance=_AS_ITERATED)


def _odds(out: SecondNumbers, block: str, rows: pd.DataFrame, step: float, plan: SimpleNamespace) -> None:
    """Add the odds ratio of the dose with its profile limits.

    References
    ----------
    Heinze and Schemper (2002) Stat Med 21:2409-2419.
    """
    y = rows["EVENT"].to_numpy(dtype=float)
    columns = rows[["DOSE", "CYCLE"]].to_numpy(dtype=float)
    spread = columns.std(axis=0)
    if not (spread > 0).all() or y.all():
        return
    design = np.column_stack((np.ones(y.size), (columns - columns.mean(axis=0)) / spread))
    best = _highest(y, design, np.zeros(3))
    drop = stats.chi2.ppf(plan.confidence, 1) / 2
    top, at = -best.fun, float(best.x[1])

    def lost(value: float) -> float:
        """How far the profile lies below the maximum at a coefficient of the dose: of several maxima the highest."""
        offset = design[:, 1] * value
        near = seen[min(seen, key=lambda one: abs(one - value))]
        found = []
        for start in (best.x[[0, 2]], near, np.zeros(2)):
            with contextlib.suppress(ArithmeticError, np.linalg.LinAlgError):
                found.append(_highest(y, design[:, [0, 2]], start, offset, design))
        if not found:
            raise ArithmeticError("the penalised likelihood was not maximised")
        others = min(found, key=lambda one: float(one.fun))
        seen[value] = others.x
        return float(top + others.fun)

    seen = {at: best.x[[0, 2]]}

    unit = step / spread[0]
    out.add(f"{block}.ratio", float(np.exp(at * unit)), NUMPY, tolerance=_AS_ITERATED)
    out.add(f"{block}.p", float(stats.chi2.sf(2 * lost(0.0), 1)), NUMPY, tolerance=_AS_ITERATED)
    for name, side in (("ci_low", -1.0), ("ci_high", 1.0)):
        far = at + side
        while lost(far) < drop and abs(far) < _FARTHEST:
            far += side
        if abs(far) < _FARTHEST:
            limit = optimize.brentq(lambda value: lost(value) - drop, at, far, xtol=1e-10)
            out.add(f"{block}.{name}", float(np.exp(limit * unit)), NUMPY, tolerance=_AS_ITERATED)


def _highest(
    y: Floats, free: Floats, start: Floats, offset: "Floats | float" = 0.0, design: "Floats | None" = None
) -> optimize.OptimizeResult:
    """Maximise the penalised likelihood over some columns; its penalty is of the whole design."""
    whole = free if design is None else design

    def minus(beta: Floats) -> tuple[float, Floats]:
        eta = free @ beta + offset
        chance = special.expit(eta)
        weight = chance * (1 - chance)
        information = (whole * weight[:, None]).T @ whole
        leverage = weight * np.einsum("ij,jk,ik->i", whole, np.linalg.inv(information), whole)
        value = y @ eta - np.logaddexp(0.0, eta).sum() + np.linalg.slogdet(information)[1] / 2
        return -float(value), -(free.T @ (y - chance + leverage * (0.5 - chance)))

    found = optimize.minimize(minus, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    if not np.abs(found.jac).max() < _SETTLED:
        raise ArithmeticError("the penalised likelihood was not maximised")
    return found
