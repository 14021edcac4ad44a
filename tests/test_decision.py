from dataclasses import dataclass, fields

import pytest

from duonen_stats.decision import decision

pytestmark = pytest.mark.worked


@dataclass(frozen=True)
class _One:
    value: int = decision(3, "Because.", "§1")


def test_a_decision_has_a_value_a_reason_and_a_source():
    (item,) = fields(_One)
    assert (_One().value, item.metadata["reason"], item.metadata["source"]) == (3, "Because.", "§1")
    with pytest.raises(TypeError):
        item.metadata["reason"] = "another"
