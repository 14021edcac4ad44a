import pandas as pd
import pytest
from patients import cycles, dose, make_cut, subject

from duonen_stats.datasets.patients.populations import add_populations, add_treatment, dosimetry_status
from duonen_stats.datasets.patients.usable_records import select_records
from duonen_stats.errors import DataError


def test_dates_and_number_of_cycles():
    delivered = pd.DataFrame(
        {"SUBJID": ["1", "1", "3"], "EXDT": pd.to_datetime(["2024-03-01", "2024-01-01", "2024-02-01"])}
    )
    out = add_treatment(pd.DataFrame({"SUBJID": ["1", "2", "3"]}), delivered)
    assert out["NCYC"].tolist() == [2, 0, 1]
    assert out["TRTSDT"].tolist()[0] == pd.Timestamp("2024-01-01")
    assert out["TRTEDT"].tolist()[0] == pd.Timestamp("2024-03-01")
    assert out["TRTSDT"].isna().tolist() == [False, True, False]


def status(study, arm, doses):
    seconds = [1850.0, None] if arm == "B" else [None, None]
    cut = make_cut(
        subjects=[subject("1", arm)], administrations=cycles("1", [3700.0, 3700.0], seconds), dosimetry=doses
    )
    out = dosimetry_status(select_records(cut, study), study)
    return dict(zip(out["ORGAN"], out["COMPLETE"], strict=True))


def test_an_organ_is_complete_when_every_given_isotope_has_a_dose(study):
    # 90Y was given in the first cycle only.
    kidney = [dose("1", c, "KIDNEY", i, 2.0) for c, i in (("T1", "LU177"), ("T1", "Y90"), ("T2", "LU177"))]
    assert status(study, "B", kidney) == {"KIDNEY": True, "MARROW": False}
    assert status(study, "B", kidney[:2]) == {"KIDNEY": False, "MARROW": False}
    assert status(study, "B", [kidney[0], kidney[2]]) == {"KIDNEY": False, "MARROW": False}


def test_populations():
    patients = pd.DataFrame({"SUBJID": ["a", "b", "c", "d"], "NCYC": [4, 2, 0, 1]})
    organs = pd.DataFrame(
        {
            "SUBJID": ["a", "a", "b", "b"],
            "ORGAN": ["KIDNEY", "MARROW"] * 2,
            "COMPLETE": [True, True, True, False],
        }
    )
    out = add_populations(patients, organs, cycles=4)
    assert out["RANDFL"].tolist() == ["Y", "Y", "Y", "Y"]
    assert out["SAFFL"].tolist() == ["Y", "Y", None, "Y"]
    assert out["DOSFL"].tolist() == ["Y", None, None, None]
    assert out["COMPLFL"].tolist() == ["Y", None, None, None]


def test_absent_columns_are_named():
    with pytest.raises(DataError, match="NCYC"):
        add_populations(pd.DataFrame({"SUBJID": ["a"]}), pd.DataFrame(), cycles=4)
