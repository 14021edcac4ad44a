"""Scenarios of a simulation."""

from dataclasses import replace
from math import inf

import pytest

from duonen_stats.design import SimulationScenario, Stratum, SurvivalAssumptions
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=92)


def test_tails():
    z = pytest.approx(1.959964)
    assert SCENARIO.tails == (-SCENARIO.tails[1], z)
    assert replace(SCENARIO, alpha=0.025, sides=1).tails[1] == inf
    assert replace(SCENARIO, alpha=0.025, sides=1, direction="higher").tails == (-inf, z)
    assert replace(SCENARIO, critical_values=(-2.1, 1.9)).tails == (-2.1, 1.9)


def test_arm_sizes_follow_the_shares_and_the_allocation():
    assert SCENARIO.arm_sizes() == [(69, 23)]
    thirds = tuple(Stratum(name=name, share=share) for name, share in (("a", 1 / 3), ("b", 2 / 3)))
    sizes = replace(SCENARIO, strata=thirds).arm_sizes()
    assert [sum(pair) for pair in sizes] == [31, 61]


def test_the_null_has_the_control_hazard_in_both_arms():
    assert SCENARIO.under_null().assumptions.experimental == PLAN.control


@pytest.mark.parametrize(
    "change",
    [
        {"n_patients": 1},
        {"n_events": 93},
        {"n_events": 0},
        {"strata": (Stratum(name="a", share=0.4),)},
        {"strata": (Stratum(name="a", share=1.0, hazard_factor=0.0),)},
        {"assessment_months": 0},
        {"n_permutations": -1},
        {"n_permutations": 38},
        {"rho": -1},
        {"alpha": 0},
        {"sides": 3},
        {"assumptions": replace(PLAN, total_months=None)},
    ],
)
def test_what_cannot_be_simulated(change):
    with pytest.raises(PlanError):
        replace(SCENARIO, **change)
