from datetime import date, datetime
from io import BytesIO

import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from duonen_stats.datasets.metadata.variables import column_labels
from duonen_stats.errors import DataError
from duonen_stats.formats.csv_files import dataset_csv
from duonen_stats.formats.dataset_files import (
    FORMATS,
    dataset_file,
    file_name,
    parquet_bytes,
    sav_bytes,
    xpt_bytes,
)
from duonen_stats.formats.file_table import FileTable


def test_every_format_has_a_file_name():
    assert [file_name("ADSL", kind) for kind in FORMATS] == [
        "adsl.csv",
        "adsl.parquet",
        "adsl.xpt",
        "adsl.xpt",
        "adsl.sav",
    ]


def _same(frame: pd.DataFrame, back: pd.DataFrame) -> None:
    for name in frame.columns:
        values, found = frame[name], back[name]
        if values.dtype == object:
            assert found.fillna("").tolist() == values.fillna("").tolist(), name
        elif values.dtype == "datetime64[ns]":
            assert pd.to_datetime(found).equals(values), name
        else:
            pd.testing.assert_series_equal(
                found.astype("float64"), values.astype("float64"), check_exact=True
            )


@pytest.mark.parametrize("kind", ["parquet", "xpt", "xpt8", "sav"])
def test_datasets_come_back_exactly_with_their_labels(datasets, study, kind):
    for name, frame in datasets:
        data = BytesIO(dataset_file(name, frame, study, kind=kind))
        if kind == "parquet":
            _same(frame, pd.read_parquet(data))
            continue
        back, meta = (pyreadstat.read_sav if kind == "sav" else pyreadstat.read_xport)(data)
        _same(frame, back)
        assert meta.column_names_to_labels == column_labels(name)


def test_csv_is_the_csv_of_the_report(datasets, study):
    assert dataset_file("ADAE", datasets.adae, study, kind="csv") == dataset_csv(datasets.adae)


def test_types_missing_values_and_labels():
    frame = pd.DataFrame(
        {
            "A": pd.Series(["Łódź", None], dtype=object),
            "N": pd.array([1, None], dtype="Int64"),
            "D": pd.to_datetime(["2024-02-29", None]),
            "X": [0.1 + 0.2, float("nan")],
        }
    )
    table = FileTable(name="ADXX", label="A dataset", frame=frame, labels={"A": "Miasto"})
    data = parquet_bytes(table)
    assert data == parquet_bytes(table)
    found = parquet.read_table(BytesIO(data))
    assert [field.type for field in found.schema] == [pa.string(), pa.int64(), pa.date32(), pa.float64()]
    assert found.schema.field("A").metadata == {b"label": b"Miasto"}
    assert found.schema.metadata == {b"name": b"ADXX", b"label": b"A dataset"}
    assert found.to_pylist()[1] == {"A": None, "N": None, "D": None, "X": None}
    assert found.to_pylist()[0]["X"] == 0.1 + 0.2


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


FRAME_SPSS_FILES = pd.DataFrame(
    {
        "SEX": pd.Series(["F", None], dtype=object),
        "ARMN": pd.array([2, None], dtype="Int64"),
        "D": pd.to_datetime(["2024-02-29", None]),
        "E": pd.to_datetime([None, None]),
        "X": [0.1 + 0.2, float("nan")],
    }
)


def _table_spss_files(frame=FRAME_SPSS_FILES, **changes):
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
    frame, meta = pyreadstat.read_sav(BytesIO(sav_bytes(_table_spss_files())))
    assert frame["SEX"].tolist() == ["F", ""]
    assert frame["D"].tolist()[0] == date(2024, 2, 29)
    assert frame["X"].tolist()[0] == 0.1 + 0.2
    assert frame[["E", "ARMN"]].iloc[1].isna().all()
    assert meta.column_labels == ["Płeć", "ARMN", "D", "E", "X"]
    assert meta.variable_value_labels == {"SEX": {"F": "Female"}, "ARMN": {2.0: "Arm B"}}
    assert (meta.original_variable_types["E"], meta.file_label) == ("DATE11", "Subjects")


def test_levels_of_measurement_and_widths_of_spss_files():
    frame = FRAME_SPSS_FILES.assign(GRADEH=["G1", None], LONG=["x" * 90, None])
    _, meta = pyreadstat.read_sav(BytesIO(sav_bytes(_table_spss_files(frame, ordered=frozenset({"GRADEH"})))))
    assert meta.variable_measure == {
        "SEX": "nominal", "ARMN": "nominal", "D": "scale", "E": "scale", "X": "scale", "GRADEH": "ordinal",
        "LONG": "nominal",
    }  # fmt: skip
    assert meta.variable_display_width == {
        "SEX": 3, "ARMN": 8, "D": 11, "E": 11, "X": 12, "GRADEH": 6, "LONG": 40,
    }  # fmt: skip
    assert meta.variable_storage_width["LONG"] >= 90


def test_the_same_table_gives_the_same_bytes_whatever_the_clock_of_spss_files():
    data = sav_bytes(_table_spss_files())
    assert data == sav_bytes(_table_spss_files())
    assert data[92:109] == b"30 Jun 2500:00:00"


def test_what_does_not_fit_is_refused():
    with pytest.raises(DataError, match="label of SEX is 257 bytes long"):
        sav_bytes(_table_spss_files(labels={"SEX": "x" * 257}))


def test_a_table_without_rows():
    assert pyreadstat.read_sav(BytesIO(sav_bytes(_table_spss_files(FRAME_SPSS_FILES.head(0)))))[0].empty
