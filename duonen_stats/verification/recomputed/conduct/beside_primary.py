"""What stands beside the primary comparison, once more: interval models, adjustment, the schedule of assessments."""

import itertools
import math
import warnings
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import autograd.numpy as differentiable
import numpy as np
import pandas as pd
from lifelines import WeibullAFTFitter
from lifelines.fitters import ParametricRegressionFitter
from scipy import stats

from duonen_stats.study import Study
from duonen_stats.verification.recomputed.curves import time_groups
from duonen_stats.verification.recomputed.describe import LIFELINES, PANDAS, Floats, count, describe
from duonen_stats.verification.recomputed.hazards import (
    add_term,
    cox,
    large_enough,
    recompute_log_rank,
    recompute_ratio,
    two_groups,
)
from duonen_stats.verification.second_numbers import SecondNumbers, in_id

_COVARIATES = {  # of a variable of the plan: its words in ids, and the column of the raw subjects
    "AGE": ("age", "AGE"),
    "BMIBL": ("body mass index", "BMI"),
    "KI67BL": ("Ki-67", "KI67"),
    "GRADEH": ("histological grade", "GRADE"),
    "SEX": ("sex", "SEX"),
    "PRIMSITE": ("site of the primary tumour", "PRIMSITE"),
    "KPS80FL": ("Karnofsky status of 80 or more", "KPS80"),
    "METLIVFL": ("liver metastases", "METLIV"),
    "METLNFL": ("lymph node metastases", "METLN"),
    "METBONFL": ("bone metastases", "METBON"),
    "METOTHFL": ("other metastases", "METOTH"),
}
_KARNOFSKY = 80
_AS_ITERATED = 1e-5
"""lifelines' optimiser leaves the seventh digit open."""
_PRECISE = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2000}
_HALF_DAY = 0.5


def recompute_beside_primary(
    out: SecondNumbers,
    times: pd.DataFrame,
    seen: pd.DataFrame,
    patients: pd.DataFrame,
    plan: SimpleNamespace,
    study: Study,
) -> None:
    """Add the models of interval-censored times, the adjusted comparison and the schedule.

    Parameters
    ----------
    times
        PFS as derived from the raw records, with ``LOWER`` and ``UPPER`` in months.
    seen
        Evaluable assessments after randomisation: ``SUBJID``, ``DAY``.
    """
    experimental = tuple(arm.code for arm in study.arms if arm.code != plan.control_arm)
    own = two_groups(times, experimental, plan.control_arm)
    _interval_models(out, own, plan)
    _adjusted(out, own, patients, plan)
    _on_schedule(out, own, plan)
    _assessments(out, own, seen, plan, study)


def _interval_models(out: SecondNumbers, own: pd.DataFrame, plan: SimpleNamespace) -> None:
    low, high = own["LOWER"].to_numpy(dtype=float), own["UPPER"].to_numpy(dtype=float)
    exact, censored = low == high, np.isinf(high)
    first_day = exact & (high == 0)
    frame = pd.DataFrame(
        {
            "lower": np.where(first_day, 0.0, low),
            "upper": np.where(first_day, _HALF_DAY / plan.days_per_month, high),
            "x": own["X"].to_numpy(dtype=float),
        }
    )
    usable = large_enough(own, plan) and own.groupby("X")["EVENT"].any().all()
    for name in ("weibull", "piecewise"):
        block = f"pfs.interval.{name}"
        counted = (("n", low), ("exact", low[exact]), ("between", low[~exact & ~censored]))
        for stat, members in (*counted, ("censored", low[censored])):
            out.add(f"{block}.{stat}", len(members), PANDAS)
        found = (
            (_weibull(frame) if name == "weibull" else _piecewise(frame, plan.interval_cutpoints))
            if usable
            else None
        )
        if found is not None:
            _add_ratio(out, block, *found, plan)


