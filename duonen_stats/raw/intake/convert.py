"""From strings to typed columns, as the dictionary has them; what cannot be converted is a finding."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from duonen_stats.raw.findings import CheckRule, Finding, first_few, shown
from duonen_stats.raw.intake.result_cell import mark_beside
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.intake.texts import Mask, Texts, constant
from duonen_stats.raw.questions import CONFIRM_NOT_NEEDED, CORRECT_ENTRY, EXPORT_AGAIN
from duonen_stats.study import RawColumn, RawTable

COLUMN = CheckRule(
    "DD-COLUMN", "error", "A column of the dictionary is not in the file.", question=EXPORT_AGAIN
)
UNKNOWN = CheckRule(
    "DD-UNKNOWN",
    "note",
    "A column of the file is not in the dictionary, and is not read.",
    question=CONFIRM_NOT_NEEDED,
)
TYPE = CheckRule(
    "DD-TYPE",
    "error",
    "A cell is not of its column's type; it is treated as missing.",
    question=CORRECT_ENTRY,
)


ROW = "_ROW"
"""Hidden column of every raw table: the line of the file the record begins on."""

DTYPES = MappingProxyType(
    {"text": "object", "integer": "Int64", "number": "float64", "date": "datetime64[ns]"}
)

_WANTED = {
    "integer": "a whole number such as 12",
    "number": "a number such as 12.5, with a point and no sign like < or %",
    "date": "a date written as YYYY-MM-DD, from 1900 to 2099",
}
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}(\.0*)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_COUNTED = re.compile(r"[0-9]{5,11}(\.[0-9]+)?")
_DATE = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")


def typed_table(sheet: Sheet, table: RawTable) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Convert the strings of a sheet to the columns of a raw table.

    Parameters
    ----------
    sheet
        What was read from the file; an empty sheet gives an empty table.
    table
        The table as the dictionary has it.

    Returns
    -------
    frame : pandas.DataFrame
        One row per row of ``sheet``, in order: every column of the dictionary (text as ``object`` with
        ``None``, integers ``Int64``, numbers ``float64``, dates ``datetime64[ns]``) and ``_ROW``, the line.
    findings
        Columns absent or not known, and each cell that was not of its type.
    """
    findings = [*_column_findings(sheet, table)]
    columns: dict[str, pd.Series[Any]] = {}
    for column in table.columns:
        texts = sheet.cells.get(column.name) or constant("", len(sheet.numbers))
        converted = [_converted(text, column) for text in texts.distinct]
        values = pd.Series(converted, dtype=DTYPES[column.type]).array
        columns[column.name] = pd.Series(values.take(texts.places))
        failed = np.array(
            [bool(text) and one is None for text, one in zip(texts.distinct, converted, strict=True)]
        )
        if failed.any():
            findings += _failures(sheet, texts, table, column, failed[texts.places])
    return pd.DataFrame({**columns, ROW: pd.Series(sheet.numbers, dtype="int64")}), tuple(findings)


def _column_findings(sheet: Sheet, table: RawTable) -> Iterable[Finding]:
    if not sheet.columns:  # no file, or no header in it: that is one finding already
        return
    known = [column.name for column in table.columns]
    others = [name for name in sheet.columns if name not in {*known}]
    needed = [column.name for column in table.columns if not column.optional]
    for name in needed:
        if name not in sheet.columns:
            message = f"Column {name} is missing; {_what_to_do(name, others)}"
            yield COLUMN.found(table.name, message, row=1, column=name)
    if len(others) > _LISTED:
        listed = ", ".join(map(shown, others[:_FIRST]))
        message = (
            f"{len(others)} columns are not in the data dictionary and were not read: {listed} and "
            f"{len(others) - _FIRST} others."
        )
        yield UNKNOWN.found(table.name, message, row=1)
        return
    for name in others:
        message = f"Column {shown(name)} is not in the data dictionary and was not read."
        yield UNKNOWN.found(table.name, message, row=1, column=name)


