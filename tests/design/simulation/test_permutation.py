"""Permutation test of the log-rank score."""

from itertools import combinations

import numpy as np
import pytest

from duonen_stats.design import logrank_batch, permutation_logrank
from duonen_stats.errors import NotEstimable, PlanError

TIME = np.array([1.0, 2, 2, 4, 5, 6, 6, 8])
EVENT = np.array([1, 1, 0, 1, 1, 1, 0, 1])
ARM = np.array([0, 0, 1, 0, 1, 1, 1, 1])


@pytest.mark.law
def test_against_all_permutations():
    arms = np.zeros((56, 8), dtype=int)
    for row, chosen in enumerate(combinations(range(8), 5)):
        arms[row, list(chosen)] = 1
    scores = logrank_batch(np.tile(TIME, (56, 1)), np.tile(EVENT, (56, 1)), arms).score
    found = permutation_logrank(TIME, EVENT, ARM, n_permutations=20_000, seed=1)
    observed = logrank_batch(TIME, EVENT, ARM).score[0]
    assert found.score == pytest.approx(observed)
    assert found.p_lower == pytest.approx((scores <= observed + 1e-9).mean(), abs=0.012)
    assert found.p_higher == pytest.approx((scores >= observed - 1e-9).mean(), abs=0.012)
    assert found.p_two_sided == min(1, 2 * min(found.p_lower, found.p_higher))


def test_the_seed_fixes_the_result_and_strata_are_kept():
    first = permutation_logrank(TIME, EVENT, ARM, n_permutations=500, seed=3)
    assert first == permutation_logrank(TIME, EVENT, ARM, n_permutations=500, seed=3)
    assert first != permutation_logrank(TIME, EVENT, ARM, n_permutations=500, seed=4)
    strata = np.array(["x", "x", "x", "y", "y", "y", "x", "y"])
    stratified = permutation_logrank(TIME, EVENT, ARM, strata=strata, n_permutations=500)
    assert stratified.score == pytest.approx(logrank_batch(TIME, EVENT, ARM, strata=strata).score[0])


def test_what_cannot_be_permuted():
    for event, arm in ((np.zeros(8), ARM), (EVENT, np.ones(8))):
        with pytest.raises(NotEstimable):
            permutation_logrank(TIME, event, arm)
    with pytest.raises(PlanError):
        permutation_logrank(TIME, EVENT, ARM, n_permutations=0)
