"""Minimum detectable hazard ratio."""

import pytest

from duonen_stats.design import FIXED_METHODS, SurvivalAssumptions, minimum_detectable_hazard_ratio, power
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


@pytest.mark.law
@pytest.mark.parametrize("method", FIXED_METHODS)
def test_the_hazard_ratio_found_has_the_power(method):
    found = minimum_detectable_hazard_ratio(PLAN, 92, method=method, target_power=0.8)
    assert power(PLAN.with_hazard_ratio(found.hazard_ratio), 92, method=method).power == pytest.approx(
        0.8, rel=1e-8
    )
    assert 0.3 < found.hazard_ratio < 0.6


def test_at_a_number_of_events_by_hand():
    found = minimum_detectable_hazard_ratio(PLAN, 92, n_events=64)
    assert found.hazard_ratio == pytest.approx(
        2.718281828 ** (-(1.959964 + 1.281552) / (64 * 3 / 16) ** 0.5), rel=1e-6
    )


def test_the_other_direction_and_a_margin():
    higher = minimum_detectable_hazard_ratio(PLAN, 400, direction="higher")
    assert higher.hazard_ratio > 1
    margin = minimum_detectable_hazard_ratio(PLAN, 400, null_hazard_ratio=1.3)
    assert 0.3 < margin.hazard_ratio < 1.3
    assert margin.power == pytest.approx(0.9)


def test_too_small_a_trial_detects_nothing():
    with pytest.raises(PlanError, match="No hazard ratio"):
        minimum_detectable_hazard_ratio(PLAN, 4, method="wald")
    with pytest.raises(PlanError, match="power must lie"):
        minimum_detectable_hazard_ratio(PLAN, 92, target_power=1.0)
