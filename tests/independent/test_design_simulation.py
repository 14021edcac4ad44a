"""Second programming of the simulation: one trial after the other, by the textbook, and an exact distribution."""

from itertools import combinations, permutations
from math import sqrt

import numpy as np
import pytest

from duonen_stats.design import (
    SimulationScenario,
    SurvivalAssumptions,
    logrank_batch,
    permutation_logrank,
    simulate_logrank,
)

pytestmark = pytest.mark.independent


def textbook_logrank(time, event, experimental):
    """Standardised log-rank statistic, table by table."""
    score = variance = 0.0
    for t in sorted({x for x, e in zip(time, event, strict=True) if e}):
        n = sum(x >= t for x in time)
        n1 = sum(x >= t and g for x, g in zip(time, experimental, strict=True))
        d = sum(x == t and e for x, e in zip(time, event, strict=True))
        d1 = sum(x == t and e and g for x, e, g in zip(time, event, experimental, strict=True))
        score += d1 - d * n1 / n
        if n > 1:
            variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)
    return score / sqrt(variance) if variance > 0 else None


def test_batch_by_the_textbook():
    rng = np.random.default_rng(8)
    time, event = rng.integers(1, 12, (30, 25)).astype(float), rng.random((30, 25)) < 0.6
    arm = rng.random(25) < 0.7
    found = logrank_batch(time, event, arm).z
    for i in range(30):
        assert found[i] == pytest.approx(textbook_logrank(time[i], event[i], arm), rel=1e-10)


def one_trial(rng, n, n_experimental, ratio, target):
    """One trial, patient by patient; z of the log-rank test at month 30 or at the target event."""
    patients = []
    for i in range(n):
        hazard = 0.08 * (ratio if i < n_experimental else 1)
        patients.append(
            (rng.uniform(0, 12), rng.exponential(1 / hazard), rng.exponential(50.0), i < n_experimental)
        )
    cut = 30.0
    if target:
        calendar = sorted(entry + event for entry, event, lost, _ in patients if event <= lost)
        cut = calendar[target - 1] if len(calendar) >= target else 1e9
    time, happened, arm = [], [], []
    for entry, event, lost, experimental in patients:
        if entry >= cut:
            continue
        end = min(lost, cut - entry)
        time.append(min(event, end))
        happened.append(event <= end)
        arm.append(experimental)
    return textbook_logrank(time, happened, arm)


@pytest.mark.parametrize("target", [None, 15])
def test_power_by_single_trials(target):
    rng, n_trials = np.random.default_rng(21), 1500
    z = [one_trial(rng, 30, 20, 0.3, target) for _ in range(n_trials)]
    by_hand = np.mean([value is not None and value <= -1.959964 for value in z])
    plan = SurvivalAssumptions(
        control_hazard_per_month=0.08,
        hazard_ratio=0.3,
        allocation_ratio=2,
        accrual=12,
        total_months=30,
        dropout_hazard_per_month=1 / 50,
    )
    scenario = SimulationScenario(assumptions=plan, n_patients=30, n_events=target)
    found = simulate_logrank(scenario, n_trials=20_000, seed=1).favourable
    assert abs(found.value - by_hand) < 4 * sqrt(by_hand * (1 - by_hand) / n_trials + found.mc_error**2)


def test_size_of_a_tiny_trial_by_counting_all_orders():
    # Without censoring the statistic depends on the order of failures alone, and all orders are equally likely.
    arms = [True] * 4 + [False] * 2
    orders = set(permutations(arms))
    below = np.mean([textbook_logrank(range(6), [True] * 6, order) <= -1.5 for order in orders])
    plan = SurvivalAssumptions(
        control_hazard_per_month=1.0, hazard_ratio=1, allocation_ratio=2, total_months=1000
    )
    scenario = SimulationScenario(assumptions=plan, n_patients=6, critical_values=(-1.5, 9.0))
    found = simulate_logrank(scenario, n_trials=40_000, seed=2).favourable
    assert abs(found.value - below) < 4 * sqrt(below * (1 - below) / 40_000)


def test_permutation_p_by_counting_all_assignments():
    time, event, arm = [1, 2, 3, 4, 5, 6, 7], [1, 1, 0, 1, 1, 1, 1], [0, 0, 1, 0, 1, 1, 1]

    def score(chosen):
        total = 0.0
        for t, e in zip(time, event, strict=True):
            n = sum(x >= t for x in time)
            n1 = sum(time[i] >= t for i in chosen)
            total += e * ((time.index(t) in chosen) - n1 / n)
        return total

    observed = score([i for i in range(7) if arm[i]])
    exact = np.mean([score(chosen) <= observed + 1e-12 for chosen in combinations(range(7), 4)])
    found = permutation_logrank(time, event, arm, n_permutations=20_000, seed=5)
    assert found.p_lower == pytest.approx(exact, abs=4 * sqrt(exact * (1 - exact) / 20_000))