def _add_ratio(
    out: SecondNumbers, block: str, coefficient: float, error: float, plan: SimpleNamespace
) -> None:
    half = stats.norm.ppf(0.5 + plan.confidence / 2) * error
    with np.errstate(over="ignore"):
        ratio, low, high = np.exp([coefficient, coefficient - half, coefficient + half])
    p = 2 * stats.norm.sf(abs(coefficient / error))
    for name, value in (("hr", ratio), ("ci_low", low), ("ci_high", high), ("p", p)):
        out.add(f"{block}.{name}", float(value), LIFELINES, tolerance=_AS_ITERATED)


def _fitted(model: Any, frame: pd.DataFrame, **options: Any) -> Any:
    """Fit by lifelines; None where it finds no maximum, or warns that it may not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return model.fit_interval_censoring(frame, "lower", "upper", fit_options=_PRECISE, **options)
        except Exception:  # noqa: BLE001 - of whatever kind: this number is then not confirmed
            return None


def _weibull(frame: pd.DataFrame) -> "tuple[float, float] | None":
    """Give the log hazard ratio and its error: those of accelerated time, by the delta method."""
    found = _fitted(WeibullAFTFitter(), frame)
    if found is None:
        return None
    names = [("lambda_", "x"), ("rho_", "Intercept")]
    accelerated, log_shape = (float(found.params_[name]) for name in names)
    shape = math.exp(log_shape)
    slope = np.array([-shape, -accelerated * shape])
    variance = found.variance_matrix_.loc[names, names].to_numpy(dtype=float)
    return -accelerated * shape, math.sqrt(slope @ variance @ slope)


def _piecewise(frame: pd.DataFrame, cutpoints: Sequence[float]) -> "tuple[float, float] | None":
    edges = [0.0, *cutpoints, math.inf]
    low, high = frame["lower"].to_numpy(dtype=float), frame["upper"].to_numpy(dtype=float)
    seen = np.isfinite(high)
    for begin, end in itertools.pairwise(edges):
        if not (seen & ((high > begin) | ((low == high) & (low == begin))) & (low < end)).any():
            return None  # no event may lie in the piece, whose hazard falls towards 0
    # lifelines 0.30.3 pairs errors with parameters by the alphabetical order of their names.
    pieces = tuple(f"baseline_{place}_" for place in range(len(edges) - 1))

    class Piecewise(ParametricRegressionFitter):  # type: ignore[misc]
        _fitted_parameter_names = [*pieces, "ratio_"]  # noqa: RUF012 - what the library reads
        _scipy_fit_method = "SLSQP"

        def _cumulative_hazard(self, params: Any, times: Any, covariates: Any) -> Any:
            total = 0.0
            for name, begin, end in zip(pieces, edges[:-1], edges[1:], strict=True):
                within = differentiable.clip(times, begin, end) - begin
                total = total + within * differentiable.exp(
                    differentiable.dot(covariates[name], params[name])
                )
            return total * differentiable.exp(differentiable.dot(covariates["ratio_"], params["ratio_"]))

    found = _fitted(Piecewise(), frame, regressors={**dict.fromkeys(pieces, "1"), "ratio_": "x - 1"})
    if found is None:
        return None
    name = ("ratio_", "x")
    variance = float(found.variance_matrix_.loc[name, name])
    return (float(found.params_[name]), math.sqrt(variance)) if variance > 0 else None


def _adjusted(out: SecondNumbers, own: pd.DataFrame, patients: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add Cox's model with the baseline variables of the plan, by statsmodels."""
    out.add("pfs.adjusted.n", len(own), PANDAS)
    out.add("pfs.adjusted.events", int(own["EVENT"].sum()), PANDAS)
    known = patients.reindex(own.index)
    status = known["KPS"].ge(_KARNOFSKY).map({True: "Y", False: "N"}).where(known["KPS"].notna())
    columns = _columns(known.assign(KPS80=status), plan.adjustment_covariates)
    if not columns or not large_enough(own, plan) or not own["EVENT"].any():
        return
    design = np.column_stack([own["X"].to_numpy(dtype=float), *columns.values()])
    found = cox(own["MONTHS"].to_numpy(dtype=float), own["EVENT"].to_numpy(dtype=float), design)
    if found is None:
        return
    add_term(out, "pfs.adjusted", found, 0, plan)
    for place, term in enumerate(columns, 1):
        add_term(out, f"pfs.adjusted.term.{in_id(term)}", found, place, plan)


