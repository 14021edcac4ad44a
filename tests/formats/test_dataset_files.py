from io import BytesIO

import pandas as pd
import pyreadstat
import pytest

from duonen_stats.datasets.metadata.variables import column_labels
from duonen_stats.formats.csv_files import dataset_csv
from duonen_stats.formats.dataset_files import FORMATS, dataset_file, file_name


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
