"""Parquet files."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import numpy as np

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers.cells import cell_text
from duonen_stats.raw.intake.readers.optional import guarded, library, require_cells
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sheet import Record, Sheet, sheet_of

_SHORT = {"halffloat": np.float16, "float": np.float32}
"""Kinds of numbers with fewer digits than a double, by their names in the file."""


_BATCH = 20_000
"""So many records are unpacked at a time."""


def read_parquet(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a Parquet file. Whatever is wrong becomes a finding; nothing is raised.

    A number of 32 bits is read as the shortest decimal number that is stored as it is: 13.2, not
    13.199999809265137. A moment with a time zone is read as it is written there.
    """
    return guarded("Parquet", _parse, data, table, stated)


def _parse(data: bytes, table: str, _: FileDescription) -> Sheet:
    file = library("pyarrow.parquet", "Parquet files").ParquetFile(BytesIO(data))
    names = file.schema_arrow.names
    if len({*names}) != len(names):
        raise UnreadableFileError("a column name is repeated")
    require_cells(file.metadata.num_rows, len(names))
    lines = _records(file, names)
    return sheet_of(lines, table, (), write=cell_text, typed=True, form={"format": "Parquet"})


def _records(file: Any, names: Sequence[str]) -> Iterator[Record]:
    if names:
        yield 0, names
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH):
        columns = [_values(batch.column(place)) for place in range(len(names))]
        for cells in zip(*columns, strict=True):
            number += 1
            yield number, cells


def _values(column: Any) -> Sequence[Any]:
    kind = column.type.value_type if hasattr(column.type, "value_type") else column.type
    values: list[Any] = column.to_pylist()
    short = _SHORT.get(str(kind))
    if short is None:
        return values
    return [None if value is None else float(str(short(value))) for value in values]
