"""The course of treatment: spacing, windows, stopping rules, adaptation."""

import numpy as np
import pytest

from duonen_stats.simulated.model.adaptation import AdaptationRule
from duonen_stats.simulated.model.course import (
    COMPLETED,
    CRITERION,
    DEATH,
    LOST,
    OTHER,
    PROGRESSION,
    WITHDRAWAL,
)
from duonen_stats.simulated.model.dates import NEVER
from duonen_stats.simulated.model.protocol import stopped_by

RULE = AdaptationRule()


def modified(trial, study):
    """Place of the isotope each patient's arm adapts, -1 for none, and the nominal activities."""
    codes = [one.code for one in study.isotopes]
    places = np.array(
        [codes.index(arm.modified_isotope) if arm.modified_isotope else -1 for arm in study.arms]
    )
    nominal = np.array([[arm.initial_activity.get(code, np.nan) for code in codes] for arm in study.arms])
    return places[trial.recruits.arm], nominal[trial.recruits.arm]


def test_cycles_are_eight_weeks_apart_give_or_take_two(trial):
    gap = np.diff(trial.course.day, axis=1)[trial.course.given[:, 1:]]
    assert gap.min() >= 42
    assert gap.max() <= 70
    assert gap.mean() == pytest.approx(56, abs=1)


def test_no_cycle_is_skipped_and_all_days_are_working_days(trial):
    given = trial.course.given
    assert given[:, 0].all()
    assert (given[:, 1:] <= given[:, :-1]).all()
    assert ((trial.course.day[given] + 3) % 7 < 5).all()


def test_visits_lie_in_their_windows(trial, study):
    visits = sorted(study.visits, key=lambda one: one.number)
    for place, visit in enumerate(visits):
        cycle = [one.code for one in study.cycles].index(visit.cycle)
        both = (trial.course.visit_day[:, place] < NEVER) & trial.course.given[:, cycle]
        days = (trial.course.visit_day[:, place] - trial.course.day[:, cycle])[both]
        assert len(days) > 1000
        assert days.min() >= visit.day_low
        assert days.max() <= visit.day_high


def test_no_cycle_follows_a_discontinuation_criterion(trial, study):
    for visit in range(1, trial.course.values.shape[1]):
        met = stopped_by(trial.course.values[:, visit], trial.bench, study) >= 0
        seen = trial.course.visit_day[:, visit] < NEVER
        later = trial.course.day > trial.course.visit_day[:, visit][:, None]
        assert not (later & trial.course.given)[met & seen].any()


def test_no_cycle_follows_progression_death_or_loss(trial):
    last = np.where(trial.course.given, trial.course.day, 0).max(axis=1)
    for end in (trial.assessments.progressed, trial.fates.death, trial.fates.lost):
        assert (last < end).all()


def test_every_way_of_ending_occurs_and_most_complete(trial):
    ending, counts = np.unique(trial.course.ending, return_counts=True)
    assert set(ending) == {COMPLETED, CRITERION, PROGRESSION, DEATH, LOST, WITHDRAWAL, OTHER}
    assert 0.75 < counts[0] / len(trial.course.ending) < 0.92  # 48 of 56 were published
    assert (trial.course.given.all(axis=1) == (trial.course.ending == COMPLETED)).all()


def test_the_first_cycle_and_the_fixed_isotope_are_nominal(trial, study):
    places, nominal = modified(trial, study)
    ordered = trial.course.ordered
    assert np.array_equal(ordered[:, 0], nominal, equal_nan=True)
    for isotope in range(2):
        fixed = places != isotope
        given = trial.course.given[fixed]
        held = np.broadcast_to(nominal[fixed, None, isotope], given.shape)[given]
        assert np.array_equal(ordered[fixed][..., isotope][given], held, equal_nan=True)


def test_projected_doses_pass_no_limit_unless_the_activity_is_the_smallest(trial, study):
    places, nominal = modified(trial, study)
    limits = np.array([organ.limit_total for organ in study.organs])
    rows = np.flatnonzero(places >= 0)
    for cycle in (1, 2, 3):
        mine = rows[trial.course.given[rows, cycle]]
        ordered = trial.course.ordered[mine, cycle, places[mine]]
        smallest = np.ceil(RULE.smallest * nominal[mine, places[mine]] / RULE.step) * RULE.step
        passes = (trial.course.projected[mine, cycle] > limits * (1 + 1e-9)).any(axis=1)
        assert (ordered[passes] <= smallest[passes]).all()
        assert passes.any()  # the fixed 90Y of arm C carries some over the limit


def test_only_where_the_isotope_is_adapted_does_dosimetry_change_anything(trial):
    """The pattern of Table 2: arms B and C are reduced more often than increased, arm D the other way round."""
    first, later = trial.course.ordered[:, 0], trial.course.ordered[:, 1:]
    change = np.nan_to_num(later - first[:, None]).sum(axis=(1, 2))
    up = [np.mean(change[trial.recruits.arm == arm] > 0) for arm in range(4)]
    down = [np.mean(change[trial.recruits.arm == arm] < 0) for arm in range(4)]
    assert up[0] == down[0] == 0
    assert down[1] > 2 * up[1]
    assert down[2] > 2 * up[2]
    assert up[3] > 2 * down[3]
