from datetime import datetime
from io import BytesIO

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError
from duonen_stats.formats.file_table import FileTable
from duonen_stats.formats.sas_files import xpt_bytes


def _table(frame, **changes):
    given_ = {
        "name": "ADXX",
        "label": "A dataset",
        "frame": frame,
        "labels": {"A": "Label of A"},
        "made": datetime(2025, 6, 30),
    }
    return FileTable(**(given_ | changes))


FRAME = pd.DataFrame(
    {
        "A": pd.Series(["Łódź", None], dtype=object),
        "N": pd.array([1, None], dtype="Int64"),
        "D": pd.to_datetime([None, None]),
        "X": [0.1 + 0.2, float("nan")],
    }
)


@pytest.mark.parametrize("version", [5, 8])
def test_values_labels_and_formats_come_back(version):
    frame, meta = pyreadstat.read_xport(BytesIO(xpt_bytes(_table(FRAME), version=version)))
    assert frame["A"].tolist() == ["Łódź", ""]
    assert frame["X"].tolist()[0] == 0.1 + 0.2
    assert frame["N"].isna().tolist() == [False, True]
    assert (meta.column_labels[0], meta.table_name, meta.file_label) == ("Label of A", "ADXX", "A dataset")
    assert meta.readstat_variable_types["D"] == "double"
    assert meta.original_variable_types["D"] == "DATE9"


@pytest.mark.parametrize("version", [5, 8])
def test_the_same_table_gives_the_same_bytes_whatever_the_clock(version):
    data = xpt_bytes(_table(FRAME), version=version)
    assert data == xpt_bytes(_table(FRAME), version=version)
    assert data.count(b"30JUN25:00:00:00") == 4


def test_a_table_without_rows_keeps_its_types():
    frame, meta = pyreadstat.read_xport(BytesIO(xpt_bytes(_table(FRAME.head(0)), version=5)))
    assert frame.empty
    assert meta.readstat_variable_types == {"A": "string", "N": "double", "D": "double", "X": "double"}


def test_what_version_5_cannot_hold_is_refused():
    long = pd.DataFrame({"A": ["ó" * 101]}, dtype=object)
    with pytest.raises(DataError, match="202 bytes long, 200 are allowed"):
        xpt_bytes(_table(long), version=5)
    assert xpt_bytes(_table(long), version=8)
    with pytest.raises(DataError, match="label of A is 41 bytes long, 40 are allowed"):
        xpt_bytes(_table(FRAME, labels={"A": "x" * 41}), version=5)


@pytest.mark.law
@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1e-70, 1e70) | st.floats(-1e70, -1e-70) | st.just(0.0), min_size=1, max_size=30))
def test_no_bit_of_a_number_is_lost_in_the_float_of_the_mainframe(numbers):
    data = xpt_bytes(_table(pd.DataFrame({"X": numbers})), version=5)
    assert pyreadstat.read_xport(BytesIO(data))[0]["X"].tolist() == numbers
