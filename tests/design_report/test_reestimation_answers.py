"""Answers about re-estimation."""

from dataclasses import replace
from datetime import date

import pytest

from duonen_stats.design import (
    ReestimationRule,
    calibrate_reestimation,
    group_sequential_design,
)
from duonen_stats.design_report.cut_data import read_blinded
from duonen_stats.design_report.question_inputs import assumptions_from, summary_cut
from duonen_stats.design_report.reestimation_answers import (
    reestimate_blinded_answer,
    reestimate_unblinded_answer,
)
from duonen_stats.displays.model.content import plain

CUT = {"entered": 60, "events": 15, "cut_month": 36.0}
BLINDED = {"hazard_ratio": 0.5, "planned_patients": 92, "allocation_ratio": 3.0, "end_months": 120.0}
RULE = ReestimationRule(
    design=group_sequential_design(2), planned_events=64, max_events=96, allocation_ratio=3
)
PLAN = assumptions_from()


def blinded(**asked):
    return reestimate_blinded_answer(summary_cut(**CUT), **(BLINDED | asked))


def test_blinded_reestimation_stops_at_its_cap_in_whole_blocks():
    answer = blinded(method="schoenfeld", max_patients=130)
    assert answer.said["Patients decided"] == "128 (capped: the cap in whole blocks of 4 patients)"
    assert answer.said["Events needed"] == "117"
    assert answer.blinded is True


def test_what_is_out_of_reach_is_no_decision_in_any_form():
    answer = blinded(method="schoenfeld")
    assert answer.said["Patients decided"].startswith("–: no number of patients is enough by then")
    assert answer.data["blinded"].patients_decided is None
    row = answer.results().row("design.reestimate.blinded.patients_decided")
    assert (row.stat, row.note) == (None, "no number of patients brings the events by the analysis")
    assert [cells[0] for cells in answer.tables[0].rows] == [
        "the plan",
        "most that can enter, in whole blocks",
    ]


def test_months_have_their_dates():
    opened = date(2021, 5, 1)
    cut = summary_cut(**CUT, opened=opened)
    answer = reestimate_blinded_answer(cut, **BLINDED, target_events=40)
    months = answer.data["blinded"].months_to_required
    for name in ("estimate", "lower", "upper"):
        assert answer.data["dates"]["required"][name] == cut.date_at(getattr(months, name))
    assert answer.said["Plan kept"].endswith("month 120.0, 2031-05-01")
    said = f"{cut.date_at(months.estimate)} ({cut.date_at(months.lower)} to {cut.date_at(months.upper)})"
    assert answer.said["Date of the needed events"] == said
    assert blinded(method="schoenfeld").said["Date of the needed events"] == "not reached under these rates"


def test_decided_events_have_the_date_of_the_plan_or_of_the_data():
    rule = replace(RULE, max_events=70)
    planned = reestimate_unblinded_answer(rule, z=1.5, assumptions=PLAN, patients=92)
    assert planned.said["Opening"] == "2022-01-01, as planned"
    assert planned.said["Decided events"].startswith(
        f"expected at month {planned.data['reach'].months:.1f}, {planned.data['dates']['decided']}"
    )
    assert "month 120.0, 2032-01-01" in planned.said["Patients for them"]
    stated = reestimate_unblinded_answer(rule, z=1.5, assumptions=PLAN, patients=92, opened=date(2021, 5, 1))
    assert stated.said["Opening"] == "2021-05-01, as stated"
    moved = planned.data["dates"]["decided"] - stated.data["dates"]["decided"]
    assert moved == date(2022, 1, 1) - date(2021, 5, 1)
    cut = summary_cut(entered=92, events=33, cut_month=66.0, opened=date(2021, 5, 1))
    seen = reestimate_unblinded_answer(rule, z=1.5, assumptions=PLAN, patients=92, cut=cut)
    month = seen.data["from_cut"].months_to_required.estimate
    assert f"{month:.1f}" in seen.said["Decided events"]
    assert str(cut.date_at(month)) in seen.said["Decided events"]
    assert "month 120, 2031-05-01" in seen.said["Patients for them"]


def test_a_number_of_events_can_be_aimed_at():
    said = blinded(target_events=64).said
    assert said["Aim"] == "64 events"
    assert said["Patients decided"] == "92"


def test_simulation_stands_beside_the_formula():
    answer = blinded(n_trials=500, calibration_trials=2000)
    assert "Power, calibrated" in answer.tables[0].heads
    assert "500 trials each" in answer.notes[1]


@pytest.mark.parametrize(
    ("method", "ratio", "warned"),
    [("simulation", 3.0, True), ("simulation_calibrated", 3.0, False), ("simulation", 1.0, False)],
)
def test_a_number_by_the_nominal_critical_value_is_warned_of_where_arms_are_unequal(method, ratio, warned):
    answer = blinded(method=method, allocation_ratio=ratio, n_trials=100, calibration_trials=200)
    assert any("--method simulation_calibrated" in note for note in answer.notes) == warned


