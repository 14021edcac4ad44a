"""From chunks to rates."""

import pytest

from duonen_stats.design import SimulationScenario, SurvivalAssumptions
from duonen_stats.design.simulation.chunk import run_chunk
from duonen_stats.design.simulation.tally import Tally, rate

PLAN = SurvivalAssumptions(control_hazard_per_month=0.05, hazard_ratio=0.5, accrual=12, total_months=36)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=60, n_events=40, n_permutations=99)


def test_a_rate_and_its_error():
    assert rate(25, 100).value == 0.25
    assert rate(25, 100).mc_error == pytest.approx(0.0433, abs=1e-4)


def test_the_order_of_chunks_does_not_matter():
    chunks = [run_chunk(SCENARIO, 1, 0, i, 200) for i in range(4)]
    forth, back = Tally(), Tally()
    for chunk in chunks:
        forth.add(chunk)
    for chunk in reversed(chunks):
        back.add(chunk)
    found = forth.result(SCENARIO, 1)
    assert found == back.result(SCENARIO, 1)
    assert (found.z_counts == back.result(SCENARIO, 1).z_counts).all()
    assert (found.n_trials, found.mean_events) == (800, 40)
    assert found.rejected.value == pytest.approx(found.favourable.value + found.unfavourable.value)
    assert found.permutation_rejected.value > 0.3
    assert chunks[0].z_counts.sum() == 200  # not added into
