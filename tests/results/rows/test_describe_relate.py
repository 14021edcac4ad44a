import numpy as np
import pytest
from scipy import stats

from duonen_stats.plan import INTERIM
from duonen_stats.results.rows.describe import relate, relate_within
from duonen_stats.results.rows.table import About

ABOUT = About(id="d", display="Figure 6", population="Dosimetry")
RNG = np.random.default_rng(3)
X = RNG.lognormal(0, 0.5, 40)
Y = -X + RNG.normal(0, 0.5, 40)


def rows_of(rows):
    return {row.analysis_id: row for row in rows}


@pytest.mark.independent
def test_spearman_and_pearson_agree_with_scipy():
    rows = rows_of(relate(X, Y, ABOUT, INTERIM))
    assert rows["d.spearman.rho"].stat == pytest.approx(stats.spearmanr(X, Y).statistic)
    assert rows["d.spearman.p"].stat == pytest.approx(stats.spearmanr(X, Y).pvalue)
    assert rows["d.pearson.r"].stat == pytest.approx(stats.pearsonr(X, Y).statistic)


def test_only_complete_pairs_count():
    x = X.copy()
    x[:5] = np.nan
    assert rows_of(relate(x, Y, ABOUT, INTERIM))["d.n"].stat == 35


def test_two_pairs_are_too_few():
    rows = rows_of(relate(X[:2], Y[:2], ABOUT, INTERIM))
    assert rows["d.spearman.p"].stat is None
    assert "fewer than 3" in rows["d.spearman.p"].note


def test_a_constant_is_a_reason():
    rows = rows_of(relate(np.ones(40), Y, ABOUT, INTERIM))
    assert rows["d.spearman.rho"].note


@pytest.mark.independent
def test_the_partial_correlation_takes_the_arms_out():
    """Second programming: correlate the residuals of the ranks after the arms' means."""
    arm = np.repeat(["A", "B", "C", "D"], 10)
    shifted = X + np.repeat([0.0, 3.0, 6.0, 9.0], 10)
    found = rows_of(relate_within(shifted, Y, arm, ABOUT, INTERIM))["d.partial.rho"].stat
    ranks = [stats.rankdata(shifted), stats.rankdata(Y)]
    for values in ranks:
        for code in "ABCD":
            values[arm == code] -= values[arm == code].mean()
    assert found == pytest.approx(stats.pearsonr(*ranks).statistic)


def test_one_arm_alone_cannot_be_adjusted_for():
    rows = relate_within(X, Y, np.repeat("A", 40), ABOUT, INTERIM)
    assert {row.note for row in rows} == {"patients of fewer than two arms"}
