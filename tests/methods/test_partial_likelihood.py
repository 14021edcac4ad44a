"""Cox's partial likelihood."""

import numpy as np
import pytest

from duonen_stats.methods.partial_likelihood import maximise, risk_sets
from duonen_stats.methods.survival_data import survival_data

TIED = survival_data([2, 1, 1, 3], [1, 1, 1, 0], covariates=[[0.0], [1.0], [0.0], [1.0]])


@pytest.mark.worked
def test_the_likelihood_of_two_tied_failures_by_hand():
    """At beta = log 2 the risks are 1, 2, 1, 2: failures at 1 meet 6, then 6 or 6 - 3/2; the last meets 3."""
    beta = np.array([np.log(2)])
    breslow, efron = risk_sets(TIED, beta, "breslow"), risk_sets(TIED, beta, "efron")
    assert breslow.loglik == pytest.approx(np.log(2 * 1 * 1 / (6 * 6 * 3)))
    assert efron.loglik == pytest.approx(np.log(2 * 1 * 1 / (6 * 4.5 * 3)))


@pytest.mark.worked
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


@pytest.mark.worked
def test_the_maximum_has_no_slope():
    generator = np.random.default_rng(6)
    data = survival_data(
        generator.exponential(size=80), np.ones(80), covariates=1e6 + 1e3 * generator.normal(size=(80, 3))
    )
    top = maximise(data, "efron", ("a", "b", "c"))
    assert np.abs(top.at_beta.score) * 1e-3 == pytest.approx(0, abs=1e-9)
    assert top.at_beta.loglik > top.at_zero.loglik
