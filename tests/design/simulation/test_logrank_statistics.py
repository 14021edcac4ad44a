"""Log-rank statistics with ties, and the subjects' scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design.simulation.logrank_statistics import order_trials, subject_scores, tied_scores


def test_a_tie_by_hand():
    # At time 1: 2 of 4 fail, one of each arm; then one of each arm is left and censored.
    trials = order_trials(
        np.array([[1.0, 1, 2, 2]]),
        np.array([[True, True, False, False]]),
        np.array([[True, False, True, False]]),
    )
    found = tied_scores(trials)
    assert found.score == pytest.approx([0])
    assert found.variance == pytest.approx([2 * 0.25 * 2 / 3])
    assert found.n_events == 2
    assert subject_scores(trials) == pytest.approx(np.array([[-0.5, -0.5, 0.5, 0.5]]))


@pytest.mark.law
@given(st.integers(0, 10**6), st.sampled_from([(0, 0), (1, 0), (0.5, 1)]), st.sampled_from([4, 10**6]))
def test_the_subjects_scores_add_up_to_the_arms(seed, weights, n_times):
    rng = np.random.default_rng(seed)
    shape = (4, 15)
    trials = order_trials(
        rng.integers(0, n_times, shape).astype(float), rng.random(shape) < 0.6, rng.random(shape) < 0.6
    )
    scores = subject_scores(trials, rho=weights[0], gamma=weights[1])
    of_arm = np.where(trials.group, scores, 0).sum(axis=1)
    assert of_arm == pytest.approx(tied_scores(trials, rho=weights[0], gamma=weights[1]).score, abs=1e-9)
    assert scores.sum(axis=1) == pytest.approx(0, abs=1e-9)
