"""Answers about fixed designs."""

import pytest

from duonen_stats.design_report.fixed_answers import (
    events_answer,
    power_answer,
    precision_answer,
    sample_size_answer,
)
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.errors import PlanError


def test_sample_size_by_schoenfeld_is_the_published_one():
    said = sample_size_answer(assumptions_from()).said
    assert said["Events needed"] == "117 (116.64)"
    assert said["Patients with an event"] == "70.1%"
    assert said["Patients needed"] == "167 (166.30)"
    assert said["Patients, balanced"] == "168 (126 experimental, 42 control)"
    assert sample_size_answer(assumptions_from(accrual=0.0)).said["Accrual rate"] == "all at the opening"


def test_power_and_the_effect_it_detects_fit_together():
    plan = assumptions_from()
    answer = power_answer(plan, patients=92, target_power=0.8)
    least = answer.data["detectable"]
    again = power_answer(plan.with_hazard_ratio(least.hazard_ratio), patients=92)
    assert again.data["result"].power == pytest.approx(0.8)
    assert answer.said["Detectable with 80%"].startswith("hazard ratio 0.4")


def test_power_says_its_direction_and_is_the_level_without_one():
    plan = assumptions_from()
    harmful = power_answer(plan.with_hazard_ratio(2.0), patients=92)
    assert harmful.said["Power"] == (
        "80.2% (of rejecting with the experimental hazard higher, as assumed: the experimental arm does worse)"
    )
    none = power_answer(plan.with_hazard_ratio(1.0), patients=92)
    assert none.said["Power"] == "5.0% (the level: the hazard ratio is that of the null hypothesis)"
    assert none.said["Detectable with 90%"] == "hazard ratio 0.372 (constant)"


def test_patients_who_have_not_entered_are_not_counted_as_entered():
    said = power_answer(assumptions_from(total=30.0), patients=92).said
    assert said["Patients"] == "92 planned, 46.0 entered by the analysis"


def test_a_detectable_ratio_is_found_although_the_assumed_one_changes():
    plan = assumptions_from(hazard_ratio=(1.0, 0.4), hazard_starts=(0.0, 6.0))
    answer = power_answer(plan, patients=500, method="lakatos")
    assert answer.data["detectable"].hazard_ratio == pytest.approx(0.69, abs=0.02)
    assert "none" not in answer.said["Detectable with 90%"]
    assert power_answer(plan, patients=1, method="lakatos").said["Detectable with 90%"].startswith("none: ")


def test_power_at_an_event_says_when_it_comes():
    answer = power_answer(assumptions_from(), patients=92, events=50)
    assert answer.said["Events by then"] == "50.0"
    assert answer.data["result"].analysis_months == pytest.approx(88.0, abs=0.05)
    assert ("Analysis", "at event 50") in answer.assumed


def test_expected_events_end_at_the_analysis():
    answer = events_answer(assumptions_from(), patients=92)
    assert answer.data["expected"][-1].total == pytest.approx(64.5251, abs=1e-4)
    assert answer.data["log_rank"][-1]["drift"] == pytest.approx(2.60, abs=0.01)
    assert answer.data["months_to_target"] is None
    assert answer.said["117 events with 92 patients"] == "never reached"
    assert events_answer(assumptions_from(), patients=200, target=117).data["months_to_target"] < 120
    with pytest.raises(PlanError, match="never reached"):
        events_answer(assumptions_from(), patients=92, target=117)


def test_events_of_changing_hazard_ratios_have_expectations_and_no_formula():
    answer = events_answer(
        assumptions_from(hazard_ratio=(1.0, 0.4), hazard_starts=(0.0, 6.0)), patients=92, at=(0.0, 60.0)
    )
    assert answer.data["required"] is None
    assert answer.data["log_rank"][0] is None
    assert answer.data["log_rank"][1]["score"] > 0


def test_precision_counts_what_was_asked_for():
    answer = precision_answer(
        patients=(92, 23), rates=(0.1,), half_width=0.05, event_rate=0.01, method="wald"
    )
    said = answer.said
    assert said["None seen in 92"] == "a rate of 3.2% or more is excluded"
    assert said["± 5 points at 10%"] == "139 patients"
    assert said["Event of 1% seen in 92"] == "60.3%"
    assert said["Event of 1% seen with 95%"] == "in 299 patients"
    assert "cut off at 0" in answer.notes[0]


@pytest.mark.parametrize("method", ["wald", "wilson", "wilson_cc", "clopper_pearson"])
def test_no_limit_of_a_rate_is_below_0_or_above_1(method):
    """Wilson (1927) and Clopper & Pearson (1934) stay within; Wald's limits are cut off."""
    answer = precision_answer(patients=(3, 23), rates=(0.0, 0.02, 0.98, 1.0), method=method)
    assert all(0 <= one.lower <= one.upper <= 1 for one in answer.data["precision"])
