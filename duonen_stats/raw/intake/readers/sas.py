"""SAS files: transport files of version 5 and 8 (.xpt), and native datasets (.sas7bdat)."""

import string
from io import BytesIO
from typing import Any

import pandas as pd

from duonen_stats.raw.intake.readers.cells import sheet_of_columns
from duonen_stats.raw.intake.readers.guarding import UNREADABLE, guarded
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.raw.intake.sheet import (
    ENCODING,
    Sheet,
    Stated,
    UserMissing,
    column_name,
)

_MEMBERS = (
    b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!",
    b"HEADER RECORD*******MEMBV8  HEADER RECORD!!!!!!!",
)
_SPECIAL = frozenset({*string.ascii_uppercase, "_"})
"""Special missing values of SAS, .A to .Z and ._, as the library gives them."""


def read_xpt(data: bytes, table: str, stated: Stated | None = None) -> Sheet:
    """Read the bytes of a transport file. Whatever is wrong becomes a finding; nothing is raised."""
    return guarded("SAS transport", _parse_xpt, data, table, stated)


def read_sas7bdat(data: bytes, table: str, stated: Stated | None = None) -> Sheet:
    """Read the bytes of a SAS dataset. Whatever is wrong becomes a finding; nothing is raised."""
    return guarded("SAS dataset", _parse_sas7bdat, data, table, stated)


def _parse_xpt(data: bytes, table: str, stated: Stated) -> Sheet:
    members = sum(data.count(mark) for mark in _MEMBERS)
    form = {"format": f"SAS transport v{8 if b'LIBV8' in data[:80] else 5}"}
    if members > 1:
        message = f"The file holds {members} datasets; write each into a file of its own."
        return Sheet(findings=(UNREADABLE.found(table, message),), form=form)
    return _sheet("read_xport", data, table, stated, form)


def _parse_sas7bdat(data: bytes, table: str, stated: Stated) -> Sheet:
    return _sheet("read_sas7bdat", data, table, stated, {"format": "SAS dataset"}, user_missing=True)


def _sheet(reader: str, data: bytes, table: str, stated: Stated, form: dict[str, str], **more: Any) -> Sheet:
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
