"""Counts of standardised statistics."""

import numpy as np
import pytest

from duonen_stats.design.simulation.z_histogram import (
    N_BINS,
    z_count_below,
    z_counts,
    z_quantile,
)
from duonen_stats.errors import PlanError


def test_every_value_is_counted_once():
    counts = z_counts(np.array([-99.0, 0.0, np.nan, 1.5, 99.0]))
    assert (counts.sum(), counts.size) == (5, N_BINS)
    assert (counts[0], counts[-1], counts[N_BINS // 2]) == (1, 1, 2)


def test_quantiles_are_those_of_the_values():
    z = np.random.default_rng(4).standard_normal(200_000)
    counts = z_counts(z)
    for p in (0.001, 0.025, 0.5, 0.975):
        assert z_quantile(counts, p) == pytest.approx(np.quantile(z, p), abs=1 / 1024)


def test_no_quantile():
    for counts, p in ((z_counts(np.zeros(0)), 0.5), (z_counts(np.zeros(3)), 0.0)):
        with pytest.raises(PlanError):
            z_quantile(counts, p)


def test_values_below_one_are_counted():
    z = np.random.default_rng(5).standard_normal(50_000)
    counts = z_counts(z)
    for value in (-2.5, -1.96, 0.0, 1.3):
        assert z_count_below(counts, value) == pytest.approx((z < value).sum(), abs=30)
    assert (z_count_below(counts, -9), z_count_below(counts, 9)) == (0, 50_000)
