"""Sliders of a planned size: what they start from, which values they have, and where there are none."""

import pytest

from duonen_stats.design import (
    SimulationScenario,
    expected_events,
    hazard_ratio_precision,
    power,
    sample_size,
)
from duonen_stats.design_report.fixed_answers import power_answer, sample_size_answer
from duonen_stats.design_report.planning.power_sliders import (
    has_sliders,
    interval_level,
    planned_size,
)
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.design_report.simulation_answers import simulation_answer
from duonen_stats.displays.model.content import plain
from duonen_stats.errors import PlanError

PLAN = assumptions_from()


def planned_texts(answer):
    return {key: plain(line) for key, _, line in answer.sliders.results}


def test_the_planned_size_is_what_the_engine_says():
    one = planned_size(PLAN, 92, method="wald", alpha=0.025, sides=1, target_power=0.8)
    events = expected_events(PLAN, 92)
    needed = sample_size(PLAN, alpha=0.025, sides=1, power=0.8, method="wald")
    limits = hazard_ratio_precision(PLAN, 92, confidence=0.95)
    assert one.power == power(PLAN, 92, method="wald", alpha=0.025, sides=1).power
    assert (one.n_events, one.events_control, one.events_experimental) == (
        events.total, events.control, events.experimental,
    )  # fmt: skip
    assert (one.lower, one.upper) == (limits.lower, limits.upper)
    assert (one.events_needed, one.patients_needed) == (needed.n_events_rounded, needed.n_patients_rounded)
    none = planned_size(assumptions_from(hazard_ratio=(1.0,)), 92)
    assert (none.events_needed, none.patients_needed, none.power) == (None, None, 0.05)


def test_the_interval_is_that_of_the_test():
    assert interval_level(0.1, 2) == pytest.approx(0.9)
    assert interval_level(0.025, 1) == pytest.approx(0.95)
    with pytest.raises(PlanError, match="leaves no interval"):
        interval_level(0.5, 1)


@pytest.mark.parametrize(
    ("design", "ratio"),
    [({}, 0.5), ({"hazard_ratio": (1.7,), "total": 30, "dropout": 0.07, "control_hazard": (0.0123456,)}, 1.7),
     ({"allocation": 1.7, "accrual": 0, "followup": 13.3, "total": None}, 0.5),
     ({"control_hazard": (40.0,), "accrual": 1000, "total": 1100}, 0.5)],
)  # fmt: skip
def test_every_slider_starts_at_the_plan_and_has_a_bounded_number_of_values(design, ratio):
    given = {name: value for name, value in design.items() if value is not None}
    plan = assumptions_from(**given)
    answer = power_answer(plan, patients=4321, alpha=0.033)
    starts = {one.key: one.start for one in answer.sliders.sliders}
    assert starts["hazard_ratio"] == ratio
    assert starts["patients"] == 4321
    assert starts["accrual"] + starts["followup"] == pytest.approx(plan.analysis_months)
    assert (starts["alpha"], starts["allocation"]) == (0.033, plan.allocation_ratio)
    for one in answer.sliders.sliders:
        assert one.start in one.values
        assert 10 <= len(one.values) <= 420
        assert one.values[0] < one.values[-1]
        assert all(len(f"{value:.10g}") <= 8 for value in one.values if value != one.start), one.key


def test_an_answer_says_what_its_sliders_start_from():
    answer = power_answer(PLAN, patients=92)
    assert planned_texts(answer) == {
        "power": "67.4%", "events": "64.5 (44.5 + 20.0)", "limits": "0.295 to 0.847",
        "needed": "117 events, 167 patients",
    }  # fmt: skip
    assert answer.said["Needed for 90%"] == "117 events, 167 patients"
    assert "0.295 to 0.847 are the 95% limits" in answer.said["Precision expected"]
    size = sample_size_answer(PLAN)
    assert planned_texts(size)["power"] == "90.1%"
    assert planned_texts(size)["needed"] == "117 events, 167 patients"
    assert "90.1% power; 117.1" in size.said["Schoenfeld, 167 patients"]
    # Every number next to the sliders is a row of the results table.
    for one in (answer, size):
        ids = {part.id for _, _, line in one.sliders.results for part in line if not isinstance(part, str)}
        assert all(found in one.results() for found in ids)


def test_a_simulated_answer_says_that_the_sliders_use_a_formula():
    scenario = SimulationScenario(assumptions=PLAN, n_patients=92)
    answer = simulation_answer(scenario, trials=100, calibration_trials=1000)
    words = " ".join(plain(line) for line in answer.sliders.words)
    assert "is simulated" in words
    assert "the sliders use a formula instead" in words
    assert answer.sliders.formulas[0][0] == "schoenfeld"
    assert planned_texts(answer)["power"] == "67.4%"
    at_event = simulation_answer(
        SimulationScenario(assumptions=PLAN, n_patients=92, n_events=40), trials=50, calibration_trials=1000
    )
    assert at_event.sliders is None


@pytest.mark.parametrize(
    ("design", "more"),
    [
        ({"hazard_starts": (0, 6), "hazard_ratio": (1, 0.5)}, {"method": "lakatos"}),
        ({"weibull_shape": 1.5}, {}),
        ({}, {"events": 40}),
        ({}, {"method": "lakatos", "gamma": 1.0}),
        ({}, {"alpha": 0.6, "sides": 1, "target_power": 0.9}),
    ],
)
def test_what_the_formulas_do_not_cover_has_no_sliders(design, more):
    answer = power_answer(assumptions_from(**design), patients=92, **more)
    assert answer.sliders is None
    assert "planned" not in answer.data


def test_constant_hazards_and_a_stated_time_are_covered():
    assert has_sliders(PLAN)
    assert not has_sliders(assumptions_from(control_hazard=(0.02, 0.03), hazard_starts=(0, 6)))
    assert not has_sliders(assumptions_from(control_hazard=(0.0,)))


def test_a_margin_leaves_out_formulas_that_have_none():
    answer = power_answer(assumptions_from(hazard_ratio=(0.9,)), patients=300, null_hazard_ratio=1.3)
    assert {key for key, _, _ in answer.sliders.formulas} == {
        "schoenfeld", "wald", "lachin_foulkes", "bernstein_lagakos", "lakatos",
    }  # fmt: skip
    assert answer.sliders.constants["null_hazard_ratio"] == 1.3


@pytest.mark.parametrize(
    "design", [{"total": 0.01}, {"allocation": 100.0, "dropout": 100.0}, {"hazard_ratio": (0.001,)}]
)
def test_an_arm_without_events_has_power_and_no_limits(design):
    answer = power_answer(assumptions_from(**design), patients=92)
    assert planned_texts(answer)["limits"] == "–"
    assert answer.said["Precision expected"] == "none: less than one event is expected in an arm"
    assert answer.said["Power"]
    assert (answer.data["planned"].lower, answer.data["planned"].upper) == (None, None)
