from collections import defaultdict

from duonen_stats.plan import FINAL, INTERIM, decisions, deviations, rule_of
from duonen_stats.plan.alternatives import alternatives, combinations

NOUNS = {
    "arm": ("A", "B"),
    "visit": ("T1", "T2", "V1", "V2", "V3", "V4"),
    "response": ("CR", "PR", "SD", "PD", "NE"),
}


def test_every_decision_is_tried_with_every_choice_and_a_second_number():
    found = defaultdict(list)
    for name, plan in alternatives(FINAL, NOUNS):
        assert [one.field for one in deviations(plan, FINAL)] == [name]
        found[name].append(getattr(plan, name))
    assert set(found) == {item.name for item in decisions()}
    for item in decisions():
        rule = rule_of(item.name)
        if rule.choices and not rule.several:
            assert {*found[item.name], item.default} == set(rule.choices)
    assert found["alpha"] == [0.025, 0.1]
    assert found["confidence"] == [0.475, 0.975]
    assert found["missed_assessments"] == [1, 4]
    assert found["control_arm"] == ["B"]
    assert () in found["stratification_factors"]
    assert ("GRADEH", "SEX") in found["stratification_factors"]
    assert (9.0, 15.0, 18.0, 27.0, 45.0) in found["landmark_months"]
    assert not any("NE" in value for value in found["evaluable_responses"])


def test_the_ends_of_a_range_are_tried_if_asked_for():
    found = {
        plan.permutations for name, plan in alternatives(FINAL, NOUNS, ends=True) if name == "permutations"
    }
    assert found == {1, 4999, 19998, 1_000_000}


def test_combinations_differ_in_three_decisions_or_more_and_are_the_same_for_a_seed():
    one = list(combinations(INTERIM, NOUNS, number=40, seed=7))
    assert [plan for _, plan in one] == [plan for _, plan in combinations(INTERIM, NOUNS, number=40, seed=7)]
    assert len(one) == 40
    assert all(3 <= len(deviations(plan, INTERIM)) <= 8 for _, plan in one)
    assert one != list(combinations(INTERIM, NOUNS, number=40, seed=8))
