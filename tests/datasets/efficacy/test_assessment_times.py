"""Worked patients: between which assessments a progression lies, and on which day of the schedule it counts."""

from dataclasses import replace

import numpy as np
import pytest
from patients import contact, day, make_cut, subject

from duonen_stats.datasets import build_datasets
from duonen_stats.datasets.efficacy.assessment_times import (
    assessment_gaps,
    progression_bounds,
    times_on_schedule,
)
from duonen_stats.plan import FINAL

MONTH = 30.4375


def scan(patient, on, response="SD"):
    return {
        "SUBJID": patient,
        "ASSESSDT": day(on),
        "METHOD": "CT",
        "SUMDIAM": 50.0,
        "NEWLESION": "N",
        "RESPONSE": response,
    }


def built(study, scans, contacts=(), patients=("001",)):
    """Patients randomised on day 0."""
    return build_datasets(
        make_cut(
            subjects=[subject(patient, RANDDT=day(0)) for patient in patients],
            tumour_assessments=list(scans),
            follow_up=list(contacts) or [contact(patient, 400) for patient in patients],
        ),
        study,
        FINAL,
    )


def bounds_of(data, rules=FINAL):
    (row,) = progression_bounds(data.adtte, data.adrs, rules)[["LOWER", "UPPER"]].to_numpy().tolist()
    return [value * MONTH for value in row]


def test_a_progression_lies_after_the_last_assessment_without_one(study):
    data = built(study, [scan("001", 84), scan("001", 168), scan("001", 252, "PD")])
    assert bounds_of(data) == pytest.approx([168, 252])


def test_without_an_assessment_before_it_lies_after_randomisation(study):
    assert bounds_of(built(study, [scan("001", 90, "PD")])) == pytest.approx([0, 90])


def test_an_assessment_that_is_not_evaluable_bounds_nothing(study):
    data = built(study, [scan("001", 84), scan("001", 168, "NE"), scan("001", 252, "PD")])
    assert bounds_of(data) == pytest.approx([84, 252])


def test_a_death_is_exact(study):
    data = built(study, [scan("001", 84)], [contact("001", 120, died=True)])
    assert bounds_of(data) == pytest.approx([120, 120])


def test_without_an_event_the_upper_bound_is_open(study):
    low, high = bounds_of(built(study, [scan("001", 84), scan("001", 170)]))
    assert low == pytest.approx(170)
    assert np.isinf(high)


@pytest.mark.parametrize(
    ("seen", "counts"),
    [(60, 84), (84, 84), (95, 84), (98, 84), (99, 168), (100, 168), (170, 168), (183, 252)],
)
def test_a_progression_counts_on_a_day_of_the_schedule(study, seen, counts):
    """Every 84 days, 14 days late allowed."""
    found = times_on_schedule(built(study, [scan("001", seen, "PD")]).adtte, FINAL)
    assert found["AVAL"].tolist() == pytest.approx([counts / MONTH])
    assert found["SHIFT"].tolist() == [counts - seen]


@pytest.mark.parametrize(("last", "ends"), [(60, 0), (69, 0), (70, 84), (90, 84), (160, 168)])
def test_a_time_without_an_event_ends_at_a_day_that_was_reached(study, last, ends):
    found = times_on_schedule(built(study, [scan("001", last)]).adtte, FINAL)
    assert found["AVAL"].tolist() == pytest.approx([ends / MONTH])


def test_a_death_keeps_its_day(study):
    data = built(study, [scan("001", 84)], [contact("001", 120, died=True)])
    assert times_on_schedule(data.adtte, FINAL)["SHIFT"].tolist() == [0]


def test_the_schedule_is_that_of_the_plan(study):
    data = built(study, [scan("001", 60, "PD")])
    plan = replace(FINAL, assessment_interval_days=28, assessment_tolerance_days=4)
    assert times_on_schedule(data.adtte, plan)["SHIFT"].tolist() == [-4]


def test_days_between_assessments_are_counted_from_randomisation_to_the_event(study):
    data = built(study, [scan("001", 84), scan("001", 150), scan("001", 252, "PD"), scan("001", 300)])
    found = assessment_gaps(data.adtte, data.adrs, FINAL)
    assert found["DAYS"].tolist() == [84, 66, 102]
    assert found["OFF"].tolist() == [False, True, False]  # 150 lies 18 days before 168


def test_an_assessment_soon_after_randomisation_is_off_the_schedule(study):
    """Day 10 is no scheduled day, though it is near day 0."""
    data = built(study, [scan("001", 10)])
    found = assessment_gaps(data.adtte, data.adrs, FINAL)
    assert found["OFF"].tolist() == [True]
