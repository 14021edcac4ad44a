"""Excel workbooks: one worksheet a table, texts never taken for formulas."""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from duonen_stats.errors import DataError
from duonen_stats.formats.file_table import FileTable
from duonen_stats.raw.intake.readers.optional import library

_LONGEST_TITLE = 31
_LONGEST_TEXT = 32767
_CHANGED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def workbook_bytes(tables: Iterable[FileTable]) -> bytes:
    """Write tables as the worksheets of one workbook.

    Parameters
    ----------
    tables
        What to write, each into a worksheet of its name.

    Returns
    -------
    bytes
        The file; the same tables give the same bytes. Dates are dates of Excel; a number with more digits
        than the file would keep is written as text.

    Raises
    ------
    DataError
        The name of a table is too long, or a text has a character that Excel cannot hold.
    MissingLibraryError
        openpyxl is not installed.
    """
    openpyxl, cells = library("openpyxl", "Excel workbooks"), library("openpyxl.cell", "Excel workbooks")
    written = [*tables]
    for table in written:
        _require_fits(table)
    book = openpyxl.Workbook(write_only=True)
    for table in written:
        sheet = book.create_sheet(table.name)
        columns = [table.frame[name].tolist() for name in table.frame.columns]
        sheet.append([_cell(cells, sheet, str(name)) for name in table.frame.columns])
        for row in zip(*columns, strict=True):
            sheet.append([_cell(cells, sheet, value) for value in row])
    buffer = BytesIO()
    book.save(buffer)
    return _timeless(buffer.getvalue(), written[0])


def _require_fits(table: FileTable) -> None:
    illegal = library("openpyxl.cell.cell", "Excel workbooks").ILLEGAL_CHARACTERS_RE
    if len(table.name) > _LONGEST_TITLE:
        raise DataError(
            f"{table.name} is too long for the name of a worksheet ({_LONGEST_TITLE} characters)."
        )
    for name in table.frame.columns:
        values = table.frame[name]
        for value in values.dropna().unique() if values.dtype == object else ():
            if illegal.search(str(value)):
                raise DataError(f"{table.name} has a control character in {name}, which Excel cannot hold.")
            if len(str(value)) > _LONGEST_TEXT:
                raise DataError(f"{table.name} has a text of more than {_LONGEST_TEXT} characters in {name}.")


def _cell(cells: Any, sheet: Any, value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, str):
        return _text(cells, sheet, value)
    if isinstance(value, pd.Timestamp):
        cell = cells.WriteOnlyCell(sheet, value=value.date())
        cell.number_format = "yyyy-mm-dd"
        return cell
    # The library writes 16 digits.
    exact = isinstance(value, int) or float(f"{value:.16g}") == value
    return value if exact else _text(cells, sheet, repr(float(value)))


def _text(cells: Any, sheet: Any, value: str) -> Any:
    cell = cells.WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"  # whatever it begins with
    return cell


def _timeless(data: bytes, table: FileTable) -> bytes:
    """Give all parts of a workbook the time of making of its tables, in place of the clock's."""
    moment = table.made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(buffer, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "docProps/core.xml":
                content = _CHANGED.sub(rb"\g<1>" + moment + rb"\g<3>", content)
            info = ZipInfo(item.filename, date_time=table.made.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, content)
    return buffer.getvalue()
