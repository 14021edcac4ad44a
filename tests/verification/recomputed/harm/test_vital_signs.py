import pandas as pd
import pytest
from verification.made_folder import day, folder, values

from duonen_stats.verification.recomputed.harm.vital_signs import recompute_vital_signs

PATIENTS = pd.DataFrame(
    {"SAFETY": [True, True, True, False], "FIRST": day(10), "TREATED": list("AABB")}, index=list("1234")
)


def sign(patient, visit, on, value, code="WEIGHT"):
    return {"SUBJID": patient, "VISIT": visit, "VSDT": day(on), "TEST": code, "VALUE": value}


RECORDS = [
    sign("1", "T1", 9, 80.0),
    sign("1", "UNS", 9, 81.0),  # beside the visit of the same day, which counts
    sign("1", "V1", 30, 72.0),
    sign("1", "V1", 32, 76.0),  # the later of a visit
    sign("1", "F4", 400, 88.0),
    sign("1", "F8", 1001, 10.0),  # after the cut
    sign("2", "V1", 30, 60.0),
    sign("4", "V1", 30, 60.0),  # never treated
    sign("1", "T1", 9, 90.0, "KPS"),
    sign("1", "UNS", 40, 50.0, "KPS"),
    sign("2", "T1", 9, 70.0, "KPS"),
    sign("2", "V1", 30, 80.0, "KPS"),
]


@pytest.fixture
def found(study):
    return values(recompute_vital_signs, folder(vital_signs=RECORDS), PATIENTS, study)


def test_values_changes_and_losses(found):
    assert found["vitals.WEIGHT.T1.A.value.mean"] == 80
    assert found["vitals.WEIGHT.V1.A.value.n"] == 2
    assert found["vitals.WEIGHT.V1.A.change.mean"] == -4
    assert found["vitals.WEIGHT.last.all.change.max"] == 8
    assert found["vitals.WEIGHT.last.A.percent_change.mean"] == 10
    assert found["vitals.WEIGHT.V1.all.value.n_missing"] == 1  # of three treated
    assert found["vitals.WEIGHT.lost_ge10.A.n"] == 1
    assert found["vitals.WEIGHT.lost_ge20.A.n"] == 0


def test_the_worst_status(found):
    assert found["vitals.KPS.shift.90.below_60.A.n"] == 1
    assert found["vitals.KPS.shift.90.below_60.A.pct"] == 50
    assert found["vitals.KPS.shift.70.80.A.n"] == 1
    assert found["vitals.KPS.shift.missing.missing.all.n"] == 1
    assert found["vitals.KPS.worsened.all.n"] == 1


def test_without_records_nobody_has_a_value(study):
    found = values(recompute_vital_signs, folder(), PATIENTS, study)
    assert found["vitals.KPS.shift.missing.missing.all.n"] == 3
    assert found["vitals.TEMP.V1.all.change.n"] == 0
