import pytest

from duonen_stats.datasets.metadata.variables import DATASETS, column_labels


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
