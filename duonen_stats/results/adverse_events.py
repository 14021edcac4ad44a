"""Table 5: adverse events as reported, and the patients behind them."""

from dataclasses import replace

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.populations import Population
from duonen_stats.results import ids
from duonen_stats.results.about import About
from duonen_stats.results.count import count, rate
from duonen_stats.results.events_of_interest import HAEMATOLOGICAL, count_events_of_interest
from duonen_stats.results.groups import ARM, each_group, flagged
from duonen_stats.results.table import ResultRow
from duonen_stats.sap import Plan
from duonen_stats.study import Study

SEVERE = 3
GRADES = (1, 2, 3, 4, 5)


def analyse_adverse_events(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count events and patients, by category, arm and worst grade, while they are treatment-emergent.

    Percentages of events are of all events, as the publication prints them; percentages of patients are of the
    safety population of the arm.

    What began before the first administration, or after the end of reporting, is counted apart. Late and lasting harm
    that is named is counted from the first administration on without an end, because it comes years later.

    Source: interim publication, Table 5 and section 3.9.
    """
    patients = flagged(data.adsl, "SAFFL")
    reported = data.adae[data.adae["USUBJID"].isin(patients["USUBJID"])]
    events = flagged(reported, "TRTEMFL")
    rows: list[ResultRow] = []
    for code, label in [("total", "Total"), *((c.code, c.label) for c in study.ae_categories)]:
        chosen = events if code == "total" else events[events["AECAT"].eq(code)]
        about = About(
            display="Table 5",
            population=Population.SAFETY,
            variable="AECAT",
            variable_level=label,
        )
        for level, part in (("any", chosen), ("grade_ge3", chosen[chosen["AETOXGR"] >= SEVERE])):
            context = "any grade" if level == "any" else f"grade {SEVERE} or higher"
            block = about.of(ids.events(code, level), context=context)
            rows += count(len(part), len(events), replace(block, population=Population.EVENTS), of="events")
            for arm, members in each_group(patients, study):
                affected = part.loc[part["USUBJID"].isin(members["USUBJID"]), "USUBJID"].nunique()
                own = block.of(ids.event_patients(code, level, arm), group1=ARM, group1_level=arm)
                rows += rate(int(affected), len(members), own, plan)
    return [
        *rows,
        *_worst_grades(events, patients, study, plan),
        *_consequences(events, patients, plan),
        *_outside(reported),
        *count_events_of_interest(
            reported[~before_treatment(reported)], patients, Population.SAFETY, study, plan
        ),
    ]


def before_treatment(events: pd.DataFrame) -> pd.Series:
    """Tell which events began before the first administration; without a date of onset that is not known."""
    return events["ASTDY"].lt(0).fillna(value=False).astype(bool)


def _outside(reported: pd.DataFrame) -> list[ResultRow]:
    """Count what is not treatment-emergent although its date is known: events, and the patients who had them."""
    before = before_treatment(reported)
    after = reported["ASTDY"].gt(0).fillna(value=False).astype(bool) & reported["TRTEMFL"].isna()
    rows = []
    for when, chosen in (("before", before), ("after", after)):
        context = "before the first administration" if when == "before" else "after the end of reporting"
        for level, least in (("any", 0), ("grade_ge3", SEVERE)):
            part = reported[chosen & (reported["AETOXGR"].ge(least).fillna(value=False) | (least == 0))]
            about = About(
                id=ids.events_outside(when, level),
                display="Table 5",
                population=Population.SAFETY,
                variable="ASTDY",
                context=context,
            )
            patients = int(part["USUBJID"].nunique())
            rows += [
                about.row("n", len(part), unit="", label="Number of events"),
                about.row("patients", patients, unit="", label="Number of patients"),
            ]
    return rows


def _worst_grades(events: pd.DataFrame, patients: pd.DataFrame, study: Study, plan: Plan) -> list[ResultRow]:
    """Patients by the worst grade of any of their events; grade 0 is no event."""
    worst = events.groupby("USUBJID", observed=True)["AETOXGR"].max()
    rows = []
    for arm, members in each_group(patients, study):
        grade = members["USUBJID"].map(worst).astype("Float64").fillna(0)
        for level in (0, *GRADES):
            block = About(
                id=ids.worst_event(level, arm),
                display="Table 5",
                population=Population.SAFETY,
                group1=ARM,
                group1_level=arm,
                variable="AETOXGR",
                variable_level=str(level),
                context="worst grade of a patient",
            )
            rows += rate(int(grade.eq(level).sum()), len(members), block, plan)
    return rows


def _consequences(events: pd.DataFrame, patients: pd.DataFrame, plan: Plan) -> list[ResultRow]:
    severe = events[events["AETOXGR"] >= SEVERE]
    stopped = severe[severe["AEACN"].eq("DISCONTINUED")]
    about = About(display="Table 5", population=Population.SAFETY, variable="AEACN")
    rows = count(
        len(stopped),
        len(severe),
        about.of(ids.event_consequence("severe_discontinued"), population=Population.EVENTS),
        of="events of grade 3 or higher",
    )
    rows += _stopped_by_blood_counts(events, patients, about, plan)
    serious = events[events["AESER"].eq("Y")]
    of_serious = about.of(ids.event_consequence("serious"), population=Population.EVENTS, variable="AESER")
    rows += count(len(serious), len(events), of_serious, of="events")
    block = about.of(ids.consequence("patients_with_event"))
    return rows + rate(int(events["USUBJID"].nunique()), len(patients), block, plan)


def _stopped_by_blood_counts(
    events: pd.DataFrame, patients: pd.DataFrame, about: About, plan: Plan
) -> list[ResultRow]:
    """Of the patients who discontinued, those with a haematological event that led to it."""
    stopped = patients.loc[patients["EOTSTT"].eq("DISCONTINUED"), "USUBJID"]
    cause = events[events["AEACN"].eq("DISCONTINUED") & events["AECAT"].isin(HAEMATOLOGICAL)]
    affected = cause.loc[cause["USUBJID"].isin(stopped), "USUBJID"].nunique()
    block = about.of(
        ids.consequence("haematological_discontinued"), context="haematological event led to discontinuation"
    )
    return rate(int(affected), len(stopped), block, plan, of="patients who discontinued")
