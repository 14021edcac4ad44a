from dataclasses import FrozenInstanceError, fields, replace
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from duonen_stats.datasets.metadata.variables import column_labels
from duonen_stats.errors import PlanError
from duonen_stats.plan import (
    DATASET_FIELDS,
    FINAL,
    INTERIM,
    Deviation,
    Plan,
    changed_plan,
    decisions,
    deviations,
    idle,
    preset_of,
    require_same_datasets,
    rule_of,
)


def test_a_plan_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        INTERIM.alpha = 0.1


def test_every_decision_has_a_reason_a_source_and_an_allowed_default():
    for item in decisions():
        assert item.metadata["reason"].endswith("."), item.name
        assert item.metadata["source"], item.name
        assert rule_of(item.name).checked(item.name, item.default) == item.default
    assert {item.name for item in fields(Plan)} - {item.name for item in decisions()} == {"name", "report"}


def test_the_choices_of_a_decision_are_those_of_its_type_and_each_has_words():
    hints = get_type_hints(Plan)
    for item in decisions():
        rule, hint = rule_of(item.name), hints[item.name]
        if get_origin(hint) is Literal:
            assert tuple(rule.choices) == get_args(hint), item.name
        assert all(rule.choices.values()), item.name
        assert len(set(rule.choices.values())) == len(rule.choices), item.name


def test_every_stratum_is_a_variable_of_adsl():
    assert rule_of("stratification_factors").choices.keys() <= column_labels("ADSL").keys()


def test_words_of_a_choice_stand_with_it():
    assert replace(INTERIM, posthoc_after_rank="dunn").words("posthoc_after_rank") == "Dunn, unadjusted"
    assert replace(INTERIM, stratification_factors=("SEX", "GRADEH")).words("stratification_factors") == (
        "sex, histological grade"
    )


def test_deviations_are_named_with_both_values():
    changed = replace(INTERIM, alpha=0.01, quantile_type=7)
    assert deviations(changed, INTERIM) == (Deviation("alpha", 0.05, 0.01), Deviation("quantile_type", 6, 7))
    assert deviations(INTERIM, INTERIM) == ()


@pytest.mark.parametrize(
    ("plan", "field", "why"),
    [
        (FINAL, "rmst_months", ""),
        (
            replace(FINAL, rmst_tau="smallest_last_time"),
            "rmst_months",
            "without effect: rmst_tau is not fixed",
        ),
        (FINAL, "imputation_months", "without effect: imputation_end is not horizon"),
        (replace(FINAL, imputation_end="horizon"), "imputation_months", ""),
        (INTERIM, "ae_reporting_days", ""),
        (
            replace(INTERIM, ae_reporting="as_collected"),
            "ae_reporting_days",
            "without effect: ae_reporting is not after_last_cycle",
        ),
        # A complete response seen twice is complete, whether or not responses have to be confirmed.
        (FINAL, "confirmation_days", ""),
        (
            replace(FINAL, disease_after_complete_response="progression"),
            "confirmation_days",
            "without effect: response_confirmation is not confirmed and "
            "disease_after_complete_response is not partial_response",
        ),
        (INTERIM, "tipping_deltas", "without effect: only the final report reads it"),
        (INTERIM, "control_arm", ""),
        (INTERIM, "recovery_support_days", ""),
        (
            replace(INTERIM, recovery_support="not_recovered"),
            "recovery_support_days",
            "without effect: recovery_support is not unsupported",
        ),
        (replace(INTERIM, between_arm_test="routed"), "posthoc_after_rank", ""),
        (
            replace(INTERIM, between_arm_test="anova"),
            "posthoc_after_rank",
            "without effect: between_arm_test is neither kruskal_wallis nor routed",
        ),
    ],
)
def test_what_another_decision_switches_off_is_said(plan, field, why):
    assert idle(plan, field) == why
    value = {"tipping_deltas": (2.0,), "control_arm": "B", "posthoc_after_rank": "dunn"}.get(field, 17)
    (found,) = (one for one in deviations(replace(plan, **{field: value}), INTERIM) if one.field == field)
    assert found.idle == why


