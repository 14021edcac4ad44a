from dataclasses import replace

import pytest

from duonen_stats.datasets import build_datasets
from duonen_stats.errors import PlanError
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.plan.check_plan import (
    baseline_visits,
    check_plan,
    response_codes,
    visits_after_cycles,
)


def test_the_presets_fit_the_study(study):
    check_plan(INTERIM, study)
    check_plan(FINAL, study)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"control_arm": "Z"},
            "control_arm is 'Z'; arm Z is not in the data dictionary, which has A, B, C, D",
        ),
        ({"control_arm": "a"}, "Is A meant"),
        ({"baseline_visit": "T9"}, "baseline_visit is 'T9'; it has to be T1"),
        ({"baseline_visit": "T2"}, "baseline_visit is 'T2'; it has to be"),
        ({"follow_up_visits": ("V2", "V1", "V4")}, "in this order, V4 among them"),
        ({"follow_up_visits": ("V1", "V9", "V4")}, r"\[V1, V9, V4\]; it has to be two or more of V1, V2"),
        ({"follow_up_visits": ("V1", "V2")}, "V4 among them"),
        ({"evaluable_responses": ("CR", "XX", "PD")}, "response XX is not in the data dictionary"),
        ({"evaluable_responses": ("CR", "PR")}, "PD has to be among them"),
    ],
    ids=str,
)
def test_what_the_study_does_not_have_is_refused_before_anything_is_built(change, words, cut, study):
    with pytest.raises(PlanError, match=words):
        check_plan(replace(INTERIM, **change), study)
    with pytest.raises(PlanError, match=words):
        build_datasets(cut, study, replace(INTERIM, **change))


def test_some_follow_up_visits_may_be_left_out(study):
    check_plan(replace(INTERIM, follow_up_visits=("V2", "V4")), study)


def test_what_a_plan_may_name_is_what_the_dictionary_has(study):
    assert {"CR", "PR", "SD", "PD", "NE"} <= set(response_codes(study))
    assert baseline_visits(study) == ("T1",)
    assert visits_after_cycles(study) == ("V1", "V2", "V3", "V4")
