"""Batch log-rank tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import logrank_batch
from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import log_rank


def test_two_trials_by_hand():
    # Trial 1: control fails at 1, experimental at 2 (both at risk at 1 only). Trial 2: the other way round.
    found = logrank_batch([[1, 2], [2, 1]], [[1, 1], [1, 1]], [0, 1])
    assert found.score == pytest.approx([-0.5, 0.5])
    assert found.variance == pytest.approx([0.25, 0.25])
    assert found.z == pytest.approx([-1, 1])
    assert found.n_events.tolist() == [2, 2]


def test_a_trial_without_a_comparison_has_no_z():
    found = logrank_batch([[1, 2], [1, 1]], [[0, 0], [1, 1]], [0, 1])
    assert np.isnan(found.z).all()


@pytest.mark.parametrize(
    ("time", "event", "arm", "strata"),
    [
        ([[1.0, np.nan]], [[1, 1]], [0, 1], None),
        ([[1.0, -2.0]], [[1, 1]], [0, 1], None),
        ([[1.0, 2.0]], [[1, 2]], [0, 1], None),
        ([[1.0, 2.0]], [[1, 1]], [0, 1, 1], None),
        ([[1.0, 2.0]], [[1, 1]], [0, 1], ["a"]),
        ([], [], [], None),
    ],
)
def test_data_that_do_not_fit(time, event, arm, strata):
    with pytest.raises(DataError):
        logrank_batch(time, event, arm, strata=strata)


@pytest.mark.law
@given(
    st.integers(0, 10**6),
    st.sampled_from([(0, 0), (1, 0), (0, 1), (0.5, 0.5)]),
    st.booleans(),
    st.sampled_from([3, 9, 10**6]),
)
def test_each_trial_as_the_single_test_has_it(seed, weights, stratified, n_times):
    rng = np.random.default_rng(seed)
    shape = (5, 24)
    time, event = rng.integers(0, n_times, shape).astype(float), rng.random(shape) < 0.6
    arm, strata = rng.random(shape) < 0.7, np.repeat(["x", "y"], 12) if stratified else None
    options = {"strata": strata, "rho": weights[0], "gamma": weights[1]}
    batch = logrank_batch(time, event, arm, **options)
    for i in range(5):
        try:
            single = log_rank(
                time[i], event[i].astype(int), np.where(arm[i], "E", "C"), levels=["E", "C"], **options
            )
        except NotEstimable:
            assert np.isnan(batch.z[i])
        else:
            assert batch.z[i] == pytest.approx(single.z, rel=1e-9, abs=1e-9)
            assert batch.variance[i] == pytest.approx(single.variance, rel=1e-9)
