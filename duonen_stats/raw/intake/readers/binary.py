"""Parquet files."""

from io import BytesIO

from duonen_stats.raw.intake.readers.cells import sheet_of_columns
from duonen_stats.raw.intake.readers.guarding import guarded
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.raw.intake.sheet import Sheet, Stated


def read_parquet(data: bytes, table: str, stated: Stated | None = None) -> Sheet:
    """Read the bytes of a Parquet file. Whatever is wrong becomes a finding; nothing is raised."""
    return guarded("Parquet", _parse, data, table, stated)


def _parse(data: bytes, table: str, _: Stated) -> Sheet:
    found = library("pyarrow.parquet", "Parquet files").read_table(BytesIO(data))
    columns = {name: found.column(place).to_pylist() for place, name in enumerate(found.column_names)}
    if len(columns) != len(found.column_names):
        raise ValueError("a column name is repeated")
    return sheet_of_columns(columns, table, form={"format": "Parquet"})
