"""Restricted mean survival time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import restricted_mean, restricted_mean_difference


def test_the_area_by_hand():
    """S is 1 until 2, 3/4 until 6, and 3/8 after the event at 6 (one of two): to 8 it is 2 + 3 + 3/4."""
    result = restricted_mean([2, 4, 6, 9], [1, 0, 1, 0], tau=8)
    assert result.estimate == pytest.approx(2 + 4 * 0.75 + 2 * 0.375)
    # Greenwood: areas ahead 3.75 and 0.75, weights 1/(4 * 3) and 1/(2 * 1)
    assert result.std_err == pytest.approx(np.sqrt(3.75**2 / 12 + 0.75**2 / 2))
    assert (result.n, result.n_events, result.note) == (4, 2, "")


@pytest.mark.law
@given(st.lists(st.integers(0, 20), min_size=2, max_size=25), st.integers(1, 25))
def test_without_censoring_it_is_the_mean_of_the_times_cut_at_tau(times, tau):
    result = restricted_mean(times, np.ones(len(times)), tau=tau)
    cut = np.minimum(times, tau)
    assert result.estimate == pytest.approx(cut.mean())
    assert result.std_err == pytest.approx(cut.std() / np.sqrt(len(times)), abs=1e-9)


def test_a_window_beyond_the_data_is_noted():
    assert restricted_mean([1, 2], [1, 0], tau=3).note == "curve carried flat from 2 to 3"
    assert restricted_mean([1, 2], [1, 1], tau=3).note == ""
    assert restricted_mean([0, 2], [1, 0], tau=1).note == "time 0: 1"


def test_the_difference_is_first_minus_second():
    time, event, group = [2, 4, 6, 9, 1, 3, 5, 7], [1, 0, 1, 0, 1, 1, 0, 1], ["B"] * 4 + ["A"] * 4
    one = restricted_mean_difference(time, event, group, compare=("A", "B"), tau=6)
    other = restricted_mean_difference(time, event, group, compare=("B", "A"), tau=6)
    assert one.difference == -other.difference == one.mean_a.estimate - one.mean_b.estimate
    assert one.std_err**2 == pytest.approx(one.mean_a.std_err**2 + one.mean_b.std_err**2)
    assert (one.lower, one.upper) == pytest.approx((-other.upper, -other.lower))
    assert one.p_value == other.p_value


def test_no_events_in_one_arm_leaves_the_difference():
    result = restricted_mean_difference(
        [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], ["A"] * 3 + ["B"] * 3, compare=("A", "B"), tau=4
    )
    assert result.difference == pytest.approx(2 - 4)
    assert result.mean_b.std_err == 0
    assert result.std_err > 0


@pytest.mark.parametrize(
    ("time", "event", "compare", "tau", "reason"),
    [
        ([1, 2, 3, 4], [0, 0, 0, 0], ("A", "B"), 3, "no_events"),
        ([1, 1, 1, 1], [1, 1, 1, 1], ("A", "B"), 3, "zero_variance"),
        ([1, 2, 3, 4], [1, 1, 1, 1], ("A", "C"), 3, "empty_group"),
        ([1, 2, 3, 4], [1, 1, 1, 1], ("A", "B"), 0, "tau_not_positive"),
        ([1, 2, 3, 4], [1, 1, 1, 1], ("A", "B"), float("nan"), "tau_not_positive"),
    ],
)
def test_what_has_no_answer(time, event, compare, tau, reason):
    with pytest.raises(NotEstimable) as caught:
        restricted_mean_difference(time, event, ["A", "A", "B", "B"], compare=compare, tau=tau)
    assert caught.value.reason == reason


def test_a_group_is_not_compared_with_itself():
    with pytest.raises(DataError):
        restricted_mean_difference([1, 2], [1, 1], ["A", "B"], compare=("A", "A"), tau=1)


@pytest.mark.parametrize(
    ("time", "tau", "reason", "said"),
    [
        ([1, 1, 1, 1], 3, "zero_variance", "all at risk in a group have the event at the same time"),
        ([3, 4, 3, 5], 3, "no_events", "before 3"),  # the events at tau take no time away
        ([4, 4, 5, 6], 3, "no_events", "before 3"),
    ],
)
def test_why_there_is_no_standard_error_is_said_truly(time, tau, reason, said):
    with pytest.raises(NotEstimable) as caught:
        restricted_mean_difference(time, [1, 1, 1, 1], list("AABB"), compare=("A", "B"), tau=tau)
    assert caught.value.reason == reason
    assert said in caught.value.detail
