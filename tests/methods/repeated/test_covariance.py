"""Covariance structures: derivatives against differences, and matrices that are covariance matrices."""

import numpy as np
import pytest

from duonen_stats.methods.repeated.covariance import (
    Autoregressive,
    CompoundSymmetry,
    HeterogeneousCompoundSymmetry,
    RandomEffects,
    Unstructured,
)

ROWS = np.array([[0.0], [1.0], [3.0]])
TIMES = np.array([[1.0, 0.0], [1.0, 0.4], [1.0, 2.5]])
CASES = [
    (Unstructured(4), np.array([1.0, 0.2, 1.5, 0.1, 0.3, 0.9, 0.4, 0.2, 0.1, 2.0]), ROWS),
    (CompoundSymmetry(4), np.array([0.7, 0.5]), ROWS),
    (HeterogeneousCompoundSymmetry(4), np.array([1.0, 1.2, 0.8, 1.4, 0.3]), ROWS),
    (Autoregressive(4), np.array([1.3, 0.6]), ROWS),
    (Autoregressive(4), np.array([1.3, -0.4]), ROWS),
    (Autoregressive(4), np.array([1.3, 0.0]), ROWS),
    (RandomEffects((1.0, 2.0)), np.array([2.0, 0.3, 0.5, 1.1]), TIMES),
]


@pytest.mark.parametrize(("structure", "theta", "rows"), CASES)
def test_first_derivatives_are_those_of_the_matrix(structure, theta, rows):
    _, first = structure.first(theta, rows)
    for place, step in enumerate(np.eye(theta.size) * 1e-6):
        above, below = structure.first(theta + step, rows)[0], structure.first(theta - step, rows)[0]
        np.testing.assert_allclose(first[place], (above - below) / 2e-6, atol=1e-8)


@pytest.mark.parametrize(("structure", "theta", "rows"), CASES)
def test_second_derivatives_are_those_of_the_first(structure, theta, rows):
    second = structure.second(theta, rows)
    for place, step in enumerate(np.eye(theta.size) * 1e-6):
        above, below = structure.first(theta + step, rows)[1], structure.first(theta - step, rows)[1]
        np.testing.assert_allclose(second[place], (above - below) / 2e-6, atol=1e-8)


@pytest.mark.parametrize(("structure", "theta", "rows"), CASES)
def test_a_start_is_admissible_and_positive_definite(structure, theta, rows):
    for start in structure.starts(2.0):
        assert start.size == theta.size
        assert structure.admissible(start)
        assert np.linalg.eigvalsh(structure.first(start, rows)[0])[0] > 0


@pytest.mark.parametrize(
    ("structure", "theta"),
    [
        (Unstructured(2), [1.0, 1.1, 1.0]),
        (CompoundSymmetry(3), [-0.5, 1.2]),
        (CompoundSymmetry(3), [0.5, -0.1]),
        (HeterogeneousCompoundSymmetry(3), [1.0, 1.0, 1.0, -0.51]),
        (HeterogeneousCompoundSymmetry(3), [1.0, -1.0, 1.0, 0.2]),
        (Autoregressive(3), [1.0, 1.0]),
        (Autoregressive(3), [1.0, -1.0]),
        (RandomEffects((1.0,)), [1.0, 0.0]),
    ],
)
def test_what_is_no_covariance_matrix_is_not_admissible(structure, theta):
    assert not structure.admissible(np.array(theta))


def test_a_negative_covariance_is_admissible_while_the_matrix_is_one():
    assert CompoundSymmetry(3).admissible(np.array([-0.3, 1.0]))
    assert not CompoundSymmetry(4).admissible(np.array([-0.3, 1.0]))
