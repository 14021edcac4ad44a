from types import MappingProxyType

from duonen_stats.datasets import accounting
from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.model.content import TableContent
from duonen_stats.document.content_model import Document
from duonen_stats.plan import INTERIM
from duonen_stats.report.compose import Analysed, lay_out_all
from duonen_stats.report.data_files import data_files
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
