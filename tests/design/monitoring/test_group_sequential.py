"""Group-sequential plans."""

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from duonen_stats.design import crossing_probabilities, group_sequential_design
from duonen_stats.errors import PlanError


@pytest.mark.parametrize(
    ("efficacy", "looks", "inflation"),
    [("pocock", 2, 1.100), ("pocock", 5, 1.207), ("obrien_fleming", 2, 1.007), ("obrien_fleming", 5, 1.026)],
)
def test_the_maximum_information_is_that_of_the_textbook(efficacy, looks, inflation):
    # Jennison & Turnbull (2000), Tables 2.2 and 2.4: two-sided, alpha 0.05, power 0.9
    design = group_sequential_design(looks, alpha=0.05, sides=2, power=0.9, efficacy=efficacy)
    assert design.inflation_factor == pytest.approx(inflation, abs=5.1e-4)


@pytest.mark.reference
def test_the_plan_printed_by_rs_gsdesign():
    # gsDesign(): k = 3, alpha 0.025, beta 0.1, efficacy sfHSD(-4), non-binding futility sfHSD(-2)
    design = group_sequential_design(
        3, efficacy="hwang_shih_decani", efficacy_parameter=-4.0,
        futility="hwang_shih_decani", futility_parameter=-2.0,
    )  # fmt: skip
    assert design.efficacy_z == pytest.approx((3.01, 2.55, 2.00), abs=5.1e-3)
    assert design.futility_z == pytest.approx((-0.24, 0.94, 2.00), abs=5.1e-3)
    assert design.inflation_factor == pytest.approx(1.070, abs=5.1e-4)


def test_one_look_is_the_fixed_plan():
    design = group_sequential_design(1, alpha=0.05, sides=2, power=0.8)
    assert design.drift == pytest.approx(norm.isf(0.025) + norm.ppf(0.8))
    assert design.inflation_factor == pytest.approx(1)
    assert design.expected_information_null == pytest.approx(1)


@pytest.mark.law
@settings(deadline=None, max_examples=15)
@given(
    st.integers(2, 5),
    st.sampled_from(["pocock", "obrien_fleming", "lan_demets_pocock"]),
    st.floats(0.6, 0.95),
)
def test_a_plan_has_its_level_and_its_power(looks, efficacy, power):
    design = group_sequential_design(looks, power=power, efficacy=efficacy)
    assert sum(design.rejecting(0.0)) == pytest.approx(0.025, rel=1e-8)
    assert sum(design.rejecting(design.drift)) == pytest.approx(power, abs=1e-9)
    assert design.inflation_factor >= 1
    assert design.expected_information_alternative < design.expected_information_null
    assert design.nominal_p == pytest.approx(norm.sf(design.efficacy_z))


def test_looks_may_be_given_in_events():
    fractions, events = (group_sequential_design(i) for i in ([0.25, 1.0], [30, 120]))
    assert events.information == fractions.information == (0.25, 1.0)
    assert events.efficacy_z == fractions.efficacy_z
    assert fractions.looks == 2


def test_a_two_sided_plan_rejects_in_both_tails():
    design = group_sequential_design(2, alpha=0.05, sides=2)
    assert design.lower_z == tuple(-z for z in design.efficacy_z)
    assert design.alpha_spent[-1] == pytest.approx(0.05)
    assert design.under_null.upper == pytest.approx(design.under_null.lower)
    assert design.efficacy_z == pytest.approx(group_sequential_design(2).efficacy_z, abs=1e-6)


def test_expected_information_follows_every_rule():
    design = group_sequential_design(2, futility="stated_values", futility_parameter=(0.0,))
    stop = crossing_probabilities(design.efficacy_z, design.futility_z, information=(0.5, 1.0)).stopping
    assert design.expected_information_null == pytest.approx(
        design.inflation_factor * float(np.dot((0.5, 1.0), stop))
    )
    assert design.expected_information_null < 0.85


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"information": 0}, "at least one look"),
        ({"information": []}, "at least one look"),
        ({"information": [0.5, nan]}, "positive"),
        ({"power": 0.02}, "above the level|must lie above"),
        ({"power": 1.0}, "below 1"),
        ({"futility": "kim_demets", "futility_parameter": 2.0, "alpha": 0.05, "sides": 2}, "one-sided"),
        ({"futility": "gut_feeling"}, "not a futility rule"),
        ({"binding": True}, "no futility rule"),
        ({"futility_parameter": (0.0,)}, "no futility rule"),
    ],
)
def test_contradictory_plans_are_refused(arguments, message):
    with pytest.raises(PlanError, match=message):
        group_sequential_design(**arguments)


def test_without_futility_there_is_no_lower_boundary():
    design = group_sequential_design(2)
    assert design.futility_z == ()
    assert design.lower_z == (-inf, -inf)
