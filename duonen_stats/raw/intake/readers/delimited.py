"""CSV files, whatever their encoding and separator: both are detected and reported."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from duonen_stats.raw.findings import Finding
from duonen_stats.raw.intake.readers.encoding import decode
from duonen_stats.raw.intake.sheet import (
    BROKEN,
    DELIMITER,
    ENCODING,
    Record,
    Sheet,
    Stated,
    sheet_of,
)

SEPARATORS: Mapping[str, str] = MappingProxyType({",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"})
"""Characters that may separate columns, with the names they go by."""

_CURE = "save the file as UTF-8, or state its encoding in the mapping file"


def read_csv(data: bytes, table: str, stated: Stated | None = None) -> Sheet:
    """Read the bytes of a CSV file. Whatever is wrong becomes a finding; nothing is raised.

    Parameters
    ----------
    data
        The whole file.
    table
        Name of the table, for findings.
    stated
        Encoding and separator if they are known, and the column names that are expected.

    Returns
    -------
    Sheet
        Its ``form`` names the encoding and the separator.
    """
    known = stated or Stated()
    decoded = decode(data, known.encoding)
    if decoded.text is None:
        message = f"{decoded.fault}; {_CURE}."
        found = (ENCODING.found(table, message, row=decoded.line),)
        return Sheet(findings=found, form={"format": "CSV"}, lines=_filled(data.splitlines()[1:]))
    separator = known.separator or _separator(decoded.text)
    form = {"format": "CSV", "encoding": decoded.encoding}
    if separator is None:
        message = "Several characters may separate the columns; use commas, or state the character in the mapping file."
        found = (DELIMITER.found(table, message, row=1),)
        return Sheet(findings=found, form=form, lines=_filled(data.splitlines()[1:]))
    records, broken = _records(decoded.text, table, separator)
    form["separator"] = SEPARATORS.get(separator, separator)
    sheet = sheet_of(records, table, broken, known.expected, form=form)
    last = broken[0].row if broken else None
    rest = 0 if last is None else _filled(decoded.text.splitlines()[last - 1 :])
    return replace(sheet, lines=sheet.lines + rest)


def _filled(lines: Sequence[bytes] | Sequence[str]) -> int:
    """Count the lines that hold something: as near as can be to records where nobody could read them."""
    return sum(bool(line.strip()) for line in lines)


def _separator(text: str) -> str | None:
    """Tell the separator: the only one in the header, or the only one under which all lines are as long."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    present = [sign for sign in SEPARATORS if sign in first]
    if len(present) <= 1:
        # A title of one cell may stand above the header.
        return present[0] if present else _below_a_title(text)
    even = [sign for sign in present if _is_even(text, sign)]
    return even[0] if len(even) == 1 else None


def _below_a_title(text: str) -> str:
    counts = {sign: text.count(sign) for sign in SEPARATORS}
    even = [sign for sign, number in counts.items() if number and _is_even(text.partition("\n")[2], sign)]
    return even[0] if len(even) == 1 else ","


def _is_even(text: str, separator: str) -> bool:
    records, broken = _records(text, "", separator)
    widths = {len(cells) for _, cells in records}
    return not broken and len(widths) == 1 and widths != {1}


def _records(text: str, table: str, separator: str) -> tuple[Sequence[Record], tuple[Finding, ...]]:
    """Split text into records, each with its first line; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    records: list[Record] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                records.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"No longer CSV from line {line} on ({error}); nothing after it was read. Export it again."
        return records, (BROKEN.found(table, message, row=line),)
    return records, ()
