"""Assumptions of a survival design."""

from dataclasses import FrozenInstanceError, replace
from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import Accrual, SurvivalAssumptions
from duonen_stats.design.trial.assumptions import Incidence
from duonen_stats.design.trial.exponential import PiecewiseHazard
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60)


def test_the_arms_may_be_described_in_several_ways():
    by_median = SurvivalAssumptions(control_median_months=12, experimental_median_months=24)
    assert by_median.control.rates_per_month == (log(2) / 12,)
    assert by_median.constant_hazard_ratio == pytest.approx(0.5)
    by_survival = SurvivalAssumptions(control_survival=(0.625, 20), experimental_hazard_per_month=0.01)
    assert by_survival.control.rates_per_month[0] == pytest.approx(0.0235, abs=1e-5)
    assert PLAN.experimental.rates_per_month == (0.01175,)


def test_pieces_are_shared_and_single_numbers_are_spread():
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.04, hazard_ratio=[1, 0.55], hazard_starts_months=[0, 6]
    )
    assert plan.control.rates_per_month == (0.04, 0.04)
    assert plan.experimental.rates_per_month == pytest.approx((0.04, 0.022))
    with pytest.raises(PlanError, match="not one positive number"):
        _ = plan.constant_hazard_ratio


def test_the_analysis_is_after_the_last_entry_or_at_a_month():
    assert replace(PLAN, followup_months=60).analysis_months == 120
    assert replace(PLAN, total_months=100).analysis_months == 100
    with pytest.raises(PlanError, match="no followup_months"):
        _ = PLAN.analysis_months


def test_immutable_with_variants():
    with pytest.raises(FrozenInstanceError):
        PLAN.hazard_ratio = 0.6
    assert PLAN.with_hazard_ratio(0.667).constant_hazard_ratio == 0.667
    assert PLAN.under_null().experimental == PLAN.control
    by_median = SurvivalAssumptions(control_median_months=12, experimental_median_months=24)
    assert by_median.with_hazard_ratio(0.8).experimental_median_months is None


def test_accrual_as_a_number_is_uniform():
    assert PLAN.entry == Accrual.uniform(60)
    assert PLAN.experimental_share == 0.75


def test_dropout_may_differ_between_the_arms():
    plan = replace(PLAN, dropout_hazard_per_month=0.01, dropout_hazard_experimental_per_month=0.02)
    assert plan.dropout_control.rates_per_month == (0.01,)
    assert plan.dropout_experimental.rates_per_month == (0.02,)
    assert plan.incidence("experimental").at(float("inf")) == pytest.approx(0.01175 / 0.03175)


@pytest.mark.parametrize(
    "change",
    [
        {"control_median_months": 12},
        {"hazard_ratio": None},
        {"hazard_ratio": 0},
        {"hazard_ratio": -0.5},
        {"hazard_ratio": float("nan")},
        {"allocation_ratio": 0},
        {"followup_months": 10, "total_months": 70},
        {"followup_months": -1},
        {"total_months": 0},
        {"dropout_hazard_per_month": -0.1},
        {"accrual": -3},
        {"control_hazard_per_month": (0.1, 0.2)},
    ],
)
def test_contradictions_are_refused(change):
    with pytest.raises(PlanError):
        replace(PLAN, **change)


CONSTANT = Incidence(PiecewiseHazard((0.03,)), PiecewiseHazard((0.01,)))


def test_exponential_with_dropout():
    assert CONSTANT.at(10) == pytest.approx(0.75 * (1 - exp(-0.4)), rel=1e-14)
    assert CONSTANT.at(inf) == pytest.approx(0.75, rel=1e-15)
    assert CONSTANT.at(-1) == CONSTANT.at(0) == 0
    by_hand = 0.75 * (10 - (exp(-0.2) - exp(-0.6)) / 0.04)
    assert CONSTANT.integral(5, 10) == pytest.approx(by_hand, rel=1e-13)


def test_follow_up_that_ends():
    capped = Incidence(PiecewiseHazard((0.03,)), PiecewiseHazard((0.0,)), max_followup_months=12)
    assert capped.at(50) == capped.at(12) == pytest.approx(1 - exp(-0.36))
    assert capped.integral(12, 8) == pytest.approx(8 * capped.at(12))


def test_tiny_hazards_and_widths_lose_no_digits():
    rare = Incidence(PiecewiseHazard((1e-12,)), PiecewiseHazard((0.0,)))
    assert rare.at(10) == pytest.approx(1e-11, rel=1e-10)
    assert rare.integral(0, 10) == pytest.approx(0.5e-10, rel=1e-10)
    assert CONSTANT.integral(60, 1e-9) / 1e-9 == pytest.approx(CONSTANT.at(60), rel=1e-9)


def test_no_events_at_all():
    none = Incidence(PiecewiseHazard((0.0,)), PiecewiseHazard((0.0,)))
    assert none.at(inf) == none.integral(3, 5) == 0


@pytest.mark.law
@given(st.floats(0, 40), st.floats(1e-3, 40), st.floats(0, 0.5), st.floats(0, 0.5))
def test_the_integral_adds_up_and_lies_between_its_ends(low, width, early, late):
    incidence = Incidence(PiecewiseHazard((early, late), (0, 7)), PiecewiseHazard((0.02,)))
    whole, half = incidence.integral(low, width), width / 2
    parts = incidence.integral(low, half) + incidence.integral(low + half, half)
    assert whole == pytest.approx(parts, rel=1e-9, abs=1e-12)
    assert incidence.at(low) * width <= whole * (1 + 1e-9) + 1e-12
    assert whole <= incidence.at(low + width) * width * (1 + 1e-9) + 1e-12