@pytest.mark.parametrize(
    ("z", "zone"), [(0.0, "unfavourable"), (1.5, "promising"), (2.5, "favourable"), (3.5, "efficacy")]
)
def test_unblinded_reestimation_names_the_zone(z, zone):
    answer = reestimate_unblinded_answer(RULE, z=z, assumptions=PLAN, patients=92)
    assert answer.said["Zone"].startswith(zone)
    assert answer.blinded is False
    assert ("Events decided" in answer.said) == (zone != "efficacy")


def test_events_out_of_reach_are_said_to_be():
    answer = reestimate_unblinded_answer(RULE, z=1.5, assumptions=PLAN, patients=92)
    said = answer.said
    assert said["Events decided"] == "96 (capped)"
    assert said["Decided events"].startswith("out of reach of the 92 patients planned: 92.0 are expected")
    assert said["If accrual goes on"].startswith("expected at month")
    planned = reestimate_unblinded_answer(RULE, z=2.5, assumptions=PLAN, patients=92).said
    assert planned["Decided events"] == "expected at month 118.5, 2031-11-18, with the 92 patients planned"
    assert planned["Patients for them"] == "92 for the analysis at month 120.0, 2032-01-01"


def test_the_pooled_data_say_when_the_events_come():
    cut = summary_cut(entered=92, events=32, cut_month=70.0)
    answer = reestimate_unblinded_answer(RULE, z=2.5, assumptions=PLAN, patients=92, cut=cut)
    assert "32 events" in answer.said["Data cut"]
    assert answer.data["from_cut"].required_events == 64
    assert answer.said["Decided events"].startswith("expected at month 1")


def test_the_level_is_said_and_mended():
    calibration = calibrate_reestimation(RULE, PLAN, n_patients=92, max_patients=144, n_trials=5000)
    answer = reestimate_unblinded_answer(
        RULE, z=1.5, assumptions=PLAN, patients=92, final_z=2.0, final_events=90, calibration=calibration
    )
    said = answer.said
    assert said["Level of the procedure"].endswith("simulated, for 2.5%")
    assert "the plan has 2.963" in said["Calibrated, look"]
    assert "the null hypothesis is rejected" in said["Final statistic"]
    assert "not rejected" in said["At the calibrated value"]
    assert "skewed" in " ".join(answer.notes)


def test_a_trial_stopped_at_the_look_has_its_result():
    said = reestimate_unblinded_answer(RULE, z=3.5, assumptions=PLAN, patients=92).said
    assert "rejected" in said["Final statistic"]
    assert said["Hazard ratio"].startswith("0.24")


def test_a_cut_of_completers_is_a_warning_and_its_ends_are_listed():
    cut, _ = read_blinded(None)
    answer = reestimate_blinded_answer(cut, **BLINDED, method="lakatos")
    assert answer.notes[0].startswith("WARNING: this is a cut of completers.")
    assert answer.data["warnings"] == answer.notes[:1]
    ends = answer.content(next(table for table in answer.tables if table.key == "ends")).rows
    assert [plain(row.cells[0]) for row in ends] == [one.reason for one in cut.ends]
    assert [table.key for table in blinded(method="lakatos").tables] == ["sizes"]


def test_events_already_seen_are_said_to_be():
    said = blinded(target_events=10).said
    assert said["Month of the needed events"].startswith("already reached; when is not known")
    assert said["Date of the needed events"] == "already reached"
    row = blinded(target_events=10).results().row("design.reestimate.blinded.months_to_required.estimate")
    assert (row.stat, row.note) == (None, "already reached; the month is not known from numbers alone")
    cut, _ = read_blinded(None)
    answer = reestimate_blinded_answer(cut, **BLINDED, target_events=5)
    month = sorted((cut.entry_months + cut.followup_months)[cut.event])[4]
    assert answer.said["Month of the needed events"] == f"already reached, in month {month:.1f}"
    assert answer.said["Date of the needed events"] == f"already reached, {cut.date_at(month)}"


@pytest.mark.parametrize("patients", [92, 93])
def test_patients_are_said_to_be_blocks_where_they_are(patients):
    answer = blinded(method="lakatos", max_patients=patients, planned_patients=patients)
    assert "Patients needed are whole numbers in blocks of 4" in answer.notes[0]
    assert "decided are whole blocks" not in answer.notes[0]
    assert answer.said["Patients decided"] == f"{patients} (capped: the cap is the plan)"
    table = answer.content(answer.tables[0]).rows
    assert plain(table[0].cells[0]) == "the plan, decided"


def test_the_usual_test_shows_both_conditional_errors():
    usual = reestimate_unblinded_answer(
        replace(RULE, test="unweighted"), z=1.6, assumptions=PLAN, patients=92
    )
    assert {"Conditional error, planned", "Conditional error, decided"} <= set(usual.said)
    weighted = reestimate_unblinded_answer(RULE, z=1.6, assumptions=PLAN, patients=92)
    assert weighted.said["Conditional error"] == usual.said["Conditional error, planned"]
