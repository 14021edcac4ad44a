"""Inference after stopping."""

from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from duonen_stats.design import (
    crossing_probabilities,
    group_sequential_design,
    respend_boundaries,
    stagewise_inference,
)
from duonen_stats.errors import PlanError

DESIGN = group_sequential_design(3, efficacy="lan_demets_pocock")


def test_at_the_first_look_it_is_the_fixed_analysis():
    result = stagewise_inference(DESIGN, z=2.5, information=[16.0])
    assert result.p_value == pytest.approx(norm.sf(2.5))
    assert result.estimate == pytest.approx(2.5 / 4)
    assert (result.lower, result.upper) == pytest.approx(((2.5 - 1.959964) / 4, (2.5 + 1.959964) / 4))


@pytest.mark.law
@settings(deadline=None, max_examples=15)
@given(st.floats(0.5, 4), st.integers(2, 3))
def test_limits_and_estimate_have_their_tail_probabilities(z, look):
    information = [10.0, 20.0, 30.0][:look]
    result = stagewise_inference(DESIGN, z=z, information=information, confidence=0.9)
    for effect, tail in ((result.lower, 0.05), (result.estimate, 0.5), (result.upper, 0.95)):
        crossed = crossing_probabilities(
            (*DESIGN.efficacy_z[: look - 1], z),
            information=information,
            drift=effect * information[-1] ** 0.5,
        )
        assert crossed.total_upper == pytest.approx(tail, abs=1e-8)
    assert result.hazard_ratio_lower < result.hazard_ratio < result.hazard_ratio_upper


@pytest.mark.law
@pytest.mark.parametrize("look", [1, 2, 3])
def test_the_p_value_is_the_error_spent_exactly_on_the_boundary(look):
    result = stagewise_inference(DESIGN, z=DESIGN.efficacy_z[look - 1], information=[1, 2, 3][:look])
    assert result.p_value == pytest.approx(DESIGN.alpha_spent[look - 1])


def test_at_the_last_look_the_interval_agrees_with_the_test():
    on_it = stagewise_inference(DESIGN, z=DESIGN.efficacy_z[2], information=[1, 2, 3])
    assert on_it.lower == pytest.approx(0, abs=1e-7)
    assert on_it.confidence == pytest.approx(0.95)


def test_earlier_looks_pull_the_estimate_down():
    result = stagewise_inference(DESIGN, z=2.6, information=[10, 20, 30])
    assert result.estimate < 2.6 / 30**0.5


def test_a_two_sided_plan_doubles_the_smaller_tail():
    design = group_sequential_design(2, alpha=0.05, sides=2)
    up, down = (stagewise_inference(design, z=z, information=[1.0, 2.0]) for z in (2.1, -2.1))
    assert up.p_value == pytest.approx(down.p_value)
    assert up.estimate == pytest.approx(-down.estimate)


def test_boundaries_spent_anew_are_used():
    spent = respend_boundaries(DESIGN, [30, 64], planned=64)
    result = stagewise_inference(DESIGN, z=spent.efficacy_z[1], information=[30, 64], boundary=spent)
    assert result.p_value == pytest.approx(0.025)


def test_only_binding_futility_counts():
    rule = {"futility": "stated_values", "futility_parameter": (1.0,)}
    z, information = 1.5, [1.0, 2.0]
    bare = stagewise_inference(group_sequential_design(2), z=z, information=information)
    loose = stagewise_inference(group_sequential_design(2, **rule), z=z, information=information)
    strict = stagewise_inference(
        group_sequential_design(2, binding=True, **rule), z=z, information=information
    )
    assert loose.p_value == bare.p_value
    assert strict.p_value < bare.p_value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"z": nan, "information": [1.0]}, "finite number"),
        ({"z": inf, "information": [1.0]}, "finite number"),
        ({"z": 1.0, "information": [1, 2, 3, 4]}, "3 looks only"),
        ({"z": 1.0, "information": [1.0], "confidence": 1.0}, "between 0 and 1"),
        ({"z": 1.0, "information": []}, "at least one look"),
        ({"z": -90.0, "information": [1.0, 2.0]}, "cannot be found"),
    ],
)
def test_what_is_out_of_range_is_refused(arguments, message):
    with pytest.raises(PlanError, match=message):
        stagewise_inference(DESIGN, **arguments)
