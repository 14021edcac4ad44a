"""SPSS files (.sav): codes with their labels, and user-missing codes kept apart."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from duonen_stats.raw.intake.readers.cells import cell_text, sheet_of_columns
from duonen_stats.raw.intake.readers.guarding import guarded
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.raw.intake.sheet import (
    Sheet,
    Stated,
    UserMissing,
    column_name,
)


def read_sav(data: bytes, table: str, stated: Stated | None = None) -> Sheet:
    """Read the bytes of an SPSS file. Whatever is wrong becomes a finding; nothing is raised.

    A value in a range that the file declares as missing is an empty cell in ``rows`` and stands in ``missing``
    with its code and label.
    """
    return guarded("SPSS", _parse, data, table, stated)


def _parse(data: bytes, table: str, stated: Stated) -> Sheet:
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
