from io import BytesIO
from types import MappingProxyType

import pandas as pd
import pytest

from duonen_stats.datasets import accounting
from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.model.content import TableContent
from duonen_stats.document.content_model import Document
from duonen_stats.plan import INTERIM
from duonen_stats.report.compose import Analysed, lay_out_all
from duonen_stats.report.data_files import data_files, further_files
from duonen_stats.results import Results
from duonen_stats.results.quality import analyse_quality


def test_every_dataset_table_and_raw_table_has_its_file(cut, study, datasets, results):
    every = Results([*results, *analyse_quality((), accounting(cut, datasets))])
    analysed = Analysed(
        cut=cut, findings=(), study=study, plan=INTERIM, data=datasets, results=every,
        versions=MappingProxyType({}), fingerprint="",
    )  # fmt: skip
    displays = lay_out_all(analysed)
    document = Document(
        title="Report", subtitle="", simulated=True, banner="", meta=(), sections=(), results=every, cut_line="",
        running_title="",
    )  # fmt: skip
    files = data_files(analysed, displays, document)
    tables = {key for key, produced in displays.items() if isinstance(produced.content, TableContent)}
    assert tables & INTERIM_DISPLAYS.keys()
    assert {
        name.removeprefix("tables/").removesuffix(".csv") for name in files if name.startswith("tables/")
    } == tables
    assert {f"datasets/{name.lower()}.csv" for name, _ in datasets} < files.keys()
    assert {f"raw/{table.name}.csv" for table in study.tables} < files.keys()
    assert {"results.csv", "findings.csv", "set_aside.csv", "displays.csv", "results.json"} < files.keys()
    assert not {"cut_readout.csv", "audit.csv", "manifest.json"} & files.keys()


@pytest.fixture(scope="module")
def analysed(cut, study, datasets, results):
    return Analysed(
        cut=cut, findings=(), study=study, plan=INTERIM, data=datasets, results=results,
        versions=MappingProxyType({}), fingerprint="",
    )  # fmt: skip


def test_metadata_and_results_are_always_written(analysed):
    files = further_files(analysed)
    assert set(files) == {"datasets/define.xml", "results.json"}
    assert (
        f'CreationDateTime="{analysed.cut.cut_date:%Y-%m-%d}T00:00:00"'.encode()
        in files["datasets/define.xml"]
    )


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
