"""Fisher's exact test and chi-squared, as called."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special, stats

from duonen_stats.errors import DataError, NotEstimable, TooManyTablesError
from duonen_stats.methods import chi_square, fisher_exact
from duonen_stats.methods.association.contingency import enumerate_p_value, sample_p_value

TEA = [[3, 1], [1, 3]]
SEX_BY_ARM = [[5, 5, 7, 9], [11, 11, 5, 3]]
SITE_BY_ARM = [[10, 11, 7, 7], [5, 4, 2, 5], [0, 1, 0, 0], [0, 0, 3, 0], [1, 0, 0, 0]]


@pytest.mark.reference
def test_fourfold_table_as_in_r():
    # p of fisher.test(m); odds ratio and limits from its noncentral hypergeometric equations, solved tightly.
    result = fisher_exact(TEA)
    assert result.p_value == pytest.approx(0.4857142857142858, rel=1e-12)
    odds = result.odds_ratio
    assert odds.estimate == pytest.approx(6.4083196581995425, rel=1e-11)
    assert (odds.lower, odds.upper) == pytest.approx((0.21173559544657855, 626.2435305888139), rel=1e-11)
    assert odds.sample == 9
    assert result.method == "exact"


@pytest.mark.reference
def test_larger_table_as_in_r():
    # fisher.test(m): 0.24526529346758508; and the job satisfaction table of ?fisher.test: 0.7827.
    assert fisher_exact(SITE_BY_ARM).p_value == pytest.approx(0.24526529346758508, rel=1e-11)
    job = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]
    assert fisher_exact(job).p_value == pytest.approx(0.7827, abs=5e-5)


def test_a_zero_cell_gives_an_odds_ratio_of_0_or_infinity():
    low, high = fisher_exact([[0, 16], [4, 12]]).odds_ratio, fisher_exact([[16, 0], [12, 4]]).odds_ratio
    assert (low.estimate, low.lower, low.sample) == (0, 0, 0)
    assert high.estimate == high.upper == high.sample == math.inf
    assert high.lower == pytest.approx(1 / low.upper)


def test_one_sided_p_values_overlap_in_the_observed_table():
    less, greater = (fisher_exact(TEA, alternative=side) for side in ("less", "greater"))
    assert less.p_value + greater.p_value == pytest.approx(1 + 16 / 70)
    assert less.odds_ratio.lower == 0
    assert greater.odds_ratio.upper == math.inf
    with pytest.raises(DataError):
        fisher_exact(SEX_BY_ARM, alternative="less")


def test_sampling_says_so_and_is_repeatable():
    exact = fisher_exact(SEX_BY_ARM).p_value
    sampled = fisher_exact(SEX_BY_ARM, method="monte_carlo", resamples=20_000, seed=3)
    assert (sampled.method, sampled.resamples, sampled.seed) == ("monte_carlo", 20_000, 3)
    assert sampled.p_value == pytest.approx(exact, abs=5 * math.sqrt(exact / 20_000))
    assert sampled == fisher_exact(SEX_BY_ARM, method="monte_carlo", resamples=20_000, seed=3)


def test_a_table_too_large_to_enumerate_is_sampled():
    hair_by_eye = [[32, 11, 10, 3], [53, 50, 25, 15], [10, 10, 7, 7], [3, 30, 5, 8]]
    result = fisher_exact(hair_by_eye, resamples=2_000)
    assert result.method == "monte_carlo"
    assert result.p_value < 0.005


@pytest.mark.law
@given(arrays(np.int64, (2, 3), elements=st.integers(0, 6)))
def test_fisher_ignores_the_order_of_rows_and_columns(table):
    assume(np.count_nonzero(table.sum(axis=0)) > 1 and table.sum(axis=1).all())
    p = fisher_exact(table).p_value
    assert fisher_exact(table[::-1, [2, 0, 1]]).p_value == pytest.approx(p)
    assert fisher_exact(table.T).p_value == pytest.approx(p)


@pytest.mark.reference
def test_chi_square_as_in_r():
    # chisq.test(m, correct=FALSE), expected counts; V = sqrt(chi2 / (n (k - 1)))
    result = chi_square(SEX_BY_ARM)
    assert result.statistic == pytest.approx(7.586324786324788)
    assert (result.df, result.n) == (3, 56)
    assert result.p_value == pytest.approx(0.05538139604736188)
    assert result.min_expected == pytest.approx(5.571428571428571)
    assert result.cramers_v == pytest.approx(0.36806261080159375)


@pytest.mark.reference
def test_yates_acts_on_fourfold_tables_only_and_not_on_cramers_v():
    # chisq.test(m, correct=TRUE)
    corrected, plain = chi_square([[0, 16], [4, 12]], correction=True), chi_square([[0, 16], [4, 12]])
    assert corrected.statistic == pytest.approx(2.5714285714285716)
    assert corrected.correction
    assert corrected.cramers_v == plain.cramers_v
    assert not chi_square(SEX_BY_ARM, correction=True).correction


@pytest.mark.parametrize("test", [fisher_exact, chi_square])
def test_zero_margins_are_left_out_until_nothing_is_left(test):
    result = test([[5, 5, 7, 9], [0, 0, 0, 0], [11, 11, 5, 3]])
    assert result.p_value == test(SEX_BY_ARM).p_value
    assert result.note == "empty row left out: 1"
    for table in ([[0, 0], [5, 7]], [[3, 0], [5, 0]], [[0, 0], [0, 0]]):
        with pytest.raises(NotEstimable) as caught:
            test(table)
        assert caught.value.reason == "zero_margin"


@pytest.mark.parametrize(
    "table", [[[1, 2.5], [3, 4]], [[1, -2], [3, 4]], [[1, float("nan")], [3, 4]], [1, 2, 3]]
)
def test_what_is_no_table_of_counts_is_refused(table):
    with pytest.raises(DataError):
        fisher_exact(table)


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
