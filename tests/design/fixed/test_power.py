"""Power at a given size."""

from dataclasses import replace

import pytest

from duonen_stats.design import (
    FIXED_METHODS,
    Accrual,
    SurvivalAssumptions,
    minimum_detectable_hazard_ratio,
    power,
)
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


@pytest.mark.parametrize(("hazard_ratio", "percent"), [(0.667, 31.7), (0.5, 67.4), (0.43, 81.3)])
def test_duonen_by_schoenfeld_at_the_planned_time(hazard_ratio, percent):
    assert 100 * power(PLAN.with_hazard_ratio(hazard_ratio), 92).power == pytest.approx(percent, abs=0.05)


def test_at_a_number_of_events_the_time_follows():
    found = power(PLAN, 92, n_events=64)
    assert (found.n_events, found.power) == (64, pytest.approx(0.67045, abs=1e-5))
    assert found.analysis_months == pytest.approx(118.549, abs=1e-3)
    with pytest.raises(PlanError, match="never reached"):
        power(PLAN, 92, n_events=92)


def test_the_number_of_patients_may_come_from_the_accrual():
    known = replace(PLAN, accrual=Accrual.uniform(60, patients_per_month=92 / 60))
    assert power(known).power == pytest.approx(power(PLAN, 92).power)
    for patients in (None, 0, -3, float("inf")):
        with pytest.raises(PlanError, match="How many patients"):
            power(PLAN, patients)


def test_non_proportional_hazards_by_lakatos_only():
    late = replace(
        PLAN, control_hazard_per_month=(0.0235, 0.0235), hazard_starts_months=(0, 12), hazard_ratio=(1, 0.4)
    )
    assert 0.1 < power(late, 92, method="lakatos").power < 0.9
    with pytest.raises(PlanError, match="Lakatos"):
        power(late, 92)


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
