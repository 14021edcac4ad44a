import numpy as np
import pandas as pd
import pytest
from verification.made_folder import plan, values

from duonen_stats.verification.recomputed.exposure import (
    recompute_activities,
    recompute_dose_effect,
    recompute_doses,
)

PATIENTS = pd.DataFrame({"SAFETY": True, "TREATED": list("DDDA")}, index=list("1234"))


def doses(**gray):
    rows = [
        {
            "SUBJID": one,
            "ORGAN": "KIDNEY",
            "SOURCE": "TOTAL",
            "CYCLE": "ALL",
            "GY": amount,
            "COMPLETE": one != "2",
        }
        for one, amount in gray.items()
    ]
    return pd.DataFrame(rows)


def test_categories_and_their_sizes(study):
    changes = pd.DataFrame(
        {
            "CHG": [1110.0, -50.0, np.nan],
            "UP_CHG": [1110.0, np.nan, np.nan],
            "DOWN_CHG": [np.nan] * 3,
            "CATEGORY": ["INCREASED", "UNCHANGED", "NOT EVALUABLE"],
            "ANY_UP": [True, False, False],
            "ANY_DOWN": False,
            "NONE": [False, True, False],
        },
        index=list("123"),
    )
    activities = pd.DataFrame(
        {"SUBJID": ["1", "1", "4"], "ISOTOPE": "LU177", "MBQ": [7400.0, 8510.0, 7400.0]}
    )
    found = values(recompute_activities, activities, changes, PATIENTS, plan(), study)
    assert found["table2.D.N"] == 3
    assert found["table2.D.partition.increased.pct"] == pytest.approx(100 / 3)
    assert found["table2.D.partition.increased.mean_pct"] == pytest.approx(15)
    assert found["table2.D.any_cycle.not_evaluable.n"] == 1
    assert found["activity.D.LU177.cumulative.mean"] == pytest.approx(15.91)
    assert found["activity.D.LU177.cumulative.n_missing"] == 2


def test_a_limit_that_is_passed_is_known_also_of_who_is_incomplete(study):
    limit = study.organ("KIDNEY").limit_total
    found = values(recompute_doses, doses(**{"1": limit, "2": limit + 1, "4": 5.0}), PATIENTS, plan(), study)
    assert found["limit.kidney.course.all.n"] == 1
    assert found["limit.kidney.course.all.n_known"] == 3
    assert found["limit.kidney.course.D.n_without"] == 1
    assert found["limit.kidney.course.all.bound_high"] == 50
    assert found["table3.kidney_total.D.n"] == 1


def test_ranks_less_their_mean_in_the_arm_are_correlated(study):
    patients = pd.DataFrame({"SAFETY": True, "TREATED": list("DDDDAAAA")}, index=list("12345678"))
    gray = dict(zip("12345678", [1.0, 2, 3, 4, 11, 12, 13, 14], strict=True))
    gray = {**gray, "2": 2.0}
    rows = doses(**gray).assign(COMPLETE=True)
    worst = pd.DataFrame({"SUBJID": list("12345678"), "ANALYTE": "CREAT", "CHG": [1.0, 3, 2, 4, 5, 6, 8, 7]})
    changes = pd.DataFrame({"CHG": [1.0] * 4}, index=list("1234"))
    found = values(recompute_dose_effect, rows, worst, changes, patients, plan(), study)
    assert found["dose_effect.kidney.CREAT.n"] == 8
    assert found["dose_effect.kidney.CREAT.arm.D.n"] == 4
    assert found["dose_effect.kidney.CREAT.partial.rho"] == pytest.approx(0.8)
    assert found["dose_effect.modification.D.n"] == 4
