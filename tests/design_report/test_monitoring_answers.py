"""Answers about monitoring."""

import pytest

from duonen_stats.design import group_sequential_design
from duonen_stats.design_report.monitoring_answers import boundaries_answer, conditional_power_answer
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.displays.model.content import plain
from duonen_stats.errors import PlanError

CUT = {"entered": 60, "events": 15, "cut_month": 36.0}


def first_row(answer):
    table = answer.content(answer.tables[0])
    heads = [column.header for column in table.columns]
    return dict(zip(heads, (plain(cell) for cell in table.rows[0].cells), strict=True))


def test_boundaries_stand_look_by_look():
    plan = group_sequential_design(2, futility="hwang_shih_decani", futility_parameter=-2.0)
    answer = boundaries_answer(plan, assumptions_from(), patients=250)
    first = first_row(answer)
    assert first["Reject if Z above"] == "2.963"
    assert first["Information"] == "50.0%"
    assert "Futility here" in first
    assert answer.said["Plan"].endswith("futility hwang shih decani (not binding)")


def test_power_at_fewer_events_is_less_and_counts_are_whole():
    plan = group_sequential_design(2)
    answer = boundaries_answer(plan, assumptions_from(), max_events=61, patients=92)
    assert answer.data["events"].power < 0.7
    assert answer.data["events_rounded"] == [31, 61]
    assert first_row(answer)["Events"] == "31"
    assert answer.data["patients_balanced"] == 92


def test_boundaries_by_another_method_and_under_changing_ratios():
    plan = group_sequential_design(2)
    fewer = boundaries_answer(plan, assumptions_from(), method="freedman")
    assert fewer.data["events_rounded"][-1] == 88
    late = assumptions_from(hazard_ratio=(1.0, 0.4), hazard_starts=(0.0, 6.0))
    answer = boundaries_answer(plan, late, method="lakatos", patients=140)
    assert answer.said["Power"].startswith("90.0% (of rejecting with the experimental hazard lower")


def test_harm_is_told_in_its_own_direction():
    answer = boundaries_answer(group_sequential_design(2), assumptions_from(hazard_ratio=(2.0,)))
    assert "does worse" in answer.said["Power"]
    assert "does worse" in answer.notes[0]


def test_conditional_power_of_an_assumed_ratio():
    plan = group_sequential_design(2)
    said = conditional_power_answer(
        plan, look=1, z=1.2, hazard_ratio=0.6, max_events=117, allocation_ratio=3
    ).said
    assert said["If the hazard ratio is 0.6"] == "54.3%"
    with pytest.raises(PlanError, match="--max-events"):
        conditional_power_answer(plan, look=1, z=1.2, hazard_ratio=0.6)
