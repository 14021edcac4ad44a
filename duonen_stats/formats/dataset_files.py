"""The analysis datasets in the formats of other programs, and their metadata beside them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

import pandas as pd

from duonen_stats.datasets.metadata.code_lists import code_lists
from duonen_stats.datasets.metadata.variables import DATASETS, Dataset
from duonen_stats.formats.csv_files import dataset_csv
from duonen_stats.formats.file_table import NO_DATE, FileTable
from duonen_stats.formats.parquet_files import parquet_bytes
from duonen_stats.formats.sas_files import xpt_bytes
from duonen_stats.formats.spss_files import sav_bytes
from duonen_stats.study import Study

_WRITERS: Mapping[str, tuple[str, Callable[[FileTable], bytes]]] = MappingProxyType(
    {
        "csv": ("csv", lambda table: dataset_csv(table.frame)),
        "parquet": ("parquet", parquet_bytes),
        "xpt": ("xpt", lambda table: xpt_bytes(table, version=5)),
        "xpt8": ("xpt", lambda table: xpt_bytes(table, version=8)),
        "sav": ("sav", sav_bytes),
    }
)
FORMATS = (*_WRITERS,)
"""Formats the datasets can be written in; ``xpt`` is SAS transport of version 5, ``xpt8`` of version 8."""


def dataset_file(
    name: str, frame: pd.DataFrame, study: Study, *, kind: str, described: Dataset | None = None
) -> bytes:
    """Write one dataset.

    Parameters
    ----------
    name
        Of the dataset, such as ``"ADSL"``.
    frame
        Its rows.
    study
        Whose code lists give the labels of values.
    kind
        One of ``FORMATS``.
    described
        Its variables, if it is not one of ``DATASETS``.

    Raises
    ------
    DataError
        A name, label or value does not fit the format.
    MissingLibraryError
        The library for the format is not installed.
    """
    about = described or DATASETS[name]
    names = [str(column) for column in frame.columns]
    table = FileTable(
        name=name,
        label=about.label,
        frame=frame,
        labels={item.name: item.label for item in about.variables if item.name in names},
        value_labels=code_lists(study, names),
        made=_made(frame),
    )
    return _WRITERS[kind][1](table)


def file_name(name: str, kind: str) -> str:
    """Name of the file of a dataset in a format, such as ``"adsl.xpt"``."""
    return f"{name.lower()}.{_WRITERS[kind][0]}"


def _made(frame: pd.DataFrame) -> datetime:
    """Date of the data cut where the dataset has it: the same input gives the same bytes."""
    if "DCUTDT" in frame.columns and frame["DCUTDT"].notna().any():
        return datetime(*frame["DCUTDT"].max().timetuple()[:3])  # noqa: DTZ001 - file formats have no time zone
    return NO_DATE
