"""Mid-ranks and exact distributions of rank sums."""

import math
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods.inputs.midranks import (
    as_ranked,
    doubled,
    midranks,
    rank_sum_distribution,
    signed_rank_distribution,
    tie_term,
)

weights = st.lists(st.integers(1, 12), min_size=2, max_size=8)


def test_values_equal_on_paper_are_tied():
    assert 13.1 - 12.9 != 12.4 - 12.2
    first, second, zero = as_ranked(np.array([13.1 - 12.9, 12.4 - 12.2, -0.0]), 6)
    assert first == second == 0.2
    assert math.copysign(1, zero) == 1
    noisy = np.array([13.1 - 12.9, 12.4 - 12.2, 0.2000011])
    assert midranks(noisy, 6)[0].tolist() == [1.5, 1.5, 3]
    assert midranks(noisy)[0].tolist() != [1.5, 1.5, 3]
    assert as_ranked(noisy, None).tolist() == noisy.tolist()


def test_midranks_by_hand():
    ranks, sizes = midranks(np.array([5.0, 1.0, 5.0, 2.0, 5.0]))
    assert ranks.tolist() == [4, 1, 4, 2, 4]
    assert sizes.tolist() == [1, 1, 3]
    assert tie_term(sizes) == 24
    assert doubled(midranks(np.array([1.0, 1.0]))[0]).tolist() == [3, 3]


@pytest.mark.law
@settings(deadline=None)
@given(weights)
def test_signed_rank_distribution_is_the_count_of_all_signs(values):
    probability = signed_rank_distribution(np.array(values))
    sums = [
        sum(w for w, s in zip(values, signs, strict=True) if s)
        for signs in product((0, 1), repeat=len(values))
    ]
    counted = np.bincount(sums, minlength=probability.size) / len(sums)
    assert probability == pytest.approx(counted, abs=1e-15)


@pytest.mark.law
@settings(deadline=None)
@given(weights, st.integers(1, 7))
def test_rank_sum_distribution_is_the_count_of_all_choices(values, size):
    size = min(size, len(values) - 1)
    probability = rank_sum_distribution(np.array(values), size)
    sums = [sum(chosen) for chosen in combinations(values, size)]
    counted = np.bincount(sums, minlength=probability.size) / len(sums)
    assert probability == pytest.approx(counted, abs=1e-15)


def test_samples_too_large_for_an_exact_test_are_refused():
    with pytest.raises(NotEstimable) as caught:
        rank_sum_distribution(np.arange(1, 601), 300)
    assert caught.value.reason == "n_too_large"


def test_a_signed_rank_distribution_too_long_to_compute_is_refused():
    with pytest.raises(NotEstimable) as caught:
        signed_rank_distribution(2 * np.arange(1, 3001))
    assert caught.value.reason == "n_too_large"
