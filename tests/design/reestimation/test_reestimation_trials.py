"""Simulated trials that follow a re-estimation rule."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.design import ReestimationRule, SurvivalAssumptions, group_sequential_design, logrank_batch
from duonen_stats.design.reestimation.reestimation_trials import RuleScenario, _Trials, run_rule_chunk

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60.0, total_months=120.0
)
RULE = ReestimationRule(
    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
)
SCENARIO = RuleScenario(rule=RULE, truth=PLAN, n_patients=92, max_patients=140, patients_per_event=1.43)


@pytest.mark.independent
def test_the_fast_statistic_is_the_log_rank_test_of_the_same_data():
    trials = _Trials.drawn(SCENARIO, 40, np.random.default_rng(4))
    month = trials.month_of_event(np.full(40, 32))
    followed = month[:, np.newaxis] - trials.entry
    inside = np.isfinite(trials.entry) & (followed > 0)
    seen = trials.event & inside & (trials.months <= followed + 1e-9)
    for i, z in enumerate(trials.z_at(month)):
        own = inside[i]
        time = np.where(seen[i], trials.months[i], np.minimum(trials.months[i], followed[i]))[own]
        slow = logrank_batch(time, seen[i][own], trials.experimental[own])
        assert z == pytest.approx(-slow.z[0], abs=1e-9)
        assert slow.n_events[0] == 32


def test_patients_are_added_in_whole_blocks_up_to_the_cap():
    events = np.array([32, 64, 70, 96])
    assert SCENARIO.patients_for(events).tolist() == [92, 92, 104, 140]
    assert replace(SCENARIO, max_patients=92).patients_for(events).tolist() == [92] * 4


@pytest.mark.law
def test_a_chunk_depends_on_its_seed_and_place_alone():
    first, again, other = (run_rule_chunk(SCENARIO, 5, 0, chunk, 300) for chunk in (2, 2, 3))
    for name in first.__slots__:
        assert (getattr(first, name) == getattr(again, name)).all()
    assert (first.z_interim != other.z_interim).any()


@pytest.mark.law
def test_what_holds_for_every_trial():
    found = run_rule_chunk(SCENARIO, 1, 0, 0, 500)
    assert (found.interim_events == 32).all()
    assert ((found.events >= 32) & (found.events <= 96)).all()
    assert (found.months >= found.interim_months).all()
    assert (found.patients[~found.changed] == 92).all()
    assert not found.short.any()
    assert found.patients.max() == 140
