"""Combination of stages with pre-fixed weights."""

from math import exp, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from duonen_stats.design import (
    adaptive_conditional_power,
    combine_stages,
    conditional_power,
    group_sequential_design,
    inverse_normal_test,
    repeated_intervals,
    stagewise_inference,
    stagewise_log_rank,
)
from duonen_stats.errors import PlanError

DESIGN = group_sequential_design([0.5, 1.0])


def test_equal_weights_add_and_divide_by_root_two():
    assert combine_stages([1.0, 2.0], [0.5, 0.5]) == pytest.approx((1.0, 3 / 2**0.5))


@pytest.mark.law
@given(st.lists(st.tuples(st.floats(-4, 4), st.integers(5, 80)), min_size=1, max_size=4))
def test_unchanged_stages_combine_to_the_statistic_of_all_data(looks):
    z = [value for value, _ in looks]
    events = np.cumsum([d for _, d in looks]).tolist()
    steps = np.diff([0, *events]) ** 0.5
    assert combine_stages(stagewise_log_rank(z, events), steps) == pytest.approx(z, abs=1e-9)


def test_if_nothing_was_changed_it_is_the_group_sequential_analysis():
    stages = stagewise_log_rank([1.6, 2.4], [32, 64])
    result = inverse_normal_test(DESIGN, stages, stage_information=[6.0, 6.0])
    sequential = repeated_intervals(DESIGN, [1.6, 2.4], information=[6.0, 12.0])
    assert [look.combined_z for look in result.looks] == pytest.approx([1.6, 2.4])
    for look, interval in zip(result.looks, sequential, strict=True):
        assert (look.lower, look.upper) == pytest.approx((interval.lower, interval.upper))
        assert look.hazard_ratio_limits == pytest.approx((exp(-interval.upper), exp(-interval.lower)))
    final = stagewise_inference(DESIGN, z=2.4, information=[6.0, 12.0])
    assert result.final.p_value == pytest.approx(final.p_value)
    assert result.final.estimate == pytest.approx(final.estimate)
    assert result.rejects
    assert result.weights == pytest.approx((0.5**0.5, 0.5**0.5))


def test_weights_stay_those_of_the_plan_however_large_the_second_stage():
    result = inverse_normal_test(DESIGN, [1.0, 2.0], stage_information=[6.0, 24.0])
    assert result.looks[1].combined_z == pytest.approx(3 / 2**0.5)
    # The effect at which both stages, weighted, are as expected: (z1 + z2) / (sqrt(6) + sqrt(24))
    assert result.looks[1].estimate == pytest.approx(3 / (6**0.5 + 24**0.5))


def test_an_interim_look_has_a_conditional_error_and_no_end():
    result = inverse_normal_test(DESIGN, [1.6], stage_information=[6.0])
    expected = conditional_power(DESIGN, look=1, z=1.6).under_null
    assert result.looks[0].conditional_error == pytest.approx(expected)
    assert result.final is None
    assert not result.rejects
    assert inverse_normal_test(DESIGN, [3.2], stage_information=[6.0]).final is not None


def test_without_information_there_is_no_estimate():
    look = inverse_normal_test(DESIGN, [1.6, 2.0]).looks[1]
    assert look.estimate is None
    assert look.hazard_ratio_limits is None
    assert look.conditional_error is None


@pytest.mark.law
@settings(deadline=None, max_examples=20)
@given(st.floats(-1, 2.5), st.floats(0, 4))
def test_conditional_power_with_a_changed_stage_is_that_of_a_single_normal_test(z, drift):
    critical = (DESIGN.efficacy_z[1] - z * 0.5**0.5) / 0.5**0.5
    power = adaptive_conditional_power(DESIGN, look=1, combined_z=z, stage_drift=[drift])
    assert power == pytest.approx(norm.sf(critical - drift), abs=1e-12)


def test_unchanged_stages_have_the_planned_conditional_power():
    design = group_sequential_design([0.2, 0.6, 1.0])
    planned = conditional_power(design, look=1, z=1.0, drift=3.0).at_drift
    stages = [3.0 * 0.4**0.5] * 2
    assert adaptive_conditional_power(design, look=1, combined_z=1.0, stage_drift=stages) == pytest.approx(
        planned
    )


def test_haybittle_and_peto_combine_too():
    design = group_sequential_design(2, efficacy="haybittle_peto")
    looks = inverse_normal_test(design, [1.0, 2.5]).looks
    assert looks[0].repeated_p_value is None
    assert looks[1].rejects == (looks[1].repeated_p_value < 0.025)


def test_what_does_not_fit_is_refused():
    with pytest.raises(PlanError, match="1 to 2 finite statistics"):
        inverse_normal_test(DESIGN, [1.0, 2.0, 3.0])
    with pytest.raises(PlanError, match="1 to 2 finite statistics"):
        inverse_normal_test(DESIGN, [nan])
    with pytest.raises(PlanError, match="2 positive finite numbers"):
        inverse_normal_test(DESIGN, [1.0, 2.0], stage_information=[1.0])
    with pytest.raises(PlanError, match="1 stages are to come"):
        adaptive_conditional_power(DESIGN, look=1, combined_z=1.0, stage_drift=[1.0, 2.0])
    with pytest.raises(PlanError, match="do not match"):
        stagewise_log_rank([1.0], [30, 60])
    with pytest.raises(PlanError, match="must increase"):
        stagewise_log_rank([1.0, 2.0], [60, 60])
