"""Operating characteristics of unblinded re-estimation."""

from dataclasses import replace

import pytest

from duonen_stats.design import (
    ReestimationRule,
    SurvivalAssumptions,
    group_sequential_design,
    group_sequential_events,
    simulate_reestimation,
)
from duonen_stats.errors import PlanError

DESIGN = group_sequential_design([0.5, 1.0])
RULE = ReestimationRule(design=DESIGN, planned_events=100, max_events=200, hazard_ratio=0.6, zone=None)
TRUTH = SurvivalAssumptions(control_hazard_per_month=0.05, hazard_ratio=0.6, accrual=24)


@pytest.mark.law
def test_a_rule_that_changes_nothing_has_the_power_of_the_plan():
    still = replace(RULE, max_events=100)
    found = simulate_reestimation(still, TRUTH, n_patients=200, n_trials=2000)
    planned = group_sequential_events(DESIGN, hazard_ratio=0.6, max_events=100)
    assert found.power == pytest.approx(planned.power, abs=4 * found.power_std_err + 0.01)
    assert found.stop_for_efficacy == pytest.approx(planned.reject_probability[0], abs=0.04)
    assert found.expected_events == pytest.approx(planned.expected_events, abs=2)
    assert found.changed == 0
    assert found.short_of_events == 0


@pytest.mark.law
def test_more_events_mean_more_power_and_no_more_error():
    still, raised = (
        simulate_reestimation(rule, TRUTH.with_hazard_ratio(0.7), n_patients=260, n_trials=1000)
        for rule in (replace(RULE, max_events=100), RULE)
    )
    assert raised.power > still.power
    assert raised.expected_events > still.expected_events
    null = simulate_reestimation(RULE, TRUTH.under_null(), n_patients=260, n_trials=2000)
    assert null.power == pytest.approx(0.025, abs=4 * 0.0035)
    assert null.changed > 0.9


@pytest.mark.worked
def test_the_seed_decides_and_nothing_else():
    first, again, other = (
        simulate_reestimation(RULE, TRUTH, n_patients=220, n_trials=600, seed=seed) for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


@pytest.mark.worked
def test_trials_that_run_out_of_patients_end_with_what_there_is():
    lost = replace(TRUTH, dropout_hazard_per_month=0.05)
    found = simulate_reestimation(RULE, lost, n_patients=110, n_trials=200)
    assert found.short_of_events > 0.8
    assert found.expected_events < 110


@pytest.mark.worked
def test_futility_stops_are_followed():
    design = group_sequential_design(2, futility="stated_values", futility_parameter=(0.5,))
    found = simulate_reestimation(
        replace(RULE, design=design), TRUTH.under_null(), n_patients=220, n_trials=500
    )
    assert found.stop_for_futility == pytest.approx(0.69, abs=0.09)


@pytest.mark.worked
def test_patients_never_having_an_event_stop_nothing():
    cured = SurvivalAssumptions(
        control_hazard_per_month=(0.05, 0.0), hazard_starts_months=(0, 12), hazard_ratio=0.6, accrual=24
    )
    found = simulate_reestimation(RULE, cured, n_patients=220, n_trials=100)
    assert found.short_of_events > 0.5
    assert found.expected_months < 36


@pytest.mark.worked
def test_what_cannot_be_simulated_is_refused():
    three = ReestimationRule(
        design=group_sequential_design(3), planned_events=100, max_events=200, hazard_ratio=0.6
    )
    with pytest.raises(PlanError, match="two looks"):
        simulate_reestimation(three, TRUTH, n_patients=200)
    with pytest.raises(PlanError, match="cannot be simulated"):
        simulate_reestimation(RULE, TRUTH, n_patients=200, n_trials=0)
    with pytest.raises(PlanError, match="cannot have the 50 events"):
        simulate_reestimation(RULE, TRUTH, n_patients=40)
