"""Rates: limits against the Poisson distribution itself, coverage, and refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import poisson_rate, poisson_rate_ratio


@given(st.integers(0, 60), st.floats(0.5, 500), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_limits_leave_half_the_error_on_either_side(events, time, confidence):
    found = poisson_rate(events, time, confidence=confidence)
    tail = (1 - confidence) / 2
    assert stats.poisson.cdf(events, found.upper * time) == pytest.approx(tail, rel=1e-7)
    if events:
        assert stats.poisson.sf(events - 1, found.lower * time) == pytest.approx(tail, rel=1e-7)
    else:
        assert found.lower == 0
    assert stats.poisson.cdf(events, found.upper_one_sided * time) == pytest.approx(1 - confidence, rel=1e-7)


def test_no_event_gives_the_closed_form():
    assert poisson_rate(0, 10).upper == pytest.approx(-math.log(0.025) / 10)


@given(st.integers(0, 30), st.integers(0, 30), st.floats(1, 100), st.floats(1, 100))
def test_the_ratio_turns_round_with_the_groups(first, second, time, other):
    if first + second == 0:
        return
    one = poisson_rate_ratio(first, time, second, other)
    turned = poisson_rate_ratio(second, other, first, time)
    assert turned.p_value == pytest.approx(one.p_value, rel=1e-6)
    if first and second:
        assert turned.ratio == pytest.approx(1 / one.ratio)
        assert turned.lower == pytest.approx(1 / one.upper, rel=1e-6)
    else:
        assert {one.ratio, turned.ratio} == {0.0, math.inf}


def test_the_limits_cover_the_true_ratio():
    # The exact distribution of the split of 12 events at a ratio of 2 and equal times.
    share, ratio = 2 / 3, 2.0
    covered = sum(
        stats.binom.pmf(k, 12, share)
        for k in range(13)
        if poisson_rate_ratio(k, 1.0, 12 - k, 1.0).lower
        <= ratio
        <= poisson_rate_ratio(k, 1.0, 12 - k, 1.0).upper
    )
    assert covered >= 0.95


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: poisson_rate(1, 0), "no_time"),
        (lambda: poisson_rate_ratio(1, 0, 1, 2), "no_time"),
        (lambda: poisson_rate_ratio(0, 3, 0, 2), "no_events"),
    ],
)
def test_what_has_no_rate_is_refused(call, reason):
    with pytest.raises(NotEstimable) as refusal:
        call()
    assert refusal.value.reason == reason


@pytest.mark.parametrize(("events", "time"), [(-1, 2), (1.5, 2), (1, -2), (1, math.inf), (1, math.nan)])
def test_what_is_no_count_or_time_is_refused(events, time):
    with pytest.raises(DataError):
        poisson_rate(events, time)
