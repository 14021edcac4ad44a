"""When a blood count is first low, and when it has recovered; death and another treatment compete."""

import numpy as np
import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.survival_records import COMPETING, NO_EVENT
from duonen_stats.datasets.laboratory.grade_course import (
    EVENT,
    OTHER,
    TimesToValue,
    days_to_grade,
    days_to_recovery,
    graded_values,
)
from duonen_stats.datasets.laboratory.kidney_course import days_to_fall, kidney_values
from duonen_stats.datasets.laboratory.support import Support, support_of
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.grades import why_no_grade, without_grade
from duonen_stats.results.rows.groups import ARM, each_group, flagged
from duonen_stats.results.rows.incidence import incidence_rates
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.results.rows.times import Times
from duonen_stats.study import Study

LOW_GRADE = 2
"""The grade from which on a patient has something to recover from."""


def analyse_grade_times(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Estimate the incidence of a first low count, and of recovery from it, by arm.

    The clock starts at the first administration, that of recovery at the first value of grade 2 or higher. Who has
    neither the event nor a competing one is censored at the last value, not at the last contact: of a patient without
    further values nobody knows. A recovery that a transfusion or a growth factor helped counts as the plan says, and
    rows count who was given either meanwhile and whose time is another for it.

    Source: Aalen & Johansen (1978) Scand J Stat 5:141-150; SAVVY, Trials 2021;22:420.
    """
    patients = flagged(data.adsl, "SAFFL")
    support = support_of(data.adcm, plan, data.why_no_adcm)
    rows: list[ResultRow] = []
    for code in ids.blood_counts(ids.Scope(study=study, plan=plan)):
        values = graded_values(data.adlb, code)
        values = values[values["USUBJID"].isin(patients["USUBJID"])]
        for group, members in each_group(patients, study):
            about = _about(group, code)
            for grade in ids.TIMED_GRADES:
                block = about.of(
                    ids.grade_time(code, grade, group),
                    variable_level=f"first value of grade {grade} or higher",
                )
                found = _times(days_to_grade(values, members, int(grade)), block, plan)
                why = why_no_grade(study.analyte(code), plan, int(grade))
                rows += without_grade(found, why) if why else found
            block = about.of(
                ids.grade_recovery(code, group),
                variable_level="recovery from the first value of grade 2 or higher",
            )
            times = days_to_recovery(values, members, LOW_GRADE, support)
            found = _times(times, block, plan)
            counts = {"supported": times.supported, "changed": times.changed}
            found += support_rows(counts, "Patients", block, support, plan)
            why = why_no_grade(study.analyte(code), plan, LOW_GRADE)
            rows += without_grade(found, why) if why else found
    return rows


def support_rows(
    counts: "dict[str, int]", who: str, block: About, support: Support, plan: Plan
) -> list[ResultRow]:
    """Count whom growth factors and transfusions touch; a reason where no record of therapies is known."""
    labels = {
        "supported": f"{who} with a growth factor or a transfusion before",
        "changed": f"{who} whose recovery is another for it: {plan.words('recovery_support')}",
    }
    note = f"{support.unknown}: values count as observed" if support.unknown else ""
    return [
        block.row(name, None if support.unknown else counts[name], label=label, note=note)
        for name, label in labels.items()
    ]


def _about(group: str, variable: str) -> About:
    return About(
        display="Course of laboratory values",
        population=Population.SAFETY,
        group1=ARM,
        group1_level=group,
        variable=variable,
    )


def _times(found: TimesToValue, block: About, plan: Plan) -> list[ResultRow]:
    return [
        *_counts(found, block),
        block.row(
            "n_open", found.undecided, n=len(found.patient), label="Patients with an undecided value before"
        ),
        *_incidence(found, block, plan.grade_landmark_months, ids.course_rate, plan),
    ]


def _counts(found: TimesToValue, block: About) -> list[ResultRow]:
    n = len(found.patient)
    counts = {
        "n": (n, "Patients at risk"),
        "n_without": (found.without, "Patients without a value to begin with"),
        "events": (int((found.cause == EVENT).sum()), "Patients with the event"),
        "competing": (int((found.cause == OTHER).sum()), "Patients with a competing event"),
    }
    return [block.row(name, number, n=n, label=label) for name, (number, label) in counts.items()]


def _incidence(
    found: TimesToValue, block: About, months: tuple[float, ...], rate: "ids.RateOf", plan: Plan
) -> list[ResultRow]:
    times = Times(
        subject=np.array(found.patient, dtype=object),
        time=found.days / plan.days_per_month,
        event=(found.cause == EVENT).astype(np.int64),
        reason=np.where(found.cause == EVENT, 0, np.where(found.cause == OTHER, COMPETING, NO_EVENT)).astype(
            np.int64
        ),
        arm=np.full(len(found.patient), block.group1_level, dtype=str),
    )
    return incidence_rates(times, months, lambda month: rate(block.id, month), block, plan)


def analyse_kidney_declines(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Estimate the incidence of a confirmed fall of eGFR from baseline by arm, death competing.

    Source: Levey et al. (2014) Am J Kidney Dis 64:821-835; Aalen & Johansen (1978) Scand J Stat 5:141-150.
    """
    patients = flagged(data.adsl, "SAFFL")
    values = kidney_values(data.adlb)
    rows: list[ResultRow] = []
    for fraction in plan.decline_fractions:
        for group, members in each_group(patients, study):
            found, unconfirmed = days_to_fall(
                values, pd.DataFrame(members), fraction, plan.decline_confirmation_days
            )
            block = _about(group, "EGFR").of(
                ids.egfr_decline(ids.decline_name(fraction), group),
                variable_level=f"fall by {100 * fraction:g} % of the baseline",
            )
            rows += _counts(found, block)
            rows.append(
                block.row(
                    "unconfirmed",
                    unconfirmed,
                    n=len(found.patient),
                    label="Events not confirmed by a later value",
                )
            )
            rows += _incidence(found, block, plan.late_landmark_months, ids.decline_rate, plan)
    return rows
