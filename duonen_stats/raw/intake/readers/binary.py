"""Parquet, SAS and SPSS files."""

import string
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import pandas as pd

from duonen_stats.raw.intake.readers.cells import cell_text, sheet_of_columns
from duonen_stats.raw.intake.readers.optional import UNREADABLE, guarded, library
from duonen_stats.raw.intake.sheet import (
    ENCODING,
    FileDescription,
    Sheet,
    UserMissing,
    column_name,
)

# Parquet files.


def read_parquet(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a Parquet file. Whatever is wrong becomes a finding; nothing is raised."""
    return guarded("Parquet", _parse, data, table, stated)


def _parse(data: bytes, table: str, _: FileDescription) -> Sheet:
    found = library("pyarrow.parquet", "Parquet files").read_table(BytesIO(data))
    columns = {name: found.column(place).to_pylist() for place, name in enumerate(found.column_names)}
    if len(columns) != len(found.column_names):
        raise ValueError("a column name is repeated")
    return sheet_of_columns(columns, table, form={"format": "Parquet"})


# SAS files: transport files of version 5 and 8 (.xpt), and native datasets (.sas7bdat).


_MEMBERS = (
    b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******MEMBV8  HEADER RECORD!!!!!!!",
)
_SPECIAL = frozenset({*string.ascii_uppercase, "_"})
"""Special missing values of SAS, .A to .Z and ._, as the library gives them."""


def read_xpt(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a transport file. Whatever is wrong becomes a finding; nothing is raised."""
    return guarded("SAS transport", _parse_xpt, data, table, stated)


def read_sas7bdat(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a SAS dataset. Whatever is wrong becomes a finding; nothing is raised."""
    return guarded("SAS dataset", _parse_sas7bdat, data, table, stated)


def _parse_xpt(data: bytes, table: str, stated: FileDescription) -> Sheet:
    members = sum(data.count(mark) for mark in _MEMBERS)
    form = {"format": f"SAS transport v{8 if b'LIBV8' in data[:80] else 5}"}
    if members > 1:
        message = f"The file holds {members} datasets; write each into a file of its own."
        return Sheet(findings=(UNREADABLE.found(table, message),), form=form)
    return _sheet("read_xport", data, table, stated, form)


def _parse_sas7bdat(data: bytes, table: str, stated: FileDescription) -> Sheet:
    return _sheet("read_sas7bdat", data, table, stated, {"format": "SAS dataset"}, user_missing=True)


def _sheet(
    reader: str, data: bytes, table: str, stated: FileDescription, form: dict[str, str], **more: Any
) -> Sheet:
    read = getattr(library("pyreadstat", "SAS files"), reader)
    try:
        frame, meta = read(BytesIO(data), encoding=stated.encoding, **more)
    except UnicodeDecodeError:
        message = "Its text is not UTF-8; state the encoding in the mapping file, or export the table as CSV."
        return Sheet(findings=(ENCODING.found(table, message),), form=form)
    if meta.file_encoding or stated.encoding:
        form["encoding"] = str(meta.file_encoding or stated.encoding)
    numeric = {name for name, kind in meta.readstat_variable_types.items() if kind != "string"}
    columns, apart = {}, []
    for name in frame.columns:
        values = frame[name].tolist()
        special = [place for place, value in enumerate(values) if name in numeric and _is_special(value)]
        apart += [UserMissing(place + 1, column_name(name), f".{values[place]}", "") for place in special]
        columns[name] = [None if _is_special(value) else value for value in values] if special else values
    return sheet_of_columns(columns, table, form=form, missing=tuple(apart))


def _is_special(value: Any) -> bool:
    return isinstance(value, str) and not pd.isna(value) and value.upper() in _SPECIAL


# SPSS files (.sav): codes with their labels, and user-missing codes kept apart.


def read_sav(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of an SPSS file. Whatever is wrong becomes a finding; nothing is raised.

    A value in a range that the file declares as missing is an empty cell in ``rows`` and stands in ``missing``
    with its code and label.
    """
    return guarded("SPSS", _parse_spss, data, table, stated)


def _parse_spss(data: bytes, table: str, stated: FileDescription) -> Sheet:
    read = library("pyreadstat", "SPSS files").read_sav
    frame, meta = read(BytesIO(data), user_missing=True, apply_value_formats=False, encoding=stated.encoding)
    labels = {
        column_name(name): {cell_text(value): str(label).strip() for value, label in found.items()}
        for name, found in meta.variable_value_labels.items()
    }
    columns: dict[str, Sequence[Any]] = {}
    apart: list[UserMissing] = []
    for name in frame.columns:
        values = frame[name].tolist()
        ranges = meta.missing_ranges.get(name, [])
        out = [bool(ranges) and _is_missing(value, ranges) for value in values]
        own = labels.get(column_name(name), {})
        apart += [
            UserMissing(number, column_name(name), cell_text(value), own.get(cell_text(value), ""))
            for number, (value, missing) in enumerate(zip(values, out, strict=True), 1)
            if missing
        ]
        columns[name] = [None if missing else value for value, missing in zip(values, out, strict=True)]
    form = {"format": "SPSS", "encoding": str(meta.file_encoding)}
    return sheet_of_columns(columns, table, form=form, labels=labels, missing=tuple(apart))


def _is_missing(value: Any, ranges: Sequence[Mapping[str, Any]]) -> bool:
    if isinstance(value, str):
        return any(value.strip() == str(one["lo"]).strip() for one in ranges)
    return any(
        isinstance(one["lo"], int | float) and one["lo"] <= value <= one["hi"]
        for one in ranges
        if isinstance(value, int | float)
    )