def _columns(known: pd.DataFrame, names: Sequence[str]) -> Mapping[str, Floats]:
    """Make the columns of a model: numbers, their median where missing; indicators of levels, the first left out."""
    columns: dict[str, Floats] = {}
    for name in names:
        words, column = _COVARIATES[name]
        values = known[column]
        if pd.api.types.is_numeric_dtype(values):
            columns[words] = values.fillna(values.median()).to_numpy(dtype=float)
            columns[f"{words} missing"] = values.isna().to_numpy(dtype=float)
        else:
            levels = values.astype(object).where(values.notna(), "missing").astype(str)
            columns |= {
                f"{words} {one}": levels.eq(one).to_numpy(dtype=float) for one in sorted(levels.unique())[1:]
            }
    return {term: column for term, column in columns.items() if column.size and np.ptp(column) > 0}


def _on_schedule(out: SecondNumbers, own: pd.DataFrame, plan: SimpleNamespace) -> None:
    """Add the comparison with progressions on the day of the schedule at which they were, or would be, seen."""
    every, late = plan.assessment_interval_days, plan.assessment_tolerance_days
    day = (own["END"] - own["START"]).dt.days
    shown = own["EVENT"].eq(1) & own["LOWER"].lt(own["UPPER"])
    visit = np.ceil((day - late) / every).clip(lower=1)  # the first whose window is not over
    past = np.floor((day + late) / every)  # the last whose window has begun
    on = day.where(own["EVENT"].eq(1), every * past).where(~shown, every * visit)
    moved = own.assign(MONTHS=on / plan.days_per_month)
    block = "pfs.on_schedule"
    out.add(f"{block}.n", len(own), PANDAS)
    out.add(f"{block}.events", int(own["EVENT"].sum()), PANDAS)
    out.add(f"{block}.moved", int(on.ne(day).sum()), PANDAS)
    recompute_ratio(out, block, moved, plan)
    test = SecondNumbers()
    recompute_log_rank(test, "found", moved, plan)
    if "found.p" in test.by_id:
        out.add(f"{block}.log_rank_p", test.by_id["found.p"].value, LIFELINES)


def _assessments(
    out: SecondNumbers, own: pd.DataFrame, seen: pd.DataFrame, plan: SimpleNamespace, study: Study
) -> None:
    """Describe how far apart the assessments up to the end of PFS are, and count those off the schedule."""
    every, late = plan.assessment_interval_days, plan.assessment_tolerance_days
    start, end = (pd.to_datetime(seen["SUBJID"].map(own[name])) for name in ("START", "END"))
    rows = seen.loc[seen["DAY"] <= end].assign(SINCE=(seen["DAY"] - start).dt.days)
    rows = rows.sort_values(["SUBJID", "SINCE"])
    gap = rows.groupby("SUBJID")["SINCE"].diff().fillna(rows["SINCE"])
    nearest = (rows["SINCE"] / every).round().clip(lower=1) * every
    rows = rows.assign(GAP=gap, OFF=(rows["SINCE"] - nearest).abs() > late)
    for group, members in time_groups(own, plan, study):
        chosen = rows.loc[rows["SUBJID"].isin(members.index)]
        means = chosen.groupby("SUBJID")["GAP"].mean()
        describe(out, f"pfs.assessments.interval.{group}", means, len(members), plan)
        count(out, f"pfs.assessments.off_schedule.{group}", int(chosen["OFF"].sum()), len(chosen))
