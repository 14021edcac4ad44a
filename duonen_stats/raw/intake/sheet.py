"""A table as text, whatever its file was: a header and rows of cells, with what is wrong with its form."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.questions import EXPORT_AGAIN

ENCODING = CheckRule(
    "RD-ENCODING",
    "error",
    "The encoding of a text file is not clear, or is not the stated one.",
    question=EXPORT_AGAIN,
)
EMPTY = CheckRule("RD-EMPTY", "error", "A file has no header line.", question=EXPORT_AGAIN)
BROKEN = CheckRule(
    "RD-BROKEN",
    "error",
    "A file stops being CSV at some line, such as after an unclosed quote.",
    question=EXPORT_AGAIN,
)
DELIMITER = CheckRule(
    "RD-DELIMITER", "error", "It is not clear what separates the columns of a file.", question=EXPORT_AGAIN
)
HEADER = CheckRule("RD-HEADER", "error", "A column name is in the header twice.", question=EXPORT_AGAIN)
HEADROW = CheckRule(
    "RD-HEADROW",
    "warning",
    "There are lines above the column names, or the names are repeated below.",
    question=EXPORT_AGAIN,
)
UNNAMED = CheckRule(
    "RD-UNNAMED", "note", "A column has values but no name, and is not read.", question=EXPORT_AGAIN
)
RAGGED = CheckRule(
    "RD-RAGGED",
    "error",
    "A line has more or fewer cells than the header, and is not read.",
    question=EXPORT_AGAIN,
)
BLANK = CheckRule(
    "RD-BLANK", "note", "A line has commas but no value, and is not read.", question=EXPORT_AGAIN
)


_SEARCHED = 20
"""Column names are looked for in so many lines from the top."""

Record = tuple[int, list[str]]
"""A line of a file: its number from 1, and its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDescription:
    """What is known of a file before it is read.

    ``encoding`` and ``separator`` (the character) are what the mapping file says, ``None`` if it says nothing;
    ``expected`` are the column names by which a header line is known.
    """

    encoding: str | None = None
    separator: str | None = None
    expected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Converted:
    """Cells that were brought into the standard form: what was done, in which column, to how many cells."""

    what: str
    column: str
    cells: int


@dataclass(frozen=True, slots=True)
class UserMissing:
    """A cell whose code its file declares to mean "missing", with the code and its label: the reason."""

    line: int
    column: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as strings: upper-case column names, and each row's cells by name with its line in the file.

    ``lines`` counts the lines with data, also those that could not be read into ``rows``; in a file without
    lines it is the records that count. ``form`` says how the file was understood (format, encoding,
    separator ...), ``converted`` what was changed. A format that has types tells in ``as_text`` which values
    of a column were text nevertheless, and how often each; elsewhere that is ``None``, because all are.
    ``labels`` are the labels of coded values by column and value.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int, Mapping[str, str]], ...] = ()
    lines: int = 0
    findings: tuple[Finding, ...] = ()
    form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    converted: tuple[Converted, ...] = ()
    as_text: Mapping[str, Mapping[str, int]] | None = None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[UserMissing, ...] = ()


def sheet_of(
    records: Sequence[Record],
    table: str,
    found: Sequence[Finding],
    expected: Collection[str] = (),
    **more: Any,
) -> Sheet:
    """Make a sheet of lines of cells, the first of which are the column names.

    Parameters
    ----------
    records
        Lines that are not blank.
    table
        Name of the table, for findings.
    found
        What was found wrong before.
    expected
        Names by which a header line is known if it is not the first; none if the first is the header.
    more
        Further fields of the sheet.
    """
    if not records:
        empty = EMPTY.found(table, "No header line; export the table again.")
        return Sheet(findings=tuple(found) or (empty,), **more)
    place = _header_place(records, expected)
    names, body = records[place][1], records[place + 1 :]
    header = [column_name(cell) for cell in names]
    findings = [*found, *_above(records[:place], records[place][0], table)]
    findings += _header_findings(names, body, table, line=records[place][0])
    rows = []
    for line, cells in body:
        if not any(cells):
            findings.append(BLANK.found(table, "A line without any value; delete it.", row=line))
        elif len(cells) < len(header) or any(cells[len(header) :]):
            message = f"{len(cells)} cells under {len(header)} column names; the line was not read. Mend it."
            findings.append(RAGGED.found(table, message, row=line))
        elif len(header) > 1 and [column_name(cell) for cell in cells[: len(header)]] == header:
            message = "The column names once more; the line is no record and was not read. Delete it."
            findings.append(HEADROW.found(table, message, row=line))
        else:
            # Of a name given twice the first column counts; the finding stops the report anyway.
            named = dict(reversed([*zip(header, cells, strict=False)]))
            rows.append((line, {name: named[name] for name in header if name}))
    columns = tuple(dict.fromkeys(name for name in header if name))
    return Sheet(columns, tuple(rows), len(body), tuple(findings), **more)


def column_name(cell: str) -> str:
    """Write a column name as the dictionary has it, whatever its case and spaces were."""
    return "_".join(cell.upper().split())


def _header_place(records: Sequence[Record], expected: Collection[str]) -> int:
    """Find the line of the column names: the first, unless most of those expected stand on another."""
    known = {column_name(name) for name in expected}
    matches = [sum(column_name(cell) in known for cell in cells) for _, cells in records[:_SEARCHED]]
    best = max(matches)
    return matches.index(best) if best > max(1, matches[0], len(known) // 2) else 0


def _above(records: Sequence[Record], line: int, table: str) -> Iterator[Finding]:
    if records:
        message = (
            f"The column names stand on line {line}; {len(records)} above them were not read. Delete those."
        )
        yield HEADROW.found(table, message, row=records[0][0])


def _header_findings(names: list[str], body: Sequence[Record], table: str, *, line: int) -> Iterator[Finding]:
    for name, times in Counter(column_name(name) for name in names if name).items():
        if times > 1:
            message = f"{shown(name)} names {times} columns; keep one of them."
            yield HEADER.found(table, message, row=line, column=name)
    for place, name in enumerate(names):
        if not name and any(len(cells) > place and cells[place] for _, cells in body):
            yield UNNAMED.found(
                table, f"Column {place + 1} has values but no name; name it or delete it.", row=line
            )
