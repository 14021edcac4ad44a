"""Streams, truncation and shared variance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest, truncnorm

from duonen_stats.simulated.model.randomness import bounded, streams, with_shared


def test_a_stream_depends_on_its_seed_and_place_alone():
    two, three = streams(5, ("a", "b")), streams(5, ("a", "b", "c"))
    assert two["b"].random() == three["b"].random()
    assert two["a"].random() != streams(6, ("a",))["a"].random()


@pytest.mark.law
@given(st.floats(-3, 2), st.floats(0.5, 4), st.lists(st.floats(-5, 5), min_size=2, max_size=9))
def test_bounded_values_keep_their_ranks_and_bounds(low, width, values):
    z = np.sort(np.array(values))
    out = bounded(z, low, low + width)
    assert (out >= low - 1e-9).all()
    assert (out <= low + width + 1e-9).all()
    assert (np.diff(out) >= -1e-12).all()


def test_bounded_is_the_truncated_normal():
    z = np.random.default_rng(1).standard_normal(4000)
    assert kstest(bounded(z, -1.0, 2.0), truncnorm(-1, 2).cdf).pvalue > 0.01


def test_the_shared_part_is_the_correlation():
    rng = np.random.default_rng(2)
    shared = rng.standard_normal((20_000, 1))
    pair = with_shared(rng, (20_000, 2), shared, 0.6)
    assert np.corrcoef(pair.T)[0, 1] == pytest.approx(0.6, abs=0.02)
    assert pair.std() == pytest.approx(1, abs=0.02)
