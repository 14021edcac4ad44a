"""Readers: one file format a module, each from bytes to a :class:`~duonen_stats.raw.intake.sheet.Sheet`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.intake.readers.parquet import read_parquet
from duonen_stats.raw.intake.readers.sas import read_sas7bdat, read_xpt
from duonen_stats.raw.intake.readers.spss import read_sav
from duonen_stats.raw.intake.readers.workbook import read_xlsx
from duonen_stats.raw.intake.sheet import FileDescription, Sheet

Reader = Callable[[bytes, str, FileDescription], Sheet]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".csv": read_csv,
        ".tsv": read_csv,
        ".txt": read_csv,
        ".xlsx": read_xlsx,
        ".sav": read_sav,
        ".zsav": read_sav,
        ".xpt": read_xpt,
        ".sas7bdat": read_sas7bdat,
        ".parquet": read_parquet,
    }
)
"""How a file is read, by the ending of its name; another format is another entry."""

__all__ = ["READERS", "Reader"]
