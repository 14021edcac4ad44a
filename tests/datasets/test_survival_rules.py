import dataclasses

import pytest

from duonen_stats.datasets.survival_rules import EVENT, PUBLISHED_RULES, REASONS, SurvivalRules, rules_of
from duonen_stats.errors import PlanError
from duonen_stats.sap import FINAL

pytestmark = pytest.mark.worked


def test_the_longest_gap_is_two_intervals_and_the_tolerance():
    assert PUBLISHED_RULES.longest_gap_days == 2 * 84 + 14
    assert dataclasses.replace(PUBLISHED_RULES, missed_assessments=1).longest_gap_days == 98


def test_every_rule_has_a_reason_and_a_source():
    for item in dataclasses.fields(SurvivalRules):
        assert item.metadata["reason"].endswith(".")
        assert item.metadata["source"]


def test_every_code_of_censoring_has_its_own_words():
    assert [*REASONS] == [1, 2, 3, 4, 5, 6, 7]
    assert EVENT not in REASONS
    assert len(set(REASONS.values())) == len(REASONS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"days_per_month": 0},
        {"assessment_interval_days": 0},
        {"assessment_tolerance_days": -1},
        {"missed_assessments": 0},
        {"evaluable_responses": ("SD", "NE")},
        {"new_therapy_censoring": "never"},
        {"response_confirmation": "perhaps"},
        {"confirmation_days": 0},
        {"stable_disease_days": -1},
    ],
)
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(PlanError):
        dataclasses.replace(PUBLISHED_RULES, **wrong)


def test_the_months_are_those_of_the_planning():
    assert PUBLISHED_RULES.days_per_month == 365.25 / 12


def test_a_plan_states_rules_by_fields_of_their_name():
    @dataclasses.dataclass(frozen=True)
    class Stricter:
        missed_assessments: int = 1
        alpha: float = 0.05

    assert rules_of(Stricter()).missed_assessments == 1
    assert rules_of(Stricter()).assessment_interval_days == 84
    assert rules_of(FINAL) == PUBLISHED_RULES