def test_what_switches_a_decision_off_is_a_decision_and_a_choice_of_it():
    for item in decisions():
        for other, value in rule_of(item.name).only_if.items():
            wanted = value if isinstance(value, tuple) else (value,)
            assert {*wanted} <= {*rule_of(other).choices}, item.name
        for other in rule_of(item.name).measured.values():
            assert isinstance(other, float) or rule_of(other).kind is int, item.name


def test_a_decision_asks_for_an_item_of_a_list():
    assert idle(FINAL, "subgroup_age") == ""
    for subgroups in (("SEX",), ("AGE:50", "SEX")):
        plan = replace(FINAL, subgroups=subgroups)
        assert idle(plan, "subgroup_age") == "without effect: subgroups does not list AGE by itself"


def test_a_measured_variable_is_printed_with_its_cut_points():
    plan = replace(FINAL, subgroups=("SEX", "AGE", "KI67BL:3:20"))
    assert plan.words("subgroups") == "sex, age, Ki-67 (cut at 3 and 20)"


def test_the_final_plan_differs_in_name_and_report_only():
    assert deviations(FINAL, INTERIM) == ()
    assert FINAL.landmark_months == (12, 20, 24, 36, 60)
    assert preset_of(replace(FINAL, name="INTERIM")) is FINAL


def test_a_plan_is_shown_by_its_name_and_deviations():
    assert repr(INTERIM) == "Plan('INTERIM', report='interim')"
    assert repr(replace(FINAL, name="mine", alpha=0.01, control_arm="B")) == (
        "Plan('mine', report='final', alpha=0.01, control_arm='B')"
    )


_WRONG = [
    {"alpha": 0.0},
    {"alpha": "0.05"},
    {"alpha": True},
    {"alpha": float("nan")},
    {"confidence": 1.0},
    {"modification_tolerance": 1.0},
    {"min_group": 0},
    {"min_group": "a"},
    {"min_group": True},
    {"nadir_scope": "x"},
    {"quantile_type": 8},
    {"quantile_type": 7.0},
    {"difference_decimals": -1},
    {"follow_up_visits": ("T1", "V1")},
    {"follow_up_visits": "V1"},
    {"baseline_visit": 1},
    {"control_arm": None},
    {"subgroup_age": "x"},
    {"subgroup_age": 65.0},
    {"subgroups": ()},
    {"subgroups": "SEX"},
    {"subgroups": ("SITEID",)},
    {"subgroups": ("SEX", "SEX")},
    {"subgroups": ("AGE", "AGE:50")},
    {"subgroups": ("AGE:65:50",)},
    {"subgroups": ("AGE:50:50",)},
    {"subgroups": ("AGE:old",)},
    {"subgroups": ("AGE:nan",)},
    {"subgroups": ("AGE:",)},
    {"subgroups": ("SEX:1",)},
    {"subgroups": ("KI67BL",)},
    {"new_lesion_is_progression": 1},
    {"stratification_factors": ("NOPE",)},
    {"stratification_factors": "GRADEH"},
    {"evaluable_responses": "CR"},
    {"evaluable_responses": ()},
    {"evaluable_responses": ("SD", "NE")},
    {"landmark_months": ()},
    {"landmark_months": 12.0},
    {"landmark_months": (24.0, 12.0)},
    {"grid_months": (-1.0, 0.0)},
    {"tipping_deltas": (0.0, 1.0)},
    {"rmst_months": 0.0},
    {"dose_landmark_months": -1.0},
    {"permutations": 0},
    {"permutations": 10.0},
    {"imputations": 1},
    {"seed": -1},
    {"firth": "never"},
    {"rmst_tau": "largest"},
    {"curve_limits": "wald"},
    {"missed_assessments": 0},
    {"days_per_month": 0},
    {"assessment_interval_days": 0},
    {"assessment_tolerance_days": -1},
    {"new_therapy_censoring": "never"},
    {"response_confirmation": "perhaps"},
    {"confirmation_days": 0},
    {"stable_disease_days": -1},
    {"name": ""},
    {"name": "x" * 61},
    {"report": "INTERIM"},
]


