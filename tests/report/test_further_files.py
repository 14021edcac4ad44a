from io import BytesIO
from types import MappingProxyType

import pandas as pd
import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.report.compose import Analysed
from duonen_stats.report.further_files import further_files


@pytest.fixture(scope="module")
def analysed(cut, study, datasets, results):
    return Analysed(
        cut=cut, findings=(), study=study, plan=INTERIM, data=datasets, results=results,
        versions=MappingProxyType({}), fingerprint="",
    )  # fmt: skip


def test_metadata_and_results_are_always_written(analysed):
    assert set(further_files(analysed)) == {"datasets/define.xml", "results.json"}


def test_datasets_and_results_in_further_formats(analysed, results):
    files = further_files(analysed, ("parquet", "xpt", "xpt8"))
    assert {
        "datasets/xpt/adlb.xpt",
        "datasets/xpt8/adlb.xpt",
        "datasets/parquet/adsl.parquet",
        "results.parquet",
    } <= set(files)
    table = pd.read_parquet(BytesIO(files["results.parquet"]))
    assert table["analysis_id"].tolist() == [row.analysis_id for row in results]
    assert [None if pd.isna(value) else value for value in table["stat"]] == [row.stat for row in results]
