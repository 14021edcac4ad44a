"""Conditional and predictive power."""

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from duonen_stats.design import conditional_power, group_sequential_design, predictive_power
from duonen_stats.errors import PlanError

TWO = group_sequential_design([0.4, 1.0])
THREE = group_sequential_design([0.3, 0.6, 1.0], efficacy="lan_demets_pocock")


@pytest.mark.parametrize("z", [-1.0, 0.5, 1.7, 2.5])
def test_with_one_look_to_come_it_is_the_b_value_formula(z):
    # Lan & Wittes (1988): 1 - Phi((b - B(t) - theta(1 - t)) / sqrt(1 - t)), B(t) = z sqrt(t)
    def by_hand(drift):
        return norm.sf((TWO.efficacy_z[1] - z * 0.4**0.5 - drift * 0.6) / 0.6**0.5)

    result = conditional_power(TWO, look=1, z=z, drift=1.3)
    assert result.under_null == pytest.approx(by_hand(0.0))
    assert result.under_design == pytest.approx(by_hand(TWO.drift))
    assert result.under_trend == pytest.approx(by_hand(z / 0.4**0.5))
    assert result.at_drift == pytest.approx(by_hand(1.3))
    assert result.fraction == 0.4


@pytest.mark.law
@settings(deadline=None, max_examples=20)
@given(st.floats(-3, 3), st.floats(0.1, 2), st.sampled_from([1, 2]))
def test_it_rises_with_the_statistic(z, more, look):
    low, high = (conditional_power(THREE, look=look, z=value) for value in (z, z + more))
    assert low.under_null <= high.under_null
    assert low.under_design <= high.under_design
    assert 0 <= low.under_trend <= 1


@pytest.mark.law
def test_the_conditional_error_averages_to_the_error_left():
    average, _ = quad(
        lambda z: norm.pdf(z) * conditional_power(THREE, look=1, z=z).under_null, -8, THREE.efficacy_z[0]
    )
    assert average == pytest.approx(0.025 - THREE.alpha_spent[0], rel=1e-7)


def test_a_flat_prior_has_its_closed_form():
    # Jennison & Turnbull (2000), (10.10): Phi((z - b sqrt(t)) / sqrt(1 - t)) with one look to come
    for z in (0.5, 1.5, 2.5):
        expected = norm.cdf((z - TWO.efficacy_z[1] * 0.4**0.5) / 0.6**0.5)
        result = predictive_power(TWO, look=1, z=z)
        assert result.predictive_power == pytest.approx(expected, rel=1e-9)
        assert result.mean_drift == pytest.approx(z / 0.4**0.5)


def test_a_narrow_prior_is_conditional_power_and_a_wide_one_the_flat_prior():
    conditional = conditional_power(THREE, look=1, z=1.0, drift=2.0).at_drift
    narrow = predictive_power(THREE, look=1, z=1.0, prior_mean=2.0, prior_sd=1e-4)
    wide = predictive_power(THREE, look=1, z=1.0, prior_mean=2.0, prior_sd=1e4)
    assert narrow.predictive_power == pytest.approx(conditional, rel=1e-6)
    assert wide.predictive_power == pytest.approx(
        predictive_power(THREE, look=1, z=1.0).predictive_power, rel=1e-6
    )


def test_a_prior_in_points_agrees_with_the_normal_prior_it_stands_for():
    drifts = np.linspace(-6, 10, 801)
    points = predictive_power(TWO, look=1, z=1.2, prior_drift=drifts, prior_weight=norm.pdf(drifts, 2.0, 1.0))
    normal = predictive_power(TWO, look=1, z=1.2, prior_mean=2.0, prior_sd=1.0)
    assert points.predictive_power == pytest.approx(normal.predictive_power, rel=1e-8)
    assert points.mean_drift == pytest.approx(normal.mean_drift, rel=1e-8)


def test_binding_futility_is_followed_and_other_futility_is_not():
    rule = {"futility": "stated_values", "futility_parameter": (-inf, 1.5)}
    loose = group_sequential_design(3, **rule)
    strict = group_sequential_design(3, binding=True, **rule)
    without = conditional_power(group_sequential_design(3), look=1, z=0.5).under_null
    assert conditional_power(loose, look=1, z=0.5).under_null == pytest.approx(without)
    assert conditional_power(strict, look=1, z=0.5).under_null < without


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"look": 2, "z": 1.0}, "interim looks 1 to 1"),
        ({"look": 0, "z": 1.0}, "none of them"),
        ({"look": 1, "z": nan}, "finite number"),
        ({"look": 1, "z": 1.0, "prior_sd": 0.0}, "positive sd"),
        ({"look": 1, "z": 1.0, "prior_drift": [1.0]}, "both the drifts and their weights"),
        ({"look": 1, "z": 1.0, "prior_drift": [1.0], "prior_weight": [0.0]}, "not all 0"),
        ({"look": 1, "z": 1.0, "prior_drift": [1.0], "prior_weight": [1.0, 2.0]}, "one weight for each"),
    ],
)
def test_what_is_out_of_range_is_refused(arguments, message):
    with pytest.raises(PlanError, match=message):
        predictive_power(TWO, **arguments)


def test_a_drift_is_a_number():
    with pytest.raises(PlanError, match="drift"):
        conditional_power(TWO, look=1, z=1.0, drift=inf)
