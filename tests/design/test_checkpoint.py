"""Kept chunks."""

from dataclasses import asdict, replace

import pytest

from duonen_stats.design import SimulationScenario, SurvivalAssumptions
from duonen_stats.design.checkpoint import Checkpoint, fingerprint
from duonen_stats.design.chunk import run_chunk

pytestmark = pytest.mark.worked

PLAN = SurvivalAssumptions(control_hazard_per_month=0.05, hazard_ratio=0.5, accrual=12, total_months=36)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=60)


def test_a_chunk_comes_back_as_it_was(tmp_path):
    kept, tally = Checkpoint(tmp_path / "kept"), run_chunk(SCENARIO, 1, 0, 0, 50)
    kept.save("mark", 0, tally)
    back = asdict(kept.load("mark", 0, 50))
    assert (back.pop("z_counts") == tally.z_counts).all()
    assert back == {name: value for name, value in asdict(tally).items() if name != "z_counts"}
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["mark-000000.npz"]


def test_other_sizes_other_chunks_and_damaged_files_are_not_taken(tmp_path):
    kept = Checkpoint(tmp_path)
    kept.save("mark", 0, run_chunk(SCENARIO, 1, 0, 0, 50))
    assert kept.load("mark", 0, 60) is kept.load("mark", 1, 50) is kept.load("other", 0, 50) is None
    path = tmp_path / "mark-000000.npz"
    path.write_bytes(path.read_bytes()[:200])
    assert kept.load("mark", 0, 50) is None
    path.write_bytes(b"")
    assert kept.load("mark", 0, 50) is None


def test_the_mark_tells_scenarios_apart_but_not_labels():
    mark = fingerprint(SCENARIO, 1, 0)
    assert mark == fingerprint(replace(SCENARIO, label="power"), 1, 0)
    others = {
        fingerprint(SCENARIO, 2, 0),
        fingerprint(SCENARIO, 1, 1),
        fingerprint(replace(SCENARIO, n_events=40), 1, 0),
        fingerprint(replace(SCENARIO, assumptions=PLAN.with_hazard_ratio(0.6)), 1, 0),
    }
    assert len(others | {mark}) == 5
