"""From hazard ratios and events to the log-rank statistic and back."""

from math import exp, inf, log, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import (
    blinded_hazard_ratio,
    hazard_ratio_from_z,
    log_rank_drift,
    log_rank_information,
)
from duonen_stats.errors import DataError, PlanError


def test_information_of_duonens_events():
    assert log_rank_information(117, allocation_ratio=3) == pytest.approx(117 * 3 / 16)
    assert log_rank_information(100) == 25


def test_drift_is_positive_for_benefit_and_measured_from_the_margin():
    assert log_rank_drift(0.5, 64, allocation_ratio=3) == pytest.approx(log(2) * 12**0.5)
    assert log_rank_drift(2.0, 64, allocation_ratio=3) == pytest.approx(-log(2) * 12**0.5)
    assert log_rank_drift(1.0, 400, null_hazard_ratio=1.3) == pytest.approx(log(1.3) * 10)


@pytest.mark.law
@given(st.floats(0.2, 4), st.floats(1, 500), st.floats(0.3, 4), st.floats(0.8, 1.5))
def test_the_hazard_ratio_comes_back(hazard_ratio, n_events, ratio, margin):
    z = log_rank_drift(hazard_ratio, n_events, allocation_ratio=ratio, null_hazard_ratio=margin)
    back = hazard_ratio_from_z(z, n_events, allocation_ratio=ratio, null_hazard_ratio=margin)
    assert back == pytest.approx(hazard_ratio)


def test_no_boundary_is_a_hazard_ratio_of_0():
    assert hazard_ratio_from_z(inf, 10) == 0


@pytest.mark.parametrize("hazard_ratio", [0.0, -1.0, nan, inf])
def test_a_hazard_ratio_is_positive(hazard_ratio):
    with pytest.raises(PlanError, match="hazard ratio must be finite"):
        log_rank_drift(hazard_ratio, 10)


def test_no_events_tell_nothing():
    with pytest.raises(PlanError, match="n events"):
        log_rank_information(0)
    with pytest.raises(PlanError, match="allocation ratio"):
        log_rank_information(5, allocation_ratio=0)


def test_it_is_the_geometric_mean_over_the_events():
    result = blinded_hazard_ratio(
        [1, 4, 5, 9, 9], [1, 1, 1, 1, 0], hazard_ratio=[1.0, 0.5], starts_months=[0, 4], allocation_ratio=3
    )
    # Months 1 and 4 lie in the first period (the second begins after 4), 5 and 9 in the other
    assert result.n_events == 4
    assert result.hazard_ratio == pytest.approx(exp(log(0.5) / 2))
    assert result.log_effect == pytest.approx(log(2) / 2)
    assert result.information_null == pytest.approx(4 * 3 / 16)


def test_a_constant_hazard_ratio_is_itself():
    assert blinded_hazard_ratio([0, 3], [1, 1], hazard_ratio=[0.7]).hazard_ratio == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (([1], [0]), {"hazard_ratio": [0.5]}, PlanError, "No event"),
        (([1], [1]), {"hazard_ratio": [0.5, 0.6]}, PlanError, "one hazard ratio a period"),
        (([1], [1]), {"hazard_ratio": [0.5], "starts_months": [2]}, PlanError, "start at 0"),
        (([1], [1]), {"hazard_ratio": [0.0]}, PlanError, "hazard ratio"),
        (([nan], [1]), {"hazard_ratio": [0.5]}, DataError, "finite"),
        (([1], [3]), {"hazard_ratio": [0.5]}, DataError, "0 and 1"),
        (([1, 2], [1]), {"hazard_ratio": [0.5]}, DataError, "equally many"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        blinded_hazard_ratio(*arguments, **options)
