"""Files of a report for other programs: metadata, results in other formats, datasets in other formats."""

from collections.abc import Sequence

import pandas as pd

from duonen_stats.formats.ars_json import ars_json
from duonen_stats.formats.dataset_files import dataset_file, file_name
from duonen_stats.formats.define_xml import define_xml
from duonen_stats.formats.file_table import FileTable
from duonen_stats.formats.parquet_files import parquet_bytes
from duonen_stats.report.compose import Analysed


def further_files(analysed: Analysed, also: Sequence[str] = ()) -> dict[str, bytes]:
    """Write what other programs read of a report, beside its CSV files.

    Parameters
    ----------
    analysed
        Everything the report is made of.
    also
        Further formats of the datasets, as in ``dataset_files.FORMATS``; with ``"parquet"`` the results table
        is written in it too.

    Returns
    -------
    dict
        Content by name: always ``datasets/define.xml`` and ``results.json`` (CDISC ARS).

    Raises
    ------
    DataError
        A dataset does not fit a format.
    MissingLibraryError
        The library for a format is not installed.
    """
    data, study, cut = analysed.data, analysed.study, analysed.cut
    made = "2000-01-01" if cut.cut_date is None else f"{cut.cut_date:%Y-%m-%d}"
    files = {
        "datasets/define.xml": define_xml(data, study, made=f"{made}T00:00:00"),
        "results.json": ars_json(
            analysed.results,
            study_id=study.study_id,
            name=analysed.kind.title.lower(),
            simulated=cut.simulated,
        ),
    }
    for kind in also:
        # Two versions of SAS transport have the same ending: each has a folder of its own.
        files |= {
            f"datasets/{kind}/{file_name(name, kind)}": dataset_file(name, frame, study, kind=kind)
            for name, frame in data
        }
    if "parquet" in also:
        files["results.parquet"] = parquet_bytes(_results_table(analysed))
    return files


def _results_table(analysed: Analysed) -> FileTable:
    frame = analysed.results.frame()
    numbers = frame["stat"].astype("float64")
    texts = [name for name in frame.columns if name not in {"stat", "n"}]
    columns = {name: frame[name].astype(object).where(frame[name] != "", None) for name in texts}
    return FileTable(
        name="results",
        label="Results table",
        frame=pd.DataFrame({**frame, **columns, "stat": numbers})[[*frame.columns]],
        labels={},
    )
