"""What pooled data say of the hazards: against R's survreg, closed forms and gamma posteriors."""

import numpy as np
import pytest
from scipy.stats import gamma

from duonen_stats.design import ScanSchedule, blinded_cut
from duonen_stats.design.reestimation.hazard_posterior import (
    PooledLikelihood,
    control_hazard,
    hazard_posterior,
    prior_limits,
    ratio_grid,
)
from duonen_stats.errors import PlanError

TIME = np.array([3.0, 8, 12, 20, 25, 31, 40, 44])
EVENT = np.array([1, 1, 0, 1, 0, 1, 0, 0], dtype=bool)


def exact(time=TIME, event=EVENT):
    return PooledLikelihood(event, np.asarray(time, dtype=float), np.zeros(len(time)))


@pytest.mark.reference
def test_intervals_between_scans_as_survreg_has_them():
    """Four progressions between scans, four times without, two deaths on their day.

    R 4.2, survival::
        l <- c(NA,2.76,5.52,2.76,8.28,11.04,2.76,1,7,4); r <- c(2.76,5.52,8.28,8.28,NA,NA,NA,NA,7,4)
        exp(-coef(survreg(Surv(l, r, type="interval2") ~ 1, dist="exponential")))   # 0.116494117014
    """
    low = np.array([0, 2.76, 5.52, 2.76, 8.28, 11.04, 2.76, 1, 7, 4])
    high = np.array([2.76, 5.52, 8.28, 8.28])
    event = np.array([1, 1, 1, 1, 0, 0, 0, 0, 1, 1], dtype=bool)
    gap = np.concatenate((high - low[:4], np.zeros(6)))
    assert PooledLikelihood(event, low, gap).hazard() == pytest.approx(0.116494117014, rel=1e-9)


@pytest.mark.reference
def test_the_control_hazard_of_a_mixture_as_r_finds_it():
    """R 4.2: optimize() of the log-likelihood of a 1:3 mixture, hazard ratio 0.5: 0.03634072."""
    assert control_hazard(exact(), 0.5, 3.0) == pytest.approx(0.03634072, rel=1e-6)


def test_one_interval_has_a_closed_form():
    # 3 of 10 progressed by the only scan, at month 2.76: 1 - exp(-2.76 h) = 0.3
    event = np.arange(10) < 3
    data = PooledLikelihood(event, np.where(event, 0.0, 2.76), np.where(event, 2.76, 0.0))
    assert data.hazard() == pytest.approx(-np.log(0.7) / 2.76, rel=1e-12)


@pytest.mark.law
def test_with_one_hazard_and_a_flat_prior_the_posterior_is_a_gamma():
    posterior = hazard_posterior(exact(), ratios=np.array([1.0]), allocation_ratio=3.0)
    expected = gamma(5, scale=1 / TIME.sum())  # four events and one
    assert posterior.limits(0.9, experimental=False) == pytest.approx(expected.ppf([0.05, 0.95]), rel=0.01)
    drawn, other = posterior.draw(40_000, np.random.default_rng(1))
    assert (drawn == other).all()
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx(expected.ppf([0.05, 0.5, 0.95]), rel=0.02)


def test_the_prior_of_the_ratio_is_log_normal_within_its_limits():
    assert prior_limits(0.5) == (0.25, 1.0)
    assert prior_limits(2.0) == (1.0, 4.0)
    ratios = ratio_grid(0.5, (0.25, 1.0))
    assert np.median(ratios) == pytest.approx(0.5)
    assert np.log(ratios).std() == pytest.approx(np.log(2) / 1.96, rel=0.05)
    assert ratio_grid(0.5, None).tolist() == ratio_grid(0.5, (0.5, 0.5)).tolist() == [0.5]
    with pytest.raises(PlanError, match="does not lie in its prior range"):
        ratio_grid(0.5, (0.6, 1.0))
    with pytest.raises(PlanError, match="above 0"):
        ratio_grid(0.5, (0.0, 1.0))


@pytest.mark.law
def test_an_unknown_ratio_widens_what_is_known_of_each_arm_not_of_both_together():
    data = exact(np.tile(TIME, 10), np.tile(EVENT, 10))
    known = hazard_posterior(data, ratios=np.array([0.5]), allocation_ratio=3.0)
    unknown = hazard_posterior(data, ratios=ratio_grid(0.5, (0.25, 1.0)), allocation_ratio=3.0)
    rng = np.random.default_rng(2)
    widths = []
    for one in (known, unknown):
        control, experimental = one.draw(20_000, rng)
        pooled = control / 4 + 3 * experimental / 4
        widths.append((np.log(control).std(), np.log(pooled).std()))
    assert widths[1][0] > 1.2 * widths[0][0]
    assert widths[1][1] == pytest.approx(widths[0][1], rel=0.1)


def test_a_cut_counts_deaths_to_the_last_contact_and_progression_to_the_last_scan():
    cut = blinded_cut(
        [0, 0, 0], [6.0, 5.0, 4.0], [1, 1, 0], cut=12, death=[0, 1, 0], free_months=[3.0, 3.0, 4.0],
        observed_months=[6, 5, 12], schedule=ScanSchedule(), dropout=[0, 0, 0],
    )  # fmt: skip
    data, share = PooledLikelihood.of(cut), 1.5 / 3
    assert data.exposure == pytest.approx([3 + share * 3, 3 + share * 2, 4 + share * 8])
    assert data.gap == pytest.approx([(1 - share) * 3, 0, 0])
    # On the scale of a Weibull shape every time is taken to its power
    assert PooledLikelihood.of(cut, 2.0).gap == pytest.approx([(1 - share) * (36 - 9), 0, 0])
