import pandas as pd
from patients import administration, contact, cycles, day, dose, ended, make_cut, subject

from duonen_stats.datasets.patients.adsl import build_adsl
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.plan import INTERIM


def adsl(study, **tables):
    return build_adsl(select_records(make_cut(**tables), study), study, INTERIM).set_index("SUBJID")


def test_a_complete_patient(study):
    out = adsl(
        study,
        subjects=[subject("001", "A", METLN=None, KPS=70)],
        administrations=cycles("001", [7400.0] * 4),
        dosimetry=[dose("001", f"T{k}", o, "LU177", 1.0) for k in (1, 2, 3, 4) for o in ("KIDNEY", "MARROW")],
        disposition=[ended("001", on=182)],
        follow_up=[contact("001", on=300, died=True)],
    ).loc["001"]
    assert out["USUBJID"] == "DUONEN-001"
    assert (out["TRT01P"], out["TRT01PN"], out["TRT01A"], out["TRT01AN"]) == ("A", 1, "A", 1)
    assert (out["TRTSDT"], out["TRTEDT"]) == (pd.Timestamp(day(0)), pd.Timestamp(day(168)))
    assert out["NCYC"] == 4
    assert (out["RANDFL"], out["SAFFL"], out["DOSFL"], out["COMPLFL"]) == ("Y", "Y", "Y", "Y")
    assert (out["EOTSTT"], out["DCSREAS"]) == ("COMPLETED", None)
    assert out["DTHDT"] == out["LSTALVDT"] == pd.Timestamp(day(300))
    assert out["DCUTDT"] == pd.Timestamp(day(500))
    assert (out["METLIVFL"], out["METLNFL"], out["METBONFL"]) == ("Y", None, "N")
    assert (out["KARNOFBL"], out["KPS80FL"]) == (70, "N")
    assert (out["AGE"], out["AGEU"], out["GRADEH"], out["KI67BL"]) == (65, "YEARS", "G2", 5.0)
    assert out["MODCAT"] is None


def test_a_patient_treated_as_another_arm_keeps_the_planned_one(study):
    """The isotope whose changes are judged is the one that the arm treated as modifies."""
    out = adsl(
        study,
        subjects=[subject("001", "A", ACTARM="D"), subject("002", "D", ACTARM="A"), subject("003", "A")],
        administrations=[*cycles("001", [7400.0, 9000.0]), *cycles("002", [7400.0, 7400.0])],
    )
    assert out["TRT01P"].tolist() == ["A", "D", "A"]
    assert out["TRT01A"].tolist() == ["D", "A", None]
    assert out["TRT01AN"].astype("Int64").tolist() == [4, 1, pd.NA]
    assert out["MODCAT"].tolist() == ["INCREASED", None, None]


def test_never_treated_is_randomised_but_not_safe(study):
    out = adsl(study, subjects=[subject("001", "B"), subject("002", "A")])
    assert out["RANDFL"].tolist() == ["Y", "Y"]
    assert out[["SAFFL", "DOSFL", "COMPLFL", "TRT01A"]].isna().all(axis=None)
    assert out["TRT01AN"].isna().all()
    assert out["NCYC"].tolist() == [0, 0]
    assert out["MODCAT"].tolist() == ["NOT EVALUABLE", None]
    assert out[["EOTSTT", "LSTALVDT", "TRTSDT"]].isna().all(axis=None)


def test_one_cycle_is_not_evaluable_for_modification(study):
    out = adsl(
        study, subjects=[subject("001", "D")], administrations=[administration("001", "T1", 0, 7400.0)]
    )
    assert out.loc["001", "MODCAT"] == "NOT EVALUABLE"


def test_nothing_after_the_cut_is_known(study):
    out = adsl(
        study,
        cut_day=100,
        subjects=[subject("001"), subject("002", RANDDT=day(101))],
        administrations=cycles("001", [7400.0] * 4),
        disposition=[ended("001", on=168)],
        follow_up=[contact("001", on=250, died=True)],
    )
    assert list(out.index) == ["001"]
    assert out.loc["001", "NCYC"] == 2
    assert out.loc["001", "EOTSTT"] is None
    assert pd.isna(out.loc["001", "DTHDT"])
    assert out.loc["001", "LSTALVDT"] == pd.Timestamp(day(100))


def test_patients_are_sorted_and_missing_characteristics_stay_missing(study):
    out = adsl(study, subjects=[subject("002"), subject("001", AGE=None, KPS=None, KI67=None, SEX=None)])
    assert list(out.index) == ["001", "002"]
    assert out.loc["001", ["AGE", "KARNOFBL", "KI67BL", "SEX", "KPS80FL", "AGEU"]].isna().all()
    assert out.loc["002", "KPS80FL"] == "Y"
