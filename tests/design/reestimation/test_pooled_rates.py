"""Rates from pooled data."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from duonen_stats.design import ScanSchedule, blinded_cut, blinded_rates
from duonen_stats.design.reestimation.pooled_rates import (
    PooledLikelihood,
    _accrual,
    control_hazard,
    draw_rates,
    hazard_posterior,
    point_rates,
    prior_limits,
    ratio_grid,
)
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


def test_a_window_of_completers_ends_where_all_entries_are_known():
    cut = blinded_cut(
        [0, 1, 3, 4, 4.5, 5, 7, 11], [1] * 8, [1] + [0] * 7, cut=14, lag_months=20, completers=True,
        treatment_months=[6, 6, 6, 6, 6, 6, 5, 1],
    )  # fmt: skip
    assert cut.entries_known_months == 6
    # Those at months 7 and 11 are not counted.
    assert blinded_rates(cut).patients_per_month.count == 6
    assert blinded_rates(cut, accrual_window_months=2.5).patients_per_month.estimate == 3 / 2.5


def first_56(rng, chosen, treated):
    """Entries at 1.5 a month; three in ten leave treatment early, the others after about six and a half months."""
    entry = rng.exponential(1 / 1.5, 120).cumsum()
    course = np.where(rng.random(120) < 0.3, rng.uniform(0, 6, 120), rng.normal(6.5, 0.3, 120))
    first = np.argsort(entry + course if chosen == "finished" else entry)[:56]
    opened, end = entry[first].min(), (entry + course)[first].max() + 1
    cut = blinded_cut(
        entry[first] - opened, np.full(56, 0.1), np.arange(56) < 1, cut=end - opened, dropout=np.zeros(56),
        completers=True, treatment_months=course[first] if treated else None,
    )  # fmt: skip
    return cut, (entry <= end).sum() - 56


@pytest.mark.law
@pytest.mark.parametrize("chosen", ["finished", "entered"])
def test_pace_and_number_of_others_are_right_whoever_came_first(chosen):
    """1.5 a month; by the last entry alone the pace of those who finished first is 3 to 5 % too slow."""
    rng = np.random.default_rng(9)
    cuts = [first_56(rng, chosen, treated=True) for _ in range(400)]
    paces = np.array([_accrual(cut, None, 0.9).estimate for cut, _ in cuts])
    assert paces.mean() == pytest.approx(1.5, abs=3.5 * paces.std() / 400**0.5)
    others = [
        pace * cut.months_unknown(np.array([pace])).item() - n
        for pace, (cut, n) in zip(paces, cuts, strict=True)
    ]
    assert np.mean(others) == pytest.approx(0, abs=3.5 * np.std(others) / 400**0.5)
    last = np.array(
        [_accrual(first_56(rng, chosen, treated=False)[0], None, 0.9).estimate for _ in range(400)]
    )
    slower = last.mean() < 1.5 - 3.5 * last.std() / 400**0.5
    assert slower == (chosen == "finished")


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


@pytest.mark.law
@pytest.mark.parametrize("allocation", [1.0, 3.0])
def test_the_prior_is_flat_in_the_hazard_of_all_patients_together(allocation):
    """Second programming: each ratio weighted by the integral of the likelihood over the pooled hazard, by scipy."""
    ratios = ratio_grid(0.5, (0.25, 1.0))
    share = allocation / (1 + allocation)

    def likelihood(pooled, ratio):
        control = pooled / (1 - share + share * ratio)
        arms = [
            part * np.where(EVENT, hazard, 1.0) * np.exp(-hazard * TIME)
            for part, hazard in ((1 - share, control), (share, control * ratio))
        ]
        return float(np.prod(50 * np.add(*arms)))

    weights = np.array([quad(likelihood, 0, 0.3, args=(ratio,), points=[0.02])[0] for ratio in ratios])
    posterior = hazard_posterior(exact(), ratios=ratios, allocation_ratio=allocation)
    cells = np.diff(posterior.cumulative, prepend=0.0).reshape(-1, ratios.size).sum(axis=0)
    assert cells / cells.sum() == pytest.approx(weights / weights.sum(), rel=2e-3)


@pytest.mark.law
def test_pooled_data_move_the_prior_of_the_ratio_little():
    # All seen for the same short time: who has the better hazard cannot be determined, so the ratio stays as it was.
    data = exact(np.full(200, 1.0), np.arange(200) < 4)
    ratios = ratio_grid(0.5, (0.25, 1.0))
    control, other = hazard_posterior(data, ratios=ratios, allocation_ratio=3.0).draw(
        40_000, np.random.default_rng(3)
    )
    assert np.log(other / control).mean() == pytest.approx(np.log(ratios).mean(), abs=0.02)
