"""Enumeration and sampling of tables with fixed margins."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from duonen_stats.methods.exact_tables import TooManyTablesError, enumerate_p_value, sample_p_value


@pytest.mark.law
def test_every_small_fourfold_table_agrees_with_the_hypergeometric_distribution():
    for a, b, c, d in product(range(5), repeat=4):
        if min(a + b, c + d, a + c, b + d) == 0:
            continue
        table = np.array([[a, b], [c, d]])
        margins = a + b + c + d, a + b, a + c
        support = np.arange(max(0, a + b + a + c - margins[0]), min(a + b, a + c) + 1)
        p = stats.hypergeom.pmf(support, *margins)
        expected = p[p <= stats.hypergeom.pmf(a, *margins) * (1 + 1e-7)].sum()
        assert enumerate_p_value(table, limit=10_000) == pytest.approx(expected, rel=1e-10)


@pytest.mark.worked
def test_enumeration_gives_up_beyond_its_limit():
    table = np.array([[5, 5, 7, 9], [11, 11, 5, 3], [4, 4, 4, 4]])
    with pytest.raises(TooManyTablesError):
        enumerate_p_value(table, limit=1_000)


@pytest.mark.worked
def test_sampled_tables_are_counted_in_batches_of_any_size():
    table = np.array([[2, 0], [0, 2]])  # p is exactly 1/3
    assert sample_p_value(table, resamples=7_001, seed=1) == pytest.approx(1 / 3, abs=0.03)
    assert sample_p_value(table, resamples=9, seed=1) in [hits / 10 for hits in range(1, 11)]
