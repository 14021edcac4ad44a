"""Friedman's test and Kendall's W."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import friedman

# Hollander & Wolfe (1973), p. 140: rounding first base by three methods, 22 players.
ROUNDING = [
    [5.4, 5.5, 5.55], [5.85, 5.7, 5.75], [5.2, 5.6, 5.5], [5.55, 5.5, 5.4], [5.9, 5.85, 5.7],
    [5.45, 5.55, 5.6], [5.4, 5.4, 5.35], [5.45, 5.5, 5.35], [5.25, 5.15, 5], [5.85, 5.8, 5.7],
    [5.25, 5.2, 5.1], [5.65, 5.55, 5.45], [5.6, 5.35, 5.45], [5.05, 5, 4.95], [5.5, 5.5, 5.4],
    [5.45, 5.55, 5.5], [5.55, 5.55, 5.35], [5.45, 5.5, 5.55], [5.5, 5.45, 5.25], [5.65, 5.6, 5.4],
    [5.7, 5.65, 5.55], [6.3, 6.3, 6.25],
]  # fmt: skip
block = st.lists(st.integers(0, 5), min_size=3, max_size=3)


@pytest.mark.reference
def test_friedman_as_in_r():
    # R 4.2.2: friedman.test(RoundingTimes)
    found = friedman([*ROUNDING, [5, None, 6]])
    assert found.statistic == pytest.approx(11.142857142857142, rel=1e-12)
    assert found.p_value == pytest.approx(0.003805040775511363, rel=1e-12)
    assert found.kendalls_w == pytest.approx(0.2532467532467532, rel=1e-12)
    assert (found.df, found.n_blocks, found.n_missing) == (2, 22, 1)


def test_full_agreement_is_one():
    assert friedman([[1, 2, 3], [4, 5, 6], [0, 1, 9]]).kendalls_w == pytest.approx(1)


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ([[1, 1, 1], [2, 2, 2]], "all_tied"),
        ([[1], [2]], "single_group"),
        ([[1, None], [None, 2]], "n_too_small"),
        ([[1, math.inf], [1, 2]], "non_finite"),
    ],
)
def test_edge_cases(blocks, reason):
    with pytest.raises(NotEstimable) as caught:
        friedman(blocks)
    assert caught.value.reason == reason


@pytest.mark.parametrize("blocks", [[1, 2, 3], [[1, 2], [1]], [["a", "b"]]])
def test_what_is_not_a_table_is_a_data_error(blocks):
    with pytest.raises(DataError):
        friedman(blocks)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(st.lists(block, min_size=2, max_size=8).filter(lambda b: any(len(set(row)) > 1 for row in b)))
def test_order_and_monotone_transform_do_not_matter(blocks):
    plain = friedman(blocks)
    changed = friedman([[value**3 + i for value in row[::-1]] for i, row in enumerate(blocks[::-1])])
    assert changed.statistic == pytest.approx(plain.statistic, rel=1e-10, abs=1e-10)
    assert 0 <= plain.kendalls_w <= 1 + 1e-12
