"""Which worksheet of a workbook is a table, where the workbook is named after the table."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import BinaryIO

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.readers.optional import guarded
from duonen_stats.raw.intake.readers.spreadsheets.excel import open_excel
from duonen_stats.raw.intake.readers.spreadsheets.grid import Workbook
from duonen_stats.raw.intake.readers.spreadsheets.ods import open_ods
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.questions import EXPORT_AGAIN

SHEETS = CheckRule(
    "RD-SHEETS",
    "error",
    "A workbook has several worksheets, none named after the table.",
    question=EXPORT_AGAIN,
)
BESIDE = CheckRule(
    "RD-BESIDE",
    "warning",
    "Other worksheets of a table's workbook have values too, and are not read.",
    question=EXPORT_AGAIN,
)


def read_xlsx(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the worksheet of a table from the bytes of an Excel workbook; nothing is raised.

    It is the worksheet named after the table, or the only one that is not hidden and has a value.
    """
    return guarded("Excel", partial(_parse, open_excel), data, table, stated)


def read_ods(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the worksheet of a table from the bytes of an OpenDocument workbook; nothing is raised.

    It is chosen as by :func:`read_xlsx`.
    """
    return guarded("OpenDocument", partial(_parse, open_ods), data, table, stated)


def _parse(opens: Callable[[BinaryIO], Workbook], data: bytes, table: str, stated: FileDescription) -> Sheet:
    book = opens(BytesIO(data))
    titles = book.titles
    chosen = [title for title in titles if same_name(title, table)]
    if not chosen and len(titles) > 1:
        chosen = [title for title in titles if not book.hidden[title] and book.has_values(title)]
    chosen = chosen or titles[:1]
    if len(chosen) > 1:
        message = (
            f"{len(chosen)} worksheets ({', '.join(map(shown, chosen))}); name the one that is the table "
            f"{table}, or keep only that."
        )
        return Sheet(findings=(SHEETS.found(table, message),), form={"format": book.format})
    sheet = book.read(chosen[0], table, stated)
    return replace(sheet, findings=(*sheet.findings, *_beside(book, chosen[0], table)))


def _beside(book: Workbook, chosen: str, table: str) -> Iterator[Finding]:
    others = [title for title in book.titles if title != chosen and book.has_values(title)]
    if others:
        message = (
            f"Only the worksheet {shown(chosen)} was read; {', '.join(map(shown, others))} hold values too. Put all "
            "records on the one, or make sure that the others hold none."
        )
        yield BESIDE.found(table, message)


def same_name(title: str, table: str) -> bool:
    """Whether a worksheet is named after a table, in any case, with spaces or underscores."""
    return column_name(title) == column_name(table)
