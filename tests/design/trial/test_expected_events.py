"""Expected events."""

from dataclasses import replace
from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import (
    Accrual,
    SurvivalAssumptions,
    accrual_duration,
    average_hazard_ratio,
    event_probability,
    expected_events,
    followup_time,
    time_to_events,
)
from duonen_stats.design.trial.expected_events import first_time
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


def test_seventy_per_cent_of_patients_have_an_event():
    assert event_probability(PLAN).overall == pytest.approx(0.7014, abs=5e-5)
    found = expected_events(PLAN, 92)
    assert found.total == pytest.approx(64.525, abs=1e-3)
    assert (found.entered, found.entered_control, found.at_months) == (92, 23, 120)


def test_entry_all_at_once_and_entry_within_a_nanomonth_are_the_same():
    once = event_probability(replace(PLAN, accrual=0.0)).control
    assert once == pytest.approx(1 - exp(-0.0235 * 120), rel=1e-14)
    for months in (1e-12, 1e-9, 1e-6):
        assert event_probability(replace(PLAN, accrual=months)).control == pytest.approx(once, rel=1e-7)


def test_the_ends():
    assert event_probability(PLAN, 0).overall == event_probability(PLAN, -5).overall == 0
    assert event_probability(PLAN, inf).overall == 1
    lost = replace(PLAN, dropout_hazard_per_month=0.0235)
    assert event_probability(lost, inf).control == pytest.approx(0.5)
    assert event_probability(PLAN, 1e-6).overall == pytest.approx(0.0235 * 0.625 * 1e-12 / 120, rel=1e-6)


def test_observed_entries_count_one_by_one():
    seen = replace(PLAN, accrual=Accrual.observed([0, 50, 130]))
    expected = (2 - exp(-0.0235 * 120) - exp(-0.0235 * 70)) / 3
    assert event_probability(seen, 120).control == pytest.approx(expected)
    assert expected_events(seen, at_months=120).entered == 2


def test_without_a_number_of_patients_there_are_no_numbers():
    with pytest.raises(PlanError, match="How many patients"):
        expected_events(PLAN)
    with pytest.raises(PlanError, match="missing"):
        event_probability(PLAN, float("nan"))
    assert expected_events(PLAN, 0).total == 0


def test_the_average_hazard_ratio_of_a_constant_one_is_it():
    found = average_hazard_ratio(PLAN, 92)
    assert found.hazard_ratio == pytest.approx(0.5)
    assert found.information == pytest.approx(1 / (1 / 44.535 + 1 / 19.99), rel=1e-3)
    with pytest.raises(PlanError, match="both arms"):
        average_hazard_ratio(PLAN, 92, 0)


@pytest.mark.law
@given(st.floats(0, 300), st.floats(0.01, 50), st.floats(0, 0.1))
def test_events_only_grow(at, later, dropout):
    plan = replace(PLAN, dropout_hazard_per_month=dropout)
    now, then = (event_probability(plan, t).overall for t in (at, at + later))
    assert 0 <= now <= then <= 1
    assert event_probability(plan, at).overall <= event_probability(PLAN, at).overall + 1e-12


@pytest.mark.law
@given(st.floats(1e-6, 91.9))
def test_the_time_found_has_the_events(n_events):
    months = time_to_events(PLAN, n_events, 92)
    assert expected_events(PLAN, 92, months).total == pytest.approx(n_events, rel=1e-9)


def test_an_unreachable_target_is_an_error_not_a_date():
    with pytest.raises(PlanError, match="never reached: 92"):
        time_to_events(PLAN, 92, 92)
    lost = replace(PLAN, dropout_hazard_per_month=0.05)
    with pytest.raises(PlanError, match="at most"):
        time_to_events(lost, 64, 92)
    cured = SurvivalAssumptions(
        control_hazard_per_month=(0.1, 0), hazard_starts_months=(0, 5), hazard_ratio=1
    )
    with pytest.raises(PlanError, match="however long"):
        time_to_events(cured, 50, 100)


def test_the_ends_of_event_times():
    assert time_to_events(PLAN, 0, 92) == 0
    with pytest.raises(PlanError, match="0 or more"):
        time_to_events(PLAN, -1, 92)
    assert time_to_events(PLAN, 91.999999999, 92) > 1500
    quiet = SurvivalAssumptions(
        control_hazard_per_month=(0, 0.1), hazard_starts_months=(0, 24), hazard_ratio=0.5
    )
    assert time_to_events(quiet, 1e-9, 100) == pytest.approx(24, abs=1e-6)


def test_of_a_plateau_the_earliest_time():
    plateau = SurvivalAssumptions(
        control_hazard_per_month=(0.1, 0, 0.1), hazard_starts_months=(0, 5, 50), hazard_ratio=1
    )
    reached = expected_events(plateau, 100, 5).total
    assert time_to_events(plateau, reached, 100) == pytest.approx(5)


def test_follow_up():
    assert followup_time(PLAN, 64, 92) == pytest.approx(time_to_events(PLAN, 64, 92) - 60)
    with pytest.raises(PlanError, match="before accrual ends"):
        followup_time(PLAN, 10, 92)


def test_accrual_with_a_fixed_follow_up_or_a_fixed_end():
    fixed = replace(PLAN, total_months=None, followup_months=60)
    found = accrual_duration(fixed, 117, patients_per_month=1.6)
    assert found.n_events == pytest.approx(117)
    assert found.n_patients == pytest.approx(1.6 * found.accrual_months)
    assert found.followup_months == pytest.approx(60)
    by_end = accrual_duration(PLAN, 60, patients_per_month=1.6)
    assert by_end.analysis_months == 120
    assert by_end.n_events == pytest.approx(60)
    ramp = replace(fixed, accrual=Accrual.piecewise((0, 6), 24, (2, 5)))
    assert accrual_duration(ramp, 200).n_patients > 200


@pytest.mark.parametrize(
    ("plan", "n_events", "rate"),
    [
        (PLAN, 200, 1.6),  # not by month 120
        (PLAN, 0, 1.6),
        (PLAN, 60, 0),
        (PLAN, 60, None),  # the rate is not known
        (replace(PLAN, total_months=None), 60, 1.6),
        (SurvivalAssumptions(control_hazard_per_month=0, hazard_ratio=1, followup_months=9), 5, 1),
    ],
)
def test_accrual_that_brings_no_such_events(plan, n_events, rate):
    with pytest.raises(PlanError):
        accrual_duration(plan, n_events, patients_per_month=rate)


def test_the_first_time_is_exact():
    assert first_time(lambda t: t >= 0.1) == pytest.approx(0.1, rel=1e-15)
    assert first_time(lambda _: False) is None
