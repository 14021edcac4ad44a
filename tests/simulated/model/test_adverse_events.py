"""Adverse events agree with the course."""

import numpy as np

from duonen_stats.simulated.model.course import CRITERION


def test_categories_and_grades_are_the_dictionarys(large_cut, study):
    events = large_cut.tables["adverse_events"]
    assert set(events["CATEGORY"]) == {one.code for one in study.ae_categories}
    assert events["GRADE"].between(1, 4).all()
    by_category = events["CATEGORY"].value_counts()
    assert by_category[["ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA"]].sum() > 0.5 * len(events)


def test_about_as_many_as_published(large_cut):
    """38 in 56 patients; investigators do not report all that a laboratory shows."""
    rate = len(large_cut.tables["adverse_events"]) / len(large_cut.tables["subjects"])
    assert 0.3 < rate < 0.9


def test_events_of_the_blood_stand_on_a_measured_visit(trial):
    events = trial.events
    blood = np.isin(
        events.category, ["ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA", "RENAL_IMPAIRMENT"]
    )
    days = trial.course.visit_day[events.patient[blood]]
    assert (days == events.start[blood][:, None]).any(axis=1).all()


def test_whoever_stopped_for_a_criterion_has_its_event(trial):
    stopped = np.flatnonzero(trial.course.ending == CRITERION)
    named = np.unique(trial.events.patient[trial.events.ended_treatment])
    alive = trial.fates.death[stopped] > trial.course.visit_day[stopped, trial.course.at_visit[stopped]]
    assert set(stopped[alive]) == set(named)


def test_events_are_in_order_and_none_starts_after_death(trial):
    events = trial.events
    gone = np.minimum(trial.fates.death, trial.fates.lost)[events.patient]
    assert (events.start < gone).all()
    assert (np.diff(events.patient) >= 0).all()
    assert (events.end > events.start).all()
    assert not (events.serious & (events.grade < 3)).any()
