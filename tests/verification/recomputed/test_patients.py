import pandas as pd
from verification.made_folder import cycles, day, folder, lab, plan, subject, values

from duonen_stats.verification.derived.laboratory import laboratory_of
from duonen_stats.verification.derived.patients import patients_of
from duonen_stats.verification.recomputed.patients import recompute_baseline, recompute_disposition


def made(study):
    rows = folder(
        subjects=[
            subject("1", "A", AGE=60.0, SEX="F", KPS=80.0, METLIV="Y"),
            subject("2", "A", AGE=70.0, SEX="M", KPS=70.0, METLIV="N"),
            subject("3", "B", SEX=None),
        ],
        administrations=[*cycles("1", *[7400.0] * 4), *cycles("2", 7400.0)],
        disposition=[{"SUBJID": "2", "STATUS": "DISCONTINUED", "REASON": "DEATH", "DSDT": day(60)}],
        follow_up=[{"SUBJID": "2", "LASTDT": day(60), "DEATHDT": day(60)}],
        labs=[lab("1", "T1", 2, 13.0)],
    )
    patients = patients_of(rows, study)
    return patients, laboratory_of(rows, patients, study)


def test_baseline_counts_of_the_known(study):
    found = values(recompute_baseline, *made(study), plan(), study)
    assert found["table1.age.A.mean"] == 65
    assert found["table1.age.all.n_missing"] == 1
    assert found["table1.sex.female.all.pct"] == 50
    assert found["table1.sex.unknown.all.n"] == 1
    assert found["table1.kps80.A.n"] == 1
    assert found["table1.lab.HGB.all.n"] == 1
    assert found["table1.share.B.pct"] == 100 / 3


def test_disposition_and_who_is_due_at_a_visit(study):
    patients, labs = made(study)
    found = values(recompute_disposition, patients, labs, plan(), study, outcomes=True)
    assert found["disposition.completed.all.n"] == 1
    assert found["disposition.cycles_1.A.pct"] == 50
    assert found["disposition.reason.death.A.n"] == 1
    assert found["disposition.died.all.n"] == 1
    assert found["disposition.vital_unknown.all.n"] == 2
    assert (found["disposition.labs_at.T1.all.n"], found["disposition.labs_at.T1.all.pct"]) == (1, 50)
    hidden = values(recompute_disposition, patients, labs, plan(), study, outcomes=False)
    assert not any(name.startswith("disposition.died") for name in hidden)
    assert isinstance(patients, pd.DataFrame)
