import numpy as np
import pytest

from duonen_stats.datasets.comparison import above, below, reached

pytestmark = pytest.mark.worked


def test_noise_of_a_conversion_is_neither_below_nor_above():
    assert 58 * 0.1 != 5.8
    assert not above(58 * 0.1, 5.8)
    assert not below(5.8, 58 * 0.1)
    assert reached(58 * 0.1, 5.8)


def test_a_real_difference_counts():
    assert below(7.9999, 8.0)
    assert above(8.0001, 8.0)
    assert not reached(8.0001, 8.0)


def test_missing_is_nowhere():
    values = np.array([np.nan, 1.0])
    limits = np.array([1.0, np.nan])
    assert not below(values, limits).any()
    assert not above(values, limits).any()
    assert not reached(values, limits).any()


def test_zero_is_a_limit_like_any_other():
    assert above(1e-9, 0.0)
    assert not above(0.0, 0.0)
