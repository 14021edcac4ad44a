"""Methods by name."""

from dataclasses import replace

import pytest

from duonen_stats.design import (
    FIXED_METHODS,
    METHOD_LABELS,
    SimulationScenario,
    SurvivalAssumptions,
    planned_direction,
    power,
    simulate_grid,
)
from duonen_stats.design.fixed.fixed_methods import approximation, by_events
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


def test_every_method_has_a_label_and_an_approximation():
    assert set(METHOD_LABELS) == set(FIXED_METHODS)
    for method in FIXED_METHODS:
        assert approximation(method, PLAN, 120).effect > 0


def test_unknown_methods_and_those_that_need_times():
    with pytest.raises(PlanError, match="Unknown method 'lagrange'"):
        approximation("lagrange", PLAN, 120)
    with pytest.raises(PlanError, match="needs accrual"):
        by_events("lakatos", hazard_ratio=0.5, allocation_ratio=1)


@pytest.mark.parametrize("ratios", [(0, 1, 1), (0.5, 0, 1), (0.5, 1, -1), (float("nan"), 1, 1)])
def test_ratios_out_of_range(ratios):
    with pytest.raises(PlanError, match="positive and finite"):
        by_events(
            "schoenfeld", hazard_ratio=ratios[0], allocation_ratio=ratios[1], null_hazard_ratio=ratios[2]
        )


def test_one_convention_of_direction():
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.0235, hazard_ratio=2.0, allocation_ratio=3, accrual=60, total_months=120
    )
    assert planned_direction(plan) == "higher"
    assert planned_direction(plan.with_hazard_ratio(0.5)) == "lower"
    assert planned_direction(plan.with_hazard_ratio(1.2), 1.3) == "lower"  # better than the margin
    assert planned_direction(plan.with_hazard_ratio(1.0)) is None
    pieces = replace(plan, hazard_ratio=(1.0, 0.5), hazard_starts_months=(0.0, 6.0))
    assert planned_direction(pieces) == "lower"
    assert planned_direction(replace(pieces, hazard_ratio=(1.0, 1.5))) == "higher"


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_formula_and_simulation_mean_the_same_tail(sides, ratio):
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.0235, hazard_ratio=ratio, allocation_ratio=3, accrual=60, total_months=120
    )
    alpha = 0.025 * sides
    formula = power(plan, 92, alpha=alpha, sides=sides, method="lakatos").power
    scenario = SimulationScenario(assumptions=plan, n_patients=92, alpha=alpha, sides=sides)
    simulated = simulate_grid([scenario], n_trials=4000, seed=2)[0].power.value
    assert simulated == pytest.approx(formula, abs=0.06)


@pytest.mark.parametrize("method", FIXED_METHODS)
def test_power_without_an_effect_is_the_level(method):
    """Issue: a hazard ratio of 1 printed neither a power nor a reason."""
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.0235, hazard_ratio=1.0, allocation_ratio=3, accrual=60, total_months=120
    )
    found = power(plan, 92, method=method)
    assert found.power == pytest.approx(0.05)
    assert found.direction is None
    assert power(plan, 92, method=method, alpha=0.025, sides=1).power == pytest.approx(0.025)


def test_only_lakatos_weights_the_test():
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
    )
    with pytest.raises(PlanError, match="Lakatos"):
        power(plan, 92, gamma=1.0)
    assert power(plan, 92, method="lakatos", gamma=1.0).power < power(plan, 92, method="lakatos").power
