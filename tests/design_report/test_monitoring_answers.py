"""Answers about monitoring."""

from dataclasses import replace

import pytest

from duonen_stats.design import ReestimationRule, RuleCalibration, group_sequential_design
from duonen_stats.design.monitoring.boundaries import EFFICACY_RULES
from duonen_stats.design.simulation.critical_values import CriticalValue
from duonen_stats.design.simulation.grid import rate
from duonen_stats.design_report.monitoring_answers import (
    boundaries_answer,
    conditional_power_answer,
    final_tests,
)
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.design_report.reestimation_answers import reestimate_unblinded_answer
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
    assert answer.said["Plan"] == (
        "Lan–DeMets, O’Brien–Fleming type, one-sided 2.5%; futility Hwang–Shih–DeCani (−2) (not binding)"
    )


@pytest.mark.parametrize("rule", EFFICACY_RULES)
def test_every_plan_of_looks_has_a_name(rule):
    """Without underscores, and with its parameter: another one is another plan."""
    number = {"stated_spending": (0.01, 0.025), "haybittle_peto": 3.0}.get(rule, 0.5)
    parameter = number if rule not in {"obrien_fleming", "pocock"} and "lan_demets" not in rule else None
    said = boundaries_answer(
        group_sequential_design(2, efficacy=rule, efficacy_parameter=parameter), assumptions_from()
    ).said["Plan"]
    assert "_" not in said
    assert ("(" in said) is (parameter is not None)


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


RULE = ReestimationRule(
    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
)


def calibrated(look, end):
    def value(z):
        return CriticalValue(value=z, low=z - 0.01, high=z + 0.01)

    return RuleCalibration(
        alpha=0.025, n_patients=92, max_patients=92, n_trials=10_000, seed=1, nominal_level=rate(300, 10_000),
        level_std_err=0.0015,
        nominal_z=(RULE.design.efficacy_z[0], RULE.design.efficacy_z[1]), interim=value(look), final=value(end),
    )  # fmt: skip


def said(z, *, final_z=None, calibration=None, rule=RULE):
    return reestimate_unblinded_answer(
        rule, z=z, assumptions=assumptions_from(), patients=92, final_z=final_z,
        final_events=None if final_z is None else 90, calibration=calibration,
    ).said  # fmt: skip


def test_a_look_between_the_two_values_that_went_on_is_tested_by_the_calibrated_values():
    """The plan ends the trial at 2.963; by the calibrated 3.3 it went on."""
    found = said(3.0, final_z=2.5, calibration=calibrated(3.3, 2.1))
    assert found["Final statistic"].endswith("the null hypothesis is rejected at the look")
    assert "critical value 2.100: the null hypothesis is rejected" in found["At the calibrated value"]
    assert (
        "reject the null hypothesis at the look, the calibrated ones reject the null hypothesis at the end"
        in (found["The two disagree"])
    )


def test_a_look_between_the_two_values_that_has_not_gone_on_says_both():
    found = said(3.0, calibration=calibrated(3.3, 2.1))
    assert found["Final statistic"].endswith("rejected at the look")
    assert found["At the calibrated value"] == "3.300: the look does not cross it, the trial goes on"
    assert "the calibrated ones let the trial go on after the look" in found["The two disagree"]


@pytest.mark.parametrize("final_z", [None, 1.0])
def test_a_look_above_the_calibrated_value_alone_ends_the_trial_by_it(final_z):
    found = said(2.93, final_z=final_z, calibration=calibrated(2.9, 2.0))
    assert found["At the calibrated value"].endswith("the null hypothesis is rejected at the look")
    assert found["p, calibrated boundary"].startswith("0.0017, ")  # R: pnorm(-2.93) = 0.0016948
    goes_on = "the calibrated ones reject the null hypothesis at the look"
    assert goes_on in found["The two disagree"]
    assert ("goes on" in found["Final statistic"]) is (final_z is None)


def test_p_agrees_with_its_verdict_and_names_its_test():
    calibration = calibrated(3.2, 2.05)
    ended = final_tests(RULE, 1.5, 2.0, 66, calibration)
    one = ended["final_calibrated"]
    assert 1.97 < one.statistic < 2.05
    assert one.rejects is (one.p_value <= one.p_critical) is False
    assert (
        one.p_value < 0.025
    )  # what is below the level of the plan is not rejected: the line says up to what is
    shown = said(1.5, final_z=2.0, calibration=calibration)
    assert "combination with the weights of the plan; rejected up to 0.02" in shown["p, calibrated boundary"]
    assert shown["p, one-sided"].endswith("; rejected up to 0.0250")
    usual = said(1.5, final_z=2.0, rule=replace(RULE, test="unweighted"))
    assert "usual test of all events" in usual["p, one-sided"]
    assert "combination with the weights of the plan" in usual["Hazard ratio"]


def test_verdicts_that_agree_are_no_disagreement_and_no_last_stage_is_an_error():
    assert "The two disagree" not in said(1.5, final_z=2.6, calibration=calibrated(3.2, 2.05))
    assert "The two disagree" not in said(1.5, final_z=1.0, calibration=calibrated(3.2, 2.05))
    with pytest.raises(PlanError, match="already crosses"):
        final_tests(RULE, 3.5, 2.0, 90, calibrated(3.2, 2.05))
