from dataclasses import replace

import pytest

from duonen_stats.plan import FINAL, INTERIM, decisions, status_of
from duonen_stats.plan.status import deviations_line, grounds, other_stage, plan_line, shown


def test_the_preset_at_its_stage_is_pre_specified():
    for stage in (None, "FINAL"):
        status = status_of(FINAL, stage=stage)
        assert status.as_planned
        assert (status.test, status.estimate) == ("Pre-specified, primary", "Pre-specified, estimate")
        assert status.why == ""


@pytest.mark.parametrize(
    "change",
    [
        {"control_arm": "B"},
        {"min_group": 40},
        {"new_lesion_is_progression": False},
        {"evaluable_responses": ("CR", "PR", "PD")},
    ],
    ids=str,
)
def test_a_change_that_touches_the_test_makes_it_exploratory(change):
    status = status_of(replace(FINAL, **change))
    assert status.adjective == "not pre-specified"
    (field,) = change
    assert field in status.test
    assert field in status.estimate


def test_a_change_of_the_estimate_leaves_the_test_as_planned():
    status = status_of(replace(FINAL, firth="always"))
    assert status.as_planned
    assert status.estimate == "Exploratory: firth is always (planned: fallback)"
    assert status.line == (
        "the pre-specified primary comparison; its hazard ratio is estimated otherwise than planned "
        "(firth is always (planned: fallback))"
    )


def test_limits_of_another_level_change_neither_the_test_nor_the_ratio():
    limits = status_of(replace(FINAL, confidence=0.9))
    assert limits.confirmatory
    assert limits.estimate == (
        "Pre-specified, estimate, with limits of another level: confidence is 0.9 (planned: 0.95)"
    )
    assert limits.line == (
        "the pre-specified primary comparison; the limits of its hazard ratio are of another level than planned "
        "(confidence is 0.9 (planned: 0.95))"
    )


def test_another_level_leaves_the_test_the_planned_one_and_confirms_nothing():
    status = status_of(replace(FINAL, alpha=0.01))
    assert status.same_test
    assert (status.adjective, status.estimate) == ("pre-specified", "Pre-specified, estimate")
    assert not status.confirmatory
    assert status.why_not_confirmatory == "alpha is 0.01 (planned: 0.05)"
    assert status.comparison == ("the pre-specified primary comparison, judged at another level than planned")
    assert status.test == (
        "Pre-specified, primary, at another level than planned: alpha is 0.01 (planned: 0.05)"
    )


def test_every_deviation_is_named_with_both_values():
    assert plan_line(FINAL) == "FINAL"
    assert deviations_line(FINAL) == ""
    plan = replace(INTERIM, name="mine", alpha=0.01, follow_up_visits=("V2", "V4"), rmst_months=24)
    assert plan_line(plan) == "mine, 3 deviations: alpha, follow_up_visits, rmst_months (without effect)"
    assert deviations_line(plan) == (
        "3 decisions of the plan differ from the preset: alpha is 0.01 (preset: 0.05); "
        "follow_up_visits is V2, V4 (preset: V1, V2, V3, V4); "
        "rmst_months is 24 (preset: 48; without effect: only the final report reads it)"
    )


def test_a_changed_value_does_not_cite_the_source_of_the_preset_as_its_own():
    for item in decisions():
        reason, source = grounds(FINAL, item.name)
        assert (reason, source) == (item.metadata["reason"], item.metadata["source"])
    reason, source = grounds(replace(FINAL, quantile_type=7), "quantile_type")
    assert reason.startswith("Chosen in this plan. The preset is 6, for this reason: Definition 6 (SPSS")
    assert source == "chosen in this plan (preset: §4.1; §2.6 names SPSS 23)"


def test_a_planned_test_without_a_p_value_confirms_nothing():
    status = replace(status_of(FINAL), no_result="arm A is empty")
    assert status.as_planned
    assert not status.confirmatory
    assert status.test == "Pre-specified, primary; no result: arm A is empty"
    assert status.why_not_confirmatory == "the primary test gives no p-value (arm A is empty)"
    refused = replace(status_of(replace(FINAL, min_group=40)), no_result="too few")
    assert refused.why_not_confirmatory == (
        "min_group is 40 (planned: 3); the primary test gives no p-value (too few)"
    )


def test_another_comparison_is_told_from_the_planned_one_made_otherwise():
    assert status_of(FINAL).comparison == "the pre-specified primary comparison"
    another = "not the pre-specified comparison"
    assert status_of(replace(FINAL, control_arm="B")).comparison == another
    assert status_of(replace(FINAL, control_arm="B", alpha=0.01)).comparison == another
    assert status_of(FINAL, stage="INTERIM").comparison == another
    assert status_of(FINAL, blinded=True).comparison == another
    for change in (
        {"min_group": 40},
        {"min_group": 40, "alpha": 0.01},
        {"evaluable_responses": ("CR", "PR", "PD")},
    ):
        status = status_of(replace(FINAL, **change))
        assert status.comparison == "the planned comparison, made otherwise than planned"
        assert status.why in status.test


def test_changes_that_touch_neither_leave_both():
    assert status_of(replace(FINAL, quantile_type=7, name="mine", imputations=9)) == status_of(FINAL)
    assert {item.name for item in decisions() if item.metadata["rule"].primary} < {
        item.name for item in decisions()
    }


def test_another_stage_a_dry_run_and_the_interim_report_are_not_the_planned_comparison():
    assert status_of(FINAL, stage="INTERIM").why == "the data cut is of stage INTERIM"
    assert not status_of(FINAL, blinded=True).as_planned
    assert not status_of(INTERIM).as_planned


def test_only_a_stated_stage_can_be_another():
    assert other_stage(FINAL, "INTERIM")
    assert other_stage(INTERIM, "FINAL")
    assert not other_stage(FINAL, None)
    assert not other_stage(INTERIM, "INTERIM")


def test_values_are_shown_for_people():
    assert shown(("CR", "PR")) == "CR, PR"
    assert shown((12.0, 20.5)) == "12, 20.5"
    assert shown(()) == "none"
    assert shown(True) == "True"
