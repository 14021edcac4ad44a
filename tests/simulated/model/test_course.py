"""The arrays of a course."""

import numpy as np
import pytest

from duonen_stats.simulated.model.course import (
    COMPLETED,
    CRITERION,
    AftermathAssumptions,
    draw_therapies,
    empty_course,
)
from duonen_stats.simulated.model.dates import NEVER


def test_nothing_has_happened_in_an_empty_course():
    course = empty_course(3, cycles=4, organs=2, isotopes=2, analytes=10)
    assert course.day.shape == (3, 4)
    assert course.dose.shape == (3, 4, 2, 2)
    assert course.values.shape == (3, 8, 10)
    assert not course.given.any()
    assert (course.visit_day == NEVER).all()
    assert (course.ending == COMPLETED).all()
    assert np.isnan(course.activity).all()


def test_a_recheck_repeats_the_value_that_ended_treatment_and_is_better(trial, study):
    again, course = trial.rechecks, trial.course
    assert set(again.patient) <= set(np.flatnonzero(course.ending == CRITERION))
    wanted = np.array([rule.variable for rule in study.stopping_rules])[course.criterion[again.patient]]
    assert (np.array(trial.bench.analytes)[again.analyte] == wanted).all()
    at_stop = course.values[again.patient, course.at_visit[again.patient], again.analyte]
    start = course.values[again.patient, 0, again.analyte]
    assert (np.abs(again.value - start) <= np.abs(at_stop - start)).all()


def test_other_therapies_follow_progression_mostly():
    n = 10_000
    progressed = np.where(np.arange(n) % 2 == 0, 1000, NEVER)
    gone = np.full(n, 5000)
    found = draw_therapies(
        np.random.default_rng(1), np.full(n, 500), progressed, gone, AftermathAssumptions()
    )
    taken = found.day < NEVER
    assert taken[::2].mean() == pytest.approx(0.6, abs=0.03)
    assert taken[1::2].mean() == pytest.approx(0.03, abs=0.01)
    assert (found.day[::2][taken[::2]] > 500).all()
    nobody = draw_therapies(
        np.random.default_rng(1), np.full(n, 500), progressed, np.full(n, 400), AftermathAssumptions()
    )
    assert (nobody.day == NEVER).all()
