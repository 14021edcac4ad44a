"""The rounding rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design.trial.rounding import (
    allocation_block,
    balanced,
    round_up,
    split,
)


def test_rounding_up_forgives_floating_point():
    assert [round_up(x) for x in (116.64, 117.0, 117.0000000001, 117.001)] == [117, 117, 117, 118]


def test_balanced_and_split():
    assert balanced(167, 3) == (126, 42)
    assert balanced(10, 1.5) == (6, 4)
    assert split(92, 3) == (69, 23)
    assert allocation_block(0.5) == (1, 2)
    assert allocation_block(0.1 + 0.2) == (3, 10)  # 0.30000000000000004
    assert allocation_block(3.14159) == (0, 0)
    assert balanced(100, 3.14159) == split(100, 3.14159)


@pytest.mark.law
@given(st.integers(1, 5000), st.sampled_from([0.5, 1, 1.5, 2, 3]))
def test_a_balanced_trial_is_the_next_one(n, ratio):
    experimental, control = balanced(n, ratio)
    assert experimental == ratio * control
    assert 0 <= experimental + control - n < sum(allocation_block(ratio))
    assert sum(split(n, ratio)) == n


def test_a_large_need_is_never_rounded_down():
    assert round_up(560390292660.97) == 560390292661
