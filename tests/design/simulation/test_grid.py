"""Grids of scenarios."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from multiprocessing import get_context

import pytest

from duonen_stats.design import SimulationScenario, SurvivalAssumptions, simulate_grid, simulate_logrank
from duonen_stats.design.simulation.chunk import ChunkTally, run_chunk
from duonen_stats.design.simulation.grid import Checkpoint, Tally, dispatch, fingerprint, rate
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


PLAN_CHECKPOINT = SurvivalAssumptions(
    control_hazard_per_month=0.05, hazard_ratio=0.5, accrual=12, total_months=36
)
SCENARIO = SimulationScenario(assumptions=PLAN_CHECKPOINT, n_patients=60)
mark_of = partial(fingerprint, chunk_trials=10_000)


def test_a_chunk_comes_back_as_it_was(tmp_path):
    kept, tally = Checkpoint(tmp_path / "kept", ChunkTally), run_chunk(SCENARIO, 1, 0, 0, 50)
    kept.save("mark", 0, tally)
    back = asdict(kept.load("mark", 0, 50))
    assert (back.pop("z_counts") == tally.z_counts).all()
    assert back == {name: value for name, value in asdict(tally).items() if name != "z_counts"}
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["mark-000000.npz"]


def test_other_sizes_other_chunks_and_damaged_files_are_not_taken(tmp_path):
    kept = Checkpoint(tmp_path, ChunkTally)
    kept.save("mark", 0, run_chunk(SCENARIO, 1, 0, 0, 50))
    assert kept.load("mark", 0, 60) is kept.load("mark", 1, 50) is kept.load("other", 0, 50) is None
    path = tmp_path / "mark-000000.npz"
    path.write_bytes(path.read_bytes()[:200])
    assert kept.load("mark", 0, 50) is None
    path.write_bytes(b"")
    assert kept.load("mark", 0, 50) is None


def test_the_mark_tells_scenarios_apart_but_not_labels():
    mark = mark_of(SCENARIO, 1, 0)
    assert mark == mark_of(replace(SCENARIO, label="power"), 1, 0)
    others = {
        mark_of(SCENARIO, 2, 0),
        mark_of(SCENARIO, 1, 1),
        fingerprint(SCENARIO, 1, 0, chunk_trials=2_500),
        mark_of(replace(SCENARIO, n_events=40), 1, 0),
        mark_of(replace(SCENARIO, assumptions=PLAN_CHECKPOINT.with_hazard_ratio(0.6)), 1, 0),
    }
    assert len(others | {mark}) == 6


TASKS = [(number, (number, 2)) for number in range(600)]


def test_every_task_is_done_once_here_and_elsewhere():
    here = dict(dispatch(pow, TASKS))
    assert here == {number: number**2 for number in range(600)}
    with ThreadPoolExecutor(3) as pool:
        assert dict(dispatch(pow, TASKS, pool)) == here
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert dict(dispatch(pow, iter(TASKS[:20]), pool)) == {key: here[key] for key in range(20)}


def test_an_error_is_raised_and_waiting_tasks_are_cancelled():
    done = []

    def fail(number):
        if number == 5:
            raise ValueError("five")
        done.append(number)

    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="five"):
        list(dispatch(fail, [(n, (n,)) for n in range(200)], pool))
    assert len(done) < 200


PLAN_TALLY = SurvivalAssumptions(control_hazard_per_month=0.05, hazard_ratio=0.5, accrual=12, total_months=36)
SCENARIO_TALLY = SimulationScenario(assumptions=PLAN_TALLY, n_patients=60, n_events=40, n_permutations=99)


def test_a_rate_and_its_error():
    assert rate(25, 100).value == 0.25
    assert rate(25, 100).mc_error == pytest.approx(0.0433, abs=1e-4)


def test_the_order_of_chunks_does_not_matter():
    chunks = [run_chunk(SCENARIO_TALLY, 1, 0, i, 200) for i in range(4)]
    forth, back = Tally(), Tally()
    for chunk in chunks:
        forth.add(chunk)
    for chunk in reversed(chunks):
        back.add(chunk)
    found = forth.result(SCENARIO_TALLY, 1)
    assert found == back.result(SCENARIO_TALLY, 1)
    assert (found.z_counts == back.result(SCENARIO_TALLY, 1).z_counts).all()
    assert (found.n_trials, found.mean_events) == (800, 40)
    assert found.rejected.value == pytest.approx(found.favourable.value + found.unfavourable.value)
    assert found.permutation_rejected.value > 0.3
    assert chunks[0].z_counts.sum() == 200  # not added into
