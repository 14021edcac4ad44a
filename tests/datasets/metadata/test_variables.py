import pytest

from duonen_stats.datasets.metadata.variables import DATASETS, LINES, RECORD_KEYS, code_lists, column_labels


@pytest.mark.parametrize("name", DATASETS)
def test_names_and_labels_fit_the_transport_format(name):
    assert len(DATASETS[name].label) <= 40
    for item in DATASETS[name].variables:
        assert item.name.isupper()
        assert len(item.name) <= 8
        assert 0 < len(item.label) <= 40
        assert item.label.isascii()


@pytest.mark.parametrize("name", DATASETS)
def test_names_are_unique_and_the_patient_comes_first(name):
    names = list(column_labels(name))
    assert len(names) == len(DATASETS[name].variables)
    assert names[:5] == ["STUDYID", "USUBJID", "SUBJID", "TRT01P", "TRT01PN"]


def test_one_name_means_one_kind_everywhere():
    kinds = {}
    for dataset in DATASETS.values():
        for item in dataset.variables:
            assert kinds.setdefault(item.name, item.kind) == item.kind


def test_every_dataset_has_a_key_of_its_own_variables():
    assert set(DATASETS) == set(RECORD_KEYS)
    for name, tiers in RECORD_KEYS.items():
        known = {item.name for item in DATASETS[name].variables}
        for tier in tiers:
            assert set(tier) <= known
            assert not set(tier) & LINES


def test_the_key_tells_the_records_of_the_cohort_apart(datasets):
    for name, frame in datasets:
        repeated = frame.duplicated(list(RECORD_KEYS[name][0])).sum()
        assert repeated == 0, name


def test_line_numbers_are_columns_of_datasets():
    variables = {item.name for one in DATASETS.values() for item in one.variables}
    assert LINES - variables == {"_ROW", "_SEQ"}


def test_codes_of_arms_raw_columns_and_flags(study):
    lists = code_lists(study, ["TRT01P", "TRT01PN", "SEX", "SAFFL", "METLIVFL", "AVAL", "AEDECOD"])
    assert list(lists) == ["TRT01P", "TRT01PN", "SEX", "SAFFL", "METLIVFL"]
    assert lists["TRT01P"]["A"] == lists["TRT01PN"][1] == "Arm A: Fixed activity of 177Lu"
    assert lists["SEX"] == {"M": "Male", "F": "Female"}
    assert (lists["SAFFL"], lists["METLIVFL"]) == ({"Y": "Yes"}, {"Y": "Yes", "N": "No"})


def test_visits_of_follow_up_have_labels_where_the_records_have_them(study, datasets):
    assert "F1" not in code_lists(study, ["VISIT"])["VISIT"]
    found = code_lists(study, ["VISIT"], datasets.adlb)["VISIT"]
    assert (found["T1"], found["F13"]) == ("Before cycle 1", "Follow-up 13")
    assert "F14" not in found


def test_every_coded_value_of_the_cohort_has_its_label(study, datasets):
    for name, frame in datasets:
        for variable, labels in code_lists(study, frame.columns, frame).items():
            assert set(frame[variable].dropna()) <= set(labels), (name, variable)
