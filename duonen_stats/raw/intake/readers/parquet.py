"""Parquet files."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np

from duonen_stats.raw.intake.readers.cells import sheet_of_columns
from duonen_stats.raw.intake.readers.optional import guarded, library
from duonen_stats.raw.intake.sheet import FileDescription, Sheet

_SHORT = {"halffloat": np.float16, "float": np.float32}
"""Kinds of numbers with fewer digits than a double, by their names in the file."""


def read_parquet(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a Parquet file. Whatever is wrong becomes a finding; nothing is raised.

    A number of 32 bits is read as the shortest decimal number that is stored as it is: 13.2, not
    13.199999809265137. A moment with a time zone is read as it is written there.
    """
    return guarded("Parquet", _parse, data, table, stated)


def _parse(data: bytes, table: str, _: FileDescription) -> Sheet:
    found = library("pyarrow.parquet", "Parquet files").read_table(BytesIO(data))
    columns = {name: _values(found.column(place)) for place, name in enumerate(found.column_names)}
    if len(columns) != len(found.column_names):
        raise ValueError("a column name is repeated")
    return sheet_of_columns(columns, table, form={"format": "Parquet"})


def _values(column: Any) -> Sequence[Any]:
    kind = column.type.value_type if hasattr(column.type, "value_type") else column.type
    values: list[Any] = column.to_pylist()
    short = _SHORT.get(str(kind))
    if short is None:
        return values
    return [None if value is None else float(str(short(value))) for value in values]
