import numpy as np
import pytest

from duonen_stats.verification.recomputed.mixed_model import compound_symmetry, fit_mixed_model, unstructured


def table(seed, n=12, visits=3, spread=1.0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(n, 1)) * spread + rng.normal(size=(n, visits))
    x = np.zeros((n, visits, visits))
    x[:, range(visits), range(visits)] = 1.0
    return y, x, np.ones((n, visits), dtype=bool)


def test_without_gaps_means_and_covariances_are_those_of_the_table():
    y, x, seen = table(1)
    found = fit_mixed_model(y, x, seen, unstructured(3))
    covariance = np.cov(y.T) / len(y)
    assert found.effects == pytest.approx(y.mean(axis=0))
    assert found.adjusted == pytest.approx(covariance, rel=1e-6)
    first = found.contrast(np.array([1.0, 0.0, 0.0]), 0.95)
    assert first["df"] == pytest.approx(len(y) - 1, rel=1e-6)  # Student's t of one column


def test_compound_symmetry_is_the_analysis_of_variance_of_a_block_design():
    y, x, seen = table(2)
    found = fit_mixed_model(y, x, seen, compound_symmetry(3))
    rest = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0) + y.mean()
    error = (rest**2).sum() / (11 * 2)
    pair = found.contrast(np.array([1.0, -1.0, 0.0]), 0.95)
    assert pair["se"] == pytest.approx(np.sqrt(2 * error / 12), rel=1e-6)
    assert pair["df"] == pytest.approx(22, rel=1e-6)


def test_a_gap_takes_information_and_a_singular_table_has_no_fit():
    y, x, seen = table(3)
    whole = fit_mixed_model(y, x, seen, unstructured(3)).contrast(np.eye(3)[2], 0.95)
    seen[:4, 2] = False
    less = fit_mixed_model(y, x, seen, unstructured(3)).contrast(np.eye(3)[2], 0.95)
    assert less["df"] < whole["df"]
    y, x, seen = table(4, n=2)
    assert fit_mixed_model(y, x, seen, unstructured(3)) is None


def test_a_matrix_that_runs_towards_a_singular_one_is_no_fit():
    y, x, seen = table(5)
    y[:, 2] = y[:, 1] + 1e-4 * np.random.default_rng(6).normal(size=len(y))
    assert fit_mixed_model(y, x, seen, unstructured(3)) is None
    assert fit_mixed_model(y, x, seen, compound_symmetry(3)) is not None
