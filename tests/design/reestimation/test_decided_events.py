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
    respent_design,
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


def usual(seen: float) -> ReestimationRule:
    """The rule with the usual test, its error spent at the events of the look."""
    return replace(RULE, design=respent_design(RULE.design, [seen, 64], planned=64), test="unweighted")


def test_the_usual_test_and_calibrated_values():
    assert final_combination(usual(33), [1.5, 2.1], [33, 90]).statistic == 2.1
    assert not final_combination(RULE, [1.5, 2.1], [33, 90], critical_z=(3.2, 2.15)).rejects
    stopped = final_combination(RULE, [3.1], [33])
    assert (stopped.look, stopped.rejects) == (1, True)


def in_scipy(z: list[float], critical: tuple[float, float], fraction: float) -> float:
    """Probability of a result as extreme under no effect: beyond the look's value, or not and as large at the end."""
    if len(z) == 1:
        return float(norm.sf(z[0]))
    first, both = critical[0], multivariate_normal([0, 0], [[1, fraction**0.5], [fraction**0.5, 1]])
    return float(norm.sf(first) + norm.cdf(first) - both.cdf([first, z[1]]))


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
    rule = RULE if test == "weighted" else usual(events[0])
    found = final_combination(rule, z, events, critical_z=critical_z)
    used = critical_z or rule.design.efficacy_z
    assert found.look == len(z)
    assert found.critical_z == used[len(z) - 1]
    assert found.rejects is (found.p_value <= found.p_critical + 1e-12)
    # The combination has the planned share of the look, the usual test that of the events there really are.
    fraction = 0.5 if test == "weighted" else events[0] / events[-1]
    assert found.fraction == (fraction if len(z) > 1 else 1)
    last = [*z[:-1], found.statistic]
    assert found.p_value == pytest.approx(in_scipy(last, used, fraction), rel=1e-4)
    assert found.p_critical == pytest.approx(in_scipy([*z[:-1], found.critical_z], used, fraction), rel=1e-4)


@pytest.mark.parametrize("critical_z", [(3.398, 2.121), (3.05, 2.0), (2.5, 2.4)])
@pytest.mark.parametrize(("z", "events"), [([1.5, 2.1], [33, 90]), ([1.7, 2.3], [33, 96]), ([3.5], [32])])
def test_limits_agree_with_the_test_at_the_values_used(critical_z, z, events):
    found = final_combination(RULE, z, events, critical_z=critical_z)
    level = in_scipy([0.0, critical_z[1]], critical_z, 0.5)
    assert found.confidence == pytest.approx(1 - 2 * level, rel=1e-5)
    assert (found.upper < 1) is found.rejects
    # A statistic on the critical value has a limit of no effect.
    assert final_combination(RULE, [1.5, 2.1], [33, 90]).confidence == 0.95


def conditional_error(z: float, seen: float, total: float, critical: float) -> float:
    """Of the usual test: P(Z of all events above its value, given that of the look) without an effect."""
    return float(norm.sf((critical * total**0.5 - z * seen**0.5) / (total - seen) ** 0.5))


@pytest.mark.parametrize("z", [0.2, 0.9, 1.2, 1.35, 1.45, 2.0, 2.8])
@pytest.mark.parametrize("total", [50, 63, 64, 65, 80, 96, 300])
def test_the_usual_test_is_refused_where_it_does_not_hold_its_level(z, total):
    """Chen, DeMets & Lan: its conditional error with the events there are is above that of the plan."""
    rule = usual(32)
    critical = rule.design.efficacy_z[1]
    held = conditional_error(z, 32, total, critical) <= conditional_error(z, 32, 64, critical) + 1e-9
    if held:
        assert final_combination(rule, [z, 2.5], [32, total]).rejects
    else:
        with pytest.raises(PlanError, match="does not hold its level"):
            final_combination(rule, [z, 2.5], [32, total])
    assert final_combination(RULE, [z, 2.5], [32, total]).test == "weighted"


def test_the_usual_test_needs_the_critical_values_of_the_look_that_was_taken():
    rule = replace(RULE, test="unweighted")
    assert final_combination(rule, [1.5, 2.1], [32, 90]).rejects
    with pytest.raises(PlanError, match="belong to a look at 32 events, and it was taken at 33"):
        final_combination(rule, [1.5, 2.1], [33, 90])


@pytest.mark.parametrize(
    ("z", "events", "words"),
    [
        ([3.1, 2.0], [33, 64], "already crosses"),
        ([1.0], [33], "not ended"),
        ([1.0, 2.0], [33, 30], "increase"),
        ([1.0, 2.0], [33, 33], "increase"),
    ],
)
def test_what_has_no_final_test(z, events, words):
    with pytest.raises(PlanError, match=words):
        final_combination(RULE, z, events)
