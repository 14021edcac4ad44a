"""Rubin's rules."""

import pytest
from scipy import stats

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import pool_imputations


def test_two_estimates_by_hand():
    # Within 1, between 0.5: total 1 + 1.5 * 0.5 = 1.75; df = (1 + 1 / 0.75)^2.
    found = pool_imputations([1.0, 2.0], [1.0, 1.0])
    assert (found.estimate, found.std_err**2, found.df) == pytest.approx((1.5, 1.75, (1 + 1 / 0.75) ** 2))
    assert found.upper - 1.5 == pytest.approx(stats.t.ppf(0.975, found.df) * 1.75**0.5)
    assert found.p_value == pytest.approx(2 * stats.t.sf(1.5 / 1.75**0.5, found.df))


def test_equal_estimates_need_no_imputation():
    found = pool_imputations([0.3] * 5, [0.1] * 5, confidence=0.9)
    assert found.df is None
    assert (found.lower, found.upper) == pytest.approx((0.3 - 0.1644853627, 0.3 + 0.1644853627))


@pytest.mark.parametrize(
    ("estimates", "errors", "reason"),
    [
        ([1.0], [1.0], "too_few"),
        ([1.0, 2.0], [1.0, 0.0], "zero_variance"),
        ([1.0, float("inf")], [1, 1], "non_finite"),
    ],
)
def test_what_cannot_be_combined(estimates, errors, reason):
    with pytest.raises(NotEstimable, match=reason):
        pool_imputations(estimates, errors)
