"""Chunks of simulated trials."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from duonen_stats.design import SimulationScenario, Stratum, SurvivalAssumptions
from duonen_stats.design.simulation.chunk import (
    N_BINS,
    run_chunk,
    z_count_below,
    z_counts,
    z_quantile,
)
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=92)


def test_a_chunk_is_fixed_by_its_seed_and_place():
    first = asdict(run_chunk(SCENARIO, 1, 0, 0, 700))
    for change in ((2, 0, 0), (1, 1, 0), (1, 0, 1)):
        assert run_chunk(SCENARIO, *change, 700).sum_events != first["sum_events"]
    again = asdict(run_chunk(SCENARIO, 1, 0, 0, 700))
    assert (again.pop("z_counts") == first.pop("z_counts")).all()
    assert again == first
    assert (first["n_trials"], first["sum_months"], first["n_missed"]) == (700, 700 * 120, 0)


@pytest.mark.law
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"rho": 1.0},
        {"assessment_months": 3.0},
        {"n_events": 64},
        {"strata": (Stratum(name="a", share=0.5), Stratum(name="b", share=0.5, hazard_factor=3.0))},
    ],
    ids=lambda change: next(iter(change), "plain"),
)
def test_the_test_keeps_near_its_size_and_finds_the_effect(change):
    scenario = replace(SCENARIO, **change)
    null = run_chunk(scenario.under_null(), 5, 0, 0, 3000)
    assert 0.035 < (null.n_lower + null.n_higher) / 3000 < 0.075
    assert null.n_lower > null.n_higher  # at 3:1 the favourable tail is the heavier one
    alternative = run_chunk(scenario, 5, 1, 0, 1000)
    assert 0.62 < alternative.n_lower / 1000 < 0.82


@pytest.mark.law
def test_the_permutation_test_rejects_at_its_level_in_each_tail():
    null = run_chunk(replace(SCENARIO.under_null(), n_permutations=199), 6, 0, 0, 4000)
    error = np.sqrt(0.025 * 0.975 / 4000)
    assert null.n_permutation_lower / 4000 == pytest.approx(0.025, abs=3.5 * error)
    assert null.n_permutation_higher / 4000 == pytest.approx(0.025, abs=3.5 * error)
    one_sided = replace(SCENARIO.under_null(), n_permutations=99, alpha=0.025, sides=1)
    assert run_chunk(one_sided, 6, 0, 0, 200).n_permutation_higher == 0


def test_trials_without_events_never_reject():
    rare = replace(PLAN, control_hazard_per_month=1e-9)
    found = run_chunk(SimulationScenario(assumptions=rare, n_patients=92), 1, 0, 0, 100)
    assert (found.n_lower, found.n_higher, found.n_not_estimable) == (0, 0, 100)


def test_every_value_is_counted_once():
    counts = z_counts(np.array([-99.0, 0.0, np.nan, 1.5, 99.0]))
    assert (counts.sum(), counts.size) == (5, N_BINS)
    assert (counts[0], counts[-1], counts[N_BINS // 2]) == (1, 1, 2)


def test_quantiles_are_those_of_the_values():
    z = np.random.default_rng(4).standard_normal(200_000)
    counts = z_counts(z)
    for p in (0.001, 0.025, 0.5, 0.975):
        assert z_quantile(counts, p) == pytest.approx(np.quantile(z, p), abs=1 / 1024)


def test_no_quantile():
    for counts, p in ((z_counts(np.zeros(0)), 0.5), (z_counts(np.zeros(3)), 0.0)):
        with pytest.raises(PlanError):
            z_quantile(counts, p)


def test_values_below_one_are_counted():
    z = np.random.default_rng(5).standard_normal(50_000)
    counts = z_counts(z)
    for value in (-2.5, -1.96, 0.0, 1.3):
        assert z_count_below(counts, value) == pytest.approx((z < value).sum(), abs=30)
    assert (z_count_below(counts, -9), z_count_below(counts, 9)) == (0, 50_000)
