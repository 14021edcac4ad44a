"""Crossing probabilities by recursive integration."""

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from duonen_stats.design import crossing_probabilities, gauss_legendre_grid, simpson_grid
from duonen_stats.errors import PlanError

boundaries = st.lists(st.floats(0.2, 5), min_size=1, max_size=4)


@pytest.mark.parametrize(("looks", "size"), [(1, 0.050), (2, 0.083), (5, 0.142), (10, 0.193)])
def test_repeated_testing_at_the_nominal_level_has_the_size_of_the_classical_table(looks, size):
    # Armitage, McPherson & Rowe (1969), Table 2: |Z| > 1.96 at each of so many equally spaced looks
    information = range(1, looks + 1)
    result = crossing_probabilities([1.96] * looks, [-1.96] * looks, information=list(information))
    assert result.total_upper + result.total_lower == pytest.approx(size, abs=5e-4)


def test_one_look_is_the_normal_distribution():
    result = crossing_probabilities([1.5], [-0.5], information=[17.0], drift=2.0)
    assert result.upper[0] == pytest.approx(norm.sf(1.5 - 2))
    assert result.lower[0] == pytest.approx(norm.cdf(-0.5 - 2))
    assert result.stopping == pytest.approx((1.0,))


@pytest.mark.law
@settings(deadline=None, max_examples=25)
@given(boundaries, st.floats(-4, 4))
def test_probabilities_add_to_one_and_mirror(upper, drift):
    information = list(range(1, len(upper) + 1))
    lower = [-0.5 * z for z in upper]
    result = crossing_probabilities(upper, lower, information=information, drift=drift)
    mirrored = crossing_probabilities(
        [-z for z in lower], [-z for z in upper], information=information, drift=-drift
    )
    assert result.total_upper + result.total_lower + result.continuing == pytest.approx(1, abs=1e-10)
    assert sum(result.stopping) == pytest.approx(1, abs=1e-10)
    assert result.upper == pytest.approx(mirrored.lower, abs=1e-12)


@pytest.mark.law
@settings(deadline=None, max_examples=20)
@given(boundaries, st.floats(0, 3), st.floats(0.1, 2))
def test_more_drift_means_more_crossing_upwards(upper, drift, more):
    information = list(range(1, len(upper) + 1))
    little = crossing_probabilities(upper, information=information, drift=drift)
    much = crossing_probabilities(upper, information=information, drift=drift + more)
    assert much.total_upper >= little.total_upper


def test_a_look_without_boundary_changes_nothing():
    with_it = crossing_probabilities([inf, 2.0], information=[0.3, 1.0], drift=1.0)
    without = crossing_probabilities([2.0], information=[1.0], drift=1.0)
    assert with_it.upper[0] == 0
    assert with_it.total_upper == pytest.approx(without.total_upper, abs=1e-13)


def test_the_unit_of_information_does_not_matter():
    fractions = crossing_probabilities([2.5, 2.0], [0.0, 0.5], information=[0.4, 1.0], drift=2.5)
    events = crossing_probabilities([2.5, 2.0], [0.0, 0.5], information=[26, 65], drift=2.5)
    assert fractions.upper == pytest.approx(events.upper, abs=1e-13)


def test_simpsons_grid_agrees_to_about_six_digits():
    exact = crossing_probabilities([3.0, 2.5, 2.0], information=[1, 2, 3], drift=1.0)
    simpson = crossing_probabilities([3.0, 2.5, 2.0], information=[1, 2, 3], drift=1.0, rule="simpson")
    assert exact.upper == pytest.approx(simpson.upper, rel=2e-6)
    assert exact.upper != simpson.upper


@pytest.mark.parametrize(
    ("upper", "lower", "information", "drift", "message"),
    [
        ([2.0], None, [1.0, 2.0], 0.0, "2 looks need 2 boundaries"),
        ([2.0, 2.0], None, [1.0, 1.0], 0.0, "must increase"),
        ([2.0, 2.0], None, [0.0, 1.0], 0.0, "positive"),
        ([], None, [], 0.0, "at least one look"),
        ([2.0, nan], None, [1.0, 2.0], 0.0, "not a number"),
        ([2.0, 2.0], [2.0, 2.0], [1.0, 2.0], 0.0, "below the upper"),
        ([2.0], None, [1.0], nan, "drift"),
    ],
)
def test_contradictions_are_refused(upper, lower, information, drift, message):
    with pytest.raises(PlanError, match=message):
        crossing_probabilities(upper, lower, information=information, drift=drift)


def test_an_unknown_rule_of_integration_is_refused():
    with pytest.raises(PlanError, match="'trapezoid'"):
        crossing_probabilities([2.0], information=[1.0], rule="trapezoid")


def normal(x, mean=0.0, sd=1.0):
    return np.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * (2 * np.pi) ** 0.5)


@pytest.mark.parametrize("sd", [1.0, 0.3, 0.05])
def test_gauss_legendre_resolves_the_narrowest_curve_it_was_told_of(sd):
    points, weights = gauss_legendre_grid(-8.5, 8.5, width=sd)
    assert weights @ normal(points, mean=0.7, sd=sd) == pytest.approx(1, abs=1e-12)
    assert (np.diff(points) > 0).all()


def test_simpsons_whole_grid_has_two_thirds_of_its_points_within_three_standard_deviations():
    points, weights = simpson_grid(1.5, -np.inf, np.inf, density=18)
    assert points.size == 12 * 18 - 3
    assert (np.abs(points - 1.5) <= 3 + 1e-12).sum() == 8 * 18 + 1
    assert weights @ normal(points, mean=1.5) == pytest.approx(1, abs=1e-6)


@pytest.mark.law
@given(st.floats(-3, 3), st.floats(-12, 12), st.floats(0.1, 10))
def test_weights_add_to_the_length_between_the_ends(mean, lower, length):
    points, weights = simpson_grid(mean, lower, lower + length)
    assert weights.sum() == pytest.approx(points[-1] - points[0])
    assert lower <= points[0] < points[-1] <= lower + length


def test_limits_out_of_order_are_refused():
    with pytest.raises(PlanError, match="lower limit 2"):
        simpson_grid(0.0, 2.0, 2.0)
    with pytest.raises(PlanError, match="lower limit 1"):
        gauss_legendre_grid(1.0, 0.0, width=1.0)
    with pytest.raises(PlanError, match="no points"):
        simpson_grid(0.0, -1.0, 1.0, density=0)
