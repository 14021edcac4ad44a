"""Wald test of the log hazard ratio."""

from math import log, sqrt

import pytest

from duonen_stats.design import SurvivalAssumptions, expected_events
from duonen_stats.design.fixed.wald import wald
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


def test_variance_is_one_over_the_events_of_each_arm():
    found, events = wald(PLAN, 120), expected_events(PLAN, 92)
    assert found.sd_null / sqrt(92) == pytest.approx(sqrt(1 / events.control + 1 / events.experimental))
    assert (found.effect, found.unit) == (log(2), "patients")
    assert found.power(92, alpha=0.05, sides=2, far_tail=False) == pytest.approx(0.7306, abs=5e-5)


def test_an_arm_without_events_has_no_log_hazard_ratio():
    with pytest.raises(PlanError, match="no events"):
        wald(PLAN, 0)
