"""Excel workbooks (.xlsx): values as stored, with what a spreadsheet can hide."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import ZipFile

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.readers.cells import cell_text
from duonen_stats.raw.intake.readers.optional import guarded, library
from duonen_stats.raw.intake.sheet import (
    Converted,
    FileDescription,
    Record,
    Sheet,
    column_name,
    sheet_of,
)
from duonen_stats.raw.questions import EXPORT_AGAIN

SHEETS = CheckRule(
    "RD-SHEETS",
    "error",
    "A workbook has several worksheets, none named after the table.",
    question=EXPORT_AGAIN,
)
HIDDEN = CheckRule(
    "RD-HIDDEN",
    "note",
    "A worksheet, or rows or columns of it, are hidden; they are read like others.",
    question=EXPORT_AGAIN,
)
BESIDE = CheckRule(
    "RD-BESIDE",
    "warning",
    "Other worksheets of a table's workbook have values too, and are not read.",
    question=EXPORT_AGAIN,
)
MERGED = CheckRule(
    "RD-MERGED", "warning", "Cells are merged: only the first of them has a value.", question=EXPORT_AGAIN
)
FORMULA = CheckRule(
    "RD-FORMULA", "error", "A formula has no stored value, and the cell is empty.", question=EXPORT_AGAIN
)
ERRORCELL = CheckRule(
    "RD-ERRORCELL", "error", "A cell holds an error of the spreadsheet, such as #REF!.", question=EXPORT_AGAIN
)


_PADDED = re.compile("0{2,}")
_DIGITS = 12
"""Decimals of a percentage: fewer than a float has, so that 0.07 is 7 % and not 7.000000000000001 %."""
_LARGEST = 2**30
"""A workbook that unpacks to more bytes than this is refused."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened workbook: its formulas and its facts in ``full``, stored values of formulas in ``values``."""

    full: Any
    values: Any

    @property
    def titles(self) -> list[str]:
        """Names of its worksheets, in order; chart sheets are left out."""
        return [sheet.title for sheet in self.full.worksheets]

    def read(self, title: str, table: str, stated: FileDescription) -> Sheet:
        """Read one worksheet."""
        return read_worksheet(self, title, table, stated)


def open_workbook(file: BinaryIO) -> Workbook:
    """Open a workbook.

    Parameters
    ----------
    file
        Open for reading bytes.

    Raises
    ------
    MissingLibraryError
        openpyxl is not installed.
    Exception
        Whatever openpyxl raises for a file that is no workbook.
    """
    openpyxl = library("openpyxl", "Excel workbooks")
    with ZipFile(file) as packed:
        if sum(item.file_size for item in packed.infolist()) > _LARGEST:
            raise ValueError("too large once unpacked")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions, which do not matter here
        full = openpyxl.load_workbook(file)
        formulas = any(
            cell.data_type == "f" for sheet in full.worksheets for row in sheet.rows for cell in row
        )
        values = openpyxl.load_workbook(file, data_only=True) if formulas else full
    return Workbook(full, values)


