"""Simulation on a cluster."""

import sys

import pytest

from duonen_stats.design import SimulationScenario, SurvivalAssumptions, cluster_executor, simulate_grid
from duonen_stats.errors import PlanError

pytestmark = pytest.mark.worked

PLAN = SurvivalAssumptions(control_hazard_per_month=0.05, hazard_ratio=0.5, accrual=12, total_months=36)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(PlanError, match=r"duonen-stats\[distributed\]"),
        cluster_executor("tcp://127.0.0.1:1"),
    ):
        pass


@pytest.mark.filterwarnings("default")  # the library's own
def test_a_local_cluster_changes_nothing():
    distributed = pytest.importorskip("distributed")
    grid = [SimulationScenario(assumptions=PLAN, n_patients=60)]
    with (
        distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster,
        cluster_executor(cluster.scheduler_address) as executor,
    ):
        found = simulate_grid(grid, n_trials=25_000, seed=4, executor=executor)
    assert found == simulate_grid(grid, n_trials=25_000, seed=4)
