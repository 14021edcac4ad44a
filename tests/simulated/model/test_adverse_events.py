"""Adverse events agree with the course."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.simulated.model.adverse_events import blood_events, grades
from duonen_stats.simulated.model.blood import REPORTED
from duonen_stats.simulated.model.course import CRITERION
from duonen_stats.simulated.model.laboratories import LABORATORIES, bench_of


def test_categories_and_grades_are_the_dictionarys(large_cut, study):
    events = large_cut.tables["adverse_events"]
    assert set(events["CATEGORY"]) == {one.code for one in study.ae_categories}
    # Grade 5 is death: of myeloid neoplasms of late follow-up alone.
    fatal = events["GRADE"].eq(5)
    assert events["GRADE"].between(1, 5).all()
    assert fatal.any()
    assert fatal.equals(events["OUTCOME"].eq("FATAL").astype("boolean"))
    assert set(events.loc[fatal, "TERM"]) == {"Myelodysplastic syndrome", "Acute myeloid leukemia"}
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


@pytest.mark.parametrize(
    ("category", "analyte", "value", "grade"),
    [
        ("ANEMIA", "HGB", 12.0, 0), ("ANEMIA", "HGB", 11.9, 1), ("ANEMIA", "HGB", 9.9, 2), ("ANEMIA", "HGB", 7.9, 3),
        ("THROMBOCYTOPENIA", "PLAT", 149, 1), ("THROMBOCYTOPENIA", "PLAT", 74, 2),
        ("THROMBOCYTOPENIA", "PLAT", 49, 3), ("THROMBOCYTOPENIA", "PLAT", 24, 4),
        ("LEUKOPENIA_NEUTROPENIA", "NEUT", 0.9, 3), ("LEUKOPENIA_NEUTROPENIA", "WBC", 2.9, 2),
        ("RENAL_IMPAIRMENT", "CREAT", 0.96, 1), ("RENAL_IMPAIRMENT", "CREAT", 1.43, 2),
        ("OTHER", "ALT", 106, 2), ("OTHER", "BILI", 1.9, 2), ("ANEMIA", "HGB", np.nan, 0),
    ],
)  # fmt: skip
def test_grades(study, category, analyte, value, grade):
    bench = bench_of(np.array([0]), np.array([True]), study, LABORATORIES, REPORTED)
    event = next(one for one in blood_events(study) if one.category == category)
    values = np.full((1, 1, len(REPORTED)), np.nan)
    values[0, 0, REPORTED.index(analyte)] = value
    assert grades(event, values, bench)[0, 0].max() == grade


def test_micromoles_are_graded_like_milligrams(study):
    bench = bench_of(np.array([3]), np.array([True]), study, LABORATORIES, REPORTED)
    renal = next(one for one in blood_events(study) if one.category == "RENAL_IMPAIRMENT")
    values = np.full((1, 2, len(REPORTED)), np.nan)
    values[0, :, REPORTED.index("CREAT")] = (81, 121)  # above 80, above 1.5 times 80
    assert grades(renal, values, bench)[0, :, 0].tolist() == [1, 2]


def test_bounds_and_terms_are_those_of_the_dictionary(study):
    """A bound is stated once: what the dictionary changes, the simulated investigators follow."""
    found = {one.category: one for one in blood_events(study)}
    assert found["LEUKOPENIA_NEUTROPENIA"].bounds == ((3.0, 2.0, 1.0), (1.5, 1.0, 0.5))
    assert found["RENAL_IMPAIRMENT"].bounds == ((1.0, 1.5, 3.0, 6.0), ())
    assert found["OTHER"].terms[2] == study.analyte("BILI").ctcae_term
    plat = study.analyte("PLAT")
    bounds = tuple(replace(one, below=(80.0, *one.below[1:])) for one in plat.ctcae_bounds[:1])
    analytes = tuple(replace(one, ctcae_bounds=bounds) if one is plat else one for one in study.analytes)
    changed = {one.category: one for one in blood_events(replace(study, analytes=analytes))}
    assert changed["THROMBOCYTOPENIA"].bounds == ((80.0, 50.0, 25.0),)
    assert changed["ANEMIA"] == found["ANEMIA"]
