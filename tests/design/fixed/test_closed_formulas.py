"""Different variances under the null hypothesis and the alternative."""

import pytest

from duonen_stats.design import SurvivalAssumptions, power
from duonen_stats.design.fixed.closed_formulas import (
    bernstein_lagakos,
    lachin_foulkes,
    lachin_foulkes_difference,
    null_assumptions,
)
from duonen_stats.design.fixed.wald import log_ratio_sd
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


def test_null_hazards():
    pooled = null_assumptions(PLAN, 1.0, "pooled")
    assert pooled.control.rates_per_month == pytest.approx(((0.0235 + 3 * 0.01175) / 4,))
    margin = null_assumptions(PLAN, 1.3, "pooled")
    control, experimental = margin.control.rates_per_month[0], margin.experimental.rates_per_month[0]
    assert experimental == pytest.approx(1.3 * control)
    assert control + 3 * experimental == pytest.approx(0.0235 + 3 * 0.01175)
    assert null_assumptions(PLAN, 1.0, "control").control == PLAN.control


def test_the_alternative_variance_is_that_of_wald():
    for method in (lachin_foulkes, bernstein_lagakos):
        assert method(PLAN, 120).sd_alternative == log_ratio_sd(PLAN, 120)
    assert lachin_foulkes(PLAN, 120).sd_null > bernstein_lagakos(PLAN, 120).sd_null  # fewer events expected


@pytest.mark.parametrize(("hazard_ratio", "percent"), [(0.667, 39.2), (0.5, 74.2), (0.43, 85.4)])
def test_difference_of_hazards_in_duonen(hazard_ratio, percent):
    found = power(PLAN.with_hazard_ratio(hazard_ratio), 92, method="lachin_foulkes_difference")
    assert 100 * found.power == pytest.approx(percent, abs=0.05)


def test_difference_of_hazards_needs_constant_ones():
    pieces = SurvivalAssumptions(
        control_hazard_per_month=(0.1, 0.2), hazard_starts_months=(0, 6), hazard_ratio=0.5, total_months=24
    )
    with pytest.raises(PlanError, match="constant hazards"):
        lachin_foulkes_difference(pieces, 24)
    with pytest.raises(PlanError, match="no margin"):
        lachin_foulkes_difference(PLAN, 120, 1.3)
    with pytest.raises(PlanError, match="no events"):
        lachin_foulkes_difference(PLAN, 0)
