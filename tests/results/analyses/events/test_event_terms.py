"""Patients and events by class and term, counted by hand in the worked patients."""

from dataclasses import replace

import pandas as pd
import pytest
from coded_events import BLOOD, DEATHS, GUT, LATE, PATIENTS, coded, worked

from duonen_stats.plan import INTERIM
from duonen_stats.results import Results, ids
from duonen_stats.results.analyses.events.event_terms import (
    NO_CLASS,
    analyse_event_terms,
    one_spelling,
    ordered_lines,
    reported_events,
    worst_grades,
)


def found(study, events=PATIENTS, plan=INTERIM, **tables):
    data = worked(events, plan=plan, **({"follow_up": DEATHS} | tables))
    return Results(analyse_event_terms(data, study, plan))


@pytest.fixture(scope="module")
def rows(study):
    return found(study)


def term(kind, soc, name, group="all"):
    return ids.line_patients(ids.event_term(ids.event_class(kind, soc), name), group)


def counts(rows, block):
    return tuple(rows.value(block.stat(name)) for name in ("n", "events"))


def test_a_patient_counts_once_in_a_line_and_every_event_counts(rows):
    assert counts(rows, term("any", BLOOD, "Anaemia", "A")) == (1, 2)
    assert counts(rows, ids.line_patients(ids.event_class("any", BLOOD), "A")) == (1, 3)
    assert counts(rows, ids.kind_patients("any", "all")) == (3, 7)
    assert rows.value(term("any", BLOOD, "Anaemia", "A").stat("pct")) == 50


def test_the_last_day_of_reporting_is_of_treatment_and_the_next_of_follow_up(rows):
    assert counts(rows, term("any", GUT, "Nausea", "A")) == (1, 2)  # days 0 and 86; two spellings, one term
    assert counts(rows, term("follow_up", BLOOD, "Anaemia", "B")) == (1, 1)  # day 87
    assert counts(rows, ids.kind_patients("any", "B")) == (0, 0)


def test_an_event_from_before_treatment_is_in_no_list(rows):
    assert counts(rows, term("any", GUT, "Nausea", "A")) == (1, 2)  # both of 002, none of 001
    assert counts_of_worsened(rows) == (1, 1)


def counts_of_worsened(rows):
    return tuple(rows.value(ids.events_worsened().stat(name)) for name in ("n", "patients"))


def test_an_event_without_a_date_is_of_treatment(rows):
    assert counts(rows, term("any", GUT, "Vomiting", "D")) == (1, 1)


def test_an_event_without_a_class_is_listed_as_such(rows):
    assert counts(rows, term("any", NO_CLASS, "Fatigue", "D")) == (1, 1)
    assert rows.value(ids.event_coding("classed").stat("n")) == 9
    assert rows.row(ids.event_coding("dictionaries").stat("n")).variable_level == "MedDRA 26.1"


def test_classes_and_terms_are_in_decreasing_order_and_ties_alphabetical(study):
    events = reported_events(worked(PATIENTS), study).of_kind("any")
    assert list(ordered_lines(events)) == [
        (GUT, ("Nausea", "Vomiting")),  # two patients, a tie of its terms
        (BLOOD, ("Anaemia", "Neutropenia")),
        (NO_CLASS, ("Fatigue",)),
    ]


def test_worst_grade_of_a_line(rows):
    anaemia = ids.event_term(ids.event_class("any", BLOOD), "Anaemia")
    grades = [rows.value(ids.line_worst(anaemia, grade, "A").stat("n")) for grade in (1, 2, 3, "unknown")]
    assert grades == [0, 0, 1, 0]
    nausea = ids.event_term(ids.event_class("any", GUT), "Nausea")
    assert rows.value(ids.line_worst(nausea, "unknown", "A").stat("n")) == 1


def test_a_grade_5_decides_whatever_has_no_grade():
    frame = pd.DataFrame({"USUBJID": ["1", "1"], "AETOXGR": pd.array([5, None], dtype="Int64")})
    assert worst_grades(frame).to_dict() == {"1": "5"}


