"""What a decided number of events needs, and the final test."""

from dataclasses import replace

import pytest
from scipy.stats import multivariate_normal, norm

from duonen_stats.design import (
    ReestimationRule,
    SurvivalAssumptions,
    events_in_reach,
    expected_events,
    final_combination,
    group_sequential_design,
    inverse_normal_test,
    log_rank_information,
)
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60.0, total_months=120.0
)
RULE = ReestimationRule(
    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
)


def test_events_in_reach_have_a_month_and_no_more_patients():
    found = events_in_reach(PLAN, 92, 64)
    assert expected_events(PLAN, 92, found.months).total == pytest.approx(64)
    assert found.patients_needed == 92
    assert found.most_events == pytest.approx(92)


def test_events_beyond_need_patients_or_time():
    found = events_in_reach(PLAN, 92, 70)
    assert 120 < found.months < 140
    assert found.patients_needed == 104
    rate = 92 / 60
    wider = SurvivalAssumptions(
        control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=104 / rate, total_months=120.0
    )  # fmt: skip
    assert expected_events(wider, 104).total >= 70


def test_events_out_of_reach_are_none_of_both():
    """175 events decided from 92 patients: the fault that this is here for."""
    found = events_in_reach(PLAN, 92, 175)
    assert (found.months, found.patients_needed) == (None, None)
    assert found.open_patients > 175
    assert found.open_patients % 4 == 0
    at_once = SurvivalAssumptions(control_hazard_per_month=0.0235, hazard_ratio=0.5, total_months=120.0)
    alone = events_in_reach(at_once, 92, 175)
    assert (alone.open_months, alone.open_patients) == (None, None)
    assert alone.patients_needed == 208  # 78.0 of 92 have an event in 120 months


def test_the_final_test_is_the_combination():
    found = final_combination(RULE, [1.5, 2.1], [33, 90])
    told = [log_rank_information(events, allocation_ratio=3) for events in (33, 57)]
    same = inverse_normal_test(RULE.design, found.stage_z, stage_information=told)
    assert found.statistic == same.looks[-1].combined_z
    assert found.p_value == pytest.approx(same.final.p_value, rel=1e-12)
    assert found.p_critical == pytest.approx(0.025, rel=1e-6)
    assert found.hazard_ratio == pytest.approx(same.final.hazard_ratio, rel=1e-12)
    limits = (same.final.hazard_ratio_lower, same.final.hazard_ratio_upper)
    assert (found.lower, found.upper) == pytest.approx(limits, rel=1e-12)
    assert found.rejects is (found.p_value <= 0.025) is True
    # By hand: stage 2 is (2.1 sqrt(90) - 1.5 sqrt(33)) / sqrt(57); both stages weigh the root of a half
    second = (2.1 * 90**0.5 - 1.5 * 33**0.5) / 57**0.5
    assert found.statistic == pytest.approx((1.5 + second) / 2**0.5)


def test_the_usual_test_and_calibrated_values():
    usual = ReestimationRule(
        design=RULE.design, planned_events=64, max_events=96, allocation_ratio=3, test="unweighted"
    )
    assert final_combination(usual, [1.5, 2.1], [33, 90]).statistic == 2.1
    assert not final_combination(RULE, [1.5, 2.1], [33, 90], critical_z=(3.2, 2.15)).rejects
    stopped = final_combination(RULE, [3.1], [33])
    assert (stopped.look, stopped.rejects) == (1, True)


@pytest.mark.parametrize("test", ["weighted", "unweighted"])
@pytest.mark.parametrize(
    ("z", "events", "critical_z"),
    [
        ([3.0, 2.5], [33, 64], (3.3, 2.05)),  # above the value of the plan (2.963), below the calibrated one
        ([2.93], [33], (2.9, 2.0)),  # above the calibrated one, below that of the plan
        ([1.5, 2.03], [33, 90], (3.2, 2.05)),
        ([1.5, 2.05], [32, 64], (3.2, 2.05)),
        ([1.5, 1.99], [33, 90], None),
        ([1.5, 1.9], [33, 90], None),
    ],
)
def test_p_and_verdict_never_contradict_each_other_by_the_values_used(test, z, events, critical_z):
    rule = replace(RULE, test=test)
    found = final_combination(rule, z, events, critical_z=critical_z)
    assert found.look == len(z)
    assert (
        found.critical_z == (critical_z or (RULE.design.efficacy_z[0], RULE.design.efficacy_z[1]))[len(z) - 1]
    )
    assert found.rejects is (found.p_value <= found.p_critical + 1e-12)
    # The normal distribution of the two looks, by scipy: beyond the look's value, or below it and as large at the end.
    first = norm.sf((critical_z or RULE.design.efficacy_z)[0])
    if len(z) == 1:
        assert found.p_value == pytest.approx(norm.sf(z[0]), rel=1e-6)
        return
    both = multivariate_normal([0, 0], [[1, 0.5**0.5], [0.5**0.5, 1]])
    bound = (critical_z or RULE.design.efficacy_z)[0]
    later = norm.cdf(bound) - both.cdf([bound, found.statistic])
    assert found.p_value == pytest.approx(first + later, rel=1e-4)


@pytest.mark.parametrize(
    ("z", "events", "words"),
    [
        ([3.1, 2.0], [33, 64], "already crosses"),
        ([1.0], [33], "not ended"),
        ([1.0, 2.0], [33, 30], "increase"),
    ],
)
def test_what_has_no_final_test(z, events, words):
    with pytest.raises(PlanError, match=words):
        final_combination(RULE, z, events)
