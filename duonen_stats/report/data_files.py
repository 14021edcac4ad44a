"""Files of a report that programs read: results, findings, datasets, records, tables, and the register of displays."""

from collections.abc import Mapping, Sequence

from duonen_stats.displays.model.content import TableContent
from duonen_stats.displays.model.produced import Produced
from duonen_stats.document.content_model import Document
from duonen_stats.formats import csv_files
from duonen_stats.formats.shown import DISPLAYS, displays_csv
from duonen_stats.publication.audit_report import audit_csv
from duonen_stats.raw.cut_at_date import readout_frame
from duonen_stats.report.compose import Analysed
from duonen_stats.report.further_files import further_files


def data_files(
    analysed: Analysed, displays: Mapping[str, Produced], document: Document, also: Sequence[str] = ()
) -> dict[str, bytes]:
    """Write everything of a report but its figures, its pages and its manifest.

    Parameters
    ----------
    analysed
        Everything the report is made of.
    displays
        Its displays by key: tables among them are written as shown.
    document
        The report as composed, which tells where each number is shown.
    also
        Further formats of the datasets, as in ``further_files``.

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
    files = {
        "results.csv": csv_files.results_csv(analysed.results),
        "findings.csv": csv_files.findings_csv(analysed.findings),
        "set_aside.csv": csv_files.dataset_csv(analysed.data.set_aside),
        DISPLAYS: displays_csv(document),
    }
    if analysed.audit is not None:
        files["audit.csv"] = audit_csv(analysed.audit)
    files |= {f"datasets/{name.lower()}.csv": csv_files.dataset_csv(frame) for name, frame in analysed.data}
    files |= {
        f"tables/{key}.csv": csv_files.table_csv(produced)
        for key, produced in displays.items()
        if isinstance(produced.content, TableContent)
    }
    return files | _records(analysed) | further_files(analysed, also)


def _records(analysed: Analysed) -> dict[str, bytes]:
    """Write the raw records, unless they would tell the arms of a blinded run, and what an earlier date changed."""
    cut = analysed.cut
    files = {} if analysed.blinded is not None else csv_files.raw_csvs(cut)
    if cut.snapshot_date is not None:
        files["cut_readout.csv"] = csv_files.dataset_csv(readout_frame(cut.readout))
    return files
