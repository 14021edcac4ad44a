"""Drift of the log-rank statistic."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.design import SurvivalAssumptions, event_probability
from duonen_stats.design.fixed.lakatos import expected_log_rank, lakatos
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


@pytest.mark.parametrize(("hazard_ratio", "percent"), [(0.667, 33.8), (0.5, 73.9), (0.43, 88.1)])
def test_duonen(hazard_ratio, percent):
    found = lakatos(PLAN.with_hazard_ratio(hazard_ratio), 120)
    assert 100 * found.power(92, alpha=0.05, sides=2, far_tail=False) == pytest.approx(percent, abs=0.05)


def test_a_small_effect_is_schoenfelds():
    plan = PLAN.with_hazard_ratio(0.999)
    drift = lakatos(plan, 120).effect
    assert drift == pytest.approx(0.0010005 * (3 / 16 * event_probability(plan).overall) ** 0.5, rel=1e-3)


def test_no_difference_no_drift():
    assert lakatos(PLAN.under_null(), 120).effect == pytest.approx(0, abs=1e-15)
    assert lakatos(PLAN, 120, 0.5).effect == pytest.approx(0, abs=1e-15)  # the margin is the truth


def test_a_late_effect_is_better_seen_with_late_weights():
    late = replace(
        PLAN, control_hazard_per_month=(0.0235, 0.0235), hazard_starts_months=(0, 18), hazard_ratio=(1, 0.4)
    )
    assert lakatos(late, 120, gamma=1).effect > lakatos(late, 120).effect > lakatos(late, 120, rho=1).effect


def test_long_pieces_are_integrated_to_the_last_digits():
    fast = replace(PLAN, control_hazard_per_month=2.35, accrual=0.6, total_months=1200.0)
    slow = replace(PLAN, control_hazard_per_month=0.0235, accrual=60, total_months=120000.0)
    assert lakatos(fast, 1200).effect == pytest.approx(lakatos(slow, 120000).effect, rel=1e-10)


def test_nothing_to_see():
    with pytest.raises(PlanError, match="no follow-up"):
        lakatos(PLAN, 0)
    none = replace(PLAN, control_hazard_per_month=0.0)
    with pytest.raises(PlanError, match="No events"):
        lakatos(none, 120)


def by_steps(plan, at, rho, gamma, null=1.0, steps=60_000):
    """Score and variance per patient by small steps of time: a second programming."""
    width = at / steps
    t = (np.arange(steps) + 0.5) * width
    entered = np.clip((at - t) / plan.entry.duration_months, 0, 1)
    share = plan.experimental_share
    curves = []
    for hazard in (plan.control, plan.experimental):
        rate = np.array([hazard.rate_at(month) for month in t])
        curves.append((rate, np.exp(-(np.cumsum(rate) - rate / 2) * width)))
    (h0, s0), (h1, s1) = curves
    lost = np.exp(-plan.dropout_hazard_per_month * t)
    n0, n1 = (1 - share) * s0 * lost * entered, share * s1 * lost * entered
    pooled = (1 - share) * s0 + share * s1
    weight = pooled**rho * (1 - pooled) ** gamma
    part = null * n1 / (null * n1 + n0)
    score = (weight * (part * (n0 * h0 + n1 * h1) - n1 * h1) * width).sum()
    return score, (weight**2 * part * (1 - part) * (n0 * h0 + n1 * h1) * width).sum()


@pytest.mark.parametrize(("rho", "gamma"), [(0, 0), (1, 0), (0, 1), (0.5, 0.5)])
@pytest.mark.parametrize("null", [1.0, 1.3])
def test_score_and_variance_by_small_steps(rho, gamma, null):
    plan = replace(
        PLAN, control_hazard_per_month=(0.0235, 0.03), hazard_starts_months=(0, 18), hazard_ratio=(1, 0.4),
        dropout_hazard_per_month=0.004,
    )  # fmt: skip
    found = expected_log_rank(plan, 92, 100.0, null_hazard_ratio=null, rho=rho, gamma=gamma)
    score, variance = by_steps(plan, 100.0, rho, gamma, null)
    assert found.score == pytest.approx(92 * score, rel=1e-4)
    assert found.variance == pytest.approx(92 * variance, rel=1e-4)
    assert found.drift == pytest.approx(found.score / found.variance**0.5)


def test_a_weibull_shape_is_seen_like_its_closed_form():
    plan = replace(PLAN, weibull_shape=1.5)
    plain_steps = by_steps(plan, 120.0, 0, 0, steps=4000)
    found = expected_log_rank(plan, 1.0)
    assert (found.score, found.variance) == pytest.approx(plain_steps, rel=1e-3)


def test_a_better_experimental_arm_has_a_positive_score():
    assert expected_log_rank(PLAN, 92).score > 0 > expected_log_rank(PLAN.with_hazard_ratio(2.0), 92).score
    assert expected_log_rank(PLAN.under_null(), 92).score == 0
    for wrong in (
        {"n_patients": 0},
        {"n_patients": 92, "rho": -1},
        {"n_patients": 92, "gamma": float("nan")},
    ):
        with pytest.raises(PlanError):
            expected_log_rank(PLAN, **wrong)
