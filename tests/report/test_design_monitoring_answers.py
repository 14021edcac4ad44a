"""Answers about monitoring and re-estimation."""

import pytest

from duonen_stats.design import ReestimationRule, group_sequential_design
from duonen_stats.displays.content import plain
from duonen_stats.errors import PlanError
from duonen_stats.report.design_inputs import assumptions_from, summary_cut
from duonen_stats.report.design_monitoring_answers import (
    boundaries_answer,
    conditional_power_answer,
    project_answer,
    reestimate_blinded_answer,
    reestimate_unblinded_answer,
)

pytestmark = pytest.mark.worked
CUT = {"entered": 60, "events": 15, "cut_month": 36.0}


def test_boundaries_stand_look_by_look():
    plan = group_sequential_design(2, futility="hwang_shih_decani", futility_parameter=-2.0)
    answer = boundaries_answer(plan, assumptions_from(), hazard_ratio=0.5, patients=250)
    (table,) = answer.tables
    heads = [column.header for column in table.columns]
    first = dict(zip(heads, (plain(cell) for cell in table.rows[0].cells), strict=True))
    assert first["Reject if Z above"] == "2.963"
    assert first["Information"] == "50.0%"
    assert "Futility here" in first
    assert dict(answer.facts)["Plan"].endswith("futility hwang shih decani (not binding)")


def test_power_at_fewer_events_is_less():
    plan = group_sequential_design(2)
    answer = boundaries_answer(plan, assumptions_from(), hazard_ratio=0.5, max_events=60.0, patients=92)
    assert answer.data["events"].power < 0.7


def test_conditional_power_of_an_assumed_ratio():
    plan = group_sequential_design(2)
    facts = dict(
        conditional_power_answer(
            plan, look=1, z=1.2, hazard_ratio=0.6, max_events=117, allocation_ratio=3
        ).facts
    )
    assert facts["If the hazard ratio is 0.600"] == "54.3%"
    with pytest.raises(PlanError, match="--max-events"):
        conditional_power_answer(plan, look=1, z=1.2, hazard_ratio=0.6)


def test_projection_of_numbers_has_months_and_dates_from_the_planned_opening():
    answer = project_answer(summary_cut(**CUT), targets=(15, 30), planned_patients=92, simulations=100)
    heads = [column.header for column in answer.tables[0].columns]
    assert heads[:4] == ["Events", "Month, median", "90% prediction", "Reached"]
    assert answer.data["cut"]["opened"].isoformat() == "2022-01-01"
    assert "no arm was read" in answer.notes[0]


def test_blinded_reestimation_stops_at_its_cap():
    facts = dict(
        reestimate_blinded_answer(
            summary_cut(**CUT),
            hazard_ratio=0.5,
            planned_patients=92,
            allocation_ratio=3,
            end=120.0,
            max_patients=130,
        ).facts
    )
    assert facts["Patients decided"] == "130 (capped)"
    assert facts["Events needed"].startswith("117 for 90% power")


@pytest.mark.parametrize(
    ("z", "zone"), [(0.0, "unfavourable"), (1.5, "promising"), (2.5, "favourable"), (3.5, "efficacy")]
)
def test_unblinded_reestimation_names_the_zone(z, zone):
    rule = ReestimationRule(
        design=group_sequential_design(2), planned_events=117, max_events=175.5, allocation_ratio=3
    )
    assert dict(reestimate_unblinded_answer(rule, z=z).facts)["Zone"] == zone
