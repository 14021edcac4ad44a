"""From the values of formats that have types to text, without losing a digit."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Context, Decimal
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from duonen_stats.raw.findings import Finding
from duonen_stats.raw.intake.sheet import Sheet, sheet_of

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


def as_far_as_shown(day: datetime, *, shows_day: bool, shows_month: bool) -> datetime | str:
    """Give a date, or the part of it that was entered if its format shows no day.

    A spreadsheet takes an entry such as "Aug 2022" for the first of August, and shows only its month.

    Parameters
    ----------
    day
        As it is stored.
    shows_day, shows_month
        What its format shows of it.

    Examples
    --------
    >>> first = datetime(2022, 8, 1)
    >>> as_far_as_shown(first, shows_day=False, shows_month=True)
    '2022-08'
    >>> as_far_as_shown(first, shows_day=True, shows_month=True)
    datetime.datetime(2022, 8, 1, 0, 0)
    """
    if shows_day or day.day != 1 or day.time() != time():
        return day
    if shows_month:
        return day.date().isoformat()[:7]
    return day.date().isoformat()[:4] if day.month == 1 else day


def percent_text(fraction: float, signs: int = 1) -> str:
    """Write a fraction as its percentage, with the 15 digits that a spreadsheet has.

    Parameters
    ----------
    fraction
        As a spreadsheet stores it.
    signs
        Number of percent signs in its format, each of which stands for a hundred.

    Examples
    --------
    >>> percent_text(0.07), percent_text(0.1 + 0.2), percent_text(1 / 3)
    ('7%', '30%', '33.3333333333333%')
    """
    seen = Context(prec=15).create_decimal_from_float(fraction).scaleb(2 * signs)
    return f"{cell_text(float(seen))}%"


def whole_number(value: float) -> float:
    """Give a whole number as an integer, as far as every one of them is a float; other numbers stay.

    Examples
    --------
    >>> whole_number(7.0), whole_number(7.5), whole_number(1e300)
    (7, 7.5, 1e+300)
    """
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


_EXACT = 2**53


def shortest_within(value: float, step: float) -> float:
    """Give the number with the fewest digits that a format with less than 8 bytes would store as another one.

    Parameters
    ----------
    value
        As it is stored: cut off, not rounded.
    step
        From it to the next number that the format can store.

    Examples
    --------
    >>> shortest_within(13.199999809265137, 9.5e-7), shortest_within(-0.5, 1e-9)
    (13.2, -0.5)
    """
    if value == 0 or not math.isfinite(value):
        return value
    exact = Decimal(abs(value))
    for digits in range(1, _DIGITS):
        near = Context(prec=digits, rounding=ROUND_CEILING).create_decimal(exact)
        if near < exact + Decimal(step):
            return math.copysign(float(near), value)
    return value


_DIGITS = 17
"""As many distinguish every float from every other."""


def sheet_of_columns(
    columns: Mapping[str, Sequence[Any]], table: str, found: Sequence[Finding] = (), **more: Any
) -> Sheet:
    """Make a sheet of named columns of values; its lines are the numbers of the records, from 1.

    Parameters
    ----------
    columns
        Values by column name, all of one length.
    table
        Name of the table, for findings.
    found
        What was found wrong before.
    more
        Further fields of the sheet.
    """
    records = chain([(0, [*columns])], enumerate(zip(*columns.values(), strict=True), 1))
    return sheet_of(records if columns else [], table, found, write=cell_text, typed=True, **more)


def captions_of(meta: Any) -> dict[str, str]:
    """Give the labels of the columns of a file of SPSS or SAS, as pyreadstat describes it, by their names."""
    return {
        name: label.strip() for name, label in meta.column_names_to_labels.items() if label and label.strip()
    }
