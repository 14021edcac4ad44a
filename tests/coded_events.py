"""Worked patients with coded events: twelve of them, with what a table has to say of each."""

from typing import Any

import pandas as pd
from patients import administration, contact, cycles, day, ended, event, lab, make_cut, subject

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.raw import Cut
from duonen_stats.study import load_study

BLOOD, GUT, LATE = "Blood and lymphatic system disorders", "Gastrointestinal disorders", "Neoplasms"
_LATER_COLUMNS = ("SOC", "PT", "DICTVER", "RELLU", "RELY90", "GRADEINI")
"""Columns that older cuts do not have."""


def coded(
    subjid: str, number: int, on: int, soc: str | None, term: str | None, grade: int | None = 1, **more: Any
):
    """One event with its class and preferred term; without a name of its own it was reported in lower case."""
    usual = {"TERM": (term or "unwell").lower(), "SOC": soc, "PT": term, "DICTVER": "MedDRA 26.1"}
    return event(subjid, number, on, "OTHER", grade, **(usual | more))


def with_later_columns(cut: Cut, events: list[dict[str, Any]]) -> Cut:
    """Put the columns of coded events onto a cut, whether or not the data dictionary has them."""
    frame = cut.tables["adverse_events"]
    own = {name: pd.Series([one.get(name) for one in events], dtype=object) for name in _LATER_COLUMNS}
    own["GRADEINI"] = own["GRADEINI"].astype("Int64")
    cut.tables["adverse_events"] = frame.assign(**own)
    return cut


def worked_cut(events: list[dict[str, Any]], *, cut_day: int = 2000, **tables: list[dict[str, Any]]) -> Cut:
    """Four patients of arms A, A, B and D, each with two cycles on days 0 and 56, and these events."""
    patients = {"001": "A", "002": "A", "003": "B", "004": "D"}
    usual = {
        "subjects": [subject(name, arm) for name, arm in patients.items()],
        "administrations": [one for name in patients for one in cycles(name, [7400.0, 7400.0])],
        "disposition": [ended(name, "DISCONTINUED", 60) for name in patients],
        "follow_up": [contact(name, 800) for name in patients],
    }
    known = set(event("001", 1, 0))
    plain = [{name: value for name, value in one.items() if name in known} for one in events]
    return with_later_columns(make_cut(cut_day=cut_day, adverse_events=plain, **(usual | tables)), events)


def worked(events: list[dict[str, Any]], *, plan: Plan = INTERIM, **tables: list[dict[str, Any]]) -> Datasets:
    """The datasets of :func:`worked_cut`, of the same events built once; for reading only."""
    key = repr((events, sorted(tables.items()))), plan
    if key not in _BUILT:
        _BUILT[key] = build_datasets(worked_cut(events, **tables), load_study(), plan)
    return _BUILT[key]


_BUILT: dict[tuple[str, Plan], Datasets] = {}


# Day 0 is that of the first cycle, day 56 of the second; reporting ends on day 86.
PATIENTS = [
    # 001, arm A: the same term twice, once worse, and another of the class; one before the first cycle.
    coded("001", 1, 5, BLOOD, "Anaemia", 1, OUTCOME="RECOVERED", ENDDT=day(9), GRADEINI=1),
    coded(
        "001", 2, 40, BLOOD, "Anaemia", 3, SERIOUS="Y", ACTION="DELAYED", OUTCOME="NOT_RECOVERED", GRADEINI=2
    ),
    coded("001", 3, 41, BLOOD, "Neutropenia", 2, RELATED="N"),
    coded("001", 4, -3, GUT, "Nausea", 2, GRADEINI=1),
    # 002, arm A: one term spelt in two ways, without a grade; an event on the last day of reporting.
    coded("002", 1, 0, GUT, "Nausea", None),
    coded("002", 2, 86, GUT, "nausea", 1, RELATED=None),
    # 003, arm B: the day after the end of reporting; a late neoplasm that was serious and fatal.
    coded("003", 1, 87, BLOOD, "Anaemia", 2),
    coded("003", 2, 700, LATE, "Myelodysplastic syndrome", 5, SERIOUS="Y", OUTCOME="FATAL", ENDDT=day(760)),
    # 004, arm D: no class; no date of onset.
    coded("004", 1, 10, None, "Fatigue", 1, ACTION="DISCONTINUED", RELLU="Y", RELATED=None),
    coded("004", 2, 10, GUT, "Vomiting", 4, STARTDT=None, OUTCOME="RECOVERED"),
]
DEATHS = [contact("001", 800), contact("002", 800), contact("003", 760, died=True), contact("004", 800)]

__all__ = ["DEATHS", "PATIENTS", "administration", "coded", "lab", "worked", "worked_cut"]
