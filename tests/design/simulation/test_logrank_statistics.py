"""Log-rank statistics with ties, and the subjects' scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import logrank_batch
from duonen_stats.design.simulation.logrank_statistics import (
    LAST_TICK,
    Scores,
    UntiedLogRank,
    count,
    encode,
    order_trials,
    running_count,
    subject_scores,
    tied_scores,
    whole_ticks,
)


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


def test_keys_hold_time_event_and_group_from_late_to_early():
    keys = np.empty((1, 4), dtype=np.int32)
    encode(*whole_ticks(np.array([[5.0, 9.0, 3.0, 1e30]]), np.array([[8.0, 9.0, 2.0, -7.0]])), 1, keys)
    # event at 5; event at 9 at the time of censoring; censored at 2; not entered (key after time 0)
    assert keys.tolist() == [[3 - 20, 3 - 36, 1 - 8, 1 + 28]]
    assert np.sort(keys)[0].tolist() == [3 - 36, 3 - 20, 1 - 8, 1 + 28]


def test_the_latest_tick_fits():
    keys = np.empty((1, 1), dtype=np.int32)
    encode(*whole_ticks(np.array([[np.inf]]), np.array([[LAST_TICK - 1.0]])), 0, keys)
    assert keys[0, 0] == -4 * (LAST_TICK - 1)


@pytest.mark.law
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_running_counts_and_counts(dtype):
    bits = (np.random.default_rng(3).random((50, 96)) < 0.7).astype(dtype)
    assert (running_count(bits) == np.cumsum(bits, axis=1)).all()
    assert (count(bits) == bits.sum(axis=1)).all()


@pytest.mark.law
@pytest.mark.parametrize("n", [2, 7, 8, 92, 255, 256, 700])
def test_the_same_numbers_as_the_test_with_ties(n):
    rng = np.random.default_rng(n)
    event, censored = rng.exponential(2e6, (20, n)), rng.uniform(1e6, 3e6, (20, n))
    n_experimental = max(1, 3 * n // 4)
    keys = np.empty((20, n), dtype=np.int32)
    for group, columns in ((1, slice(0, n_experimental)), (0, slice(n_experimental, n))):
        encode(*whole_ticks(event[:, columns].copy(), censored[:, columns]), group, keys[:, columns])
    keys.sort(axis=1)
    fast = UntiedLogRank(20, n)(keys)
    slow = logrank_batch(np.minimum(event, censored), event <= censored, np.arange(n) < n_experimental)
    assert fast.score == pytest.approx(slow.score, rel=1e-10, abs=1e-10)
    assert fast.variance == pytest.approx(slow.variance, rel=1e-10, abs=1e-12)
    assert fast.n_events == slow.n_events.sum()


def test_strata_add_up():
    one = Scores(np.array([1.0]), np.array([2.0]), 3)
    both = one + one
    assert (both.score[0], both.variance[0], both.n_events) == (2, 4, 6)
