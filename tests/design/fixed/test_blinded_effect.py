"""The planned hazard ratio averaged over blinded events."""

from math import exp, log, nan

import pytest

from duonen_stats.design import blinded_hazard_ratio
from duonen_stats.errors import DataError, PlanError


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