@pytest.mark.parametrize("change", _WRONG, ids=str)
def test_an_impossible_plan_is_refused_naming_the_field(change):
    (field,) = change
    with pytest.raises(PlanError) as caught:
        replace(INTERIM, **change)
    assert field in str(caught.value) or "cannot be both" in str(caught.value)


@pytest.mark.parametrize("item", decisions(), ids=lambda item: item.name)
@pytest.mark.parametrize(
    "value",
    [None, object(), {}, b"x", float("inf"), (None,), ((1,),)],
    ids=type,
)
def test_no_decision_takes_a_value_of_a_foreign_type(item, value):
    with pytest.raises(PlanError, match=item.name):
        replace(FINAL, **{item.name: value})


def test_an_unknown_field_is_refused_with_the_nearest_name():
    with pytest.raises(PlanError, match=r"no field 'contrl_arm'\. Is control_arm meant"):
        changed_plan(INTERIM, contrl_arm="B")
    assert changed_plan(INTERIM, control_arm="B") == replace(INTERIM, control_arm="B")


def test_the_longest_gap_is_the_missed_assessments_and_the_tolerance():
    assert FINAL.longest_gap_days == 2 * 84 + 14


def test_what_the_datasets_hold_is_declared_with_the_decision():
    assert {"baseline_visit", "days_per_month", "evaluable_responses"} <= set(DATASET_FIELDS)
    assert not {"alpha", "control_arm", "stratification_factors"} & set(DATASET_FIELDS)
    require_same_datasets(INTERIM, replace(INTERIM, alpha=0.01))
    with pytest.raises(PlanError, match="another nadir_tie"):
        require_same_datasets(INTERIM, replace(INTERIM, nadir_tie="last"))


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        (
            "ctcae_version",
            6.0,
            "ctcae_version is 6.0; it has to be '5.0' or '6.0'. Write it in quotes: '6.0'.",
        ),
        ("quantile_type", "7", "quantile_type is '7'; it has to be 2, 6 or 7. Write it without quotes: 7."),
        ("ctcae_version", "v6.0", "it has to be '5.0' or '6.0'. Is 6.0 meant?"),
    ],
)
def test_a_number_where_a_text_is_asked_for_is_said_to_be_one(field, value, hint):
    """YAML reads ``ctcae_version: 6.0`` as a number, which looks like what is allowed."""
    with pytest.raises(PlanError) as refusal:
        replace(INTERIM, **{field: value})
    assert hint in str(refusal.value)


def test_a_month_fixed_for_imputation_may_lie_before_the_cut():
    """Month 60 of a cut after ten years is not beyond it."""
    words = replace(FINAL, imputation_end="horizon", imputation_months=60).words("imputation_end")
    assert words == "up to a month fixed in the plan, whenever the data cut was"


def test_the_test_of_pairs_is_named_as_it_follows():
    """§2.6: Tukey after ANOVA, Games–Howell after Welch; ``posthoc_after_rank`` after a rank test alone."""
    dunn = replace(INTERIM, posthoc_after_rank="dunn")
    assert INTERIM.pairs_words == "Games–Howell"
    assert dunn.pairs_words == "Dunn, unadjusted"
    assert replace(dunn, between_arm_test="anova").pairs_words == "Tukey"
    assert replace(dunn, between_arm_test="welch_anova").pairs_words == "Games–Howell"
    assert replace(dunn, between_arm_test="routed").pairs_words == (
        "the test that follows: Tukey after ANOVA, Games–Howell after Welch, Dunn, unadjusted after Kruskal–Wallis"
    )
