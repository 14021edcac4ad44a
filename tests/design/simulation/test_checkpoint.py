"""Kept chunks."""

from dataclasses import asdict, replace
from functools import partial

from duonen_stats.design import SimulationScenario, SurvivalAssumptions
from duonen_stats.design.simulation.checkpoint import Checkpoint, fingerprint
from duonen_stats.design.simulation.chunk import ChunkTally, run_chunk

PLAN = SurvivalAssumptions(control_hazard_per_month=0.05, hazard_ratio=0.5, accrual=12, total_months=36)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=60)
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
        mark_of(replace(SCENARIO, assumptions=PLAN.with_hazard_ratio(0.6)), 1, 0),
    }
    assert len(others | {mark}) == 6
