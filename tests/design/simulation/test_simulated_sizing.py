"""Patients needed by simulation."""

import pytest

from duonen_stats.design import PowerSimulator, SurvivalAssumptions, sample_size

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60.0, total_months=120.0
)


def simulator(plan=PLAN, **changes):
    few = {"n_trials": 20_000, "calibration_trials": 40_000, "seed": 3}
    return PowerSimulator(assumptions=lambda _: plan, **(few | changes))


@pytest.mark.independent
def test_the_size_found_has_the_power():
    """Schoenfeld's 167 are too many at 3:1; 148 have 90.2 % in 60,000 trials (144: 89.6 %)."""
    found = simulator(n_trials=10_000).size(0.9)
    assert found.nominal in (144, 148, 152)
    assert found.calibrated > found.nominal
    other = simulator(n_trials=10_000, seed=9)
    assert other.at(found.nominal).nominal.value == pytest.approx(0.9, abs=0.012)
    assert other.at(found.calibrated).calibrated.value == pytest.approx(0.9, abs=0.012)


@pytest.mark.law
def test_equal_arms_need_about_what_schoenfeld_says_and_no_calibration():
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.03, hazard_ratio=0.55, accrual=24.0, total_months=60.0
    )
    found = simulator(plan, n_trials=10_000, calibration_trials=40_000).size(0.9)
    formula = sample_size(plan, method="schoenfeld").n_patients
    assert found.nominal == pytest.approx(formula, rel=0.03)
    assert found.calibrated == pytest.approx(found.nominal, rel=0.03)
    assert found.nominal % 2 == 0


def test_power_at_a_size_nominal_and_calibrated():
    found = simulator().at(92)
    assert found.nominal.value == pytest.approx(0.733, abs=0.012)
    assert found.calibrated.value < found.nominal.value
    assert found.critical_value < -1.96
    assert found.nominal_size.value == pytest.approx(0.034, abs=0.003)
    harm = simulator(PLAN.with_hazard_ratio(2.0)).at(92)
    assert harm.critical_value > 0
    assert harm.calibrated.value > harm.nominal.value  # the unfavourable tail is the light one


def test_limits_are_kept_and_none_is_said():
    few = simulator(n_trials=1000, calibration_trials=2000)
    assert few.size(0.9, most=100).nominal is None
    assert few.size(0.5, least=92).nominal == 92
    assert few.size(0.9, least=200).nominal == 200
