"""SAS transport files (XPT) of version 5 and 8."""

import re
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pandas as pd

from duonen_stats.formats.file_table import (
    FileTable,
    Limits,
    days_since,
    is_date,
    require_fits,
    text_column,
)
from duonen_stats.raw.intake.readers.optional import library

LIMITS = {
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
    require_fits(table, LIMITS[version])
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
