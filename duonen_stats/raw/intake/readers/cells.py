"""From the values of formats that have types to text, without losing a digit."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from duonen_stats.raw.intake.sheet import Sheet, column_name, sheet_of

_WHOLE = 1e15
"""Whole numbers below this are written without a point; above, not every one is a float."""


def cell_text(value: Any) -> str:
    """Write a value as a cell of a CSV file would hold it: all digits, ISO dates, empty if missing."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    for kind, write in _WRITTEN:
        if isinstance(value, kind):
            return write(value)
    return str(value)


def _float_text(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)


def _moment_text(value: datetime) -> str:
    return value.date().isoformat() if value.timetz() == time() else value.isoformat(sep=" ")


_WRITTEN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, str.strip),
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (float, _float_text),
    (datetime, _moment_text),
    (date | time, lambda value: value.isoformat()),
    (Decimal, lambda value: format(value, "f") if value.is_finite() else ""),
    (bytes, lambda value: value.decode("utf-8", errors="replace").strip()),
)
"""How values of each kind are written; a date with a time comes before a date, a truth value before a number."""


def text_counts(values: Iterable[Any]) -> dict[str, int]:
    """Count the values of a column that are text."""
    counts: dict[str, int] = {}
    for value in values:
        if isinstance(value, str) and (text := value.strip()):
            counts[text] = counts.get(text, 0) + 1
    return counts


def sheet_of_columns(columns: Mapping[str, Sequence[Any]], table: str, **more: Any) -> Sheet:
    """Make a sheet of named columns of values; its lines are the numbers of the records, from 1.

    Parameters
    ----------
    columns
        Values by column name, all of one length.
    table
        Name of the table, for findings.
    more
        Further fields of the sheet.
    """
    texts = [[cell_text(value) for value in values] for values in columns.values()]
    records = [(0, [name.strip() for name in columns])]
    records += [(number, [*cells]) for number, cells in enumerate(zip(*texts, strict=True), 1)]
    as_text = {column_name(name): text_counts(values) for name, values in columns.items()}
    return sheet_of(records if columns else [], table, (), as_text=as_text, **more)
