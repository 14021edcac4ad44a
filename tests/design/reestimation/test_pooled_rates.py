"""Rates from pooled data."""

import numpy as np
import pytest
from scipy.stats import gamma

from duonen_stats.design import blinded_cut, blinded_rates
from duonen_stats.design.reestimation.pooled_rates import draw_rates, point_rates
from duonen_stats.errors import PlanError


def cut_of(n=4000, hazard_ratio=0.5, share=0.75, dropout=0.005, seed=2):
    rng = np.random.default_rng(seed)
    entry = rng.uniform(0, 60, n)
    hazard = np.where(rng.random(n) < share, 0.0235 * hazard_ratio, 0.0235)
    event, loss, end = rng.exponential(1 / hazard), rng.exponential(1 / dropout, n), 60 - entry
    return blinded_cut(
        entry, np.minimum.reduce([event, loss, end]), (event <= loss) & (event <= end),
        cut=60.0, dropout=(loss < event) & (loss < end),
    )  # fmt: skip


def test_rates_are_counts_over_time_with_gamma_limits():
    cut = blinded_cut([0, 3, 6, 9], [12, 6, 2, 3], [0, 1, 0, 0], cut=12, dropout=[0, 0, 1, 0])
    rates = blinded_rates(cut, confidence=0.9)
    assert rates.pooled_hazard.estimate == pytest.approx(1 / 23)
    assert rates.pooled_hazard.lower == pytest.approx(gamma.ppf(0.05, 1.5, scale=1 / 23))
    assert rates.dropout_hazard.estimate == pytest.approx(1 / 23)
    assert rates.patients_per_month.estimate == pytest.approx(4 / 12)
    assert rates.control_hazard.estimate == rates.pooled_hazard.estimate


def test_the_arms_hazards_are_found_without_the_arms():
    rates = blinded_rates(cut_of(), hazard_ratio=0.5, allocation_ratio=3)
    assert rates.control_hazard.estimate == pytest.approx(0.0235, rel=0.06)
    assert rates.experimental_hazard.estimate == pytest.approx(rates.control_hazard.estimate / 2)
    assert rates.dropout_hazard.estimate == pytest.approx(0.005, rel=0.1)
    assert rates.patients_per_month.estimate == pytest.approx(4000 / 60)


def test_accrual_may_be_taken_from_a_recent_window():
    cut = blinded_cut([0, 1, 10, 11, 11.5], [1] * 5, [1, 0, 0, 0, 0], cut=12.5, lag_months=20)
    assert blinded_rates(cut, accrual_window_months=3).patients_per_month.estimate == 1.0


@pytest.mark.law
def test_draws_scatter_about_the_estimates_within_the_limits():
    rates = blinded_rates(cut_of(n=200), hazard_ratio=0.5, allocation_ratio=3)
    drawn = draw_rates(rates, 20_000, np.random.default_rng(1))
    for draws, rate in ((drawn.control, rates.control_hazard), (drawn.dropout, rates.dropout_hazard)):
        inside = ((draws >= rate.lower) & (draws <= rate.upper)).mean()
        assert inside == pytest.approx(0.95, abs=0.01)
    assert point_rates(rates).control.item() == rates.control_hazard.estimate


def test_no_loss_seen_says_that_losses_are_rare_not_that_there_are_none():
    cut = blinded_cut([0, 0], [5, 12], [1, 0], cut=12)
    rates = blinded_rates(cut)
    assert (rates.dropout_hazard.estimate, rates.dropout_hazard.lower) == (0, 0)
    drawn = draw_rates(rates, 20_000, np.random.default_rng(1)).dropout
    # Jeffreys' posterior of no loss in 17 patient-months is gamma(1/2), of mean 1/34
    assert drawn.mean() == pytest.approx(1 / 34, rel=0.03)


def test_what_cannot_be_estimated_is_refused():
    quiet = blinded_cut([0, 0], [12, 12], [0, 0], cut=12)
    with pytest.raises(PlanError, match="No event"):
        blinded_rates(quiet)
    cut = blinded_cut([0, 0], [5, 12], [1, 0], cut=12)
    with pytest.raises(PlanError, match="confidence"):
        blinded_rates(cut, confidence=95)
    with pytest.raises(PlanError, match="hazard ratio"):
        blinded_rates(cut, hazard_ratio=0)
    with pytest.raises(PlanError, match="months of accrual"):
        blinded_rates(cut, accrual_window_months=0)
