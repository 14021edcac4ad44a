"""Size, calibrated critical values, power and size together."""

from dataclasses import replace

import pytest

from duonen_stats.design import (
    SimulationScenario,
    SurvivalAssumptions,
    calibrate_critical_value,
    simulate_power_and_size,
)
from duonen_stats.errors import PlanError

pytestmark = pytest.mark.law

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=92)


def test_in_duonen_the_nominal_test_is_liberal_in_the_favourable_tail_and_calibration_mends_it():
    found = simulate_power_and_size(SCENARIO, n_trials=40_000, calibration_trials=100_000, seed=7)
    nominal, calibrated = found.size, found.calibrated_size
    assert nominal.favourable.value == pytest.approx(0.0335, abs=0.003)
    assert nominal.unfavourable.value == pytest.approx(0.021, abs=0.003)
    error = (nominal.favourable.mc_error**2 + 0.025 * 0.975 / 100_000) ** 0.5
    assert calibrated.favourable.value == pytest.approx(0.025, abs=4 * error)
    assert calibrated.unfavourable.value == pytest.approx(0.025, abs=4 * error)
    lower = found.calibration.lower
    assert lower.low < lower.value < lower.high < -1.96
    assert found.calibration.scenario.critical_values == (lower.value, found.calibration.upper.value)
    assert 0.65 < found.calibrated_power.favourable.value < found.power.favourable.value < 0.76


def test_a_one_sided_test_has_one_calibrated_value():
    one_sided = replace(SCENARIO, alpha=0.025, sides=1)
    found = calibrate_critical_value(one_sided, n_trials=10_000)
    assert found.upper is None
    assert found.scenario.critical_values == (found.lower.value, float("inf"))
    assert found.tail_alpha == 0.025


def test_too_few_trials_calibrate_nothing():
    with pytest.raises(PlanError, match="too few"):
        calibrate_critical_value(SCENARIO, n_trials=50)
