"""Expected events."""

from dataclasses import replace
from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import (
    Accrual,
    SurvivalAssumptions,
    average_hazard_ratio,
    event_probability,
    expected_events,
)
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
