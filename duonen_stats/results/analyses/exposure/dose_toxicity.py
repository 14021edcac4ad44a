"""Does harm follow dose? Low counts and marrow dose, fall of kidney function and kidney dose, without immortal time."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from duonen_stats import methods
from duonen_stats.datasets import Datasets
from duonen_stats.datasets.exposure.dose_intervals import dose_intervals, dose_steps
from duonen_stats.datasets.exposure.toxicity_times import after_cycles, first_decline, first_low_count
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.errors import NotEstimable
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.grades import why_no_grade, without_grade
from duonen_stats.results.rows.groups import ARM, numbers
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

STEPS: Mapping[str, float] = {"marrow": 0.1, "kidney": 1.0}
"""Gy that a ratio is per, by organ: a step that patients differ by."""

_STATS = ("ratio", "ci_low", "ci_high", "p")
_TRAP = (
    "the dose given so far, never that of the whole course: who stays free of the event longer receives more cycles "
    "(immortal time)"
)
_UNREACHED = "the profile likelihood reaches no limit on this side"


def analyse_dose_toxicity(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Relate the first low blood count to marrow dose, and the first fall of the eGFR to kidney dose.

    ``.hazard``: Cox's model from the first administration, the dose given so far as time-dependent covariate,
    stratified by arm. ``.odds``: the chance of the event after a cycle, up to the next one, given the dose so far and
    the number of the cycle, of those still at risk, by Firth's logistic regression. Dose follows dosimetry and
    tolerance, so that both are associations. Patients without the dose of a delivered cycle are left out, and counted.

    Source: Therneau & Grambsch (2000) §3.7; Allison (1982) Sociol Methodol 13:61-98; Heinze & Schemper (2002).
    """

    def why(code: str) -> str:
        return why_no_grade(study.analyte(code), plan, plan.dose_effect_grade)

    rows: list[ResultRow] = []
    for organ, outcomes in ids.dose_outcomes(study).items():
        steps, unknown = dose_steps(organ, data.adex, data.addos)
        for outcome, analytes in outcomes.items():
            if organ == "kidney":
                times = first_decline(data.adlb, data.adsl, analytes[0], plan)
                words = f"fall of the eGFR by {100 * plan.dose_effect_decline:g} % or more"
            else:
                graded = [code for code in analytes if not why(code)] or analytes
                times = first_low_count(data.adlb, data.adsl, graded, plan)
                words = f"first value of grade {plan.dose_effect_grade} or higher"
            about = About(
                display="Dose and harm",
                population=Population.SAFETY,
                variable=outcome,
                variable_level=f"{organ} dose",
                context=f"{words}; {_TRAP}",
            )
            known = times[~times["SUBJID"].isin(unknown)]
            dropped = int(times["SUBJID"].isin(unknown).sum())
            hazard, odds = (about.of(ids.dose_harm(organ, outcome, model)) for model in ("hazard", "odds"))
            found = [
                *_hazard(known, dropped, steps, organ, hazard, plan),
                *_odds(known, dropped, steps, organ, odds, study, plan),
            ]
            reasons = [why(code) for code in analytes] if organ == "marrow" else [""]
            rows += without_grade(found, reasons[0]) if all(reasons) else found
    return rows


def _counts(patients: int, records: int, events: int, dropped: int, about: About) -> list[ResultRow]:
    return [
        about.row("n", patients, n=patients, label="Number of patients"),
        about.row("records", records, n=patients, label="Intervals or cycles at risk"),
        about.row("events", events, n=patients, label="Number of patients with the event"),
        about.row("unknown", dropped, label="Patients without the dose of a delivered cycle"),
    ]


def _hazard(
    times: pd.DataFrame, dropped: int, steps: pd.DataFrame, organ: str, about: About, plan: Plan
) -> list[ResultRow]:
    rows = dose_intervals(times, steps, plan)
    n = rows["SUBJID"].nunique()
    found = _counts(n, len(rows), int(rows["EVENT"].sum()), dropped, about)
    method = "Cox model with the dose given so far as time-dependent covariate, stratified by arm, Efron ties"
    about = replace(about, unit=f"per {STEPS[organ]:g} Gy")
    try:
        fitted = methods.cox_model(
            numbers(rows["END"]),
            numbers(rows["EVENT"]),
            numbers(rows["DOSE"]) / STEPS[organ],
            entry=numbers(rows["BEGIN"]),
            strata=rows[ARM].to_numpy(dtype=str),
            names=("dose",),
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        return found + about.refused(verdict, *_STATS, method=method, n=n)
    term = fitted.terms[0]
    return found + _estimated(
        about, (term.hazard_ratio, term.lower, term.upper, term.p_value), "Hazard ratio", method, n
    )


def _odds(
    times: pd.DataFrame,
    dropped: int,
    steps: pd.DataFrame,
    organ: str,
    about: About,
    study: Study,
    plan: Plan,
) -> list[ResultRow]:
    rows = after_cycles(times, steps, study, plan)
    n = rows["SUBJID"].nunique()
    found = _counts(n, len(rows), int(rows["EVENT"].sum()), dropped, about)
    method = "logistic regression with Firth's penalty on the dose so far and the cycle, profile limits"
    about = replace(about, unit=f"per {STEPS[organ]:g} Gy")
    try:
        fitted = methods.firth_logistic(
            numbers(rows["EVENT"]),
            np.column_stack([numbers(rows["DOSE"]) / STEPS[organ], numbers(rows["CYCLE"])]),
            names=("dose", "cycle"),
            confidence=plan.confidence,
        )
    except NotEstimable as verdict:
        return found + about.refused(verdict, *_STATS, method=method, n=n)
    term = fitted.terms[0]
    return found + _estimated(
        about, (term.odds_ratio, term.lower, term.upper, term.p_value), "Odds ratio", method, n
    )


def _estimated(
    about: About, values: tuple[float | None, ...], label: str, method: str, n: int
) -> list[ResultRow]:
    labels = (label, "Lower limit", "Upper limit", None)
    return [
        about.row(
            name,
            value,
            unit="" if name == "p" else None,
            label=words,
            n=n,
            method=method,
            note="" if value is not None else _UNREACHED,
        )
        for name, words, value in zip(_STATS, labels, values, strict=True)
    ]
