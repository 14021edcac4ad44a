"""Parquet files with labels as metadata of the fields."""

from io import BytesIO

import pandas as pd

from duonen_stats.formats.file_table import FileTable, is_date
from duonen_stats.raw.intake.readers.optional import library


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
