import pandas as pd
from verification.made_folder import day, folder, plan, values

from duonen_stats.verification.derived.times import EVENT, LOST, MISSED, NEW_THERAPY, NO_EVENT
from duonen_stats.verification.recomputed.conduct.intercurrent import (
    recompute_further_therapies,
    recompute_intercurrent,
)

PATIENTS = pd.DataFrame(
    {
        "ARM": ["A", "A", "B", "B"],
        "ACTUAL": ["A", "C", "B", "B"],
        "SAFETY": [True, True, False, True],
        "STATUS": ["COMPLETED", "DISCONTINUED", None, "ONGOING"],
        "RANDDT": day(0),
    },
    index=["1", "2", "3", "4"],
)
POLICY = PATIENTS.assign(
    CNSR=[EVENT, EVENT, LOST, NO_EVENT],
    LOWER=[3.0, 6.0, 2.0, 9.0],
    UPPER=[6.0, 6.0, float("inf"), float("inf")],
)


def test_a_patient_may_have_several_intercurrent_events(study):
    other = POLICY.assign(CNSR=[NEW_THERAPY, EVENT, LOST, MISSED])
    found = values(recompute_intercurrent, {"PFS": POLICY, "PFSHYP": other}, PATIENTS, plan(), study)
    assert found["pfs.intercurrent.death.A.n"] == 1  # the progression is known between two assessments
    assert found["pfs.intercurrent.treated_otherwise.A.pct"] == 50
    assert found["pfs.intercurrent.not_treated.B.n"] == found["pfs.intercurrent.lost.B.n"] == 1
    assert (
        found["pfs.intercurrent.further_therapy.all.n"]
        == found["pfs.intercurrent.missed_assessments.all.n"]
        == 1
    )


def test_a_therapy_counts_once_in_each_class_and_line(study):
    rows = [
        {"SUBJID": "1", "CLASS": "CHEMOTHERAPY", "ANTITUMOUR": "Y", "LINE": 1, "STARTDT": day(5)},
        {"SUBJID": "1", "CLASS": "CHEMOTHERAPY", "ANTITUMOUR": "Y", "LINE": 4, "STARTDT": day(90)},
        {"SUBJID": "2", "CLASS": None, "ANTITUMOUR": "Y", "LINE": None, "STARTDT": day(9)},
        {"SUBJID": "3", "CLASS": "SURGERY", "ANTITUMOUR": "Y", "LINE": 1, "STARTDT": day(0)},
        {"SUBJID": "4", "CLASS": "TRANSFUSION", "ANTITUMOUR": "N", "LINE": None, "STARTDT": day(9)},
        {"SUBJID": "4", "CLASS": "SURGERY", "ANTITUMOUR": "Y", "LINE": 1, "STARTDT": day(2000)},
    ]
    made = folder(concomitant_therapies=rows)
    found = values(recompute_further_therapies, made, POLICY, PATIENTS, plan(), study)
    assert found["therapy.any.all.n"] == 2
    assert found["therapy.class.CHEMOTHERAPY.A.n"] == found["therapy.class.not_recorded.A.n"] == 1
    assert found["therapy.line.first.A.n"] == found["therapy.line.later.A.n"] == 1
    assert found["therapy.any.B.n"] == 0  # on the day of randomisation, not against the tumour, after the cut