_LISTED, _FIRST = 30, 5
"""More unknown columns than these are one note, which names the first."""
_COMPARED = 1_000
"""So many columns are compared with the name of a missing one, as it takes time."""


def _what_to_do(name: str, others: Sequence[str]) -> str:
    """Advise on a missing column: a name much like it may be meant for it."""
    alike = get_close_matches(name, others[:_COMPARED], n=1)
    if not alike:
        return "add it, empty if need be."
    return f"did you mean it by {shown(alike[0])}? Rename that column, or map it in the mapping file."


def _hint(text: str) -> str:
    """Advise on a cell that is no date and looks like one."""
    if _COUNTED.fullmatch(text):
        return ", or state in the mapping file whose days or seconds it counts"
    return ": 24:00 is 00:00 of the next day" if _END_OF_DAY.search(text) else ""


_END_OF_DAY = re.compile(r"(?<![0-9])24:00")


def _failures(
    sheet: Sheet, texts: Texts, table: RawTable, column: RawColumn, failed: Mask
) -> Iterator[Finding]:
    """Report the cells that could not be converted; where most of many texts could not, the column is one finding."""
    wrong = texts.take(failed)
    distinct = wrong.used()
    if len(distinct) >= _MANY and 2 * failed.sum() > texts.filled().sum():
        yield _most_failed(sheet.numbers[failed].tolist(), distinct, int(texts.filled().sum()), table, column)
        return
    subjects = sheet.subjects().take(failed)
    for line, text, subject in zip(sheet.numbers[failed].tolist(), texts.take(failed), subjects, strict=True):
        more = _hint(text) if column.type == "date" else ""
        if column.bound is not None and (sign := mark_beside(text)):
            more = f", or state marks: [{shown(sign)}] in the mapping file, if it says nothing of the value"
        message = f"Expected {_WANTED[column.type]}, found {shown(text)}; correct the cell{more}."
        yield TYPE.found(table.name, message, row=line, column=column.name, subject=subject or None)


_MANY = 5
"""So many texts of a column that cannot be read, more than half of its cells, are how it is written, and no slips."""


def _most_failed(
    lines: Sequence[int], distinct: Sequence[str], filled: int, table: RawTable, column: RawColumn
) -> Finding:
    more = _hint(distinct[0]) if column.type == "date" else ""
    message = (
        f"Expected {_WANTED[column.type]}, found {first_few([*map(shown, distinct)], 3)} in {len(lines)} of {filled} "
        f"cells; correct the cells, or the column that the mapping file takes for it{more}."
    )
    return TYPE.found(table.name, message, row=lines[0], column=column.name, lines=tuple(lines))


def _converted(text: str, column: RawColumn) -> Any:
    return _CONVERT[column.type](text) if text else None


def _integer(text: str) -> int | None:
    return int(text.split(".", maxsplit=1)[0]) if _INTEGER.fullmatch(text) else None


def _number(text: str) -> float | None:
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:  # such as 30 February
        return None


_CONVERT: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {"text": str, "integer": _integer, "number": _number, "date": _date}
)


# From typed columns back to CSV text: the inverse of reading a raw table.


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
        they can be: reading them again gives the same values. An optional column without a value is left out.
    """
    texts = {column.name: _texts(frame[column.name], column) for column in written_columns(frame, table)}
    return pd.DataFrame(texts).to_csv(index=False, lineterminator="\n").encode()


def written_columns(frame: pd.DataFrame, table: RawTable) -> list[RawColumn]:
    """List the columns that a file of a raw table has: all but the optional ones that are empty in every row."""
    filled = {name for name in frame.columns if frame[name].notna().any()}
    return [column for column in table.columns if not column.optional or column.name in filled]


def _texts(values: "pd.Series[Any]", column: RawColumn) -> "pd.Series[Any]":
    if column.type == "date":
        return pd.to_datetime(values).dt.strftime("%Y-%m-%d")
    if column.type == "text":
        return values
    # Codes for missing values would survive astype(str); they are taken out again.
    return values.astype(str).str.removesuffix(".0").where(values.notna(), "")
