"""Midranks of many samples, against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from duonen_stats.simulated.calibration.ranks import midranks


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
