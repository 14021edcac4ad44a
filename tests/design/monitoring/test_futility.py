"""Stopping for futility."""

from math import inf

import pytest

from duonen_stats.design import crossing_probabilities, group_sequential_design
from duonen_stats.design.monitoring.boundaries import Looks
from duonen_stats.design.monitoring.futility import drift_for_power, spend_downwards
from duonen_stats.errors import PlanError

BOTH = {"efficacy": "hwang_shih_decani", "efficacy_parameter": -4.0, "futility_parameter": -2.0}


@pytest.mark.parametrize("binding", [False, True])
@pytest.mark.parametrize("efficacy", ["hwang_shih_decani", "kim_demets", "pocock", "haybittle_peto"])
def test_both_errors_are_spent_exactly(efficacy, binding):
    parameter = {"hwang_shih_decani": -4.0, "kim_demets": 2.0}.get(efficacy)
    design = group_sequential_design(
        [0.5, 0.75, 1.0], efficacy=efficacy, efficacy_parameter=parameter,
        futility="hwang_shih_decani", futility_parameter=-2.0, binding=binding,
    )  # fmt: skip
    assert design.under_alternative.total_upper == pytest.approx(0.9, abs=1e-8)
    assert design.under_alternative.total_lower == pytest.approx(0.1, abs=1e-8)
    assert design.alpha_spent[-1] == pytest.approx(0.025, rel=1e-7)
    assert design.futility_z[-1] == design.efficacy_z[-1]
    held = crossing_probabilities(design.efficacy_z, information=design.information).total_upper
    assert held > 0.0255 if binding else held == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize("looks", [1, 4])
@pytest.mark.parametrize("efficacy", ["lan_demets_obrien_fleming", "haybittle_peto"])
def test_binding_futility_may_be_spent_early(looks, efficacy):
    design = group_sequential_design(
        looks, power=0.8, efficacy=efficacy, futility="lan_demets_pocock", binding=True
    )
    assert design.alpha_spent[-1] == pytest.approx(0.025, rel=1e-7)
    assert design.under_alternative.total_lower == pytest.approx(0.2, abs=1e-8)


def test_binding_futility_needs_less_information():
    loose, binding = (
        group_sequential_design(3, futility="hwang_shih_decani", binding=b, **BOTH) for b in (False, True)
    )
    assert binding.drift < loose.drift
    assert binding.efficacy_z[-1] < loose.efficacy_z[-1]


def test_stated_values_are_kept_and_the_power_is_reached():
    design = group_sequential_design(3, futility="stated_values", futility_parameter=(-inf, 0.4))
    assert design.futility_z == (-inf, 0.4, design.efficacy_z[-1])
    assert design.under_alternative.total_upper == pytest.approx(0.9)
    assert design.efficacy_z == group_sequential_design(3).efficacy_z
    assert design.drift > group_sequential_design(3).drift


def test_error_of_the_second_kind_is_spent_as_stated():
    design = group_sequential_design(
        2, power=0.8, futility="stated_spending", futility_parameter=(0.05, 0.2)
    )  # fmt: skip
    assert design.under_alternative.lower == pytest.approx((0.05, 0.15), abs=1e-9)


def test_a_boundary_that_meets_the_other_ends_there():
    looks = Looks((0.5, 1.0), 0.025, two_sided=False)
    assert spend_downwards(looks, (2.0, 2.0), (0.4, 0.5), drift=9.0) == (pytest.approx(6.11, abs=0.01), 2.0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((0.0,), "one an interim"),
        ((0.0, 9.0), "below the upper"),
        ((inf, 0.0), "one an interim"),
        (0.5, "a sequence"),
    ],
)
def test_values_must_fit_the_looks_and_the_critical_values(values, message):
    with pytest.raises(PlanError, match=message):
        group_sequential_design(3, futility="stated_values", futility_parameter=values)


def test_a_power_that_cannot_be_is_refused():
    looks = Looks((1.0,), 0.025, two_sided=False)
    with pytest.raises(PlanError, match="No effect is large enough"):
        drift_for_power(looks, (inf,), (-inf,), 0.9)
    with pytest.raises(PlanError, match="without any effect"):
        drift_for_power(looks, (1.96,), (-inf,), 0.02)
