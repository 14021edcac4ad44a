"""Answers that simulate."""

import pytest

from duonen_stats.design import (
    ReestimationRule,
    SimulationScenario,
    group_sequential_design,
    reestimation_characteristics,
)
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.design_report.simulation_answers import (
    characteristics_answer,
    methods_answer,
    simulation_answer,
)
from duonen_stats.displays.model.content import plain

PLAN = assumptions_from()
RULE = ReestimationRule(
    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
)


def cells(answer, place=0):
    return [[plain(cell) for cell in row.cells] for row in answer.content(answer.tables[place]).rows]


def test_published_sizes_are_reproduced_and_powers_are_not():
    answer = methods_answer(
        assumptions_from(), patients=92, hazard_ratios=(0.667, 0.5, 0.43), events=60, trials=500
    )
    methods, sizes, powers = (cells(answer, place) for place in range(3))
    assert methods[0][:6] == ["Schoenfeld", "117", "167", "31.7%", "67.4%", "81.3%"]
    assert methods[-1][0] == "Simulated log-rank test"
    assert "±" in methods[-1][3]
    assert [row[1:] for row in sizes] == [
        ["117", "116.64", "reproduced"],
        ["70", "70.14", "reproduced"],
        ["167", "166.30", "reproduced"],
    ]
    assert powers[0] == ["published", "33", "75", "89", ""]
    assert powers[1] == ["schoenfeld", "31.7", "67.4", "81.3", "0 of 3 agree"]
    assert answer.notes[-1].startswith("The published power at the planned size is not reproduced")


def test_ratios_the_publication_does_not_state_are_not_compared_with_it():
    answer = methods_answer(assumptions_from(), patients=92, hazard_ratios=(0.6, 0.5), trials=0)
    assert answer.tables[2].heads == ("Power, %", "HR 0.5", "Verdict")
    assert cells(answer, 2)[0] == ["published", "75", ""]


def test_no_trials_is_no_simulation():
    answer = methods_answer(
        assumptions_from(), patients=92, hazard_ratios=(0.5,), trials=0, alpha=0.025, sides=1
    )
    assert len(cells(answer)) == 8
    assert len(answer.tables) == 1
    assert not any("size" in label for label, _ in answer.facts)


def test_a_permutation_test_and_a_one_sided_test_have_their_rows():
    scenario = SimulationScenario(
        assumptions=assumptions_from(), n_patients=92, alpha=0.025, sides=1, n_permutations=39
    )
    answer = simulation_answer(scenario, trials=100, calibration_trials=1000)
    rows = cells(answer)
    assert [row[0] for row in rows] == ["nominal", "calibrated", "permutation"]
    assert rows[0][1] == "−1.960, ∞"
    assert [label for label, _ in answer.facts if "critical" in label] == ["Lower critical value"]


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_power_is_that_of_the_assumed_direction(ratio):
    scenario = SimulationScenario(assumptions=assumptions_from(hazard_ratio=(ratio,)), n_patients=92)
    answer = simulation_answer(scenario, trials=1000, calibration_trials=4000)
    found = answer.data["result"].power
    power = found.favourable if ratio < 1 else found.unfavourable
    assert power.value > 0.6
    assert cells(answer)[0][2].startswith(f"{100 * power.value:.2f}%")
    assert ("does worse" in answer.notes[0]) == (ratio > 1)


def test_an_analysis_at_an_event_is_not_headed_by_the_planned_month():
    scenario = SimulationScenario(assumptions=assumptions_from(), n_patients=92, n_events=60)
    said = simulation_answer(scenario, trials=200, calibration_trials=1000).said
    assert said["Analysis"] == "at event 60"
    assert said["Trials without that event"].startswith("0%")
    assert "120" not in said["Mean analysis"]


def test_characteristics_have_level_power_and_the_spread():
    found = reestimation_characteristics(
        RULE, PLAN, n_patients=92, max_patients=140, n_trials=5000, calibration_trials=5000
    )
    answer = characteristics_answer(RULE, PLAN, found)
    assert [table.key for table in answer.tables] == ["behaviour", "spread"]
    assert len(answer.tables[1].rows) == 12
    level = answer.results().value("design.characteristics.characteristics.level.value")
    assert level == found.level.value


@pytest.mark.long
def test_a_method_that_does_not_know_such_a_design_is_a_row_with_the_reason():
    """The difference of hazards needs constant ones; the other methods answer all the same."""
    answer = methods_answer(
        assumptions_from(weibull_shape=1.5), patients=92, hazard_ratios=(0.5,), events=40, trials=0
    )
    shown = {row[0]: row[1:] for row in cells(answer)}
    assert set(shown["Lachin–Foulkes, hazard difference"]) == {"–"}
    assert all("–" not in row for method, row in shown.items() if "difference" not in method)
    row = answer.results().row("design.methods.comparison.rows.5.n_events_rounded")
    assert row.stat is None
    assert "needs constant hazards" in row.note
    assert any("needs constant hazards" in note for note in answer.notes)
