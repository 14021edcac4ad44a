"""Repeated confidence intervals and p-values."""

from dataclasses import replace
from math import exp, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.design import (
    crossing_probabilities,
    efficacy_boundary,
    group_sequential_design,
    repeated_intervals,
    repeated_p_values,
    respend_boundaries,
    sequential_p_value,
)
from duonen_stats.errors import PlanError

DESIGN = group_sequential_design(3)


def test_the_interval_is_the_estimate_give_or_take_the_critical_value():
    first, second = repeated_intervals(DESIGN, [1.0, 2.0], information=[4.0, 9.0])
    assert first.estimate == 0.5
    assert second.lower == pytest.approx((2.0 - DESIGN.efficacy_z[1]) / 3)
    assert second.upper == pytest.approx((2.0 + DESIGN.efficacy_z[1]) / 3)
    assert second.confidence == pytest.approx(0.95)
    assert second.hazard_ratio == pytest.approx(exp(-2 / 3))
    assert second.hazard_ratio_lower == pytest.approx(exp(-second.upper))
    assert second.hazard_ratio_upper == pytest.approx(exp(-second.lower))


def test_boundaries_spent_anew_make_other_intervals():
    spent = respend_boundaries(DESIGN, [10, 40], planned=64)
    _, second = repeated_intervals(DESIGN, [1.0, 2.0], information=[10 / 4, 40 / 4], boundary=spent)
    assert second.critical_z == spent.efficacy_z[1]


@pytest.mark.law
@settings(deadline=None, max_examples=15)
@given(
    st.sampled_from(["lan_demets_obrien_fleming", "pocock", "wang_tsiatis"]),
    st.floats(0.001, 0.3),
    st.integers(0, 2),
    st.sampled_from([1, 2]),
)
def test_a_statistic_on_the_boundary_of_a_level_has_that_level_as_its_p_value(efficacy, level, look, sides):
    parameter = 0.3 if efficacy == "wang_tsiatis" else None
    design = group_sequential_design(3, sides=sides, efficacy=efficacy, efficacy_parameter=parameter)
    critical = efficacy_boundary(
        design.information, alpha=level, sides=sides, rule=efficacy, parameter=parameter
    )[look]
    p_values = repeated_p_values(design, [1.0] * look + [critical])
    assert p_values[look] == pytest.approx(level, rel=1e-6)


def test_p_values_have_an_end_on_both_sides():
    assert repeated_p_values(DESIGN, [-3.0]) == (0.5,)
    assert repeated_p_values(replace(DESIGN, sides=2), [0.0]) == (1.0,)
    (tiny,) = repeated_p_values(DESIGN, [25.0])
    assert tiny == pytest.approx(1e-10)


def test_haybittle_and_peto_have_one_at_the_last_look_only():
    design = group_sequential_design(2, efficacy="haybittle_peto")
    first, last = repeated_p_values(design, [1.0, 2.1])
    assert first is None
    assert 0.015 < last < 0.025
    with pytest.raises(PlanError, match="no sequential p-value"):
        sequential_p_value(design, [1.0, 2.1])


def test_stated_spending_keeps_its_shares_at_other_levels():
    design = group_sequential_design(2, efficacy="stated_spending", efficacy_parameter=(0.005, 0.025))
    p_values = repeated_p_values(design, [design.efficacy_z[0], design.efficacy_z[1]])
    assert p_values == pytest.approx((0.025, 0.025))


def test_the_sequential_p_value_is_the_smallest():
    z = [2.9, 2.0]
    assert sequential_p_value(DESIGN, z) == min(repeated_p_values(DESIGN, z))


def test_actual_information_is_used_if_given():
    planned = repeated_p_values(DESIGN, [1.5, 2.0])
    late = repeated_p_values(DESIGN, [1.5, 2.0], information=[30, 60], planned=64)
    assert late[1] < planned[1]
    closing = repeated_p_values(DESIGN, [1.5, 2.0], information=[30, 60], planned=64, final=True)
    assert closing[1] < late[1]


def test_looks_that_do_not_match_are_refused():
    with pytest.raises(PlanError, match="do not make one row"):
        repeated_intervals(DESIGN, [1.0, 2.0], information=[4.0])
    with pytest.raises(PlanError, match="finite numbers"):
        repeated_intervals(DESIGN, [nan], information=[4.0])
    with pytest.raises(PlanError, match="do not match"):
        repeated_p_values(DESIGN, [1.0] * 4)
    pocock = group_sequential_design(2, efficacy="pocock")
    with pytest.raises(PlanError, match="planned looks only"):
        repeated_p_values(pocock, [1.0], information=[30], planned=64)


