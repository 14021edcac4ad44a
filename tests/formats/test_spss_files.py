from datetime import date, datetime
from io import BytesIO

import pandas as pd
import pyreadstat
import pytest

from duonen_stats.errors import DataError
from duonen_stats.formats.file_table import FileTable
from duonen_stats.formats.spss_files import sav_bytes

FRAME = pd.DataFrame(
    {
        "SEX": pd.Series(["F", None], dtype=object),
        "ARMN": pd.array([2, None], dtype="Int64"),
        "D": pd.to_datetime(["2024-02-29", None]),
        "E": pd.to_datetime([None, None]),
        "X": [0.1 + 0.2, float("nan")],
    }
)


def _table(frame=FRAME, **changes):
    given = {
        "name": "ADSL",
        "label": "Subjects",
        "frame": frame,
        "labels": {"SEX": "Płeć"},
        "value_labels": {"SEX": {"F": "Female"}, "ARMN": {2: "Arm B"}},
        "made": datetime(2025, 6, 30),
    }
    return FileTable(**(given | changes))


def test_values_and_labels_come_back():
    frame, meta = pyreadstat.read_sav(BytesIO(sav_bytes(_table())))
    assert frame["SEX"].tolist() == ["F", ""]
    assert frame["D"].tolist()[0] == date(2024, 2, 29)
    assert frame["X"].tolist()[0] == 0.1 + 0.2
    assert frame[["E", "ARMN"]].iloc[1].isna().all()
    assert meta.column_labels == ["Płeć", "ARMN", "D", "E", "X"]
    assert meta.variable_value_labels == {"SEX": {"F": "Female"}, "ARMN": {2.0: "Arm B"}}
    assert (meta.original_variable_types["E"], meta.file_label) == ("DATE11", "Subjects")


def test_the_same_table_gives_the_same_bytes_whatever_the_clock():
    data = sav_bytes(_table())
    assert data == sav_bytes(_table())
    assert data[92:109] == b"30 Jun 2500:00:00"


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="label of SEX is 257 bytes long"):
        sav_bytes(_table(labels={"SEX": "x" * 257}))


def test_a_table_without_rows():
    assert pyreadstat.read_sav(BytesIO(sav_bytes(_table(FRAME.head(0)))))[0].empty
