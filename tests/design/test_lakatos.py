"""Drift of the log-rank statistic."""

from dataclasses import replace

import pytest

from duonen_stats.design import SurvivalAssumptions, event_probability
from duonen_stats.design.lakatos import lakatos
from duonen_stats.errors import PlanError

pytestmark = pytest.mark.worked

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


@pytest.mark.parametrize(("hazard_ratio", "percent"), [(0.667, 33.8), (0.5, 73.9), (0.43, 88.1)])
def test_duonen(hazard_ratio, percent):
    found = lakatos(PLAN.with_hazard_ratio(hazard_ratio), 120)
    assert 100 * found.power(92, alpha=0.05, sides=2, far_tail=False) == pytest.approx(percent, abs=0.05)


def test_a_small_effect_is_schoenfelds():
    plan = PLAN.with_hazard_ratio(0.999)
    drift = lakatos(plan, 120).effect
    assert drift == pytest.approx(0.0010005 * (3 / 16 * event_probability(plan).overall) ** 0.5, rel=1e-3)


def test_no_difference_no_drift():
    assert lakatos(PLAN.under_null(), 120).effect == pytest.approx(0, abs=1e-15)
    assert lakatos(PLAN, 120, 0.5).effect == pytest.approx(0, abs=1e-15)  # the margin is the truth


def test_a_late_effect_is_better_seen_with_late_weights():
    late = replace(
        PLAN, control_hazard_per_month=(0.0235, 0.0235), hazard_starts_months=(0, 18), hazard_ratio=(1, 0.4)
    )
    assert lakatos(late, 120, gamma=1).effect > lakatos(late, 120).effect > lakatos(late, 120, rho=1).effect


def test_long_pieces_are_integrated_to_the_last_digits():
    fast = replace(PLAN, control_hazard_per_month=2.35, accrual=0.6, total_months=1200.0)
    slow = replace(PLAN, control_hazard_per_month=0.0235, accrual=60, total_months=120000.0)
    assert lakatos(fast, 1200).effect == pytest.approx(lakatos(slow, 120000).effect, rel=1e-10)


def test_nothing_to_see():
    with pytest.raises(PlanError, match="no follow-up"):
        lakatos(PLAN, 0)
    none = replace(PLAN, control_hazard_per_month=0.0)
    with pytest.raises(PlanError, match="No events"):
        lakatos(none, 120)
