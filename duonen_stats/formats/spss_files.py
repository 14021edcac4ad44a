"""SPSS files (.sav) with labels of variables and values."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

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

LIMITS = Limits(format="SPSS", name=64, label=256, value=32767)

_SPSS_EPOCH = date(1582, 10, 14)
_SECONDS = 24 * 60 * 60
_DATE, _TIME = slice(92, 101), slice(101, 109)
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
        The file; the same table gives the same bytes. Numbers are doubles, dates have the format DATE11.

    Raises
    ------
    DataError
        A name, label or value does not fit.
    MissingLibraryError
        pyreadstat is not installed.
    """
    require_fits(table, LIMITS)
    write = library("pyreadstat", "SPSS files").write_sav
    columns, formats = {}, {}
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
    with TemporaryDirectory() as folder:  # the library writes to a path only
        path = Path(folder) / "table.sav"
        write(
            pd.DataFrame(columns, index=range(len(table.frame))),
            str(path),
            file_label=table.label,
            column_labels={name: table.labels.get(name) or name for name in columns},
            variable_value_labels={name: dict(found) for name, found in table.value_labels.items()},
            variable_format=formats,
        )
        data = bytearray(path.read_bytes())
    data[_DATE] = table.made.strftime("%d %b %y").encode()
    data[_TIME] = table.made.strftime("%H:%M:%S").encode()
    return bytes(data)
