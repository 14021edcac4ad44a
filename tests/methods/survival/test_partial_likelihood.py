"""Cox's partial likelihood."""

from dataclasses import replace

import numpy as np
import pytest
import start_stop_fits

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.survival_data import survival_data
from duonen_stats.methods.survival.partial_likelihood import (
    inverse,
    invertible,
    maximise,
    risk_sets,
)

TIED = survival_data([2, 1, 1, 3], [1, 1, 1, 0], covariates=[[0.0], [1.0], [0.0], [1.0]])


def test_the_likelihood_of_two_tied_failures_by_hand():
    """At beta = log 2 the risks are 1, 2, 1, 2: failures at 1 meet 6, then 6 or 6 - 3/2; the last meets 3."""
    beta = np.array([np.log(2)])
    breslow, efron = risk_sets(TIED, beta, "breslow"), risk_sets(TIED, beta, "efron")
    assert breslow.loglik == pytest.approx(np.log(2 * 1 * 1 / (6 * 6 * 3)))
    assert efron.loglik == pytest.approx(np.log(2 * 1 * 1 / (6 * 4.5 * 3)))


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_score_and_information_are_the_derivatives(ties):
    generator = np.random.default_rng(5)
    data = survival_data(
        generator.integers(1, 9, 40),
        generator.integers(0, 2, 40),
        covariates=generator.normal(size=(40, 2)),
        strata=generator.integers(0, 2, 40),
    )
    beta, h = np.array([0.3, -0.2]), 1e-5
    sets = risk_sets(data, beta, ties)
    for i, step in enumerate(h * np.eye(2)):
        above, below = risk_sets(data, beta + step, ties), risk_sets(data, beta - step, ties)
        assert (above.loglik - below.loglik) / (2 * h) == pytest.approx(sets.score[i], rel=1e-6)
        assert (below.score - above.score) / (2 * h) == pytest.approx(sets.information[i], rel=1e-6)


def test_the_maximum_has_no_slope():
    generator = np.random.default_rng(6)
    data = survival_data(
        generator.exponential(size=80), np.ones(80), covariates=1e6 + 1e3 * generator.normal(size=(80, 3))
    )
    top = maximise(data, "efron", ("a", "b", "c"))
    assert np.abs(top.at_beta.score) * 1e-3 == pytest.approx(0, abs=1e-9)
    assert top.at_beta.loglik > top.at_zero.loglik


@pytest.mark.law
@pytest.mark.parametrize("away", [0, 1e3, 1e6, -1e8])
def test_a_shift_between_strata_costs_no_digits(away):
    generator = np.random.default_rng(8)
    stratum = generator.integers(0, 2, 60)
    x = np.round(generator.normal(size=60), 3)
    time = generator.exponential(size=60)
    near, far = (
        maximise(
            survival_data(time, np.ones(60), covariates=x + shift * stratum, strata=stratum), "efron", ("x",)
        )
        for shift in (0, away)
    )
    tolerance = max(1e-12, abs(away) * 1e-15)
    assert far.beta == pytest.approx(near.beta, rel=tolerance)
    assert far.covariance == pytest.approx(near.covariance, rel=tolerance)


def test_where_the_likelihood_rises_is_said():
    """The failures are the largest of the first covariate; the second one goes either way."""
    data = survival_data([1, 2, 3, 4], [1, 1, 0, 0], covariates=[[3, 0], [3, 1], [1, 1], [1, 0]])
    with pytest.raises(NotEstimable, match="coefficient of dose grows") as caught:
        maximise(data, "breslow", ("dose", "age"))
    assert caught.value.reason == "monotone_likelihood"
    with pytest.raises(NotEstimable, match="coefficient of dose falls"):
        maximise(replace(data, covariates=-data.covariates), "breslow", ("dose", "age"))


def test_a_maximum_too_flat_to_be_found_is_refused():
    """x2 falls without effect until it balances a far x1: there the information is below 1e-40 of that at zero."""
    data = start_stop_fits.random_records(328)
    assert start_stop_fits.information_left(data, start_stop_fits.direct_fit(data)[0]) < 1e-40
    held = survival_data(data.end, data.event, covariates=data.x, strata=data.stratum, entry=data.begin)
    with pytest.raises(NotEstimable, match="so flat around its maximum") as caught:
        maximise(held, data.ties, ("x1", "x2"))
    assert caught.value.reason == "not_converged"


def test_matrices_in_very_different_units():
    unlike = np.array([[1e-20, 0.5], [0.5, 1e20]])
    assert invertible(unlike)
    assert inverse(unlike) @ unlike == pytest.approx(np.eye(2), abs=1e-12 * 1e20)
    assert not invertible(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert not invertible(np.array([[0.0, 0.0], [0.0, 1.0]]))
