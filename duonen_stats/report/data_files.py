"""Files of a report that programs read: results, findings, datasets, records, tables, and the register of displays."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from duonen_stats.displays.model.content import ProducedDisplay, TableContent
from duonen_stats.document.content_model import Document
from duonen_stats.formats import csv_files
from duonen_stats.formats.ars_json import ars_json
from duonen_stats.formats.csv_files import DISPLAYS, displays_csv
from duonen_stats.formats.dataset_files import dataset_file, file_name, parquet_bytes
from duonen_stats.formats.define_xml import define_xml
from duonen_stats.formats.file_table import FileTable
from duonen_stats.publication.audit_report import audit_csv
from duonen_stats.raw.cut_at_date import readout_frame
from duonen_stats.raw.derived.record_names import record_names
from duonen_stats.report.aggregate import without_patients, without_points
from duonen_stats.report.compose import Analysed
from duonen_stats.report.verification_files import verification_files
from duonen_stats.results import Results, ids

# Files of a report for other programs: metadata, results in other formats, datasets in other formats.


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
            study,
            name=analysed.kind.title.lower(),
            simulated=cut.simulated,
            primary=ids.log_rank(ids.primary("pfs")) if analysed.status.as_planned else None,
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


def source_files(analysed: Analysed) -> dict[str, bytes]:
    """Write findings, datasets and records: what the second engine starts from, before anything is analysed.

    Parameters
    ----------
    analysed
        Everything the report is made of; its results are not looked at.
    """
    files = {
        "findings.csv": csv_files.findings_csv(
            analysed.findings, record_names(analysed.findings, analysed.cut, analysed.study)
        ),
        "set_aside.csv": csv_files.dataset_csv(analysed.data.set_aside),
    }
    files |= {f"datasets/{name.lower()}.csv": csv_files.dataset_csv(frame) for name, frame in analysed.data}
    return files | _records(analysed)


def record_files(analysed: Analysed, sources: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Write results, findings, datasets and records: all that the second engine needs, before anything is drawn.

    Parameters
    ----------
    analysed
        Everything the report is made of.
    sources
        What :func:`source_files` has written of it already.

    Returns
    -------
    dict
        Content by name within the folder of the report; of a report of aggregates only nothing of single patients.
    """
    files = {"results.csv": csv_files.results_csv(_shown(analysed), analysed.study)}
    if analysed.audit is not None:
        files["audit.csv"] = audit_csv(analysed.audit)
    files |= source_files(analysed) if sources is None else sources
    return without_patients(files) if analysed.aggregate else files


def _shown(analysed: Analysed) -> Results:
    return without_points(analysed.results) if analysed.aggregate else analysed.results


def data_files(
    analysed: Analysed,
    displays: Mapping[str, ProducedDisplay],
    document: Document,
    also: Sequence[str] = (),
    *,
    records: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Write everything of a report but its figures, its pages and its manifest.

    Parameters
    ----------
    analysed
        Everything the report is made of.
    displays
        Its displays by key: tables among them are written as shown.
    document
        The report as composed, which says where each number is shown.
    also
        Further formats of the datasets, as in ``further_files``.
    records
        What ``record_files`` has written already.

    Returns
    -------
    dict
        Content by name within the folder of the report.

    Raises
    ------
    DataError
        A dataset does not fit a format.
    MissingLibraryError
        The library for a format is not installed.
    """
    files = dict(record_files(analysed) if records is None else records)
    files[DISPLAYS] = displays_csv(document)
    files |= {
        f"tables/{key}.csv": csv_files.table_csv(produced)
        for key, produced in displays.items()
        if isinstance(produced.content, TableContent)
    }
    files |= further_files(replace(analysed, results=_shown(analysed)), also)
    files |= verification_files(analysed)
    return without_patients(files) if analysed.aggregate else files


def _records(analysed: Analysed) -> dict[str, bytes]:
    """Write the raw records, unless they would reveal the arms of a blinded run, and what an earlier date changed."""
    cut = analysed.cut
    files = {} if analysed.blinded is not None else csv_files.raw_csvs(cut, analysed.study)
    if cut.snapshot_date is not None:
        files["cut_readout.csv"] = csv_files.dataset_csv(readout_frame(cut.readout))
    return files
