import pytest
from patients import cycles, dose, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.exposure.dose_effect import (
    join_patients,
    pair_activity_with_dose,
    pair_dose_with_worst,
    worst_change,
)
from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM
from duonen_stats.study import load_study


@pytest.fixture(scope="module")
def datasets():
    """Arm C: a patient with everything, and one without all doses. Arm A: one without labs."""
    cut = make_cut(
        subjects=[subject("1", "C"), subject("2", "C"), subject("3", "A"), subject("4", "A")],
        administrations=[
            *cycles("1", [3700.0, 1700.0], [1850.0, 1850.0]),
            *cycles("2", [3700.0], [1850.0]),
            *cycles("3", [7400.0]),
            *cycles("4", [7400.0, 7400.0]),
        ],
        dosimetry=[
            *(dose("1", c, "KIDNEY", i, 5.0) for c in ("T1", "T2") for i in ("LU177", "Y90")),
            dose("2", "T1", "KIDNEY", "LU177", 5.0),
            dose("3", "T1", "KIDNEY", "LU177", 6.0),
            dose("4", "T1", "KIDNEY", "LU177", 6.0),  # and none of the second cycle
        ],
        labs=[
            lab("1", "T1", 0, 13.0),
            lab("1", "V1", 14, 11.0),
            lab("1", "V2", 70, 12.0),
            lab("2", "T1", 0, 13.0),
            lab("2", "V1", 14, 12.5),
        ],
    )
    return build_datasets(cut, load_study(), INTERIM)


def rows(frame, *columns):
    return frame[["USUBJID", *columns]].astype(object).where(frame.notna(), None).to_numpy().tolist()


def test_dose_beside_worst_change_keeps_who_lacks_one(datasets):
    pairs = pair_dose_with_worst(datasets.addos, datasets.adlb, dose="KIDTOT", analyte="HGB")
    assert rows(pairs, "DOSE", "WORST") == [
        ["DUONEN-1", 20.0, -2.0],
        ["DUONEN-2", None, -0.5],  # 90Y dose missing: no cumulative dose
        ["DUONEN-3", 6.0, None],
    ]
    assert len(pairs.dropna()) == 1


def test_change_of_activity_beside_dose_in_one_arm(datasets):
    pairs = pair_activity_with_dose(datasets.adex, datasets.addos, arm="C", isotope="LU177", dose="KIDTOT")
    assert rows(pairs, "CHANGE", "DOSE") == [["DUONEN-1", -2000.0, 20.0], ["DUONEN-2", None, None]]


def test_an_analyte_nobody_has_gives_no_rows(datasets):
    assert worst_change(datasets.adlb, "WBC").empty


def test_a_patient_twice_is_refused(datasets):
    worst = worst_change(datasets.adlb, "HGB")
    with pytest.raises(DataError, match="unique"):
        join_patients(worst.iloc[[0, 0]], worst)
