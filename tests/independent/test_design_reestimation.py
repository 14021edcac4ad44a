"""Re-estimation and projection programmed a second time: patient by patient, and by direct maximisation."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from duonen_stats.design import (
    ReestimationRule,
    blinded_cut,
    blinded_rates,
    group_sequential_design,
    log_rank_drift,
    project_events,
    reestimate_blinded,
    reestimate_events,
)

pytestmark = pytest.mark.independent


def cut_of(seed=21, n=120, months=40.0):
    rng = np.random.default_rng(seed)
    entry = rng.uniform(0, months, n)
    event = rng.exponential(1 / np.where(rng.random(n) < 0.75, 0.012, 0.024))
    loss = rng.exponential(1 / 0.004, n)
    end = months - entry
    return blinded_cut(
        entry, np.minimum.reduce([event, loss, end]), (event <= loss) & (event <= end),
        cut=months, dropout=(loss < event) & (loss < end),
    )  # fmt: skip


def test_the_control_hazard_maximises_the_mixture_likelihood_on_a_grid():
    cut = cut_of()
    grid = np.linspace(0.005, 0.08, 20_001)
    log_likelihood = np.zeros_like(grid)
    for time, event in zip(cut.followup_months, cut.event, strict=True):
        worse, better = grid, 0.5 * grid
        density = 0.75 * better**event * np.exp(-better * time) + 0.25 * worse**event * np.exp(-worse * time)
        log_likelihood += np.log(density)
    found = blinded_rates(cut, hazard_ratio=0.5, allocation_ratio=3).control_hazard.estimate
    assert found == pytest.approx(grid[log_likelihood.argmax()], abs=1e-5)


def simulated_events(cut, rates, after, further, n, rng):
    """Events ``after`` months from the cut, one patient at a time, at the estimated rates."""
    counts = np.full(n, cut.n_events)
    control, share = rates.control_hazard.estimate, 0.75
    for waited in cut.followup_months[cut.at_risk]:
        odds = share / (1 - share) * np.exp(0.5 * control * waited)
        better = rng.random(n) < odds / (1 + odds)
        event = rng.exponential(1 / np.where(better, 0.5 * control, control))
        counts += event <= np.minimum(rng.exponential(1 / rates.dropout_hazard.estimate, n), after)
    duration = further / rates.patients_per_month.estimate
    for _ in range(further):
        left = after - rng.uniform(0, duration, n)
        event = rng.exponential(1 / np.where(rng.random(n) < share, 0.5 * control, control))
        counts += event <= np.minimum(rng.exponential(1 / rates.dropout_hazard.estimate, n), left)
    return counts


def test_expected_events_at_the_end_by_simulating_every_patient():
    cut = cut_of()
    result = reestimate_blinded(
        cut, hazard_ratio=0.5, allocation_ratio=3, planned_patients=180, end_months=100.0, n_draws=50
    )
    counts = simulated_events(cut, result.rates, 60.0, 60, 4000, np.random.default_rng(2))
    assert result.events_at_end.estimate == pytest.approx(counts.mean(), abs=4 * counts.std() / 4000**0.5)


def test_the_median_of_the_projection_is_where_the_expected_events_reach_the_target():
    cut = cut_of()
    options = {"hazard_ratio": 0.5, "allocation_ratio": 3.0, "planned_patients": 180}
    expected = reestimate_blinded(cut, end_months=120.0, target_events=75, n_draws=50, **options)
    projected = project_events(cut, 75, n_simulations=4000, **options).targets[0]
    assert projected.months == pytest.approx(expected.months_to_required.estimate, rel=0.03)


def test_power_of_a_promising_zone_rule_by_quadrature_and_by_simulated_stages():
    design = group_sequential_design([0.5, 1.0])
    rule = ReestimationRule(
        design=design,
        planned_events=64,
        max_events=160,
        allocation_ratio=3,
        hazard_ratio=0.5,
        zone=(0.3, 0.9),
    )
    truth = 0.6
    first_drift = log_rank_drift(truth, 32, allocation_ratio=3)

    def goes_on_and_rejects(z):
        added = reestimate_events(rule, z).added_events
        second = log_rank_drift(truth, added, allocation_ratio=3)
        critical = (design.efficacy_z[1] - z * 0.5**0.5) / 0.5**0.5
        return norm.pdf(z - first_drift) * norm.sf(critical - second)

    cuts = np.linspace(-6, design.efficacy_z[0] - 1e-9, 400)
    by_quadrature = sum(
        quad(goes_on_and_rejects, a, b, limit=50, epsabs=1e-6)[0]
        for a, b in zip(cuts[::40], [*cuts[40::40], cuts[-1]], strict=True)
    ) + norm.sf(design.efficacy_z[0] - first_drift)

    rng, n = np.random.default_rng(4), 300_000
    z1 = rng.normal(first_drift, 1, n)
    total = rule.total_events(z1)
    z2 = rng.normal(-np.log(truth) * np.sqrt((total - 32) * 3 / 16), 1)
    reject = (z1 >= design.efficacy_z[0]) | ((z1 + z2) / 2**0.5 >= design.efficacy_z[1])
    assert by_quadrature == pytest.approx(reject.mean(), abs=4 * (0.25 / n) ** 0.5 + 2e-3)
