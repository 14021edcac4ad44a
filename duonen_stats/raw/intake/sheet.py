"""A table as text, whatever its file was: a header and rows of cells, with what is wrong with its form."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.texts import Texts, TextsBuilder, constant
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

Record = tuple[int, Sequence[Any]]
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """A file as columns of texts by their upper-case names, with the line of the file of each row in ``numbers``.

    ``lines`` counts the lines with data, also those that could not be read into rows; in a file without
    lines it is the records that count. ``header`` has the names as they are written, in the order of the file.
    ``form`` says how the file was understood (format, encoding, separator ...), ``converted`` what was changed.
    ``typed`` is whether the format stores numbers and dates as such; which texts were nevertheless text is known
    to their column. ``labels`` are the labels of coded values by column and value.
    """

    cells: Mapping[str, Texts] = field(default_factory=lambda: MappingProxyType({}))
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lines: int = 0
    findings: tuple[Finding, ...] = ()
    header: tuple[str, ...] = ()
    form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    converted: tuple[Converted, ...] = ()
    typed: bool = False
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[UserMissing, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that have one, in the order of the file."""
        return tuple(self.cells)

    @property
    def rows(self) -> tuple[tuple[int, dict[str, str]], ...]:
        """Rows one by one, each with its line: for few of them, as it is slow."""
        texts = [[*column] for column in self.cells.values()]
        rows = zip(*texts, strict=True) if texts else (() for _ in range(len(self.numbers)))
        return tuple(
            (line, dict(zip(self.cells, row, strict=True)))
            for line, row in zip(self.numbers.tolist(), rows, strict=True)
        )

    def with_cells(self, name: str, texts: Texts) -> "Sheet":
        """Give the same sheet with one column changed or added."""
        return replace(self, cells={**self.cells, name: texts})

    def subjects(self) -> Texts:
        """Give the patient of each row, empty where there is none."""
        return self.cells.get("SUBJID") or constant("", len(self.numbers))


_PART = 20_000
"""So many lines are brought into columns at a time: few enough to be small beside a file."""


def sheet_of(
    records: Iterable[Record],
    table: str,
    found: Sequence[Finding],
    expected: Collection[str] = (),
    *,
    write: Callable[[Any], str] = str.strip,
    typed: bool = False,
    **more: Any,
) -> Sheet:
    """Make a sheet of lines of cells, the first of which are the column names.

    Parameters
    ----------
    records
        Lines, each with its number and its cells; blank ones are left out. They are taken one by one.
    table
        Name of the table, for findings.
    found
        What was found wrong before. What is appended while ``records`` are taken counts too.
    expected
        Names by which a header line is known if it is not the first; none if the first is the header.
    write
        How a cell is written as text.
    typed
        Whether cells may be other than text.
    more
        Further fields of the sheet.
    """
    lines = iter(records)
    top = [*islice(lines, _SEARCHED)]
    if not top:
        empty = EMPTY.found(table, "No header line; export the table again.")
        return Sheet(findings=tuple(found) or (empty,), typed=typed, **more)
    place = _header_place([[write(cell) for cell in cells] for _, cells in top], expected)
    number, names = top[place][0], tuple(write(cell) for cell in top[place][1])
    header = [column_name(name) for name in names]
    body = _Body(len(header), table, write, typed=typed)
    rest = chain(top[place + 1 :], lines)
    while part := [*islice(rest, _PART)]:
        body.add(part)
    columns, numbers, wrong = body.columns(header)
    findings = [*found, *_above([line for line, _ in top[:place]], number, table)]
    findings += [*_header_findings(names, columns, table, line=number), *wrong]
    # Of a name given twice the first column counts; the finding stops the report anyway.
    named = dict(reversed([(name, texts) for name, texts in zip(header, columns, strict=True) if name]))
    cells = {name: named[name] for name in dict.fromkeys(header) if name}
    return Sheet(
        cells=cells,
        numbers=numbers,
        lines=body.lines,
        findings=tuple(findings),
        header=names,
        typed=typed,
        **more,
    )


