"""Counts of standardised statistics."""

import numpy as np
import pytest

from duonen_stats.design.z_histogram import N_BINS, z_counts, z_quantile
from duonen_stats.errors import PlanError

pytestmark = pytest.mark.worked


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
