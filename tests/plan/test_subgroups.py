from dataclasses import replace

import pytest

from duonen_stats.datasets.metadata.variables import DATASETS
from duonen_stats.errors import PlanError
from duonen_stats.plan import FINAL, rule_of
from duonen_stats.plan.check_plan import check_plan
from duonen_stats.plan.plan_file import plan_yaml, read_plan, set_fields
from duonen_stats.plan.subgroups import subgroup_factor, subgroup_factors, subgroup_fault


def test_the_preset_has_the_subgroups_in_order():
    assert [(one.key, one.heading, one.cuts) for one in subgroup_factors(FINAL)] == [
        ("sex", "Sex", ()),
        ("age", "Age", (65.0,)),
        ("primary", "Site of the primary tumour", ()),
        ("grade", "Histological grade", ()),
        ("liver", "Liver metastases", ()),
    ]


def test_levels_of_cut_points_are_intervals(study):
    plan = replace(FINAL, subgroups=("AGE:50:65:75", "KI67BL:2.5", "METBONFL"))
    assert subgroup_factor(plan, "age").levels(study) == {
        "lt50": "below 50 years",
        "50to65": "50 to below 65 years",
        "65to75": "65 to below 75 years",
        "ge75": "75 years or older",
    }
    assert subgroup_factor(plan, "ki67").levels(study) == {"lt2_5": "below 2.5 %", "ge2_5": "2.5 % or more"}
    assert subgroup_factor(plan, "bone").levels(study) == {"Y": "Yes", "N": "No"}


def test_the_age_of_the_plan_is_where_age_by_itself_is_cut():
    assert subgroup_factor(replace(FINAL, subgroup_age=70), "age").cuts == (70.0,)
    assert subgroup_factor(replace(FINAL, subgroup_age=70, subgroups=("AGE:50",)), "age").cuts == (50.0,)


def test_every_choice_is_a_variable_of_patients_with_codes_or_with_a_range(study):
    rule = rule_of("subgroups")
    variables = {variable.name for variable in DATASETS["ADSL"].variables}
    for item, choice in zip(rule.allowed_items(), rule.choices, strict=True):
        (factor,) = subgroup_factors(replace(FINAL, subgroups=(item,)))
        column = study.table("subjects").column(factor.column)
        assert factor.variable == choice
        assert choice in variables
        assert bool(column.codes) != (choice in rule.measured)
        assert len(factor.levels(study)) >= 2
        assert subgroup_fault(replace(FINAL, subgroups=(item,)), study) == ""


@pytest.mark.parametrize(
    ("item", "bounds"),
    [
        ("AGE:18", "above 18 and at most 110"),
        ("AGE:111", "above 18 and at most 110"),
        ("KI67BL:50:101", "above 0 and at most 100"),
    ],
)
def test_a_cut_point_beyond_the_data_dictionary_is_refused(item, bounds, study):
    with pytest.raises(PlanError, match=f"subgroups has {item}.*{bounds}"):
        check_plan(replace(FINAL, subgroups=("SEX", item)), study)


def test_a_cut_point_at_the_upper_end_has_somebody(study):
    check_plan(replace(FINAL, subgroups=("KI67BL:100",)), study)


def test_they_are_set_at_the_terminal_and_in_a_plan_file(tmp_path):
    plan = set_fields(FINAL, ["subgroups=SEX, AGE:50.0:65,KI67BL:10"])
    assert plan.subgroups == ("SEX", "AGE:50:65", "KI67BL:10")
    path = tmp_path / "plan.yaml"
    path.write_text(plan_yaml(plan))
    assert read_plan(path) == plan
    path.write_text("report: final\nsubgroups: [AGE:50:65, SEX]\n")
    assert read_plan(path).subgroups == ("AGE:50:65", "SEX")


def test_a_variable_that_is_meant_is_named():
    with pytest.raises(PlanError, match=r"subgroups has KI67:10.* Is KI67BL meant\?"):
        set_fields(FINAL, ["subgroups=KI67:10"])
