from patients import cycles, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.laboratory.patient_values import (
    grade_grid,
    kidney_courses,
    liver_peaks,
    treated_patients,
    visits_with_grades,
)
from duonen_stats.plan import INTERIM


def data_of(study, *labs):
    cut = make_cut(
        subjects=[subject("2", "B"), subject("1", "A"), subject("3", "A")],
        administrations=[*cycles("1", [7400.0]), *cycles("2", [3700.0], [1850.0])],
        labs=list(labs),
    )
    return build_datasets(cut, study, INTERIM)


def test_patients_are_those_treated_by_arm(study):
    found = treated_patients(data_of(study).adsl)
    assert found["SUBJID"].tolist() == ["1", "2"]


def test_a_peak_is_over_the_limit_of_its_own_record(study):
    data = data_of(
        study,
        lab("1", "T1", -1, 400, "ALT"),
        lab("1", "V1", 14, 80, "ALT", ULN=40.0),
        lab("1", "UNS", 20, 60, "ALT", ULN=20.0),
        lab("1", "V1", 14, 1.2, "BILI", ULN=1.2),
        lab("2", "V1", 14, 90, "ALT", ULN=30.0),
    )
    (peak,) = liver_peaks(data.adlb, data.adsl).to_dict("records")
    assert (peak["TRT01P"], peak["ALT"], peak["BILI"]) == ("A", 3.0, 1.0)


def test_a_cell_is_the_grade_of_the_visit(study):
    data = data_of(study, lab("1", "V1", 14, 40, "PLAT"), lab("2", "V1", 14, 125, "PLAT", LLN=None, ULN=None))
    names = list(treated_patients(data.adsl)["USUBJID"])
    assert grade_grid(data.adlb, "PLAT", names, ("T1", "V1")) == ((None, 3), (None, -1))
    assert visits_with_grades(data.adlb, ("T1", "V1", "F4")) == ("V1",)


def test_a_course_is_in_years_from_the_first_administration(study):
    data = data_of(study, lab("1", "T1", -1, 90, "EGFR"), lab("1", "V1", 14, 85, "EGFR"))
    (course,) = kidney_courses(data.adlb, data.adsl)
    assert (course.arm, course.egfr) == ("A", (90.0, 85.0))
    assert course.years == (-1 / 365.25, 14 / 365.25)
