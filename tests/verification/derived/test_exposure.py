import numpy as np
import pytest
from verification.made_folder import cycles, folder, plan, subject

from duonen_stats.verification.derived.exposure import activities_of, doses_of, modifications_of
from duonen_stats.verification.derived.patients import patients_of


def dose(subjid, cycle, gray, organ="KIDNEY", isotope="LU177"):
    return {"SUBJID": subjid, "CYCLE": cycle, "ORGAN": organ, "ISOTOPE": isotope, "DOSE_GY": gray}


@pytest.fixture
def made():
    return folder(
        subjects=[subject("1", "D"), subject("2", "D"), subject("3", "D"), subject("4", "A")],
        administrations=[
            *cycles("1", 7400.0, 8400.0, 8600.0),
            *cycles("2", 7400.0, 8400.0, 6500.0),
            *cycles("3", 7400.0),
            *cycles("4", 7400.0, 5000.0),
        ],
        dosimetry=[dose("1", "T1", 4.1), dose("1", "T2", 4.2), dose("1", "T3", 4.3), dose("2", "T1", 5.0)],
    )


def test_changes_are_from_the_first_cycle_and_categories_from_their_mean(made, study):
    patients = patients_of(made, study)
    found = modifications_of(activities_of(made, patients, study), patients, plan(), study)
    nominal = study.arm("D").initial_activity["LU177"]
    assert nominal == 7400.0
    assert [*found.index] == ["1", "2", "3"]
    assert [*found["CHG"][:2]] == [1100.0, 50.0]
    assert [*found["CATEGORY"]] == ["INCREASED", "UNCHANGED", "NOT EVALUABLE"]
    assert found.loc["2", ["UP_CHG", "DOWN_CHG"]].tolist() == [1000.0, -900.0]
    assert [*found["ANY_DOWN"]] == [False, True, False]


def test_a_course_is_complete_if_every_isotope_of_every_cycle_has_a_dose(made, study):
    patients = patients_of(made, study)
    found = doses_of(made, activities_of(made, patients, study))
    course = found.loc[found["CYCLE"].eq("ALL") & found["SOURCE"].eq("TOTAL")].set_index("SUBJID")
    assert course["GY"].to_dict() == {"1": 12.6, "2": 5.0}
    assert course["COMPLETE"].to_dict() == {"1": True, "2": False}


def test_an_isotope_of_the_arm_that_was_not_recorded_is_0(study):
    made = folder(subjects=[subject("1", "B")], administrations=cycles("1", 1000.0, isotope="Y90"))
    patients = patients_of(made, study)
    found = activities_of(made, patients, study).set_index("ISOTOPE")["MBQ"]
    assert found["Y90"] == 1000.0
    assert found.get("LU177", 0.0) == 0.0
    assert np.isfinite(found).all()
