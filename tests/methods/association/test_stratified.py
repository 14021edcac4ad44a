"""Stratified tables: one stratum against the plain formulas, statsmodels, laws and refusals."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import stratified_two_by_two

GROUP = st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
STRATA = st.lists(st.tuples(GROUP, GROUP), min_size=1, max_size=5)


@given(STRATA)
def test_statsmodels_gives_the_same(strata):
    # statsmodels 0.15 counts strata without information to the degrees of freedom of Breslow and Day: not compared.
    tables = [np.array([[a, m - a], [c, n - c]], dtype=float) for (a, m), (c, n) in strata]
    events = [table[:, 0].sum() for table in tables]
    assume(all(0 < e < table.sum() for e, table in zip(events, tables, strict=True)))
    ours = stratified_two_by_two(strata)
    assume(0 < ours.odds_ratio < math.inf)
    theirs = StratifiedTable(tables)
    assert ours.odds_ratio == pytest.approx(theirs.oddsratio_pooled, rel=1e-9)
    assert ours.statistic == pytest.approx(
        theirs.test_null_odds(correction=False).statistic, rel=1e-9, abs=1e-9
    )
    limits = theirs.oddsratio_pooled_confint()
    assert (ours.odds_ratio_lower, ours.odds_ratio_upper) == pytest.approx(tuple(limits), rel=1e-7)
    if ours.heterogeneity_df and not math.isclose(ours.odds_ratio, 1, rel_tol=1e-6):
        assert ours.breslow_day == pytest.approx(
            theirs.test_equal_odds(adjust=False).statistic, rel=1e-6, abs=1e-7
        )
        assert ours.tarone == pytest.approx(theirs.test_equal_odds(adjust=True).statistic, rel=1e-6, abs=1e-7)


def test_one_stratum_has_the_plain_odds_ratio_and_risk_difference():
    found = stratified_two_by_two([((8, 20), (3, 25))])
    assert found.odds_ratio == pytest.approx((8 * 22) / (12 * 3))
    assert found.risk_difference == pytest.approx(8 / 20 - 3 / 25)
    assert found.breslow_day is None
    assert found.heterogeneity_df == 0


@given(STRATA)
def test_groups_turned_round_turn_the_difference(strata):
    assume(any(0 < a + c < m + n for (a, m), (c, n) in strata))
    one = stratified_two_by_two(strata)
    other = stratified_two_by_two([(second, first) for first, second in strata])
    assert other.risk_difference == pytest.approx(-one.risk_difference, abs=1e-12)
    assert other.risk_difference_se == pytest.approx(one.risk_difference_se, rel=1e-9, abs=1e-12)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-9, abs=1e-9)


def test_the_continuity_correction_is_rs():
    # R 4.2.2: mantelhaen.test(array(c(4,2,8,11, 3,1,7,10, 6,3,5,9), c(2,2,3)))$statistic
    strata = [((4, 12), (2, 13)), ((3, 10), (1, 11)), ((6, 11), (3, 12))]
    assert stratified_two_by_two(strata, correction=True).statistic == pytest.approx(3.35977413373, rel=1e-11)


def test_an_odds_ratio_that_nothing_bounds_has_no_limits():
    found = stratified_two_by_two([((5, 10), (0, 10)), ((2, 8), (0, 9))])
    assert found.odds_ratio == math.inf
    assert found.odds_ratio_lower is None
    assert found.breslow_day is None


def test_a_stratum_without_a_group_is_left_out():
    both = [((4, 12), (2, 13))]
    assert (
        stratified_two_by_two([*both, ((0, 0), (2, 5))]).odds_ratio == stratified_two_by_two(both).odds_ratio
    )


@pytest.mark.parametrize(
    ("strata", "reason"),
    [
        ([((0, 0), (1, 2))], "empty_group"),
        ([((0, 5), (0, 6))], "zero_margin"),
        ([((5, 5), (6, 6))], "zero_margin"),
    ],
)
def test_what_has_no_association_is_refused(strata, reason):
    with pytest.raises(NotEstimable) as refusal:
        stratified_two_by_two(strata)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("strata", [[((3, 2), (1, 2))], [((-1, 2), (1, 2))], [((1.5, 2), (1, 2))]])
def test_counts_that_are_none_are_refused(strata):
    with pytest.raises(DataError):
        stratified_two_by_two(strata)
