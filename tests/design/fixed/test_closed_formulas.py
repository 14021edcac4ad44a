"""Different variances under the null hypothesis and the alternative."""

from math import log, sqrt

import pytest

from duonen_stats.design import SurvivalAssumptions, expected_events, power
from duonen_stats.design.fixed.closed_formulas import (
    bernstein_lagakos,
    freedman,
    hsieh_freedman,
    lachin_foulkes,
    lachin_foulkes_difference,
    log_ratio_sd,
    null_assumptions,
    schoenfeld,
    wald,
)
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


def test_variance_is_one_over_the_events_of_each_arm():
    found, events = wald(PLAN, 120), expected_events(PLAN, 92)
    assert found.sd_null / sqrt(92) == pytest.approx(sqrt(1 / events.control + 1 / events.experimental))
    assert (found.effect, found.unit) == (log(2), "patients")
    assert found.power(92, alpha=0.05, sides=2, far_tail=False) == pytest.approx(0.7306, abs=5e-5)


def test_an_arm_without_events_has_no_log_hazard_ratio():
    with pytest.raises(PlanError, match="no events"):
        wald(PLAN, 0)


OPTIONS = {"alpha": 0.05, "sides": 2, "power": 0.9, "far_tail": False}
Z = (1.959963984540054 + 1.2815515655446004) ** 2


def test_textbook_formulas():
    assert schoenfeld(0.5, 3).required(**OPTIONS) == pytest.approx(Z / (3 / 16 * log(2) ** 2))
    assert freedman(0.5, 3).required(**OPTIONS) == pytest.approx(Z * (1 + 3 * 0.5) ** 2 / (3 * 0.5**2))
    assert hsieh_freedman(0.5, 3).required(**OPTIONS) == pytest.approx(Z * 9 * 16 / 12)


def test_freedman_and_hsieh_are_the_same_at_equal_allocation():
    assert freedman(0.6, 1).required(**OPTIONS) == pytest.approx(hsieh_freedman(0.6, 1).required(**OPTIONS))


def test_turning_the_arms_round_changes_nothing():
    for method in (schoenfeld, freedman, hsieh_freedman):
        assert method(0.5, 3).required(**OPTIONS) == pytest.approx(method(2, 1 / 3).required(**OPTIONS))


def test_only_schoenfeld_has_a_margin():
    assert schoenfeld(1, 1, 1.3).effect == pytest.approx(log(1.3))
    for method in (freedman, hsieh_freedman):
        with pytest.raises(PlanError, match="margin"):
            method(1, 1, 1.3)
