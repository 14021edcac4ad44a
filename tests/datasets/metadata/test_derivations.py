import pytest

from duonen_stats.datasets.metadata.derivations import provenance
from duonen_stats.datasets.metadata.variables import DATASETS

ALL = DATASETS


@pytest.mark.parametrize("dataset", ALL)
def test_every_variable_says_where_it_comes_from(dataset):
    lacking = [one.name for one in ALL[dataset].variables if provenance(dataset, one.name) is None]
    assert lacking == []


def test_raw_columns_exist(study):
    columns = {f"{table.name}.{column.name}" for table in study.tables for column in table.columns}
    for dataset, about in ALL.items():
        for variable in about.variables:
            found = provenance(dataset, variable.name)
            if found is not None and found.origin == "Predecessor":
                assert found.text in columns, (dataset, variable.name)


@pytest.mark.parametrize(
    ("dataset", "variable", "origin"),
    [
        ("ADSL", "SEX", "Predecessor"),
        ("ADSL", "SAFFL", "Derived"),
        ("ADLB", "LBSEQ", "Assigned"),
        ("ADLB", "TRT01P", "Predecessor"),
    ],
)
def test_origins(dataset, variable, origin):
    assert provenance(dataset, variable).origin == origin


def test_what_is_not_described():
    assert provenance("ADSL", "NOTHING") is None
    assert provenance("ADXX", "AVAL") is None
