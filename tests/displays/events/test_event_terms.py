from dataclasses import replace

import pytest
from coded_events import DEATHS, GUT, PATIENTS, coded, worked

from duonen_stats.displays.events import event_terms
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import INTERIM


def shown_for(display, study, events=PATIENTS, plan=INTERIM):
    return produce(display, worked(events, plan=plan, follow_up=DEATHS), study, plan)


def without(*columns):
    """The worked events, with nothing recorded in these columns."""
    return [one | dict.fromkeys(columns) for one in PATIENTS]


def lines(produced):
    return [[plain(cell) for cell in row.cells] for row in produced.content.rows]


def notes(produced):
    return " ".join(plain(note) for note in produced.footnotes)


def test_classes_head_their_terms(study):
    found = lines(shown_for(event_terms.BY_TERM, study))
    assert [line[0] for line in found][:4] == ["Any", GUT, "Nausea", "Vomiting"]
    assert found[0][1:] == ["3 (75.0%); 7", "2 (100%); 5", "0 (0%); 0", "0 (–); 0", "1 (100%); 2"]


def test_worst_grade_counts_each_patient_once(study):
    found = {line[0]: line[1:] for line in lines(shown_for(event_terms.WORST_GRADE, study))}
    assert found["Anaemia"][:4] == ["1 (1/0/0/0)", "·", "·", "1 (1/0/0/0)"]
    assert found["Nausea"][-1] == "1 (1/0/0/0)"  # without a grade


def test_a_column_of_unknown_grades_stands_only_where_there_are_any(study):
    graded = [one for one in PATIENTS if one["GRADE"] is not None]
    assert "Not known" not in [
        c.header for c in shown_for(event_terms.WORST_GRADE, study, graded).content.columns
    ]
    assert "Not known" in [c.header for c in shown_for(event_terms.WORST_GRADE, study).content.columns]


def test_the_dictionary_is_named_with_what_it_leaves_out(study):
    said = notes(shown_for(event_terms.BY_TERM, study))
    assert "Preferred terms of MedDRA 26.1." in said
    assert "A class is recorded for 9 of 10." in said


def test_two_versions_are_both_named(study):
    events = [coded("001", 1, 5, "x", "a", DICTVER="MedDRA 26.0"), coded("001", 2, 5, "x", "b")]
    assert "Preferred terms of MedDRA 26.0, MedDRA 26.1." in notes(
        shown_for(event_terms.BY_TERM, study, events)
    )


def test_the_shipped_cohort_names_its_dictionary(shown):
    assert "Preferred terms of MedDRA 20.1." in notes(shown["table_s51"])
    assert "under the categories of the trial" not in notes(shown["table_s51"])


def test_without_a_dictionary_the_table_says_so(study):
    said = notes(shown_for(event_terms.BY_TERM, study, without("SOC", "PT", "DICTVER")))
    assert "The data have no preferred terms" in said
    assert "under the categories of the trial" in said


def test_outcome_says_what_the_data_have_of_the_first_grade(study, shown):
    for found in (shown_for(event_terms.OUTCOMES, study), shown["table_s56"]):
        assert found.content.columns[-1].header == "Grade rose"
        assert "no grade at the start" not in notes(found)
    found = shown_for(event_terms.OUTCOMES, study, without("GRADEINI"))
    assert "Grade rose" not in [column.header for column in found.content.columns]
    assert "no grade at the start" in notes(found)


@pytest.mark.parametrize(
    "display", [event_terms.RELATED, event_terms.SEVERE_TERMS, event_terms.SERIOUS_TERMS]
)
def test_a_kind_without_any_event_is_a_row_of_zeros(display, study):
    found = shown_for(display, study, [coded("001", 1, 5, "x", "a", RELATED="N")])
    assert lines(found) == [["Any", "0 (0%); 0", "0 (0%); 0", "0 (0%); 0", "0 (–); 0", "0 (0%); 0"]]


def test_as_long_as_collected_is_said(study):
    plan = replace(INTERIM, ae_reporting="as_collected")
    assert "as long as they were collected" in notes(shown_for(event_terms.BY_TERM, study, plan=plan))


def test_a_term_alone_in_a_class_of_its_name_is_not_said_twice(cells):
    names = list(cells("table_s51"))
    assert names.count("Anemia") == 1
