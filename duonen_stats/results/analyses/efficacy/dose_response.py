"""Does more dose mean longer PFS? Dose as it was at the time, and at a landmark."""

from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.exposure.dose_intervals import (
    ORGANS,
    activity_measure,
    dose_intervals,
    dose_steps,
)
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.groups import ARM, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

_STATS = ("hr", "ci_low", "ci_high", "p")
_TRAP = (
    "The dose of the whole course is not compared: who lives longer without progression receives more cycles, "
    "so a high total would follow from a long time (immortal time)."
)


def analyse_dose_response(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Relate PFS to the cumulative activity of each isotope and to organ dose, within arms, without immortal time.

    ``pfs.dose.<measure>.time_dependent``: Cox's model with the dose given so far. ``.landmark``: the dose up to
    the landmark against the time after it, of patients then free of the event and under observation. Both are
    stratified by arm:
    arms differ in dose by design, and what is asked is whether more helps within an arm. Neither proves that dose is
    the cause: anyone who does badly may be given less.

    Source: Anderson et al. (1983) J Clin Oncol 1:710-719; Therneau & Grambsch (2000) §3.7.
    """
    pfs = data.adtte[data.adtte["PARAMCD"].eq("PFS")]
    times = pfs.assign(EVENT=pfs["CNSR"].eq(0).astype("int64"))[["SUBJID", ARM, "STARTDT", "AVAL", "EVENT"]]
    about = About(
        id=ids.dose_response(), display="Dose–response", population=Population.RANDOMISED, context=_TRAP
    )
    mark = plan.dose_landmark_months
    rows = [about.row("landmark_months", mark, unit="months", label="Landmark")]
    for measure, (words, unit, arms) in dose_measures(study).items():
        steps, unknown = dose_steps(measure, data.adex, data.addos)
        known = times[times[ARM].isin(list(arms)) & ~times["SUBJID"].isin(unknown)]
        block = replace(about, variable=words, unit=f"per {unit}")
        rows += _time_dependent(known, len(unknown), steps, block.of(ids.dose_given(measure)), plan)
        rows += _landmark(known, steps, block.of(ids.dose_landmark(measure)), plan)
    return rows


def dose_measures(study: Study) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return the measures of dose: part of the id -> words, unit, and the arms in which it is looked at."""
    activities = {
        activity_measure(isotope.code): (
            f"Cumulative activity of {isotope.label}",
            "GBq",
            tuple(arm.code for arm in study.arms if isotope.code in arm.isotopes),
        )
        for isotope in study.isotopes
    }
    every = tuple(arm.code for arm in study.arms)
    return activities | {organ: (f"{organ.capitalize()} dose", "Gy", every) for organ in ORGANS}


def _time_dependent(
    times: pd.DataFrame, unknown: int, steps: pd.DataFrame, about: About, plan: Plan
) -> list[ResultRow]:
    intervals = dose_intervals(times, steps, plan)
    rows = [
        *_counts(intervals["SUBJID"].nunique(), int(intervals["EVENT"].sum()), about),
        about.row("unknown", unknown, unit="", label="Patients without the dose of a delivered cycle"),
    ]
    method = "Cox model with the dose given so far as time-dependent covariate, stratified by arm, Efron ties"
    return rows + _model(
        numbers(intervals["END"]),
        numbers(intervals["EVENT"]),
        numbers(intervals["DOSE"]),
        intervals[ARM].to_numpy(dtype=str),
        about,
        plan,
        method,
        entry=numbers(intervals["BEGIN"]),
    )


def _landmark(times: pd.DataFrame, steps: pd.DataFrame, about: About, plan: Plan) -> list[ResultRow]:
    mark = plan.dose_landmark_months
    free = times[times["AVAL"] > mark]
    start = free.set_index("SUBJID")["STARTDT"]
    given = steps[steps["SUBJID"].isin(start.index)]
    days = (given["ADT"] - pd.to_datetime(given["SUBJID"].map(start))).dt.days
    before = given[days / plan.days_per_month <= mark].groupby("SUBJID")["DOSE"].sum()
    dose = free["SUBJID"].map(before).astype("float64").fillna(0.0)
    rows = [
        *_counts(len(free), int(free["EVENT"].sum()), about),
        about.row(
            "excluded",
            len(times) - len(free),
            unit="",
            n=len(times),
            label="Patients with an event or censored up to the landmark",
        ),
    ]
    method = f"Cox model from month {mark:g}, dose up to then, stratified by arm, Efron ties"
    return rows + _model(
        numbers(free["AVAL"]) - mark,
        numbers(free["EVENT"]),
        numbers(dose),
        free[ARM].to_numpy(dtype=str),
        about,
        plan,
        method,
    )


def _counts(patients: int, events: int, about: About) -> list[ResultRow]:
    return [
        about.row("n", patients, unit="", n=patients, label="Number of patients"),
        about.row("events", events, unit="", n=patients, label="Number of events"),
    ]


def _model(
    time: np.ndarray,
    event: np.ndarray,
    dose: np.ndarray,
    arm: np.ndarray,
    about: About,
    plan: Plan,
    method: str,
    *,
    entry: np.ndarray | None = None,
) -> list[ResultRow]:
    try:
        found = methods.cox_model(
            time, event, dose, strata=arm, names=("dose",), confidence=plan.confidence, entry=entry
        )
    except NotEstimable as verdict:
        return about.refused(verdict, *_STATS, method=method)
    term = found.terms[0]
    values = (term.hazard_ratio, term.lower, term.upper, term.p_value)
    labels = ("Hazard ratio", "Lower limit", "Upper limit", None)
    return [
        about.row(name, value, unit="" if name == "p" else None, label=label, method=method)
        for name, label, value in zip(_STATS, labels, values, strict=True)
    ]
