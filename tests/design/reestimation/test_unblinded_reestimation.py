"""Unblinded re-estimation: promising zone, target and cap."""

from dataclasses import replace
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from duonen_stats.design import (
    ReestimationRule,
    adaptive_conditional_power,
    conditional_power,
    group_sequential_design,
    log_rank_drift,
    reestimate_events,
    respent_design,
)
from duonen_stats.errors import PlanError

DESIGN = group_sequential_design([0.5, 1.0])
RULE = ReestimationRule(
    design=DESIGN, planned_events=64, max_events=128, allocation_ratio=3, hazard_ratio=0.5
)


@pytest.mark.law
@given(st.floats(-2, 2.9))
def test_events_stay_between_plan_and_cap_and_the_target_is_reached_or_capped(z):
    result = reestimate_events(RULE, z)
    assert 64 <= result.total_events <= 128
    if result.zone == "promising":
        assert result.conditional_power >= result.planned_conditional_power
        assert result.capped or result.conditional_power == pytest.approx(0.9)
    else:
        assert result.total_events == 64
        assert not result.capped


def test_the_events_decided_on_have_the_power_of_the_combination_test():
    result = reestimate_events(RULE, 1.6)
    added = log_rank_drift(0.5, result.added_events, allocation_ratio=3)
    assert result.zone == "promising"
    assert result.conditional_power == pytest.approx(
        adaptive_conditional_power(DESIGN, look=1, combined_z=1.6, stage_drift=[added])
    )
    assert result.conditional_error == pytest.approx(conditional_power(DESIGN, look=1, z=1.6).under_null)
    assert result.added_information == pytest.approx(result.added_events * 3 / 16)


def test_the_zones_follow_the_conditional_power_with_the_planned_events():
    zones = [reestimate_events(RULE, z).zone for z in (-0.5, 1.0, 2.5, 3.0)]
    assert zones == ["unfavourable", "promising", "favourable", "efficacy"]
    stopped = reestimate_events(RULE, 3.0)
    assert (stopped.total_events, stopped.added_events, stopped.conditional_power) == (32, 0, None)


def test_futility_stops():
    design = group_sequential_design(2, futility="stated_values", futility_parameter=(0.3,))
    assert reestimate_events(replace(RULE, design=design), 0.2).zone == "futility"


def test_under_the_trend_there_is_no_target_without_an_effect():
    rule = replace(RULE, hazard_ratio=None, zone=None)
    result = reestimate_events(rule, -0.4)
    assert result.events_for_target is None
    assert result.capped
    assert result.total_events == 128
    trend = conditional_power(DESIGN, look=1, z=1.5).under_trend
    assert reestimate_events(rule, 1.5).planned_conditional_power == pytest.approx(trend)


def test_without_a_zone_fewer_events_may_be_enough():
    rule = replace(RULE, zone=None, min_events=40)
    assert reestimate_events(rule, 2.8).total_events < 64
    assert reestimate_events(replace(RULE, zone=None), 2.8).total_events == 64


@pytest.mark.law
@pytest.mark.parametrize("zone", [None, (0.3, 0.9)])
def test_the_level_is_held_by_any_rule(zone):
    # Under no effect the last stage is standard normal whatever its size, so only z1 has to be averaged over
    rule = replace(RULE, zone=zone)
    z = np.linspace(-8, DESIGN.efficacy_z[0], 20001)
    error = norm.sf(rule.stage_critical_z(z))
    assert np.trapezoid(norm.pdf(z) * error, z) + DESIGN.alpha_spent[0] == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"design": group_sequential_design(1)}, "interim look"),
        ({"design": group_sequential_design(2, alpha=0.05, sides=2)}, "one-sided"),
        ({"max_events": 60}, "cap"),
        ({"max_events": nan}, "cap"),
        ({"min_events": 30}, "fewest events"),
        ({"hazard_ratio": 1.2}, "between 0 and 1"),
        ({"target_power": 1.0}, "conditional power"),
        ({"zone": (0.9, 0.3)}, "promising zone"),
        ({"planned_events": 0}, "planned events"),
        ({"hazard_ratio": 0.0}, "between 0 and 1"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(change, message):
    with pytest.raises(PlanError, match=message):
        replace(RULE, **change)


def test_an_interim_result_is_a_number():
    with pytest.raises(PlanError, match="finite"):
        reestimate_events(RULE, nan)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("look", "least"), [(0.25, (0.42, 0.375)), (0.5, (0.41, 0.36)), (0.75, (0.38, 0.33))]
)
def test_where_the_unweighted_test_is_valid(look, least):
    """Mehta & Pocock (2011), Table I: least conditional power for a rise to 1.5 and 2 times the plan, no early stop."""
    design = group_sequential_design([look, 1.0], efficacy="stated_spending", efficacy_parameter=(0.0, 0.025))
    for times, expected in zip((1.5, 2), least, strict=True):
        rule = ReestimationRule(design=design, planned_events=100, max_events=100 * times, test="unweighted")
        assert rule.least_valid_power() == pytest.approx(expected, abs=0.006)


