"""The door: missing dropped and counted, non-finite refused, planned groups kept."""

import math
import sys

import numpy as np
import pytest

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods.inputs.admit import (
    admit_groups,
    admit_pairs,
    admit_sample,
    as_p,
    is_constant,
    normal_deviate,
    require_confidence,
    require_group_size,
)


@pytest.mark.parametrize("missing", [None, math.nan])
def test_missing_values_of_a_sample_are_dropped_and_counted(missing):
    sample = admit_sample([3.0, missing, 1.0])
    assert sample.values.tolist() == [3.0, 1.0]
    assert (sample.n, sample.n_missing) == (2, 1)


@pytest.mark.parametrize("infinite", [math.inf, -math.inf])
def test_an_infinite_value_is_refused(infinite):
    with pytest.raises(NotEstimable) as caught:
        admit_sample([1, 2, infinite, None], name="A")
    assert caught.value.reason == "non_finite"
    assert caught.value.n == {"A": 4}


@pytest.mark.parametrize("wrong", [["a", "b"], [[1, 2], [3, 4]], 5.0])
def test_what_is_not_a_sample_is_a_data_error(wrong):
    with pytest.raises(DataError):
        admit_sample(wrong)


def test_a_pair_lacking_either_value_is_dropped():
    pairs = admit_pairs([1, None, 3, None], [1, 2, None, None])
    assert (pairs.x.tolist(), pairs.y.tolist(), pairs.n, pairs.n_missing) == ([1], [1], 1, 3)


def test_pairs_must_be_equally_many():
    with pytest.raises(DataError, match="2 and 1"):
        admit_pairs([1, 2], [1])


def test_a_planned_group_without_values_stays_at_zero():
    groups = admit_groups({"A": [1, 2, None], "B": [None], "C": [3]})
    assert list(groups.samples) == ["A", "C"]
    assert groups.n == {"A": 2, "B": 0, "C": 1}
    assert groups.n_missing == {"A": 1, "B": 1, "C": 0}
    assert groups.total == 3
    assert groups.note == "empty_group: B; one value only: C"


def test_complete_groups_have_no_note():
    assert admit_groups({"A": [1, 2], "B": [2, 3]}).note == ""


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({"A": [1, 2]}, "single_group"),
        ({}, "single_group"),
        ({"A": [1], "B": [], "C": [None]}, "empty_group"),
    ],
)
def test_fewer_than_two_groups_are_no_comparison(groups, reason):
    with pytest.raises(NotEstimable) as caught:
        admit_groups(groups)
    assert caught.value.reason == reason


def test_a_group_too_small_is_named():
    with pytest.raises(NotEstimable, match="group B") as caught:
        require_group_size(admit_groups({"A": [1, 2], "B": [1]}), 2)
    assert caught.value.reason == "group_too_small"
    assert caught.value.n == {"A": 2, "B": 1}


def test_constant():
    assert is_constant(np.array([2.0, 2.0]))
    assert is_constant(np.array([2.0]))
    assert not is_constant(np.array([2.0, np.nextafter(2.0, 3.0)]))


def test_a_p_value_is_neither_zero_nor_above_one():
    assert as_p(0.0) == sys.float_info.min
    assert as_p(1 + 1e-15) == 1
    assert as_p(0.25) == 0.25


def test_the_level_of_an_interval_lies_between_0_and_1():
    assert require_confidence(0.9) == 0.9
    assert normal_deviate(0.95) == pytest.approx(1.959963984540054, rel=1e-15)
    for level in (0, 1, 95, math.nan):
        with pytest.raises(DataError, match="level of an interval"):
            normal_deviate(level)
