from dataclasses import dataclass, fields

import numpy as np
import pytest

from duonen_stats.errors import PlanError
from duonen_stats.plan.decision import Rule, above, between, decision, from_to, nearest


@dataclass(frozen=True)
class _One:
    value: int = decision(3, "Because.", "§1")


def test_a_decision_has_a_value_a_reason_and_a_source():
    (item,) = fields(_One)
    assert (_One().value, item.metadata["reason"], item.metadata["source"]) == (3, "Because.", "§1")
    with pytest.raises(TypeError):
        item.metadata["reason"] = "another"


@pytest.mark.parametrize(
    ("within", "inside", "outside", "words"),
    [
        (between(0, 1), (0.001, 0.999), (0, 1, -1), "above 0 and below 1"),
        (from_to(1, 120), (1, 120), (0.999, 120.001), "from 1 to 120"),
        (from_to(0), (0, 10**9), (-1e-9, float("inf"), float("nan")), "0 or more"),
        (above(0), (1e-9,), (0, float("inf"), float("nan")), "above 0"),
        (above(0, 1200), (1200,), (0, 1200.5, float("nan")), "above 0 to 1200"),
    ],
)  # fmt: skip
def test_a_range_has_its_ends_or_has_not(within, inside, outside, words):
    assert all(value in within for value in inside)
    assert not any(value in within for value in outside)
    assert within.describe() == words


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [(int, np.int64(3), 3), (float, 60, 60.0), (float, np.float64(0.5), 0.5), (str, "A", "A"), (bool, False, False)],
)  # fmt: skip
def test_a_value_is_taken_as_the_type_of_its_field(kind, value, wanted):
    found = Rule(kind=kind).checked("field", value)
    assert found == wanted
    assert type(found) is kind


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, 7.0),
        (int, True),
        (int, "7"),
        (float, True),
        (float, "0.05"),
        (float, None),
        (str, 3),
        (str, " "),
        (str, "A\x07"),
        (bool, 1),
        (bool, "yes"),
    ],
)
def test_a_value_of_another_type_is_refused_with_field_and_value(kind, value):
    with pytest.raises(PlanError, match="field is ") as caught:
        Rule(kind=kind).checked("field", value)
    assert ("empty" if value is None else repr(value)) in str(caught.value)
    assert "it has to be" in str(caught.value)


@pytest.mark.parametrize("value", ["CR", 3, None, {"CR"}, ("CR", "CR"), (), ("CR", 3), ("X",)])
def test_a_list_is_refused_unless_it_is_one_of_the_right_items(value):
    rule = Rule(kind=str, several=True, choices={"CR": "complete", "PR": "partial"}, least=1)
    with pytest.raises(PlanError, match="it has to be a list of 1 or more 'CR' or 'PR', each once"):
        rule.checked("field", value)


def test_a_list_becomes_a_tuple_and_a_rising_one_has_to_rise():
    rule = Rule(kind=float, several=True, rising=True, least=1, most=3)
    assert rule.checked("field", [1, 2.5]) == (1.0, 2.5)
    for value in ((2.0, 1.0), (1.0, 1.0), (1.0, 2.0, 3.0, 4.0)):
        with pytest.raises(PlanError, match="1 to 3 numbers, in rising order, each once"):
            rule.checked("field", value)


def test_the_nearest_name_is_asked_after():
    assert nearest("gradeh", ["GRADEH", "SEX"]) == " Is GRADEH meant?"
    assert nearest("zzz", ["GRADEH", "SEX"]) == ""
    with pytest.raises(PlanError, match="Is fallback meant"):
        Rule(kind=str, choices={"fallback": "", "always": ""}).checked("firth", "falback")
