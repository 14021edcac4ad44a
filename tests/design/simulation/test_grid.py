"""Grids of scenarios."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest

from duonen_stats.design import SimulationScenario, SurvivalAssumptions, simulate_grid, simulate_logrank
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)
GRID = [SimulationScenario(assumptions=PLAN.with_hazard_ratio(h), n_patients=40) for h in (0.5, 1.0)]
OPTIONS = {"n_trials": 25_000, "seed": 3}


@pytest.fixture(scope="module")
def alone():
    return simulate_grid(GRID, **OPTIONS)


def same(found, other):
    return found == other and all((a.z_counts == b.z_counts).all() for a, b in zip(found, other, strict=True))


def test_in_this_process(alone):
    assert [found.n_trials for found in alone] == [25_000, 25_000]
    assert alone[0].favourable.value > 0.3
    assert alone[1].favourable.value < 0.06
    assert alone[0] == simulate_logrank(GRID[0], **OPTIONS)  # the first point of any grid


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_change_nothing(alone, workers):
    with ThreadPoolExecutor(workers) as executor:
        assert same(simulate_grid(GRID, **OPTIONS, executor=executor), alone)


def test_processes_change_nothing(alone):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert same(simulate_grid(GRID, **OPTIONS, executor=executor), alone)


def test_interrupted_and_resumed(alone, tmp_path):
    told = []

    def stop(done, total):
        told.append((done, total))
        if done >= 30_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate_grid(GRID, **OPTIONS, folder=tmp_path, progress=stop)
    assert told[0] == (10_000, 50_000)
    assert len(list(tmp_path.iterdir())) == len(told) == 4
    min(tmp_path.iterdir()).write_bytes(b"damaged")
    with ThreadPoolExecutor(2) as executor:
        resumed = simulate_grid(GRID, **OPTIONS, folder=tmp_path, executor=executor, progress=lambda *_: None)
    assert same(resumed, alone)
    assert len(list(tmp_path.iterdir())) == 6


def test_more_trials_start_from_the_chunks_there_are(tmp_path):
    simulate_grid(GRID[:1], n_trials=10_000, seed=3, folder=tmp_path)
    kept = next(tmp_path.iterdir()).stat().st_mtime_ns
    longer = simulate_grid(GRID[:1], n_trials=20_000, seed=3, folder=tmp_path)[0]
    assert longer == simulate_logrank(GRID[0], n_trials=20_000, seed=3)
    assert kept in [path.stat().st_mtime_ns for path in tmp_path.iterdir()]


def test_a_failing_worker_ends_the_grid():
    class Broken(ThreadPoolExecutor):
        def submit(self, *_, **__):
            return super().submit(lambda: 1 / 0)

    with Broken(1) as executor, pytest.raises(ZeroDivisionError):
        simulate_grid(GRID, **OPTIONS, executor=executor)


def test_nothing_to_simulate():
    for scenarios, options in (([], {}), (GRID, {"n_trials": 0}), (GRID, {"seed": -1})):
        with pytest.raises(PlanError):
            simulate_grid(scenarios, **options)


def test_a_larger_trial_has_more_power(alone):
    larger = simulate_logrank(replace(GRID[0], n_patients=200), n_trials=2000, seed=3)
    assert larger.favourable.value > alone[0].favourable.value + 0.3
