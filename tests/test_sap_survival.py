from dataclasses import fields

import pytest

from duonen_stats.datasets.survival_rules import PUBLISHED_RULES
from duonen_stats.sap import DATASET_FIELDS, FINAL, Plan
from duonen_stats.sap_survival import SurvivalRules

pytestmark = pytest.mark.worked


def test_every_rule_is_a_field_of_the_plan_that_the_datasets_hold():
    names = {item.name for item in fields(SurvivalRules)}
    assert names <= {item.name for item in fields(Plan)}
    assert names <= set(DATASET_FIELDS)


def test_the_final_plan_states_the_published_rules():
    assert {item.name: getattr(FINAL, item.name) for item in fields(SurvivalRules)} == {
        item.name: getattr(PUBLISHED_RULES, item.name) for item in fields(SurvivalRules)
    }
    assert FINAL.longest_gap_days == 182
