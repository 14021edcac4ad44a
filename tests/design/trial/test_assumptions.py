"""Assumptions of a survival design."""

from dataclasses import FrozenInstanceError, replace
from math import log

import pytest

from duonen_stats.design import Accrual, SurvivalAssumptions
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
