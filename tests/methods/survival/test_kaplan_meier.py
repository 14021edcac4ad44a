"""Kaplan-Meier curve, its quantiles, and follow-up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.methods import kaplan_meier, reverse_km_followup, survival_at, survival_quantile

FLAT_AT_HALF = [2, 4, 6, 8, 10, 12], [1, 1, 1, 0, 0, 1]


def median(time, event, **options):
    found = survival_quantile(kaplan_meier(time, event, **options), 0.5)
    return found.estimate, found.lower, found.upper


@pytest.mark.reference
def test_curve_and_limits_as_in_r():
    # survfit(Surv(time, event) ~ 1, conf.type = "log-log"); summary(times = 4); quantile()
    curve = kaplan_meier(*FLAT_AT_HALF)
    (point,) = survival_at(curve, [4])
    assert point.survival == pytest.approx(0.6666666666666667)
    assert point.std_err == pytest.approx(0.1924500897298753)
    assert (point.lower, point.upper) == pytest.approx((0.19461663680623487, 0.9044341643225164))
    assert (point.n_risk, point.n_events, point.n_censored) == (5, 2, 0)
    assert median(*FLAT_AT_HALF) == (9, 2, None)


@pytest.mark.parametrize("conf_type", ["log-log", "log", "plain", "logit", "arcsin"])
def test_each_kind_of_limit_follows_its_formula(conf_type):
    """S = 0.5 and its Greenwood variance 1/24 at t = 6; delta method on each scale."""
    z, s, se = 1.959963984540054, 0.5, np.sqrt(1 / 24)
    loglog = np.log(-np.log(s)), se / (s * np.log(s))
    angle = np.arcsin(np.sqrt(s)), 0.5 * se / np.sqrt(s * (1 - s))
    logit = np.log(s / (1 - s)), se / (s * (1 - s))
    expected = {
        "log-log": [np.exp(-np.exp(loglog[0] + sign * z * loglog[1])) for sign in (-1, 1)],
        "log": [s * np.exp(-z * se / s), min(1, s * np.exp(z * se / s))],
        "plain": [s - z * se, s + z * se],
        "logit": [1 / (1 + np.exp(-(logit[0] + sign * z * logit[1]))) for sign in (-1, 1)],
        "arcsin": [np.sin(angle[0] + sign * z * angle[1]) ** 2 for sign in (-1, 1)],
    }[conf_type]
    (point,) = survival_at(kaplan_meier(*FLAT_AT_HALF, conf_type=conf_type), [6])
    assert [point.lower, point.upper] == pytest.approx(expected, abs=1e-12)


def test_an_unknown_kind_of_limit_is_refused():
    with pytest.raises(ValueError, match="wilson"):
        kaplan_meier([1], [1], conf_type="wilson")


def test_limits_are_undefined_while_nobody_has_failed_and_after_all_have():
    before, after = survival_at(kaplan_meier([1, 2, 3], [0, 1, 1]), [0.5, 3])
    assert (before.survival, before.std_err, before.lower, before.upper) == (1, 0, None, None)
    assert (after.survival, after.std_err, after.lower, after.upper) == (0, None, None, None)
    assert survival_at(kaplan_meier([1, 2], [1, 1], conf_type="plain"), [0])[0].upper == 1


def test_the_curve_is_read_beyond_its_ends():
    before, at, beyond = survival_at(kaplan_meier([5, 7], [1, 0]), [1, 5, 99])
    assert (before.n_risk, at.n_risk, beyond.n_risk) == (2, 2, 0)
    assert (before.survival, at.survival, beyond.survival) == (1, 0.5, 0.5)
    assert (before.n_events, at.n_events, beyond.n_censored) == (0, 1, 1)


def test_median_rules():
    assert median([1, 2, 3, 4], [0, 0, 0, 0]) == (None, None, None)  # all censored: not reached, no error
    assert median([1, 2, 3, 4], [1, 1, 0, 0])[0] == 3  # ends flat on 0.5: midpoint up to the last time
    assert median([1, 2, 3, 5], [1, 1, 1, 1])[0] == 2.5  # flat on 0.5 from 2 to 3
    assert median([1, 2, 3], [1, 1, 1])[0] == 2
    assert median([0, 0, 1], [1, 1, 1])[0] == 0


def test_an_event_at_time_0_counts_and_is_noted():
    curve = kaplan_meier([0, 1, 2, 3], [1, 0, 1, 0])
    assert curve.survival[0] == 0.75
    assert curve.note == "time 0: 1"


def test_follow_up_exchanges_events_and_censorings():
    result = reverse_km_followup([1, 2, 3, 4, np.nan], [1, 0, 0, 0, 1])
    assert (result.median, result.n, result.n_censored, result.n_missing) == (3, 4, 3, 1)
    assert reverse_km_followup([1, 2], [1, 1]).median is None


samples = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25)


@pytest.mark.law
@given(st.lists(st.integers(0, 12), min_size=1, max_size=25))
def test_without_censoring_it_is_the_empirical_distribution(times):
    curve = kaplan_meier(times, np.ones(len(times)))
    empirical = [np.mean(np.array(times) > t) for t in curve.time]
    assert curve.survival == pytest.approx(empirical, abs=1e-12)


@pytest.mark.law
@given(samples, st.sampled_from(["log-log", "log", "plain"]))
def test_limits_enclose_a_falling_curve(sample, conf_type):
    time, event = zip(*sample, strict=True)
    curve = kaplan_meier(time, event, conf_type=conf_type)
    assert (np.diff(curve.survival) <= 0).all()
    known = ~np.isnan(curve.lower)
    assert (curve.lower[known] <= curve.survival[known] + 1e-12).all()
    assert (curve.upper[known] >= curve.survival[known] - 1e-12).all()
    assert curve.events.sum() + curve.censored.sum() == curve.n == len(sample)


@pytest.mark.law
@given(samples, st.integers(1, 9))
def test_quantiles_move_with_the_unit_of_time(sample, tenth):
    time, event = (np.array(column) for column in zip(*sample, strict=True))
    days, weeks = kaplan_meier(time * 7, event), kaplan_meier(time, event)
    one, other = survival_quantile(days, tenth / 10), survival_quantile(weeks, tenth / 10)
    for a, b in ((one.estimate, other.estimate), (one.lower, other.lower), (one.upper, other.upper)):
        assert a == (None if b is None else pytest.approx(7 * b))


@pytest.mark.independent
def test_a_limit_that_rises_again_counts_where_it_is_first_reached():
    """At 99 % the lower limit of 13 subjects is 0.349 at the first event and 0.355 at the second.

    R 4.2.2, survival 3.5-3: print(survfit(...)) gives 0.99LCL 8.18.
    """
    time = (8.18, 11.0, 15.67, 16.46, 19.25, 20.76, 21.85, 44.1, 60, 71.6, 102, 103, 104)
    event = (1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0)
    curve = kaplan_meier(time, event, confidence=0.99)
    assert curve.lower[0] < curve.lower[1] < 0.5
    found = survival_quantile(curve)
    assert (found.estimate, found.lower, found.upper) == (21.85, 8.18, None)
