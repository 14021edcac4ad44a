"""Readers: one file format a module, each from bytes to a :class:`~duonen_stats.raw.intake.sheet.Sheet`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO, Protocol

from duonen_stats.raw.intake.readers.dataset_json import read_dataset_json, read_dataset_ndjson
from duonen_stats.raw.intake.readers.delimited import read_csv
from duonen_stats.raw.intake.readers.odm import open_odm
from duonen_stats.raw.intake.readers.parquet import read_parquet
from duonen_stats.raw.intake.readers.sas import read_sas7bdat, read_xpt
from duonen_stats.raw.intake.readers.spreadsheets.excel import open_excel
from duonen_stats.raw.intake.readers.spreadsheets.ods import open_ods
from duonen_stats.raw.intake.readers.spreadsheets.workbook import read_ods, read_xlsx
from duonen_stats.raw.intake.readers.spss import read_sav
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sheet import Sheet

Reader = Callable[[bytes, str, FileDescription], Sheet]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".csv": read_csv,
        ".tsv": read_csv,
        ".txt": read_csv,
        ".xlsx": read_xlsx,
        ".xlsm": read_xlsx,
        ".ods": read_ods,
        ".sav": read_sav,
        ".zsav": read_sav,
        ".xpt": read_xpt,
        ".sas7bdat": read_sas7bdat,
        ".parquet": read_parquet,
        ".json": read_dataset_json,
        ".ndjson": read_dataset_ndjson,
    }
)
"""How a file is read, by the ending of its name; another format is another entry."""


class Container(Protocol):
    """An opened file that holds several sheets, such as the worksheets of a workbook."""

    @property
    def titles(self) -> list[str]:
        """Names of the sheets, in order."""

    def read(self, title: str, table: str, stated: FileDescription) -> Sheet:
        """Read one of them, which is the table with this name."""


CONTAINERS: Mapping[str, Callable[[BinaryIO], Container]] = MappingProxyType(
    {".xlsx": open_excel, ".xlsm": open_excel, ".ods": open_ods, ".xml": open_odm}
)
"""How a file with several sheets is opened, by the ending of its name."""

__all__ = ["CONTAINERS", "READERS", "Container", "Reader"]
