"""Answers about fixed designs."""

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.report.design_answers import (
    events_answer,
    power_answer,
    precision_answer,
    sample_size_answer,
)
from duonen_stats.report.design_inputs import assumptions_from

pytestmark = pytest.mark.worked


def test_sample_size_by_schoenfeld_is_the_published_one():
    facts = dict(sample_size_answer(assumptions_from()).facts)
    assert facts["Events needed"] == "117 (116.64)"
    assert facts["Patients with an event"] == "70.1%"
    assert facts["Patients needed"] == "167 (166.30)"
    assert facts["Patients, balanced"] == "168 (126 experimental, 42 control)"


def test_power_and_the_effect_it_detects_fit_together():
    plan = assumptions_from()
    answer = power_answer(plan, patients=92, target_power=0.8)
    least = answer.data["detectable"]
    again = power_answer(plan.with_hazard_ratio(least.hazard_ratio), patients=92)
    assert again.data["result"].power == pytest.approx(0.8)
    assert dict(answer.facts)["Detectable with 80%"].startswith("hazard ratio 0.4")


def test_power_at_an_event_says_when_it_comes():
    facts = dict(power_answer(assumptions_from(), patients=92, events=50).facts)
    assert facts["Events by then"] == "50.0"
    assert facts["Analysis"] == "88.0 months"


def test_expected_events_end_at_the_analysis():
    answer = events_answer(assumptions_from(), patients=92)
    assert answer.data["expected"][-1].total == pytest.approx(64.5251, abs=1e-4)
    assert answer.data["months_to_target"] is None
    assert events_answer(assumptions_from(), patients=200, target=117).data["months_to_target"] < 120
    with pytest.raises(PlanError, match="never reached"):
        events_answer(assumptions_from(), patients=92, target=117)


def test_precision_counts_what_was_asked_for():
    answer = precision_answer(patients=(92, 23), rates=(0.1,), half_width=0.05, event_rate=0.01)
    facts = dict(answer.facts)
    assert facts["None seen in 92"] == "a rate of 3.2% or more is excluded"
    assert facts["± 5.0 points at 10.0%"] == "139 patients"
    assert facts["Event of 1.0% seen in 92"] == "60.3%"
    assert facts["Seen with 95%"] == "in 299 patients"
