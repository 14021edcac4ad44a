"""The course of treatment: spacing, windows, stopping rules, adaptation."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from duonen_stats.simulated.model.laboratories import stopped_by
from duonen_stats.simulated.model.treatment import (
    AdaptationRule,
    Outlook,
    dispensed,
    next_activity,
)

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


LIMITS = {"limit_total": np.array([23.0, 2.0]), "limit_cycle": np.array([np.inf, 0.5])}


def outlook(delivered, specific, fixed=(0.0, 0.0), remaining=3):
    return Outlook(
        delivered=np.array([delivered]), specific=np.array([specific]), fixed=np.array([fixed]),
        remaining=remaining, **LIMITS,
    )  # fmt: skip


def chosen(known, nominal=7400.0, current=7400.0, largest=1.28, escalated=True, rule=RULE):
    return next_activity(
        known, nominal=np.array([nominal]), current=np.array([current]), largest=np.array([largest]),
        escalated=np.array([escalated]), rule=rule,
    )[0]  # fmt: skip


class TestByHand:
    def test_headroom_is_used_up_to_the_bound(self):
        # 0.4 Gy/GBq: 2.96 Gy so far, 19.6 left of 22.54 for three cycles, 16.3 GBq each: more than the bound.
        assert chosen(outlook((2.96, 0.1), (0.4, 0.013))) == pytest.approx(9470)

    def test_a_projection_above_the_limit_is_brought_to_the_target(self):
        # (22.54 - 7.4) / 3 / 1.0 = 5.0467 GBq, ordered in tens of MBq.
        assert chosen(outlook((7.4, 0.1), (1.0, 0.013))) == pytest.approx(5040)

    def test_the_marrow_limit_of_a_cycle_counts(self):
        # 0.49 Gy a cycle at 0.08 Gy/GBq are 6.125 GBq.
        assert chosen(outlook((1.0, 0.3), (0.1, 0.08))) == pytest.approx(6120)

    def test_the_dose_of_the_fixed_isotope_is_taken_off(self):
        # (22.54 - 7) / 3 - 5 = 0.18 Gy a cycle at 0.5 Gy/GBq is 360 MBq; not less than a fifth of 3700.
        assert chosen(outlook((7.0, 0.2), (0.5, 0.013), (5.0, 0.1)), 3700, 3700) == pytest.approx(740)

    def test_a_small_increase_is_not_made_and_a_patient_may_stay(self):
        room = outlook((5.5, 0.1), (0.72, 0.013))  # 7889 MBq allowed: less than a tenth more
        assert chosen(room) == 7400
        assert chosen(outlook((2.96, 0.1), (0.4, 0.013)), escalated=False) == 7400

    def test_a_small_reduction_is_made(self):
        assert chosen(outlook((5.6, 0.1), (0.78, 0.013))) == pytest.approx(7230)


@st.composite
def states(draw):
    specific = (draw(st.floats(0.1, 6.0)), draw(st.floats(0.003, 0.25)))
    fixed = (draw(st.floats(0, 8)), draw(st.floats(0, 0.3)))
    nominal = draw(st.sampled_from([1850.0, 3700.0, 7400.0]))
    delivered = (draw(st.floats(0.0, 23)), draw(st.floats(0.0, 2)))
    return outlook(delivered, specific, fixed, draw(st.integers(1, 3))), nominal, draw(st.floats(0.2, 2.4))


@pytest.mark.law
@given(states())
def test_no_limit_is_projected_to_be_passed_unless_the_activity_is_the_smallest(state):
    known, nominal, share = state
    order = chosen(known, nominal, share * nominal, largest=2.4)
    assert RULE.smallest * nominal - 1e-6 <= order <= 2.4 * nominal + RULE.step
    passes = known.projected(np.array([order]))[0] > LIMITS["limit_total"] * (1 + 1e-9)
    if order > RULE.step * np.ceil(RULE.smallest * nominal / RULE.step) + 1e-6:
        assert not passes.any()


@pytest.mark.law
@given(states(), st.floats(0.5, 0.97))
def test_a_lower_target_never_orders_more(state, target):
    known, nominal, share = state
    usual = chosen(known, nominal, share * nominal, largest=2.4)
    assert chosen(known, nominal, share * nominal, largest=2.4, rule=replace(RULE, target=target)) <= usual


def test_dispensing_stays_within_the_tolerance():
    given_out = dispensed(np.random.default_rng(1), np.full((5000, 2), 3700.0), 0.1, RULE)
    assert np.abs(given_out / 3700 - 1).max() < 0.05
    assert (given_out == np.rint(given_out)).all()
    assert given_out.mean() == pytest.approx(3700, rel=0.002)
    assert np.isnan(dispensed(np.random.default_rng(1), np.array([np.nan]), 0.1, RULE)).all()
