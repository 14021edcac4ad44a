"""Boundaries spent at the information that was there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.design import crossing_probabilities, group_sequential_design, respend_boundaries
from duonen_stats.errors import PlanError

DESIGN = group_sequential_design([0.5, 1.0])


def test_looks_as_planned_give_the_planned_boundary():
    actual = respend_boundaries(DESIGN, [32, 64], planned=64)
    assert actual.efficacy_z == pytest.approx(DESIGN.efficacy_z)
    assert actual.alpha_spent == pytest.approx(DESIGN.alpha_spent)
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
    early = respend_boundaries(DESIGN, [20], planned=64)
    later = respend_boundaries(DESIGN, [20, 50], planned=64)
    assert not early.final
    assert later.efficacy_z[0] == early.efficacy_z[0]
    assert later.alpha_spent[-1] < 0.025
    closing = respend_boundaries(DESIGN, [20, 50], planned=64, final=True)
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
        (DESIGN, [64, 70], 64, "after the planned information was reached"),
        (DESIGN, [30, 20], 64, "must increase"),
        (DESIGN, [30], 0.0, "above 0"),
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
