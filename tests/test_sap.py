from dataclasses import FrozenInstanceError, fields, replace

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.sap import INTERIM, Deviation, Plan, deviations

pytestmark = pytest.mark.worked


def test_a_plan_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        INTERIM.alpha = 0.1


def test_every_decision_has_a_reason_and_a_source():
    for item in fields(Plan):
        if item.name != "name":
            assert item.metadata["reason"], item.name
            assert item.metadata["source"], item.name


def test_deviations_are_named_with_both_values():
    changed = replace(INTERIM, alpha=0.01, quantile_type=7)
    assert deviations(changed, INTERIM) == (Deviation("alpha", 0.05, 0.01), Deviation("quantile_type", 6, 7))
    assert deviations(INTERIM, INTERIM) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"alpha": 0.0},
        {"confidence": 1.0},
        {"modification_tolerance": 1.0},
        {"min_group": 0},
        {"nadir_scope": "x"},
        {"quantile_type": 8},
        {"difference_decimals": -1},
        {"alpha": "0.05"},
        {"follow_up_visits": ("T1", "V1")},
    ],
)
def test_an_impossible_plan_is_refused(change):
    with pytest.raises(PlanError):
        replace(INTERIM, **change)
