from dataclasses import fields, replace

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.sap import FINAL, INTERIM, decisions, deviations
from duonen_stats.sap_efficacy import EfficacyDecisions

pytestmark = pytest.mark.worked


def test_decisions_of_efficacy_come_after_the_others():
    names = [item.name for item in decisions()]
    assert names[0] == "alpha"
    efficacy = {item.name for item in fields(EfficacyDecisions)}
    first = next(place for place, name in enumerate(names) if name in efficacy)
    assert set(names[first:]) == efficacy


def test_the_final_plan_differs_in_name_only():
    assert deviations(FINAL, INTERIM) == ()
    assert FINAL.landmark_months == (12, 20, 24, 36, 60)


@pytest.mark.parametrize(
    "change",
    [
        {"landmark_months": ()},
        {"landmark_months": (24.0, 12.0)},
        {"grid_months": (-1.0, 0.0)},
        {"tipping_deltas": (0.0, 1.0)},
        {"rmst_months": 0.0},
        {"dose_landmark_months": -1.0},
        {"permutations": 0},
        {"imputations": 1},
        {"seed": -1},
        {"firth": "never"},
        {"rmst_tau": "largest"},
        {"curve_limits": "wald"},
        {"missed_assessments": 0},
    ],
)
def test_an_impossible_plan_is_refused(change):
    with pytest.raises(PlanError):
        replace(FINAL, **change)
