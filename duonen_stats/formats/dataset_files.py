"""The analysis datasets in the formats of other programs, and their metadata beside them."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Literal

import pandas as pd

from duonen_stats.datasets.metadata.variables import DATASETS, ORDERED, Dataset, code_lists
from duonen_stats.formats.csv_files import dataset_csv
from duonen_stats.formats.file_table import (
    NO_DATE,
    FileTable,
    Limits,
    days_since,
    is_date,
    longest_bytes,
    require_fits,
    text_column,
)
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.study import Study

# Parquet files with labels as metadata of the fields.


def parquet_bytes(table: FileTable) -> bytes:
    """Write a table as a Parquet file.

    Parameters
    ----------
    table
        What to write.

    Returns
    -------
    bytes
        The file: text, 64-bit integers, doubles and days, missing values as nulls; each field has its label
        in its metadata, and the schema has the name and label of the table.

    Raises
    ------
    MissingLibraryError
        pyarrow is not installed.
    """
    arrow, parquet = library("pyarrow", "Parquet files"), library("pyarrow.parquet", "Parquet files")
    fields, arrays = [], []
    for name in table.frame.columns:
        values = table.frame[name]
        kind = _kind(arrow, values)
        plain = [
            None if pd.isna(value) else value for value in (values.dt.date if is_date(values) else values)
        ]
        fields.append(arrow.field(str(name), kind, metadata={"label": table.labels.get(str(name), "")}))
        arrays.append(arrow.array(plain, type=kind))
    schema = arrow.schema(fields, metadata={"name": table.name, "label": table.label})
    buffer = BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), buffer)
    return buffer.getvalue()


def _kind(arrow: object, values: pd.Series) -> object:
    if is_date(values):
        return arrow.date32()  # type: ignore[attr-defined]
    if values.dtype == object:
        return arrow.string()  # type: ignore[attr-defined]
    return arrow.int64() if values.dtype == "Int64" else arrow.float64()  # type: ignore[attr-defined]


# SAS transport files (XPT) of version 5 and 8.


SAS_LIMITS = {
    5: Limits(format="SAS transport version 5", name=8, label=40, value=200, upper=True),
    8: Limits(format="SAS transport version 8", name=32, label=256, value=32767),
}
"""Version 5: what the format and the agencies that ask for it allow."""

_SAS_EPOCH = date(1960, 1, 1)
_TIME = re.compile(rb"\d{2}[A-Z]{3}\d{2}:\d{2}:\d{2}:\d{2}")
_HEAD = 8 * 80
"""The records before the variables: library, member and descriptor."""


def xpt_bytes(table: FileTable, *, version: Literal[5, 8]) -> bytes:
    """Write a table as a SAS transport file.

    Numbers become IBM floats of 56 bits, which hold every double of the size of measurements exactly; dates are
    SAS dates with the format DATE9.

    Parameters
    ----------
    table
        What to write.
    version
        Of the format.

    Returns
    -------
    bytes
        The file; the same table gives the same bytes.

    Raises
    ------
    DataError
        A name, label or value does not fit.
    MissingLibraryError
        pyreadstat is not installed.
    """
    require_fits(table, SAS_LIMITS[version])
    dates = [name for name in table.frame.columns if is_date(table.frame[name])]
    write = library("pyreadstat", "SAS files").write_xport
    with TemporaryDirectory() as folder:  # the library writes to a path only
        path = Path(folder) / "table.xpt"
        write(
            _columns(table),
            str(path),
            file_label=table.label,
            column_labels={name: table.labels.get(name) or name for name in table.frame.columns},
            table_name=table.name,
            file_format_version=version,
            variable_format=dict.fromkeys(dates, "DATE9"),
        )
        data = path.read_bytes()
    made = table.made.strftime("%d%b%y:%H:%M:%S").upper().encode()
    return _TIME.sub(made, data[:_HEAD]) + data[_HEAD:]


def _columns(table: FileTable) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for name in table.frame.columns:
        values = table.frame[name]
        if is_date(values):
            columns[name] = days_since(values, _SAS_EPOCH)
        else:
            columns[name] = text_column(values) if values.dtype == object else values.astype("float64")
    return pd.DataFrame(columns, index=range(len(table.frame))) if not table.frame.empty else _empty(table)


def _empty(table: FileTable) -> pd.DataFrame:
    kinds = {
        name: "object" if table.frame[name].dtype == object else "float64" for name in table.frame.columns
    }
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


# SPSS files (.sav) with labels of variables and values.


SPSS_LIMITS = Limits(format="SPSS", name=64, label=256, value=32767)

_WIDTHS = {"F8.0": 8, "F12.4": 12, "DATE11": 11}
_WIDEST = 40
"""Characters at which a column of a data editor is cut off for reading; the values are whole."""

_SPSS_EPOCH = date(1582, 10, 14)
_SECONDS = 24 * 60 * 60
_DATE, _SPSS_TIME = slice(92, 101), slice(101, 109)
"""Where the header has the date and the time of making."""


def sav_bytes(table: FileTable) -> bytes:
    """Write a table as an SPSS file.

    Parameters
    ----------
    table
        What to write.

    Returns
    -------
    bytes
        The file; the same table gives the same bytes. Numbers are doubles, dates have the format DATE11. Text and codes
        are nominal, what ``ordered`` names is ordinal, everything else scale; a column is as wide as its longest value.

    Raises
    ------
    DataError
        A name, label or value does not fit.
    MissingLibraryError
        pyreadstat is not installed.
    """
    require_fits(table, SPSS_LIMITS)
    write = library("pyreadstat", "SPSS files").write_sav
    columns, formats, measures, widths = {}, {}, {}, {}
    for name in table.frame.columns:
        values = table.frame[name]
        if is_date(values):
            columns[name] = (days_since(values, _SPSS_EPOCH) * _SECONDS).to_numpy()
            formats[name] = "DATE11"
        elif values.dtype == object:
            columns[name] = pd.Series(text_column(values), dtype=object).to_numpy()
        else:
            columns[name] = values.astype("float64").to_numpy()
            formats[name] = "F8.0" if values.dtype == "Int64" else "F12.4"
        measures[name] = _measure(table, name)
        longest = longest_bytes(values) if values.dtype == object else _WIDTHS[formats[name]]
        widths[name] = min(max(longest, len(name)), _WIDEST)
    with TemporaryDirectory() as folder:  # the library writes to a path only
        path = Path(folder) / "table.sav"
        write(
            pd.DataFrame(columns, index=range(len(table.frame))),
            str(path),
            file_label=table.label,
            column_labels={name: table.labels.get(name) or name for name in columns},
            variable_value_labels={name: dict(found) for name, found in table.value_labels.items()},
            variable_format=formats,
            variable_measure=measures,
            variable_display_width=widths,
        )
        data = bytearray(path.read_bytes())
    data[_DATE] = table.made.strftime("%d %b %y").encode()
    data[_SPSS_TIME] = table.made.strftime("%H:%M:%S").encode()
    return bytes(data)


def _measure(table: FileTable, name: str) -> str:
    """Return the level of measurement of a column, as SPSS calls it."""
    if name in table.ordered:
        return "ordinal"
    return "nominal" if table.frame[name].dtype == object or name in table.value_labels else "scale"


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
        value_labels=code_lists(study, names, frame),
        made=_made(frame),
        ordered=ORDERED & frozenset(names),
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