def test_related_serious_and_severe(rows):
    assert counts(rows, ids.kind_patients("related", "A")) == (2, 3)  # one says no, one says nothing
    assert counts(rows, ids.kind_patients("related", "D")) == (1, 2)  # of 004, related to a product
    assert counts(rows, ids.kind_patients("serious", "all")) == (1, 1)
    assert counts(rows, ids.kind_patients("severe", "all")) == (2, 2)


def test_a_registry_lists_serious_events_whenever_they_began(rows):
    assert counts(rows, ids.kind_patients("registry_serious", "all")) == (2, 2)
    assert counts(rows, term("registry_serious", LATE, "Myelodysplastic syndrome", "B")) == (1, 1)


def test_a_registry_lists_other_events_of_terms_that_are_frequent_in_an_arm(study):
    plan = replace(INTERIM, ae_term_percent=60.0)
    rows = found(study, plan=plan)
    listed = {
        row.variable_level for row in rows if row.context == "registry_other" and row.stat_name == "place"
    }
    assert listed == {"Fatigue", "Vomiting"}  # the one patient of arm D; half of arm A is not enough


def test_outcomes_and_durations(rows):
    block = ids.event_outcome("A")
    seen = {
        name: rows.value(block.stat(name)) for name in ("events", "recovered", "not_recovered", "unknown")
    }
    assert seen == {"events": 5, "recovered": 1, "not_recovered": 1, "unknown": 3}
    assert (rows.value(block.stat("median")), rows.value(block.stat("n"))) == (5, 1)  # days 5 to 9
    assert rows.value(block.stat("no_end")) == 4
    assert (rows.value(block.stat("graded_twice")), rows.value(block.stat("worsened"))) == (2, 1)


def test_without_a_duration_there_is_a_reason(rows):
    block = ids.event_outcome("B")
    assert rows.value(block.stat("median")) is None
    assert rows.row(block.stat("median")).note == "no event has both its dates recorded in full"


def test_an_arm_with_nobody_has_zeros_and_a_reason(rows):
    block = ids.kind_patients("any", "C")
    assert counts(rows, block) == (0, 0)
    assert rows.row(block.stat("pct")).note == "no patients to count"


def test_no_event_at_all_leaves_no_line(study):
    rows = found(study, [])
    assert [row for row in rows if row.stat_name == "terms"] == []
    assert counts(rows, ids.kind_patients("any", "all")) == (0, 0)


def test_a_cut_without_a_dictionary_is_shown_by_category(study):
    plain = [coded("001", 1, 5, None, None, TERM="Tired "), coded("002", 1, 5, None, None, TERM="tired")]
    rows = found(study, plain)
    assert counts(rows, term("any", "Other", "Tired", "A")) == (2, 2)
    assert rows.value(ids.event_coding("coded").stat("n")) == 0


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Nausea", "NAUSEA", "nausea", "NAUSEA"], "NAUSEA"),
        (["b  c", "B c"], "B c"),  # as frequent: the first of the alphabet
        ([None, ""], "?"),
    ],
)
def test_one_spelling_is_chosen(texts, expected):
    assert set(one_spelling(pd.Series(texts, dtype=object), "?")) == {expected}


def test_every_id_is_declared(rows, study):
    known = ids.known_ids(study, INTERIM, "interim")
    assert [row.analysis_id for row in rows if row.analysis_id not in known] == []


def test_terms_that_look_like_parts_of_ids_are_kept_apart(study):
    odd = [
        coded("001", 1, 5, "by", "term"),
        coded("001", 2, 5, "by.A", "by"),
        coded("001", 3, 5, "worst", "1"),
    ]
    rows = found(study, odd)
    assert counts(rows, term("any", "by", "term")) == (1, 1)
    assert counts(rows, term("any", "by.A", "by")) == (1, 1)
