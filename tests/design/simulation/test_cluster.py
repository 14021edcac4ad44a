"""Simulation on a cluster."""

import pickle
import sys
from concurrent.futures import Executor, Future

import pytest

from duonen_stats.design import (
    ReestimationRule,
    SimulationScenario,
    SurvivalAssumptions,
    cluster_executor,
    group_sequential_design,
    reestimation_characteristics,
    simulate_grid,
)
from duonen_stats.errors import PlanError

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
        rule = reestimation_characteristics(*RULE, **ASKED, executor=executor)
    assert found == simulate_grid(grid, n_trials=25_000, seed=4)
    assert rule == reestimation_characteristics(*RULE, **ASKED)


RULE = (ReestimationRule(design=group_sequential_design(2), planned_events=30, max_events=45), PLAN)
ASKED = {"n_patients": 60, "max_patients": 80, "n_trials": 3_000, "calibration_trials": 5_500}


class Pickling(Executor):
    """Runs what is submitted from its bytes, as a worker elsewhere gets it, and gives the results in reverse."""

    def __init__(self):
        self.waiting = []

    def submit(self, function, /, *arguments):
        future = Future()
        self.waiting.append((future, pickle.dumps((function, arguments))))
        if len(self.waiting) == 5:  # all five chunks
            for one, told in reversed(self.waiting):
                called, given = pickle.loads(told)  # noqa: S301 - written above
                one.set_result(pickle.loads(pickle.dumps(called(*given))))  # noqa: S301
        return future


def test_characteristics_of_a_rule_are_the_same_from_workers_elsewhere():
    executor = Pickling()
    assert reestimation_characteristics(*RULE, **ASKED | {"n_trials": 2_000}, executor=executor) == (
        reestimation_characteristics(*RULE, **ASKED | {"n_trials": 2_000})
    )
    assert len(executor.waiting) == 5