def read_xlsx(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the worksheet of a table from the bytes of a workbook; nothing is raised.

    It is the worksheet named after the table, or the only one that is not hidden and has a value.
    """
    return guarded("Excel", _parse, data, table, stated)


def _parse(data: bytes, table: str, stated: FileDescription) -> Sheet:
    book = open_workbook(BytesIO(data))
    named = [title for title in book.titles if same_name(title, table)]
    filled = [
        sheet.title for sheet in book.full.worksheets if sheet.sheet_state == "visible" and _has_values(sheet)
    ]
    chosen = named or filled or book.titles[:1]
    if len(chosen) > 1:
        message = f"{len(chosen)} worksheets; name the one that is the table {table}, or keep only that."
        return Sheet(findings=(SHEETS.found(table, message),), form={"format": "Excel"})
    sheet = read_worksheet(book, chosen[0], table, stated)
    return replace(sheet, findings=(*sheet.findings, *_beside(book, chosen[0], table)))


def _beside(book: Workbook, chosen: str, table: str) -> Iterator[Finding]:
    others = sum(sheet.title != chosen and _has_values(sheet) for sheet in book.full.worksheets)
    if others:
        message = (
            f"Only the worksheet {shown(chosen)} was read; {others} more hold values. Put all records on the one, "
            "or make sure that the others hold none."
        )
        yield BESIDE.found(table, message)


def same_name(title: str, table: str) -> bool:
    """Whether a worksheet is named after a table, in any case, with spaces or underscores."""
    return column_name(title) == column_name(table)


def read_worksheet(book: Workbook, title: str, table: str, stated: FileDescription) -> Sheet:
    """Read one worksheet of an opened workbook."""
    full, values = book.full[title], book.values[title]
    grid = [tuple(_shown(cell) for cell in cells) for cells in values.iter_rows()]
    lines = [(number, cells) for number, cells in enumerate(grid, 1) if any(_filled(cell) for cell in cells)]
    width = max(
        (place for _, cells in lines for place, cell in enumerate(cells, 1) if _filled(cell)), default=0
    )
    records: list[Record] = [(number, cells[:width]) for number, cells in lines]
    found = [*_facts(full, table), *_cell_findings(full, values, table)]
    form = {"format": "Excel", "worksheet": title}
    sheet = sheet_of(records, table, found, stated.expected, write=cell_text, typed=True, form=form)
    formulas = _formulas(full)
    converted = tuple(
        Converted("stored values of formulas", column_name(name), formulas[place])
        for place, name in enumerate(sheet.header, 1)
        if name and formulas[place]
    )
    return replace(sheet, converted=converted)


def _shown(cell: Any) -> Any:
    """Give the value of a cell; of a number whose format changes what it says, the text that a person sees.

    A percentage is stored as its hundredth, a number padded with zeros without them.
    """
    value, form = cell.value, cell.number_format
    if isinstance(value, bool) or not isinstance(value, int | float) or form == "General":
        return value
    if "%" in form:
        return f"{cell_text(round(value * 100, _DIGITS))}%"
    if _PADDED.fullmatch(form) and float(value).is_integer() and value >= 0:
        return cell_text(value).zfill(len(form))
    return value


def _filled(cell: Any) -> bool:
    return cell is not None and cell_text(cell) != ""


def _has_values(sheet: Any) -> bool:
    return any(_filled(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def _formulas(full: Any) -> Counter[int]:
    """Count the formulas of each column, from 1."""
    return Counter(cell.column for row in full.rows for cell in row if cell.data_type == "f")


def _facts(full: Any, table: str) -> Iterator[Finding]:
    if full.sheet_state != "visible":
        yield HIDDEN.found(table, "The worksheet is hidden; it was read. Check that it is meant to count.")
    rows = sum(dimension.hidden is True for dimension in full.row_dimensions.values())
    columns = [letter for letter, dimension in full.column_dimensions.items() if dimension.hidden]
    if rows or columns:
        parts = [*([f"{rows} rows"] if rows else []), *([f"columns {', '.join(columns)}"] if columns else [])]
        yield HIDDEN.found(
            table, f"Hidden: {' and '.join(parts)}; they were read. Check that they are to count."
        )
    for area in sorted(full.merged_cells.ranges, key=lambda one: (one.min_row, one.min_col)):
        message = (
            f"Cells {area.coord} are merged and only the first has a value; separate them and fill each."
        )
        yield MERGED.found(table, message, row=area.min_row)


def _cell_findings(full: Any, values: Any, table: str) -> Iterator[Finding]:
    for row in full.rows:
        for cell in row:
            stored = values.cell(cell.row, cell.column)
            if cell.data_type == "f" and stored.value is None:
                message = f"The formula in {cell.coordinate} has no stored value; open and save it in Excel."
                yield FORMULA.found(table, message, row=cell.row)
            elif stored.data_type == "e":
                message = f"{cell.coordinate} holds {stored.value}; correct the cell."
                yield ERRORCELL.found(table, message, row=cell.row)
