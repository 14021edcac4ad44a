"""CDISC Dataset-JSON 1.1: a whole file (.json), or one record a line (.ndjson)."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers.cells import cell_text
from duonen_stats.raw.intake.readers.optional import UNREADABLE, guarded
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sheet import Record, Sheet, sheet_of

_NUMBERS = frozenset({"integer", "float", "double", "decimal"})


def read_dataset_json(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of a Dataset-JSON file. Whatever is wrong becomes a finding; nothing is raised.

    Numbers, also decimal ones, which the format writes as text, and dates are known as such by the type of their
    column. A file that has another number of records than it says is not read.
    """
    return guarded("Dataset-JSON", _parse, data, table, stated)


def read_dataset_ndjson(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read a Dataset-JSON file with one record a line; otherwise like :func:`read_dataset_json`."""
    return guarded("Dataset-JSON", _parse_lines, data, table, stated)


def _parse(data: bytes, table: str, stated: FileDescription) -> Sheet:
    found = _loaded(data)
    rows = found.get("rows", []) if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise UnreadableFileError("it has no rows")
    return _sheet(found, iter(rows), len(rows), table, stated)


def _parse_lines(data: bytes, table: str, stated: FileDescription) -> Sheet:
    lines = BytesIO(data)
    found = _loaded(lines.readline())
    count = sum(bool(line.strip()) for line in lines)
    lines.seek(0)
    lines.readline()
    return _sheet(found, (_loaded(line) for line in lines if line.strip()), count, table, stated)


def _loaded(data: bytes) -> Any:
    return json.loads(data, parse_constant=_refuse, object_pairs_hook=_named)


def _refuse(name: str) -> None:
    raise UnreadableFileError(f"{name} is no number of JSON")


def _named(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UnreadableFileError("a name stands twice in one place")
    return found


def _sheet(found: Any, rows: Iterator[Any], count: int, table: str, stated: FileDescription) -> Sheet:
    form = {"format": "Dataset-JSON"}
    if not isinstance(found, dict) or not isinstance(found.get("columns"), list):
        raise UnreadableFileError("it has no columns, as those of version 1.1 have")
    columns = found["columns"]
    if not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in columns):
        raise UnreadableFileError("a column has no name")
    records = found.get("records")
    if isinstance(records, int) and records != count:
        message = (
            f"The file is not whole: it says that it has {records} records, and has {count}. It was not read; "
            "export the table again."
        )
        return Sheet(findings=(UNREADABLE.found(table, message),), form=form)
    kinds = [str(one.get("dataType", "string")) for one in columns]
    names = [one["name"] for one in columns]
    lines = _records(names, kinds, rows)
    return sheet_of(lines, table, (), stated, write=cell_text, typed=True, form=form)


def _records(names: list[str], kinds: list[str], rows: Iterator[Any]) -> Iterator[Record]:
    yield 0, names
    for number, row in enumerate(rows, 1):
        if not isinstance(row, list) or any(isinstance(value, dict | list) for value in row):
            raise UnreadableFileError(f"record {number} is no list of values")
        known = [_value(value, kind) for value, kind in zip(row, kinds, strict=False)]
        yield number, known + row[len(kinds) :]


def _value(value: Any, kind: str) -> Any:
    """Give a text as what the type of its column says it is, if it can be that."""
    if not isinstance(value, str) or kind not in _TYPED:
        return value
    try:
        return _TYPED[kind](value.strip())
    except (ValueError, InvalidOperation):
        return value


_TYPED: Mapping[str, Any] = {
    **dict.fromkeys(_NUMBERS, Decimal),
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}
