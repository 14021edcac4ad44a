"""Precision of a proportion, and of a hazard ratio."""

from math import exp, nan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats import load_study
from duonen_stats.design import (
    SurvivalAssumptions,
    hazard_ratio_precision,
    patients_for_any,
    patients_for_precision,
    precision_curve,
    probability_of_any,
    proportion_precision,
    rate_excluded,
    study_assumptions,
)
from duonen_stats.design.fixed.precision import PRECISION_METHODS
from duonen_stats.errors import PlanError
from duonen_stats.methods import proportion_ci


@pytest.mark.parametrize(
    ("method", "points", "one_arm"),
    [("wald", 6.1, 12.3), ("wilson", 6.2, 12.7), ("clopper_pearson", 6.7, 14.1)],
)
def test_ten_percent_in_all_of_duonen_and_in_one_arm(method, points, one_arm):
    assert 100 * proportion_precision(92, 0.1, method=method).half_width == pytest.approx(points, abs=0.05)
    assert 100 * proportion_precision(23, 0.1, method=method).half_width == pytest.approx(one_arm, abs=0.05)


@pytest.mark.law
@given(st.data(), st.integers(1, 200), st.sampled_from([0.8, 0.95, 0.99]))
@pytest.mark.parametrize("method", ["wilson", "clopper_pearson"])
def test_whole_counts_have_the_limits_of_the_estimate(method, data, n, confidence):
    count = data.draw(st.integers(0, n))
    planned = proportion_precision(n, count=count, method=method, confidence=confidence)
    found = proportion_ci(count, n, method=method, confidence=confidence)
    assert (planned.lower, planned.upper) == pytest.approx((found.lower, found.upper), abs=1e-9)
    assert planned.below + planned.above == pytest.approx(2 * planned.half_width)


@pytest.mark.law
@given(st.floats(0.05, 0.95), st.integers(30, 300))
@pytest.mark.parametrize("method", PRECISION_METHODS)
def test_more_patients_mean_a_narrower_interval(method, proportion, n):
    few, many = (proportion_precision(m, proportion, method=method).half_width for m in (n, 4 * n))
    assert many < few


@pytest.mark.law
@pytest.mark.parametrize("method", PRECISION_METHODS)
@pytest.mark.parametrize("half_width", [0.03, 0.06, 0.15])
def test_the_number_found_is_the_smallest(method, half_width):
    n = patients_for_precision(half_width, 0.1, method=method)
    assert proportion_precision(n, 0.1, method=method).half_width <= half_width
    assert n == 1 or proportion_precision(n - 1, 0.1, method=method).half_width > half_width


def test_a_curve_is_one_interval_a_proportion():
    curve = precision_curve(92, [0.05, 0.1], method="wald")
    assert [point.proportion for point in curve] == [0.05, 0.1]
    assert curve[1] == proportion_precision(92, 0.1, method="wald")


def test_chance_of_seeing_a_rare_event_at_least_once():
    assert probability_of_any(92, 0.03) == pytest.approx(1 - 0.97**92)
    assert probability_of_any(10, 0.0) == 0
    assert probability_of_any(10, 1.0) == 1
    assert patients_for_any(0.03) == 99
    assert probability_of_any(99, 0.03) >= 0.95 > probability_of_any(98, 0.03)
    assert patients_for_any(0.5, probability=0.5) == 1


def test_the_rule_of_three():
    assert rate_excluded(100) == pytest.approx(0.0295, abs=1e-4)
    assert probability_of_any(100, rate_excluded(100)) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (proportion_precision, {"n": 0, "proportion": 0.1}, "whole number above 0"),
        (proportion_precision, {"n": nan, "proportion": 0.1}, "whole number above 0"),
        (proportion_precision, {"n": 10}, "one of the two"),
        (proportion_precision, {"n": 10, "proportion": 1.1}, "between 0 and 1"),
        (proportion_precision, {"n": 10, "count": 11}, "not a count"),
        (proportion_precision, {"n": 10, "proportion": 0.1, "method": "bayes"}, "not an interval"),
        (proportion_precision, {"n": 10, "proportion": 0.1, "confidence": 1.0}, "confidence"),
        (patients_for_precision, {"half_width": 0.6, "proportion": 0.1}, "half-width"),
        (patients_for_precision, {"half_width": 0.1, "proportion": 0.0, "method": "wald"}, "no width"),
        (patients_for_precision, {"half_width": 1e-6, "proportion": 0.1}, "ten million"),
        (probability_of_any, {"n": 10, "rate": -0.1}, "rate of an event"),
        (patients_for_any, {"rate": 0.0}, "between 0 and 1"),
    ],
)
def test_what_is_out_of_range_is_refused(function, arguments, message):
    with pytest.raises(PlanError, match=message):
        function(**arguments)


def test_the_limits_of_a_hazard_ratio_by_hand():
    """All enter at once and are followed to the end: d1 = 60 (1 - e^-0.2), d0 = 40 (1 - e^-0.5)."""
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.05, hazard_ratio=0.4, allocation_ratio=1.5, followup_months=10.0
    )
    found = hazard_ratio_precision(plan, 100, confidence=0.9)
    d1, d0 = 60 * (1 - exp(-0.2)), 40 * (1 - exp(-0.5))
    assert (found.events_experimental, found.events_control) == (pytest.approx(d1), pytest.approx(d0))
    std_err = sqrt(1 / d1 + 1 / d0)
    assert found.std_err == pytest.approx(std_err)
    assert found.lower == pytest.approx(0.4 * exp(-1.6448536 * std_err), rel=1e-7)
    assert found.upper == pytest.approx(0.4 * exp(1.6448536 * std_err), rel=1e-7)
    assert found.analysis_months == 10


def test_four_times_the_patients_halve_the_error_and_later_is_more_precise():
    plan = study_assumptions(load_study())
    one, four = (hazard_ratio_precision(plan, n) for n in (50, 200))
    assert one.std_err == pytest.approx(2 * four.std_err)
    assert hazard_ratio_precision(plan, 50, at_months=150).std_err < one.std_err


@pytest.mark.parametrize(
    "bad", [{"confidence": 1.0}, {"at_months": 0.0}, {"at_months": 3.0}, {"n_patients": 0}]
)
def test_no_limits_without_events_patients_or_a_level(bad):
    with pytest.raises(PlanError):
        hazard_ratio_precision(study_assumptions(load_study()), **{"n_patients": 92, **bad})
