"""From typed columns back to CSV text: the inverse of reading a raw table."""

from typing import Any

import pandas as pd

from duonen_stats.study import RawColumn, RawTable


def raw_csv(frame: pd.DataFrame, table: RawTable) -> bytes:
    """Write a raw table as the bytes of a CSV file.

    Parameters
    ----------
    frame
        A typed table, as a ``Cut`` holds it; ``_ROW`` is not written.
    table
        The table as the dictionary has it.

    Returns
    -------
    bytes
        UTF-8, commas, line feeds, dates as YYYY-MM-DD, a missing value as an empty cell, numbers as short as
        they can be: reading them again gives the same values.
    """
    texts = {column.name: _texts(frame[column.name], column) for column in table.columns}
    return pd.DataFrame(texts).to_csv(index=False, lineterminator="\n").encode()


def _texts(values: "pd.Series[Any]", column: RawColumn) -> "pd.Series[Any]":
    if column.type == "date":
        return pd.to_datetime(values).dt.strftime("%Y-%m-%d")
    if column.type == "text":
        return values
    # Codes for missing values would survive astype(str); they are taken out again.
    return values.astype(str).str.removesuffix(".0").where(values.notna(), "")
