"""SAS files: transport files of version 5 and 8 (.xpt), and native datasets (.sas7bdat)."""

import math
import string
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pandas as pd

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers.cells import captions_of, sheet_of_columns, shortest_within
from duonen_stats.raw.intake.readers.optional import UNREADABLE, guarded, library, require_cells
from duonen_stats.raw.intake.readers.transport import (
    is_blank,
    members,
    special_missing,
    transport_of,
    version_of,
)
from duonen_stats.raw.intake.readers.typed_dates import date_formats, dates_of, undated
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.sheet import ENCODING, Sheet, UserMissing

_SPECIAL = frozenset({*string.ascii_uppercase, "_"})
"""Special missing values of a native dataset, .A to .Z and ._, as the library gives them."""


def read_xpt(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a transport file. Whatever is wrong becomes a finding; nothing is raised.

    Special missing values are empty cells and stand in ``missing`` with their letter.
    """
    return guarded("SAS transport", _parse_xpt, data, table, stated)


def read_sas7bdat(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a SAS dataset. Whatever is wrong becomes a finding; nothing is raised."""
    return guarded("SAS dataset", _parse_sas7bdat, data, table, stated)


def _parse_xpt(data: bytes, table: str, stated: FileDescription) -> Sheet:
    form = {"format": f"SAS transport v{version_of(data)}"}
    number = members(data)
    if number > 1:
        message = f"The file holds {number} datasets; write each into a file of its own."
        return Sheet(findings=(UNREADABLE.found(table, message),), form=form)
    library("pyreadstat", "SAS files")  # whoever lacks it hears that first
    whole = transport_of(data)
    if whole.fault:
        message = f"The file is not whole: {whole.fault}. It was not read; export the table again."
        return Sheet(findings=(UNREADABLE.found(table, message),), form=form)
    require_cells(len(whole.records), len(whole.variables))
    sheet = _read("read_xport", data, table, stated, form)
    if isinstance(sheet, Sheet):
        return sheet
    frame, meta = sheet
    if len(frame) > len(whole.records) or not is_blank(whole.records[len(frame) :]):
        raise UnreadableFileError("it has another number of records than its headers state")
    missing = {
        name: {row: f".{letter}" for row, letter in special_missing(whole, place) if row < len(frame)}
        for place, name in enumerate(frame.columns)
    }
    columns = {
        name: _short(frame[name].tolist(), one.length, _ibm_step) if one.is_number else frame[name].tolist()
        for name, one in zip(frame.columns, whole.variables, strict=True)
    }
    return _sheet(columns, missing, meta, table, stated, form)


def _parse_sas7bdat(data: bytes, table: str, stated: FileDescription) -> Sheet:
    form = {"format": "SAS dataset"}
    sheet = _read("read_sas7bdat", data, table, stated, form, user_missing=True)
    if isinstance(sheet, Sheet):
        return sheet
    frame, meta = sheet
    numeric = {name for name, kind in meta.readstat_variable_types.items() if kind != "string"}
    columns, missing = {}, {}
    for name in frame.columns:
        values = frame[name].tolist()
        special = [row for row, value in enumerate(values) if name in numeric and _is_special(value)]
        missing[name] = {row: f".{values[row]}" for row in special}
        plain = [None if row in missing[name] else value for row, value in enumerate(values)]
        width = meta.variable_storage_width.get(name, _WHOLE)
        columns[name] = _short(plain, width, _native_step) if name in numeric else plain
    return _sheet(columns, missing, meta, table, stated, form)


def _read(
    reader: str, data: bytes, table: str, stated: FileDescription, form: dict[str, str], **more: Any
) -> Any:
    """Give the frame and its description; or a sheet with a finding if its text cannot be decoded.

    Dates stay numbers: the library takes some formats for others, and gives up on the file for one date that
    it cannot convert.
    """
    read = getattr(library("pyreadstat", "SAS files"), reader)
    try:
        _, claimed = read(BytesIO(data), encoding=stated.encoding, metadataonly=True)
        require_cells(claimed.number_rows or 0, claimed.number_columns or 0)
        frame, meta = read(BytesIO(data), encoding=stated.encoding, disable_datetime_conversion=True, **more)
    except UnicodeDecodeError:
        message = "Its text is not UTF-8; state the encoding in the mapping file, or export the table as CSV."
        return Sheet(findings=(ENCODING.found(table, message),), form=form)
    if meta.file_encoding or stated.encoding:
        form["encoding"] = str(meta.file_encoding or stated.encoding)
    return frame, meta


def _sheet(
    columns: dict[str, Any],
    missing: dict[str, dict[int, str]],
    meta: Any,
    table: str,
    stated: FileDescription,
    form: dict[str, str],
) -> Sheet:
    forms = date_formats("SAS", meta)
    findings = undated(columns, forms, table, stated)
    columns |= {name: dates_of(columns[name], found) for name, found in forms.items()}
    apart = tuple(
        UserMissing(row + 1, column_name(name), code, "")
        for name, codes in missing.items()
        for row, code in codes.items()
    )
    return sheet_of_columns(columns, table, findings, form=form, missing=apart, captions=captions_of(meta))


def _is_special(value: Any) -> bool:
    return isinstance(value, str) and not pd.isna(value) and value.upper() in _SPECIAL


# Numbers stored in less than 8 bytes, as SAS does where a LENGTH says so: cut off behind these.


_WHOLE = 8


def _short(values: list[Any], width: int, step: Callable[[float, int], float]) -> list[Any]:
    """Give numbers the digits they were written with, as far as the bytes that are left give them."""
    if not _LEAST <= width < _WHOLE:
        return values
    return [
        shortest_within(value, step(value, width))
        if isinstance(value, float) and not math.isnan(value)
        else value
        for value in values
    ]


_LEAST = 2


def _ibm_step(value: float, width: int) -> float:
    """Distance to the next number of a transport file: a fraction of as many bits, times a power of 16."""
    _, exponent = math.frexp(value)
    return 16.0 ** math.ceil(exponent / 4) * 2.0 ** -(8 * (width - 1))


def _native_step(value: float, width: int) -> float:
    """Distance to the next number of a native dataset: a double without its last bytes."""
    _, exponent = math.frexp(value)
    return 2.0 ** (exponent - 1 - (52 - 8 * (_WHOLE - width)))
