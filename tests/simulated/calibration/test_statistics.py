"""The fast statistics of the annealing equal those that the report prints."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from duonen_stats import methods
from duonen_stats.simulated.calibration import statistics as fast
from duonen_stats.simulated.calibration.statistics import midranks

seeds = st.integers(0, 2**31)


def draw(seed, n, *, rows=3, grid=0.5):
    rng = np.random.default_rng(seed)
    return np.round(np.round(rng.normal(0, 2, (rows, n)) / grid) * grid, 6)


def groups(seed, n):
    codes = np.random.default_rng(seed + 1).permutation(np.arange(n) % 3)
    return codes, (codes[:, None] == np.arange(3)[None]).astype(float)


@pytest.mark.law
class TestEqualToMethods:
    @settings(max_examples=30, deadline=None)
    @given(seeds, st.integers(4, 40), st.sampled_from([0.25, 0.5, 0.75]))
    def test_quantile(self, seed, n, probability):
        samples = draw(seed, n)
        found = fast.quantile(np.sort(samples, axis=1), probability)
        assert found == pytest.approx(np.quantile(samples, probability, axis=1, method="weibull"), abs=1e-10)

    @settings(max_examples=30, deadline=None)
    @given(seeds, st.integers(1, 40))
    def test_median(self, seed, n):
        samples = draw(seed, n)
        assert fast.median(samples) == pytest.approx(np.median(samples, axis=1), abs=1e-12)

    @settings(max_examples=30, deadline=None)
    @given(seeds, st.integers(12, 40))
    def test_kruskal_wallis(self, seed, n):
        samples = draw(seed, n)
        codes, membership = groups(seed, n)
        found = fast.kruskal_p(samples, membership)
        for row, p in zip(samples, found, strict=True):
            parts = {str(code): row[codes == code] for code in range(3)}
            assert p == pytest.approx(methods.kruskal_wallis(parts).p_value, abs=1e-10)

    @settings(max_examples=30, deadline=None)
    @given(seeds, st.integers(12, 40))
    def test_signed_rank(self, seed, n):
        differences = draw(seed, n)
        found = fast.signed_rank_p(differences)
        for row, p in zip(differences, found, strict=True):
            wanted = methods.wilcoxon_signed_rank(row)
            assert p == pytest.approx(wanted.p_value, abs=1e-10)

    @settings(max_examples=30, deadline=None)
    @given(seeds, st.integers(8, 40))
    def test_spearman(self, seed, n):
        samples, other = draw(seed, n), draw(seed + 7, n, rows=1)[0]
        rho, p = fast.spearman(samples, midranks(other[None])[0][0])
        for row, own_rho, own_p in zip(samples, rho, p, strict=True):
            wanted = methods.spearman(row, other)
            assert own_rho == pytest.approx(wanted.coefficient, abs=1e-10)
            assert own_p == pytest.approx(wanted.p_value, abs=1e-10)

    @settings(max_examples=15, deadline=None)
    @given(seeds)
    def test_games_howell(self, seed):
        rng = np.random.default_rng(seed)
        one, other, third = rng.normal(0, 1, 12), rng.normal(1, 3, 9), rng.normal(0, 2, 10)
        means = np.array([[one.mean(), other.mean()]])
        variances = np.array([[one.var(ddof=1), other.var(ddof=1)]])
        q, df = fast.games_howell_q(means, variances, np.array([12.0, 9.0]))
        pairs = methods.games_howell({"a": one, "b": other, "c": third})
        p = stats.studentized_range.sf(q[0], 3, df[0])
        assert p == pytest.approx(pairs[0].p_value, abs=1e-10)


class TestEdges:
    def test_all_tied_is_no_difference(self):
        assert fast.kruskal_p(np.ones((1, 6)), np.repeat(np.eye(2), 3, axis=0)).tolist() == [1.0]

    def test_no_change_at_all(self):
        assert fast.signed_rank_p(np.zeros((2, 5))).tolist() == [1.0, 1.0]

    def test_correlation(self):
        found = fast.correlation(np.array([[1.0, 2, 3], [3, 2, 1], [1, 1, 1]]), np.array([1.0, 2, 3]))
        assert found == pytest.approx([1, -1, 0])


@pytest.mark.law
@settings(deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 30), st.integers(1, 12))
def test_equal_to_scipy_with_any_ties(seed, n, levels):
    samples = np.random.default_rng(seed).integers(0, levels, (4, n)).astype(float)
    ranks, ties = midranks(samples)
    for row, own, tied in zip(samples, ranks, ties, strict=True):
        assert own.tolist() == stats.rankdata(row).tolist()
        _, counts = np.unique(row, return_counts=True)
        assert tied == (counts**3 - counts).sum()