class _Body:
    """The lines below the column names, brought into columns part by part."""

    def __init__(self, width: int, table: str, write: Callable[[Any], str], *, typed: bool) -> None:
        self.lines = 0
        self._width = width
        self._table = table
        self._write = write
        self._builders = [TextsBuilder(write, typed=typed) for _ in range(width)]
        self._numbers: list[int] = []
        self._wrong: list[Finding] = []

    def add(self, part: Sequence[Record]) -> None:
        """Add the next lines; those that do not fit the header are found."""
        self.lines += len(part)
        fitting = [record for record in part if len(record[1]) == self._width or self._fits(record)]
        self._numbers += [line for line, _ in fitting]
        turned = zip(*(cells for _, cells in fitting), strict=False)
        for builder, values in zip(self._builders, turned, strict=False):
            builder.added(values)

    def _fits(self, record: Record) -> bool:
        """Whether a line that is shorter or longer than the header only has empty cells more."""
        line, cells = record
        if not any(map(self._write, cells)):
            self._wrong.append(_blank(self._table, line))
            return False
        if len(cells) >= self._width and not any(map(self._write, cells[self._width :])):
            return True
        message = f"{len(cells)} cells under {self._width} column names; the line was not read. Mend it."
        self._wrong.append(RAGGED.found(self._table, message, row=line))
        return False

    def columns(self, header: Sequence[str]) -> tuple[list[Texts], NDArray[np.int64], list[Finding]]:
        """Give the columns, the line of each row, and what is wrong with lines, in order of the lines."""
        columns = [builder.texts() for builder in self._builders]
        numbers = np.array(self._numbers, dtype=np.int64)
        if not columns:
            return columns, numbers, self._wrong
        filled = np.zeros(len(numbers), dtype=bool)
        again = np.full(len(numbers), fill_value=len(header) > 1)
        for name, texts in zip(header, columns, strict=True):
            filled |= texts.filled()
            if again.any():
                again &= texts.where(lambda text, name=name: column_name(text) == name)  # type: ignore[misc]
        self._wrong += [_blank(self._table, line) for line in numbers[~filled].tolist()]
        again &= filled
        message = "The column names once more; the line is no record and was not read. Delete it."
        self._wrong += [HEADROW.found(self._table, message, row=line) for line in numbers[again].tolist()]
        kept = filled & ~again
        if not kept.all():
            columns, numbers = [texts.take(kept) for texts in columns], numbers[kept]
        return columns, numbers, sorted(self._wrong, key=lambda one: one.row or 0)


def _blank(table: str, line: int) -> Finding:
    return BLANK.found(table, "A line without any value; delete it.", row=line)


def column_name(cell: str) -> str:
    """Write a column name as the dictionary has it, whatever its case and spaces were."""
    return "_".join(cell.upper().split())


def _header_place(top: Sequence[Sequence[str]], expected: Collection[str]) -> int:
    """Find the line of the column names: the first, unless most of those expected stand on another."""
    known = {column_name(name) for name in expected}
    matches = [sum(column_name(cell) in known for cell in cells) for cells in top]
    best = max(matches)
    return matches.index(best) if best > max(1, matches[0], len(known) // 2) else 0


def _above(lines: Sequence[int], line: int, table: str) -> Iterator[Finding]:
    if lines:
        message = (
            f"The column names stand on line {line}; {len(lines)} above them were not read. Delete those."
        )
        yield HEADROW.found(table, message, row=lines[0])


def _header_findings(
    names: Sequence[str], columns: Sequence[Texts], table: str, *, line: int
) -> Iterator[Finding]:
    for name, times in Counter(column_name(name) for name in names if name).items():
        if times > 1:
            message = f"{shown(name)} names {times} columns; keep one of them."
            yield HEADER.found(table, message, row=line, column=name)
    for place, (name, texts) in enumerate(zip(names, columns, strict=True)):
        if not name and texts.filled().any():
            yield UNNAMED.found(
                table, f"Column {place + 1} has values but no name; name it or delete it.", row=line
            )
