"""Group-sequential plans in events, patients and months."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from duonen_stats.design import (
    FIXED_METHODS,
    SimulationScenario,
    SurvivalAssumptions,
    group_sequential_calendar,
    group_sequential_design,
    group_sequential_events,
    group_sequential_trial,
    required_events,
    sample_size,
    simulate_grid,
)
from duonen_stats.errors import PlanError

DUONEN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, followup_months=60
)


def test_one_look_needs_schoenfelds_events():
    events = group_sequential_events(group_sequential_design(1), hazard_ratio=0.5, allocation_ratio=3)
    fixed = required_events(0.5, allocation_ratio=3, alpha=0.025, sides=1, power=0.9)
    assert events.max_events == pytest.approx(fixed.n_events)
    assert events.power == pytest.approx(0.9)
    calendar = group_sequential_calendar(events, DUONEN)
    assert calendar.look_months == pytest.approx((120,))
    assert calendar.max_patients == pytest.approx(166.3, abs=0.05)


@pytest.mark.law
@pytest.mark.parametrize("hazard_ratio", [0.43, 0.5, 0.667, 0.9])
def test_the_events_found_give_the_power_asked_for(hazard_ratio):
    design = group_sequential_design(3, futility="kim_demets", futility_parameter=2.0)
    found = group_sequential_events(design, hazard_ratio=hazard_ratio, allocation_ratio=3)
    again = group_sequential_events(
        design, hazard_ratio=hazard_ratio, allocation_ratio=3, max_events=found.max_events
    )
    assert again.power == pytest.approx(0.9)
    assert again.stop_probability == pytest.approx(found.stop_probability)
    assert sum(found.stop_probability) == pytest.approx(1)
    assert found.expected_events_null < found.expected_events_halfway


def test_a_harmful_hazard_ratio_turns_the_boundary_round():
    design = group_sequential_design(2)
    better = group_sequential_events(design, hazard_ratio=0.5, max_events=100)
    worse = group_sequential_events(design, hazard_ratio=2.0, max_events=100)
    assert worse.power == pytest.approx(better.power)
    assert worse.hazard_ratio_boundary == pytest.approx([1 / r for r in better.hazard_ratio_boundary])


def test_boundaries_of_a_non_inferiority_trial_start_from_the_margin():
    design = group_sequential_design(1)
    events = group_sequential_events(design, hazard_ratio=1.0, null_hazard_ratio=1.3, max_events=400)
    assert events.hazard_ratio_boundary[0] == pytest.approx(1.3 * 2.718281828 ** (-1.959964 / 10))


def test_no_boundary_is_shown_as_0_and_no_futility_as_infinity():
    design = group_sequential_design(
        2, efficacy="stated_spending", efficacy_parameter=(0.0, 0.025),
        futility="stated_values", futility_parameter=(-inf,),
    )  # fmt: skip
    events = group_sequential_events(design, hazard_ratio=0.5, max_events=80)
    assert events.hazard_ratio_boundary[0] == 0
    assert events.futility_hazard_ratio[0] == inf


def test_early_looks_find_part_of_the_patients():
    events = group_sequential_events(
        group_sequential_design([0.25, 1.0]), hazard_ratio=0.5, allocation_ratio=3, max_events=64
    )
    calendar = group_sequential_calendar(events, DUONEN, n_patients=92)
    assert calendar.n_patients[0] == pytest.approx(92 * calendar.look_months[0] / 60)
    assert calendar.n_patients[1] == 92
    assert calendar.look_months[0] < calendar.expected_months < calendar.look_months[1]


def test_what_cannot_be_is_refused():
    design = group_sequential_design(2)
    with pytest.raises(PlanError, match="no number of events is enough"):
        group_sequential_events(design, hazard_ratio=1.0)
    with pytest.raises(PlanError, match="max events"):
        group_sequential_events(design, hazard_ratio=0.5, max_events=nan)
    events = group_sequential_events(design, hazard_ratio=0.5, max_events=120)
    with pytest.raises(PlanError, match="never reached"):
        group_sequential_calendar(events, DUONEN, n_patients=92)
    with pytest.raises(PlanError, match="n patients"):
        group_sequential_calendar(events, DUONEN, n_patients=0)


@pytest.mark.parametrize("method", FIXED_METHODS)
def test_one_look_by_any_method_is_its_fixed_design(method):
    found, calendar = group_sequential_trial(group_sequential_design(1), DUONEN, method=method)
    fixed = sample_size(DUONEN, alpha=0.025, sides=1, power=0.9, method=method)
    assert found.max_events == pytest.approx(fixed.n_events, rel=1e-8)
    assert calendar.max_patients == pytest.approx(fixed.n_patients, rel=1e-8)
    assert found.power == pytest.approx(0.9)


@pytest.mark.law
@pytest.mark.parametrize("method", [m for m in FIXED_METHODS if m != "lakatos"])
def test_looks_cost_the_same_share_by_every_method_of_one_drift(method):
    design = group_sequential_design(3, efficacy="lan_demets_pocock")
    found, _ = group_sequential_trial(design, DUONEN, method=method)
    fixed = sample_size(DUONEN, alpha=0.025, sides=1, power=0.9, method=method)
    if fixed.method in ("schoenfeld", "freedman", "hsieh_freedman", "wald"):  # one variance
        assert found.max_events == pytest.approx(fixed.n_events * design.inflation_factor, rel=1e-8)
    again, calendar = group_sequential_trial(design, DUONEN, method=method, max_events=found.max_events)
    assert again.power == pytest.approx(0.9)
    assert calendar.look_months[-1] == pytest.approx(120)


def test_schoenfelds_plan_is_the_one_in_events_alone():
    design = group_sequential_design(2)
    found, calendar = group_sequential_trial(design, DUONEN, max_events=60.0, n_patients=92)
    alone = group_sequential_events(design, hazard_ratio=0.5, allocation_ratio=3, max_events=60.0)
    assert found.look_drift == pytest.approx(alone.look_drift)
    assert found.reject_probability == pytest.approx(alone.reject_probability)
    assert found.hazard_ratio_boundary == pytest.approx(alone.hazard_ratio_boundary)
    assert calendar == group_sequential_calendar(alone, DUONEN, n_patients=92)


@pytest.mark.independent
def test_a_late_effect_shows_late():
    """Against 20,000 simulated trials with hazard ratio 1 for 6 months and 0.4 after, looks at 44 and 88 events."""
    late = replace(DUONEN, hazard_ratio=(1, 0.4), hazard_starts_months=(0, 6))
    found, calendar = group_sequential_trial(
        group_sequential_design(2), late, method="lakatos", max_events=88.0, n_patients=132
    )
    assert found.hazard_ratio is None
    assert found.reject_probability[0] < found.look_drift[0] / 6
    scenarios = [SimulationScenario(assumptions=late, n_patients=132, n_events=events) for events in (44, 88)]
    for test, drift in zip(simulate_grid(scenarios, n_trials=20_000, seed=4), found.look_drift, strict=True):
        counts = test.z_counts
        middle = (np.arange(counts.size) + 0.5) / 1024 - 8
        assert -(counts @ middle) / counts.sum() == pytest.approx(drift, abs=0.12)
    assert calendar.look_months[0] < 62


def test_power_that_no_events_give():
    with pytest.raises(PlanError, match="No number of events"):
        group_sequential_trial(group_sequential_design(2), DUONEN.under_null(), method="lakatos")
    with pytest.raises(PlanError, match="20 patients do not have the events"):
        group_sequential_trial(group_sequential_design(2), DUONEN, n_patients=20)
