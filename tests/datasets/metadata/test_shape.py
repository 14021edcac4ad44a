import numpy as np
import pandas as pd
import pytest

from duonen_stats.datasets.metadata.shape import (
    conform,
    first_label,
    flag,
    missing,
    numbers,
    require_columns,
    require_unique,
    stack,
    typed,
)
from duonen_stats.datasets.metadata.variables import DATASETS
from duonen_stats.errors import DataError

DTYPES = {
    "text": "object",
    "flag": "object",
    "integer": "Int64",
    "number": "float64",
    "date": "datetime64[ns]",
}


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_rows_still_gives_every_column_with_its_type(dataset):
    empty = conform(pd.DataFrame(), dataset)
    variables = DATASETS[dataset].variables
    assert list(empty.columns) == [item.name for item in variables]
    assert [str(dtype) for dtype in empty.dtypes] == [DTYPES[item.kind] for item in variables]


@pytest.mark.parametrize("kind", DTYPES)
def test_a_missing_column_has_the_type_of_a_filled_one(kind):
    assert str(missing(kind, pd.RangeIndex(2)).dtype) == DTYPES[kind]
    assert missing(kind, pd.RangeIndex(2)).isna().all()


def test_conform_orders_renumbers_and_drops():
    rows = pd.DataFrame({"EXTRA": [1, 2], "AGE": [60.0, np.nan], "USUBJID": ["b", None]}, index=[7, 3])
    out = conform(rows, "ADSL")
    assert list(out.index) == [0, 1]
    assert out["AGE"].tolist() == [60, pd.NA]
    assert out["USUBJID"].tolist() == ["b", None]
    assert "EXTRA" not in out


def test_stack_keeps_types_beside_an_empty_piece():
    one = pd.DataFrame({"USUBJID": ["a"], "ASTDT": [pd.Timestamp("2024-01-01")], "AETOXGR": [3]})
    out = stack([one, pd.DataFrame(), one.drop(columns="ASTDT")], "ADAE")
    assert out["AETOXGR"].tolist() == [3, 3]
    assert str(out["ASTDT"].dtype) == "datetime64[ns]"
    assert out["ASTDT"].isna().tolist() == [False, True]


def test_flag_treats_a_missing_condition_as_not_met():
    assert flag(pd.Series([True, False, None], dtype="boolean")).tolist() == ["Y", None, None]


def test_first_label_is_the_first_that_holds():
    labels = first_label([([True, False, False], "one"), ([True, True, False], "two")], pd.RangeIndex(3))
    assert labels.tolist() == ["one", "two", None]


def test_numbers_accepts_nullable_and_object_columns():
    assert numbers(pd.Series([1, None], dtype="Int64")).tolist()[0] == 1.0
    assert np.isnan(numbers(pd.Series([None, 2.0], dtype=object))[0])


def test_typed_makes_every_missing_text_none():
    assert typed(pd.Series(["a", np.nan, pd.NA, None], dtype=object), "text").tolist() == [
        "a",
        None,
        None,
        None,
    ]


FRAME = pd.DataFrame({"ARM": ["A", "A", None], "N": [1, 2, 2]})


def test_missing_columns_are_all_named():
    with pytest.raises(DataError, match="SEX, AGE missing; present: ARM, N"):
        require_columns(FRAME, "ARM", "SEX", "AGE")


def test_repeated_keys_are_counted():
    require_unique(FRAME, "ARM", "N")
    with pytest.raises(DataError, match=r"1 row\(s\) repeat the key N"):
        require_unique(FRAME, "N")
