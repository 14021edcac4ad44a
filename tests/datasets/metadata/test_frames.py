import pandas as pd
import pytest

from duonen_stats.datasets.metadata.frames import require_columns, require_unique, require_values
from duonen_stats.errors import DataError

FRAME = pd.DataFrame({"ARM": ["A", "A", None], "N": [1, 2, 2]})


def test_missing_columns_are_all_named():
    with pytest.raises(DataError, match="SEX, AGE missing; present: ARM, N"):
        require_columns(FRAME, "ARM", "SEX", "AGE")


def test_repeated_keys_are_counted():
    require_unique(FRAME, "ARM", "N")
    with pytest.raises(DataError, match=r"1 row\(s\) repeat the key N"):
        require_unique(FRAME, "N")


def test_values_outside_the_list_are_named_and_missing_ones_allowed():
    require_values(FRAME, "ARM", ["A", "B"])
    with pytest.raises(DataError, match="ARM holds A; allowed: B, C"):
        require_values(FRAME, "ARM", ["C", "B"])
