"""Nodes and weights under a density that looks normal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import gauss_legendre_grid, simpson_grid
from duonen_stats.errors import PlanError


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
