"""SPSS files (.sav, .zsav): codes with their labels, and user-missing codes kept apart."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from duonen_stats.raw.intake.readers.cells import captions_of, cell_text, sheet_of_columns
from duonen_stats.raw.intake.readers.optional import guarded, library, require_cells
from duonen_stats.raw.intake.readers.typed_dates import DateFormat, date_formats, date_of, dates_of, undated
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.sheet import Sheet, UserMissing


def read_sav(data: bytes, table: str, stated: FileDescription | None = None) -> Sheet:
    """Read the bytes of an SPSS file, compressed or not. Whatever is wrong becomes a finding; nothing is raised.

    A value in a range that the file declares as missing, dates included, is an empty cell in ``rows`` and stands
    in ``missing`` with its code and label.
    """
    return guarded("SPSS", _parse_spss, data, table, stated)


def _parse_spss(data: bytes, table: str, stated: FileDescription) -> Sheet:
    read = library("pyreadstat", "SPSS files").read_sav
    _, claimed = read(BytesIO(data), encoding=stated.encoding, metadataonly=True)
    require_cells(claimed.number_rows or 0, claimed.number_columns or 0)
    frame, meta = read(
        BytesIO(data),
        user_missing=True,
        apply_value_formats=False,
        encoding=stated.encoding,
        disable_datetime_conversion=True,  # one date beyond the calendar would be the end of the file
    )
    forms = date_formats("SPSS", meta)
    labels = {
        name: {_text(value, forms.get(name)): str(label).strip() for value, label in found.items()}
        for name, found in meta.variable_value_labels.items()
    }
    columns: dict[str, Sequence[Any]] = {}
    apart: list[UserMissing] = []
    for name in frame.columns:
        values = frame[name].tolist()
        ranges = meta.missing_ranges.get(name, [])
        out = {row for row, value in enumerate(values) if ranges and _is_missing(value, ranges)}
        own, form = labels.get(name, {}), forms.get(name)
        codes = ((row, _text(values[row], form)) for row in sorted(out))
        apart += [UserMissing(row + 1, column_name(name), code, own.get(code, "")) for row, code in codes]
        columns[name] = [None if row in out else value for row, value in enumerate(values)]
    findings = undated(columns, forms, table, stated)
    columns |= {name: dates_of(columns[name], form) for name, form in forms.items()}
    return sheet_of_columns(
        columns,
        table,
        findings,
        form={"format": "SPSS", "encoding": str(meta.file_encoding)},
        labels={column_name(name): found for name, found in labels.items()},
        captions=captions_of(meta),
        missing=tuple(apart),
    )


def _text(value: Any, form: DateFormat | None) -> str:
    return cell_text(value if form is None else date_of(value, form))


def _is_missing(value: Any, ranges: Sequence[Mapping[str, Any]]) -> bool:
    if isinstance(value, str):
        return any(value.strip() == str(one["lo"]).strip() for one in ranges)
    return any(
        isinstance(one["lo"], int | float) and one["lo"] <= value <= one["hi"]
        for one in ranges
        if isinstance(value, int | float)
    )
