"""Enumeration and sampling of tables with fixed margins."""

from itertools import product

import numpy as np
import pytest
from scipy import special, stats

from duonen_stats.errors import TooManyTablesError
from duonen_stats.methods.association.exact_tables import enumerate_p_value, sample_p_value


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


def test_enumeration_gives_up_beyond_its_limit():
    table = np.array([[5, 5, 7, 9], [11, 11, 5, 3], [4, 4, 4, 4]])
    with pytest.raises(TooManyTablesError):
        enumerate_p_value(table, limit=1_000)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("table", "p"),
    [
        ([[1, 7, 1, 8], [2, 4, 2, 5], [6, 6, 1, 3], [1, 2, 1, 1], [4, 4, 5, 4]], 0.417936126354971),
        (
            [[2, 2, 1, 2, 2], [1, 2, 4, 2, 4], [2, 2, 2, 4, 3], [1, 3, 3, 6, 3], [2, 3, 4, 0, 2]],
            0.858850984562741,
        ),
    ],
)
def test_a_table_of_twenty_cells_is_enumerated_as_in_r(table, p):
    # R 4.2.2: fisher.test(m, workspace = 2e8)
    assert enumerate_p_value(np.array(table), limit=20_000_000) == pytest.approx(p, rel=1e-10)


@pytest.mark.law
@pytest.mark.parametrize("rows", [(3, 3, 2), (5, 1, 2), (4, 4)])
@pytest.mark.parametrize("columns", [(2, 2, 2, 2), (1, 2, 5), (1, 1, 1, 2, 3)])
def test_any_table_of_these_margins_has_the_share_of_tables_no_more_probable(rows, columns):
    cells = np.repeat(np.arange(len(columns)), columns)
    drawn = np.unique([arranged(cells, rows, seed) for seed in range(400)], axis=0)
    p = [enumerate_p_value(table, limit=10**6) for table in drawn]
    weight = [-special.gammaln(table + 1.0).sum() for table in drawn]
    order = np.argsort(weight)
    assert np.all(np.diff(np.array(p)[order]) > -1e-12)  # a more probable table has a larger p
    assert max(p) == pytest.approx(1)


def arranged(cells, rows, seed):
    """A random table: the columns of the cells, shuffled over the rows."""
    shuffled = np.split(np.random.default_rng(seed).permutation(cells), np.cumsum(rows)[:-1])
    return np.array([np.bincount(part, minlength=cells.max() + 1) for part in shuffled])


def test_sampled_tables_are_counted_in_batches_of_any_size():
    table = np.array([[2, 0], [0, 2]])  # p is exactly 1/3
    assert sample_p_value(table, resamples=7_001, seed=1) == pytest.approx(1 / 3, abs=0.03)
    assert sample_p_value(table, resamples=9, seed=1) in [hits / 10 for hits in range(1, 11)]
