"""From bytes to strings: a CSV file as a header and rows of text, with what is wrong with its form."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from duonen_stats.raw.findings import Finding, Rule, shown

ENCODING = Rule("RD-ENCODING", "error", "A file is not UTF-8 text.")
EMPTY = Rule("RD-EMPTY", "error", "A file has no header line.")
BROKEN = Rule("RD-BROKEN", "error", "A file stops being CSV at some line, such as after an unclosed quote.")
DELIMITER = Rule("RD-DELIMITER", "error", "The columns of a file are not separated by commas.")
HEADER = Rule("RD-HEADER", "error", "A column name stands twice in the header.")
UNNAMED = Rule("RD-UNNAMED", "note", "A column has values but no name, and is not read.")
RAGGED = Rule("RD-RAGGED", "error", "A line has more or fewer cells than the header, and is not read.")
BLANK = Rule("RD-BLANK", "note", "A line has commas but no value, and is not read.")

RULES = (ENCODING, EMPTY, BROKEN, DELIMITER, HEADER, UNNAMED, RAGGED, BLANK)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as strings: upper-case column names, and each row's cells by name with its line in the file.

    ``lines`` counts the lines with data, also those that could not be read into ``rows``.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int, Mapping[str, str]], ...] = ()
    lines: int = 0
    findings: tuple[Finding, ...] = ()


def read_csv(data: bytes, table: str) -> Sheet:
    """Read the bytes of a CSV file. Whatever is wrong becomes a finding; nothing is raised."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"Not UTF-8 text from line {line} on; save the file as UTF-8."
        return Sheet(
            findings=(ENCODING.found(table, message, row=line),), lines=_filled(data.splitlines()[1:])
        )
    records, broken = _records(text, table)
    if not records:
        empty = EMPTY.found(table, "No header line; export the table again.")
        return Sheet(findings=broken or (empty,))
    sheet = _sheet(records, table, broken)
    last = broken[0].row if broken else None
    rest = 0 if last is None else _filled(text.splitlines()[last - 1 :])
    return replace(sheet, lines=sheet.lines + rest)


def _filled(lines: Sequence[bytes] | Sequence[str]) -> int:
    """Count the lines that hold something: as near as can be to records where nobody could read them."""
    return sum(bool(line.strip()) for line in lines)


READERS: Mapping[str, Callable[[bytes, str], Sheet]] = MappingProxyType({".csv": read_csv})
"""How a file is read, by the ending of its name; another format is another entry."""


def _records(text: str, table: str) -> tuple[list[tuple[int, list[str]]], tuple[Finding, ...]]:
    """Split text into records, each with its first line; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
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


def _sheet(records: list[tuple[int, list[str]]], table: str, broken: tuple[Finding, ...]) -> Sheet:
    names = records[0][1]
    header = [_column(cell) for cell in names]
    body = records[1:]
    findings = [*broken, *_header_findings(names, body, table)]
    rows = []
    for line, cells in body:
        if not any(cells):
            findings.append(BLANK.found(table, "A line without any value; delete it.", row=line))
        elif len(cells) < len(header) or any(cells[len(header) :]):
            message = f"{len(cells)} cells under {len(header)} column names; the line was not read. Mend it."
            findings.append(RAGGED.found(table, message, row=line))
        else:
            # Of a name given twice the first column counts; the finding stops the report anyway.
            named = dict(reversed([*zip(header, cells, strict=False)]))
            rows.append((line, {name: named[name] for name in header if name}))
    columns = tuple(dict.fromkeys(name for name in header if name))
    return Sheet(columns, tuple(rows), len(body), tuple(findings))


def _column(cell: str) -> str:
    """Write a column name as the dictionary has it, whatever its case and spaces were."""
    return "_".join(cell.upper().split())


def _header_findings(names: list[str], body: list[tuple[int, list[str]]], table: str) -> Iterator[Finding]:
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        yield DELIMITER.found(table, "One column only; separate the columns by commas.", row=1)
    for name, times in Counter(_column(name) for name in names if name).items():
        if times > 1:
            message = f"{shown(name)} names {times} columns; keep one of them."
            yield HEADER.found(table, message, row=1, column=name)
    for place, name in enumerate(names):
        if not name and any(len(cells) > place and cells[place] for _, cells in body):
            yield UNNAMED.found(
                table, f"Column {place + 1} has values but no name; name it or delete it.", row=1
            )
