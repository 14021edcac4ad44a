"""Figures of re-estimation: each point is what the rule, the cut or the simulation itself says."""

from dataclasses import replace

import pytest

from duonen_stats.design import (
    ReestimationRule,
    group_sequential_design,
    reestimate_blinded,
    reestimate_events,
    reestimation_characteristics,
)
from duonen_stats.design_report.question_inputs import assumptions_from, summary_cut
from duonen_stats.design_report.reestimation_answers import (
    reestimate_blinded_answer,
    reestimate_unblinded_answer,
)
from duonen_stats.design_report.simulation_answers import characteristics_answer

PLAN = assumptions_from()
RULE = ReestimationRule(
    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
)
CUT = summary_cut(entered=60, events=15, cut_month=36.0)
ASKED = {"hazard_ratio": 0.5, "planned_patients": 92, "allocation_ratio": 3.0, "end_months": 120.0}


def panels(answer):
    return [
        {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.get_lines()
         if not line.get_label().startswith("_")}
        for axes in answer.figures[0].content.draw().axes
    ]  # fmt: skip


def unblinded(rule, z):
    return reestimate_unblinded_answer(rule, z=z, assumptions=PLAN, patients=92)


def test_the_events_decided_are_those_of_the_rule_where_the_trial_goes_on():
    answer = unblinded(RULE, 1.2)
    events, power = panels(answer)
    z, decided = events["Events decided"]
    each = [reestimate_events(RULE, one) for one in z]
    assert decided == [one.events_decided for one in each]
    assert {min(decided), max(decided)} == {64, 96}
    assert max(z) < RULE.design.efficacy_z[0]
    assert power["Planned events"][1] == [100 * one.planned_conditional_power for one in each]
    assert power["Events decided"][1] == [100 * one.conditional_power for one in each]
    seen = answer.data["unblinded"]
    assert events["Seen: Z = 1.200"] == ([1.2], [seen.events_decided])
    assert power["Seen: Z = 1.200"][1] == [100 * seen.planned_conditional_power, 100 * seen.conditional_power]
    shown = {one.id: one.text for one in answer.figures[0].content.numbers}
    assert shown["design.reestimate.unblinded.events_decided"] == str(seen.events_decided)


def test_a_look_at_which_the_trial_stops_has_no_point_and_says_so():
    stopping = replace(RULE, design=group_sequential_design(2, futility="lan_demets_pocock"))
    for z in (-2.0, 3.5):
        answer = unblinded(stopping, z)
        assert not any(label.startswith("Seen") for panel in panels(answer) for label in panel)
        assert "the trial stops" in answer.figures[0].content.alt
    low, high = stopping.design.futility_z[0], stopping.design.efficacy_z[0]
    assert all(low < one < high for one in panels(answer)[0]["Events decided"][0])


@pytest.mark.parametrize("more", [{"method": "schoenfeld"}, {"target_events": 70}])
def test_power_and_events_over_patients_are_those_of_the_answer(more):
    answer = reestimate_blinded_answer(CUT, **ASKED, **more)
    found = answer.data["blinded"]
    power, events = panels(answer)
    formula = "Schoenfeld" if "method" in more else "Lakatos"
    at_size = dict(zip(*power[formula], strict=True))
    expected = dict(zip(*events["Expected by the analysis"], strict=True))
    for one in found.outcomes:
        if one.n_patients in at_size:
            assert at_size[one.n_patients] == pytest.approx(100 * one.power)
            assert expected[one.n_patients] == pytest.approx(one.events.estimate)
    assert 92 in at_size
    other = next(size for size in at_size if size > 92)
    again = reestimate_blinded(CUT, **{**ASKED, "planned_patients": other}, **more)
    assert at_size[other] == pytest.approx(100 * again.power_at_end)
    assert expected[other] == pytest.approx(again.events_at_end.estimate)


def test_trials_that_follow_a_rule_end_as_their_table_says():
    found = reestimation_characteristics(
        RULE, PLAN, n_patients=92, max_patients=140, n_trials=100, calibration_trials=3000
    )
    answer = characteristics_answer(RULE, PLAN, found)
    _, _, events, months = panels(answer)
    for panel, name in ((events, "events"), (months, "months")):
        over = getattr(found.alternative, name)
        x, y = panel["Hazard ratio 0.5, plan’s values"]
        assert x == [over.p5, over.p25, over.median, over.p75, over.p95]
        assert y == [5, 25, 50, 75, 95]
    assert len(answer.figures[0].content.numbers) == 40
