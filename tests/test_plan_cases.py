"""A sample of ``benchmarks/plan_matrix.py``, which tries every alternative of every decision on every cut."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_cases import QUICK, ReadPlan, Trial, entities, plans

from duonen_stats.datasets.efficacy.best_response import best_response
from duonen_stats.plan import DATASET_FIELDS, FINAL, INTERIM, decisions, idle, rule_of
from duonen_stats.results import INTERIM_ANALYSES
from duonen_stats.results.analyses.efficacy.sensitivity import imputation_ends
from duonen_stats.results.rows.compare_times import _tau
from duonen_stats.results.rows.times import times_of, two_groups

pytestmark = pytest.mark.law

_SAMPLE = {
    "interim": [
        {"between_arm_test": "routed", "posthoc_after_rank": "dunn", "paired_test": "paired_t", "alpha": 0.2},
        {"control_arm": "C", "correlation": "pearson", "nadir_scope": "on_treatment", "follow_up_visits": ("V2", "V4")},
    ],
    "final": [
        {"control_arm": "B", "firth": "always", "curve_limits": "plain", "landmark_months": (18.0,),
         "subgroups": ("AGE:50:65", "KI67BL:10", "METLNFL")},
        {"control_arm": "D", "alpha": 0.01, "confidence": 0.9},
        {"alpha": 0.01},
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
    assert set(entities(study)["arm"]) == {"A", "B", "C", "D"}
    assert len(list(plans(study, INTERIM, random=5))) == len(list(plans(study, INTERIM))) + 5


def test_what_only_the_final_report_reads_is_read_by_no_analysis_of_the_interim_report(datasets, study):
    final_only = {item.name for item in decisions() if rule_of(item.name).final_only}
    asked = ReadPlan(INTERIM)
    for analysis in INTERIM_ANALYSES:
        analysis(datasets, study, asked)
    assert "min_group" in asked.read
    assert not final_only & asked.read
    assert not final_only & {*DATASET_FIELDS}


def test_what_is_switched_off_is_not_read(datasets):
    groups = two_groups(times_of(datasets.adtte, "PFS"), ("B", "C", "D"), FINAL)
    for values, field, read in (
        ({"rmst_tau": "smallest_last_time"}, "rmst_months", lambda plan: _tau(groups, plan)),
        ({"rmst_tau": "fixed"}, "rmst_months", lambda plan: _tau(groups, plan)),
        ({"imputation_end": "cut"}, "imputation_months", lambda plan: imputation_ends(datasets.adsl, groups, plan)),
        ({"imputation_end": "horizon"}, "imputation_months", lambda plan: imputation_ends(datasets.adsl, groups, plan)),
    ):  # fmt: skip
        plan = replace(FINAL, **values)
        asked = ReadPlan(plan)
        read(asked)
        assert (field in asked.read) == (not idle(plan, field)), values


@given(
    st.lists(st.sampled_from(["CR", "PR", "SD", "NE", "PD"]), max_size=6),
    st.integers(1, 200),
    st.integers(0, 4),
)
def test_what_confirms_a_response_plays_no_part_where_the_plan_says_so(responses, days, unseen):
    on = [42 * (place + 1) for place in range(len(responses))]
    plan = replace(FINAL, disease_after_complete_response="progression")
    assert idle(plan, "confirmation_days")
    assert idle(plan, "confirmation_not_evaluable")
    other = replace(plan, confirmation_days=days, confirmation_not_evaluable=unseen)
    assert best_response(on, responses, other) == best_response(on, responses, plan)


def test_what_an_analysis_reads_of_a_plan_is_remembered():
    asked = ReadPlan(INTERIM)
    assert asked.alpha == INTERIM.alpha
    assert asked.words("firth") == INTERIM.words("firth")
    assert asked.read == {"alpha", "firth"}
    assert asked.longest_gap_days == 182
    assert asked.read == {item.name for item in decisions()}
