"""Methods by name."""

import pytest

from duonen_stats.design import FIXED_METHODS, METHOD_LABELS, SurvivalAssumptions
from duonen_stats.design.fixed_methods import approximation, by_events
from duonen_stats.errors import PlanError

pytestmark = pytest.mark.worked

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
