"""The engine against dense matrices written from the textbook, and its refusals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.repeated.covariance import (
    CompoundSymmetry,
    HeterogeneousCompoundSymmetry,
    Unstructured,
)
from duonen_stats.methods.repeated.reml import Patient, fit_reml


def _patients(seed: int, *, n: int = 14, visits: int = 3, lost: float = 0.2) -> list[Patient]:
    draw = np.random.default_rng(seed)
    spread = np.array([[1.0, 0.6, 0.4], [0.6, 1.5, 0.9], [0.4, 0.9, 2.0]])[:visits, :visits]
    patients = []
    for number in range(n):
        kept = np.flatnonzero(draw.random(visits) >= lost)
        kept = kept if kept.size else np.array([0])
        y = draw.multivariate_normal(np.arange(visits) * 0.3, spread)[kept]
        x = np.zeros((kept.size, visits + 1))
        x[np.arange(kept.size), kept] = 1
        x[:, visits] = number % 2
        patients.append(Patient(y, x, kept.astype(float)[:, None]))
    return patients


def _dense_loglik(patients, structure, theta):
    """The restricted log-likelihood from whole matrices, as Patterson and Thompson give it."""
    x = np.vstack([one.x for one in patients])
    y = np.concatenate([one.y for one in patients])
    v = np.zeros((y.size, y.size))
    at = 0
    for one in patients:
        n = one.y.size
        v[at : at + n, at : at + n] = structure.first(theta, one.rows)[0]
        at += n
    w = np.linalg.inv(v)
    xwx = x.T @ w @ x
    residual = y - x @ np.linalg.solve(xwx, x.T @ w @ y)
    logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(xwx)[1]
    return -0.5 * ((y.size - x.shape[1]) * np.log(2 * np.pi) + logs + residual @ w @ residual)


@pytest.mark.parametrize(
    "structure", [Unstructured(3), CompoundSymmetry(3), HeterogeneousCompoundSymmetry(3)]
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_fit_is_a_maximum_of_the_restricted_likelihood(structure, seed):
    patients = _patients(seed)
    fit = fit_reml(patients, structure)
    assert fit.loglik == pytest.approx(_dense_loglik(patients, structure, fit.theta), abs=1e-9)
    for step in np.eye(fit.theta.size) * 1e-4:
        assert _dense_loglik(patients, structure, fit.theta + step) < fit.loglik
        assert _dense_loglik(patients, structure, fit.theta - step) < fit.loglik


@pytest.mark.parametrize("structure", [Unstructured(3), CompoundSymmetry(3)])
def test_degrees_of_freedom_follow_from_the_curvature_of_the_likelihood(structure):
    patients = _patients(4)
    fit = fit_reml(patients, structure)
    weights = np.array([0.0, 0.0, 1.0, 0.0])

    def variance(theta):
        x = np.vstack([one.x for one in patients])
        blocks = [np.linalg.inv(structure.first(theta, one.rows)[0]) for one in patients]
        xwx = sum(one.x.T @ w @ one.x for one, w in zip(patients, blocks, strict=True))
        assert xwx.shape[0] == x.shape[1]
        return weights @ np.linalg.inv(xwx) @ weights

    q, h = fit.theta.size, 1e-4
    steps = np.eye(q) * h
    gradient = np.array([(variance(fit.theta + s) - variance(fit.theta - s)) / (2 * h) for s in steps])
    hessian = np.array(
        [
            [
                _dense_loglik(patients, structure, fit.theta + a + b)
                - _dense_loglik(patients, structure, fit.theta + a - b)
                - _dense_loglik(patients, structure, fit.theta - a + b)
                + _dense_loglik(patients, structure, fit.theta - a - b)
                for b in steps
            ]
            for a in steps
        ]
    ) / (4 * h * h)
    df = 2 * variance(fit.theta) ** 2 / (gradient @ np.linalg.solve(-hessian, gradient))
    found = fit.satterthwaite(weights, 0.95)
    assert found.df == pytest.approx(df, rel=1e-4)
    half = stats.t.ppf(0.975, found.df) * found.se
    assert (found.lower, found.upper) == pytest.approx((found.estimate - half, found.estimate + half))


def test_complete_data_give_the_t_test_of_a_visit_alone():
    patients = _patients(5, lost=0.0)
    patients = [Patient(one.y, np.hstack([one.x[:, :3] * (1 - one.x[:, 3:]), one.x[:, :3] * one.x[:, 3:]]), one.rows)
                for one in patients]  # fmt: skip
    fit = fit_reml(patients, Unstructured(3))
    first = [one.y[2] for one in patients if one.x[2, 2]]
    second = [one.y[2] for one in patients if one.x[2, 5]]
    test = stats.ttest_ind(second, first)
    weights = np.array([0, 0, -1.0, 0, 0, 1.0])
    for found in (fit.satterthwaite(weights, 0.95), fit.kenward_roger(weights, 0.95)):
        assert found is not None
        assert found.df == pytest.approx(12, rel=1e-9)
        assert found.p_value == pytest.approx(test.pvalue, rel=1e-9)


def test_kenward_and_roger_need_a_linear_structure():
    assert fit_reml(_patients(6), HeterogeneousCompoundSymmetry(3)).kenward_roger(np.ones(4), 0.95) is None


def test_kenward_and_roger_have_no_estimate_where_their_variance_is_not_positive():
    fit = fit_reml(_patients(4), CompoundSymmetry(3))
    assert fit.kenward_roger(np.ones(4), 0.95) is not None
    assert replace(fit, adjusted=-fit.covariance).kenward_roger(np.ones(4), 0.95) is None


def test_collinear_effects_are_refused():
    patients = [Patient(one.y, np.hstack([one.x, one.x[:, :1]]), one.rows) for one in _patients(7)]
    with pytest.raises(NotEstimable) as refusal:
        fit_reml(patients, CompoundSymmetry(3))
    assert refusal.value.reason == "collinear"


def test_values_without_spread_are_refused():
    patients = [Patient(np.zeros(one.y.size), one.x, one.rows) for one in _patients(8)]
    with pytest.raises(NotEstimable) as refusal:
        fit_reml(patients, CompoundSymmetry(3))
    assert refusal.value.reason == "zero_variance"


def test_an_unbounded_likelihood_is_refused():
    # Six values a visit of five patients and four effects leave one degree of freedom for three visits.
    with pytest.raises(NotEstimable):
        fit_reml(_patients(9, n=4, lost=0.0), Unstructured(3))


class _RootAndNoInverse(CompoundSymmetry):
    """A matrix at the edge: it has a Cholesky root, and by rounding no inverse."""

    def first(self, theta, rows):
        high, both = 1542.4222714681437, 865.261274238227
        return np.array([[high, both], [both, 485.3904709141274]]), super().first(theta, rows)[1]


def test_a_matrix_without_an_inverse_is_no_covariance_matrix():
    with pytest.raises(NotEstimable) as refusal:
        fit_reml(_patients(3, visits=2, lost=0.0), _RootAndNoInverse(2))
    assert refusal.value.reason == "no_convergence"