DESIGN_RESPENDING = group_sequential_design([0.5, 1.0])


def test_looks_as_planned_give_the_planned_boundary():
    actual = respend_boundaries(DESIGN_RESPENDING, [32, 64], planned=64)
    assert actual.efficacy_z == pytest.approx(DESIGN_RESPENDING.efficacy_z)
    assert actual.alpha_spent == pytest.approx(DESIGN_RESPENDING.alpha_spent)
    assert actual.final
    assert actual.fraction == (0.5, 1.0)


@pytest.mark.law
@settings(deadline=None, max_examples=25)
@given(st.floats(0.2, 0.8), st.floats(0.85, 1.4), st.sampled_from([1, 2]))
def test_the_level_is_held_whenever_the_looks_come(first, last, sides):
    design = group_sequential_design(
        [0.5, 1.0], alpha=0.05, sides=sides, efficacy="hwang_shih_decani", efficacy_parameter=-2.0
    )
    actual = respend_boundaries(design, [first, last], planned=1.0, final=True)
    lower = [-z for z in actual.efficacy_z] if sides == 2 else None
    crossed = crossing_probabilities(actual.efficacy_z, lower, information=[first, last])
    assert crossed.total_upper + crossed.total_lower == pytest.approx(0.05, rel=1e-8)
    assert actual.alpha_spent[-1] == pytest.approx(0.05, rel=1e-8)


def test_an_interim_look_spends_its_share_only_and_later_looks_do_not_change_it():
    early = respend_boundaries(DESIGN_RESPENDING, [20], planned=64)
    later = respend_boundaries(DESIGN_RESPENDING, [20, 50], planned=64)
    assert not early.final
    assert later.efficacy_z[0] == early.efficacy_z[0]
    assert later.alpha_spent[-1] < 0.025
    closing = respend_boundaries(DESIGN_RESPENDING, [20, 50], planned=64, final=True)
    assert closing.efficacy_z[1] < later.efficacy_z[1]


@pytest.mark.parametrize("binding", [False, True])
def test_futility_is_spent_anew_too(binding):
    design = group_sequential_design(
        [0.5, 1.0], futility="hwang_shih_decani", futility_parameter=-2.0, binding=binding
    )
    as_planned = respend_boundaries(design, [50, 100], planned=100)
    assert as_planned.futility_z == pytest.approx(design.futility_z, abs=1e-6)
    assert as_planned.efficacy_z == pytest.approx(design.efficacy_z, abs=1e-6)
    later = respend_boundaries(design, [60], planned=100)
    assert later.futility_z[0] > design.futility_z[0]


def test_haybittle_and_peto_keep_the_interim_value():
    design = group_sequential_design(3, efficacy="haybittle_peto")
    actual = respend_boundaries(design, [10, 30, 80, 95], planned=100, final=True)
    assert actual.efficacy_z[:3] == (3.0, 3.0, 3.0)
    assert actual.alpha_spent[-1] == pytest.approx(0.025)
    assert respend_boundaries(design, [10], planned=100).efficacy_z == (3.0,)


def test_stated_spending_is_read_between_its_points():
    design = group_sequential_design(2, efficacy="stated_spending", efficacy_parameter=(0.005, 0.025))
    assert respend_boundaries(design, [25], planned=100).alpha_spent == pytest.approx((0.0025,))


@pytest.mark.parametrize(
    ("design", "information", "planned", "message"),
    [
        (DESIGN_RESPENDING, [64, 70], 64, "after the planned information was reached"),
        (DESIGN_RESPENDING, [30, 20], 64, "must increase"),
        (DESIGN_RESPENDING, [30], 0.0, "above 0"),
        (group_sequential_design(2, efficacy="pocock"), [30], 64, "no spending function"),
        (
            group_sequential_design(2, futility="stated_values", futility_parameter=(0.0,), binding=True),
            [30],
            64,
            "Binding futility values",
        ),
    ],
)
def test_what_cannot_be_spent_anew_is_refused(design, information, planned, message):
    with pytest.raises(PlanError, match=message):
        respend_boundaries(design, information, planned=planned)
