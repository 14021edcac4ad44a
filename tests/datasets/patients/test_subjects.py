import pandas as pd
import pytest

from duonen_stats.datasets.patients.subjects import add_identifiers, add_subject
from duonen_stats.errors import DataError


def test_patients_are_named_across_studies_and_arms_numbered(study):
    out = add_identifiers(pd.DataFrame({"SUBJID": ["2", "1"], "ARM": ["D", "A"]}), study)
    assert out["USUBJID"].tolist() == ["DUONEN-2", "DUONEN-1"]
    assert out["TRT01PN"].tolist() == [4, 1]
    assert out["TRT01P"].tolist() == ["D", "A"]


def test_records_get_their_patient_in_their_own_order(study):
    patients = add_identifiers(pd.DataFrame({"SUBJID": ["1", "2"], "ARM": ["A", "D"], "X": [5, 6]}), study)
    records = pd.DataFrame({"SUBJID": ["2", "1", "2"], "TRT01P": ["old", "old", "old"]}, index=[4, 2, 9])
    out = add_subject(records, patients, "X")
    assert out["TRT01P"].tolist() == ["D", "A", "D"]
    assert out["X"].tolist() == [6, 5, 6]
    assert list(out.index) == [4, 2, 9]


def test_a_patient_twice_is_refused(study):
    patients = add_identifiers(pd.DataFrame({"SUBJID": ["1", "1"], "ARM": ["A", "A"]}), study)
    with pytest.raises(DataError, match="unique"):
        add_subject(pd.DataFrame({"SUBJID": ["1"]}), patients)
