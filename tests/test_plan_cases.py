"""A sample of ``benchmarks/plan_matrix.py``, which tries every alternative of every decision on every cut."""

from dataclasses import replace

import pytest
from plan_cases import QUICK, ReadPlan, Trial, nouns, plans

from duonen_stats.plan import INTERIM, decisions

pytestmark = pytest.mark.law

_SAMPLE = {
    "interim": [
        {"between_arm_test": "routed", "posthoc_after_rank": "dunn", "paired_test": "paired_t", "alpha": 0.2},
        {"control_arm": "C", "correlation": "pearson", "nadir_scope": "on_treatment", "follow_up_visits": ("V2", "V4")},
    ],
    "final": [
        {"control_arm": "B", "firth": "always", "curve_limits": "plain", "landmark_months": (18.0,)},
        {"control_arm": "C", "stratification_factors": (), "between_arm_test": "welch_anova", "subgroup_age": 33},
    ],
}  # fmt: skip


@pytest.mark.parametrize("report", ["interim", "final"])
def test_a_report_is_whole_and_true_under_several_plans_of_a_cut_with_gaps(report):
    trial = Trial(report, "arm C empty")
    for values in _SAMPLE[report]:
        assert trial.faults(replace(QUICK[report], **values)) == []


def test_the_matrix_has_every_decision(study):
    tried = {name for name, _ in plans(study, INTERIM)}
    assert tried - {"preset"} >= {item.name for item in decisions()} - {
        "baseline_visit"
    }  # one visit can be it
    assert set(nouns(study)["arm"]) == {"A", "B", "C", "D"}
    assert len(list(plans(study, INTERIM, random=5))) == len(list(plans(study, INTERIM))) + 5


def test_what_an_analysis_reads_of_a_plan_is_remembered():
    asked = ReadPlan(INTERIM)
    assert asked.alpha == INTERIM.alpha
    assert asked.words("firth") == INTERIM.words("firth")
    assert asked.read == {"alpha", "firth"}
    assert asked.longest_gap_days == 182
    assert asked.read == {item.name for item in decisions()}
