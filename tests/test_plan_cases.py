"""A sample of ``benchmarks/plan_matrix.py``, which tries every alternative of every decision on every cut."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_cases import QUICK, Trial, entities, plans
from plan_memory import Memory, ReadPlan, ReadResults

from duonen_stats.datasets.efficacy.best_response import best_response
from duonen_stats.plan import FINAL, INTERIM, decisions, idle
from duonen_stats.results import ResultRow, Results
from duonen_stats.results.analyses.efficacy.sensitivity import imputation_ends
from duonen_stats.results.rows.compare_times import _tau
from duonen_stats.results.rows.times import times_of, two_groups

pytestmark = [pytest.mark.law, pytest.mark.whole_report]

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
    assert asked.longest_gap_days == 182  # what is computed of several reads these
    assert asked.read == {
        "alpha", "firth", "missed_assessments", "assessment_interval_days", "assessment_tolerance_days"
    }  # fmt: skip
    assert asked == INTERIM
    assert asked.read >= {item.name for item in decisions()}


def test_a_remembered_answer_is_given_only_where_everything_that_was_read_is_the_same():
    made = []

    def spread(plan, results, name):
        made.append(name)
        return [plan.alpha, results.value("a.n") if "a.n" in results else None, results.under("b"), name]

    memory, rows = Memory(), [_row("a.n", 1.0), _row("b.c.n", 2.0)]
    first = memory.call(spread, INTERIM, Results(rows), "x")
    same = (
        (replace(INTERIM, confidence=0.9), Results(rows), "x"),
        (INTERIM, Results([*rows, _row("d.n", 3.0)]), "x"),
        (ReadPlan(INTERIM), ReadResults(Results(rows)), "x"),
    )
    assert all(memory.call(spread, *given) is first for given in same)
    others = (
        (replace(INTERIM, alpha=0.01), Results(rows), "x"),
        (INTERIM, Results([_row("a.n", 1.5), rows[1]]), "x"),
        (INTERIM, Results(rows[1:]), "x"),
        (INTERIM, Results([*rows, _row("b.d.n", 3.0)]), "x"),
        (INTERIM, Results(rows), "y"),
    )
    for number, other in enumerate(others, 2):
        assert memory.call(spread, *other) == spread(*other)
        assert len(made) == 2 * number - 1
    plan = ReadPlan(INTERIM)
    memory.call(spread, plan, Results(rows), "x")
    assert plan.read == {"alpha"}  # who asks for what is remembered has read it too


def test_a_frame_that_is_made_again_is_the_one_that_was_made_before():
    memory = Memory()
    first = memory.call(_frame_of, "x", 1.0)
    assert memory.call(_frame_of, "y", 1.0) is first
    assert memory.call(_frame_of, "y", 2.0) is not first
    assert memory.call(_frame_of, "y", 1) is not first  # of another type


def _frame_of(_name, value):
    return pd.DataFrame({"AVAL": [value]})


def _row(name, stat):
    return ResultRow(analysis_id=name, display="", population="", stat_name="n", stat_label="", stat=stat)