@pytest.mark.law
@pytest.mark.parametrize("z", [0.5, 1.0, 1.3, 1.5, 2.0])
def test_a_valid_rise_has_no_more_conditional_error_than_the_plan(z):
    rule = ReestimationRule(
        design=group_sequential_design(2),
        planned_events=64,
        max_events=96,
        allocation_ratio=3,
        test="unweighted",
    )
    error = norm.cdf(-rule.stage_critical_z(z, 96))
    planned = norm.cdf(-rule.stage_critical_z(z))
    assert bool(rule.valid(z, 96)) == (error <= planned + 1e-9)
    assert rule.total_events(z) in (64, pytest.approx(96), pytest.approx(float(rule.events_for_target(z))))


def test_events_seen_move_the_look_and_not_the_weights():
    rule = ReestimationRule(
        design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
    )
    seen = replace(rule, seen_events=40)
    assert seen.interim_events == 40
    assert seen.stage_critical_z(1.5) == rule.stage_critical_z(1.5)
    assert seen.conditional_power(1.5, 96) < rule.conditional_power(1.5, 96)
    found = reestimate_events(seen, 1.9)
    assert found.events_decided == int(-(-found.total_events // 1))
    with pytest.raises(PlanError, match="seen at the look"):
        replace(rule, seen_events=64)
    with pytest.raises(PlanError, match="weighted or unweighted"):
        replace(rule, test="half")
    with pytest.raises(PlanError, match="only ever raised"):
        replace(rule, test="unweighted", min_events=50)


def test_whole_events_do_not_pass_the_cap():
    rule = ReestimationRule(
        design=group_sequential_design(2), planned_events=117, max_events=175.5, allocation_ratio=3
    )
    assert rule.whole_events(1.5) == 175
    assert rule.whole_events(0.0) == 117


@pytest.mark.parametrize("z", [0.9, 1.3, 1.5, 1.9, 2.5])
def test_the_conditional_error_is_that_of_the_test_with_the_events_decided(z):
    usual = replace(RULE, test="unweighted", hazard_ratio=None)
    found = reestimate_events(usual, z)
    assert found.decided_conditional_error <= found.conditional_error + 1e-9
    assert found.decided_conditional_error == pytest.approx(norm.sf(found.stage_critical_z))
    critical, total = DESIGN.efficacy_z[-1], found.total_events
    by_hand = norm.sf((critical * total**0.5 - z * 32**0.5) / (total - 32) ** 0.5)
    assert found.decided_conditional_error == pytest.approx(by_hand)
    weighted = reestimate_events(replace(usual, test="weighted"), z)
    assert weighted.decided_conditional_error == weighted.conditional_error
    assert reestimate_events(usual, 3.5).decided_conditional_error is None


def test_the_usual_test_has_the_critical_values_of_the_look_taken():
    usual = replace(RULE, test="unweighted")
    assert replace(usual, planned_events=63, max_events=96).interim_events == 31.5
    replace(usual, planned_events=63, max_events=96, seen_events=32)  # the planned look as a whole number
    with pytest.raises(PlanError, match="spend the error again"):
        replace(usual, seen_events=40)
    moved = respent_design(DESIGN, [40, 64], planned=64)
    assert replace(usual, design=moved, seen_events=40).interim_events == 40


@pytest.mark.law
@given(st.floats(-2, 2.9), st.integers(20, 60))
def test_whole_events_of_the_usual_test_are_valid(z, seen):
    moved = respent_design(DESIGN, [seen, 64], planned=64)
    rule = replace(RULE, design=moved, test="unweighted", hazard_ratio=None, max_events=96, seen_events=seen)
    whole = int(rule.whole_events(z))
    assert rule.valid(z, whole)
    assert 64 <= whole <= 96


@pytest.mark.law
@pytest.mark.parametrize("seen", [20, 32, 45, 58])
@pytest.mark.parametrize("zone", [None, (0.3, 0.9)])
def test_the_level_of_the_usual_test_is_held_at_the_looks_taken(seen, zone):
    """Second programming: the conditional error of the usual test with the events decided, over z at the look."""
    moved = respent_design(DESIGN, [seen, 64], planned=64)
    rule = replace(
        RULE, design=moved, test="unweighted", hazard_ratio=None, max_events=96, zone=zone, seen_events=seen
    )
    upper, critical = moved.efficacy_z
    z = np.linspace(-8, upper, 20001)
    total = rule.whole_events(z).astype(float)
    assert (total > 64).any()
    error = norm.sf((critical * total**0.5 - z * seen**0.5) / (total - seen) ** 0.5)
    level = np.trapezoid(norm.pdf(z) * error, z) + norm.sf(upper)
    assert 0.02 < level <= 0.025 + 1e-6
    # Raised wherever the trial goes on, valid or not, the same test exceeds its level.
    always = norm.sf((critical * 96**0.5 - z * seen**0.5) / (96 - seen) ** 0.5)
    assert np.trapezoid(norm.pdf(z) * np.maximum(always, error), z) + norm.sf(upper) > 0.0255
