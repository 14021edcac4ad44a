"""A table as text, whatever its file was: a header and rows of cells, with what is wrong with its form."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.reshape.blocks import (
    EVERY_LINE,
    SheetBlock,
    block_findings,
    blocks_of,
    numbered_columns,
)
from duonen_stats.raw.intake.reshape.header import (
    SEARCHED,
    SURE,
    FileDescription,
    column_name,
    header_of,
    name_finder,
    passed_over,
    ranges_below,
    told_apart,
)
from duonen_stats.raw.intake.texts import Texts, TextsBuilder, constant, joined
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


Record = tuple[int, Sequence[Any]]
"""A line of a file: its number from 1, and its cells."""


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
    lines it is the records that count. ``header`` has the names as they are written, in
    the order of the file, ``above`` the lines above it, their cells with spaces between them.
    ``ranges`` are the normal ranges that a line below the names has, by column like ``cells``, row by row.
    ``form`` says how the file was understood (format, encoding, separator ...), ``converted`` what was changed.
    ``blocks`` are the tables that are to be found on the sheet, of which this is ``own``, if there are several.
    ``typed`` is whether the format stores numbers and dates as such; which texts were nevertheless text is known
    to their column. ``labels`` are the labels of coded values by column and value, ``captions`` those of the columns by
    their names as written.
    """

    cells: Mapping[str, Texts] = field(default_factory=lambda: MappingProxyType({}))
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lines: int = 0
    findings: tuple[Finding, ...] = ()
    header: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    titles: tuple[tuple[int, str], ...] = ()
    ranges: Mapping[str, Texts] = field(default_factory=lambda: MappingProxyType({}))
    form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    converted: tuple[Converted, ...] = ()
    typed: bool = False
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    captions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[UserMissing, ...] = ()
    blocks: tuple[SheetBlock, ...] = ()
    own: str | None = None

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
    known: FileDescription | None = None,
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
    known
        What is known of the column names and their lines; if nothing is, the first line has them.
    write
        How a cell is written as text.
    typed
        Whether cells may be other than text.
    more
        Further fields of the sheet.
    """
    stated = known or FileDescription()
    if stated.block is not None:
        return _of_blocks(records, table, found, stated, write, typed=typed, more=more)
    lines = numbered_columns(records) if stated.header == EVERY_LINE else iter(records)
    top = [*islice(lines, max([SEARCHED, *stated.header, *stated.below_names]))]
    if not top:
        empty = EMPTY.found(table, "No header line; export the table again.")
        return Sheet(findings=tuple(found) or (empty,), typed=typed, **more)
    head = [(line, [write(cell) for cell in cells]) for line, cells in top]
    place, names, line = header_of(head, stated)
    if place is None:
        message = (
            f"The mapping file says that line {line} has the names, units or normal ranges of the columns, and it is "
            "empty; correct it."
        )
        return Sheet(findings=(*found, EMPTY.found(table, message)), typed=typed, **more)
    number = top[place][0]
    names = told_apart(names, stated)
    header = [column_name(name) for name in names]
    body = _Body(len(header), table, write, typed=typed, title=stated.title)
    rest = chain(top[place + 1 :], lines)
    while part := [*islice(rest, _PART)]:
        body.add(part)
    columns, numbers, wrong = body.columns(header)
    findings = [*found, *_above([one for one, _ in top[:place] if one < line], line, table, stated)]
    findings += [*_header_findings(names, columns, table, line=number), *wrong]
    findings += _between(passed_over(head, line, stated), table)
    ranges = ranges_below(head, names, stated)
    # Of a name given twice the first column counts; the finding stops the report anyway.
    named = dict(reversed([(name, texts) for name, texts in zip(header, columns, strict=True) if name]))
    cells = {name: named[name] for name in dict.fromkeys(header) if name}
    return Sheet(
        cells=cells,
        numbers=numbers,
        lines=body.lines,
        findings=tuple(findings),
        header=names,
        above=tuple(" ".join(filter(None, cells)) for _, cells in head[:place]),
        titles=tuple(body.titles),
        ranges={name: constant(text, len(numbers)) for name, text in ranges.items()},
        typed=typed,
        **more,
    )


def _of_blocks(
    records: Iterable[Record],
    table: str,
    found: Sequence[Finding],
    stated: FileDescription,
    write: Callable[[Any], str],
    *,
    typed: bool,
    more: Mapping[str, Any],
) -> Sheet:
    """Make a sheet of those tables of a file with several that are called so, one below the other."""
    lines = [*records]
    rows = [(line, [write(cell) for cell in cells]) for line, cells in lines]
    pattern = str(stated.block)
    every = {**stated.blocks, pattern: stated}
    known = {one: name_finder(stated_for.named or stated_for.expected) for one, stated_for in every.items()}
    headers = {
        one: (*stated_for.header, *stated_for.below_names) if stated_for.header else ()
        for one, stated_for in every.items()
    }
    sheets, blocks = [], []
    for block in blocks_of(rows, known, headers, in_cells=not typed):
        if block.pattern == pattern:
            units, limits = (
                None if line is None else block.title + line
                for line in (stated.units_line, stated.limits_line)
            )
            header = tuple(line for line in block.header if line not in {units, limits})
            stated_for = replace(stated, block=None, header=header, units_line=units, limits_line=limits)
            own = sheet_of(block.cells_of(lines), table, (), stated_for, write=write, typed=typed, **more)
            fields = {name: constant(text, len(own.numbers)) for name, text in block.fields.items()}
            sheets.append(replace(own, cells={**own.cells, **fields}, header=(*own.header, *fields)))
            block = replace(block, names=own.header)  # noqa: PLW2901
        blocks.append(block)
    whole = _below(sheets) if sheets else Sheet(typed=typed, **more)
    findings = (
        *found,
        *block_findings(rows, blocks, None if stated.optional else pattern, table),
        *whole.findings,
    )
    return replace(whole, findings=findings, blocks=tuple(blocks), own=pattern)


def _below(sheets: Sequence[Sheet]) -> Sheet:
    """Put sheets below each other; a column that one of them does not have is empty there."""
    written = {column_name(name): name for one in reversed(sheets) for name in one.header}
    parts = [
        {name: one.cells.get(name) or constant("", len(one.numbers)) for name in written} for one in sheets
    ]
    return replace(
        sheets[0],
        cells={name: joined([one[name] for one in parts]) for name in written if name},
        numbers=np.concatenate([one.numbers for one in sheets]),
        ranges={
            name: joined([one.ranges.get(name) or constant("", len(one.numbers)) for one in sheets])
            for name in dict.fromkeys(name for one in sheets for name in one.ranges)
        },
        lines=sum(one.lines for one in sheets),
        findings=tuple(found for one in sheets for found in one.findings),
        header=tuple(written.values()),
    )


class _Body:
    """The lines below the column names, brought into columns part by part."""

    def __init__(
        self,
        width: int,
        table: str,
        write: Callable[[Any], str],
        *,
        typed: bool,
        title: Callable[[str], object] | None = None,
    ) -> None:
        self.lines = 0
        self.titles: list[tuple[int, str]] = []
        self._title = title
        self._width = width
        self._table = table
        self._write = write
        self._builders = [TextsBuilder(write, typed=typed) for _ in range(width)]
        self._numbers: list[int] = []
        self._wrong: list[Finding] = []

    def add(self, part: Sequence[Record]) -> None:
        """Add the next lines; those that do not fit the header are found."""
        if self._title is not None:
            part = [record for record in part if not self._is_title(record)]
        self.lines += len(part)
        fitting = [record for record in part if len(record[1]) == self._width or self._fits(record)]
        self._numbers += [line for line, _ in fitting]
        turned = zip(*(cells for _, cells in fitting), strict=False)
        for builder, values in zip(self._builders, turned, strict=False):
            builder.added(values)

    def _is_title(self, record: Record) -> bool:
        """Whether a line is a further title, which is kept as such: it is a line of names, and not of data."""
        text = " ".join(filter(None, map(self._write, record[1])))
        if not text or self._title is None or self._title(text) is None:
            return False
        self.titles.append((record[0], text))
        return True

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
        if self.titles:  # the names stand below each title, and are no lines of data either
            self.lines -= int(again.sum())
            kept = filled & ~again
            return [texts.take(kept) for texts in columns], numbers[kept], self._in_order()
        message = "The column names once more; the line is no record and was not read. Delete it."
        self._wrong += [HEADROW.found(self._table, message, row=line) for line in numbers[again].tolist()]
        kept = filled & ~again
        if not kept.all():
            columns, numbers = [texts.take(kept) for texts in columns], numbers[kept]
        return columns, numbers, self._in_order()

    def _in_order(self) -> list[Finding]:
        return sorted(self._wrong, key=lambda one: one.row or 0)


def _blank(table: str, line: int) -> Finding:
    return BLANK.found(table, "A line without any value; delete it.", row=line)


def _above(lines: Sequence[int], line: int, table: str, known: FileDescription) -> Iterator[Finding]:
    """Warn of lines above the column names, unless the mapping file says where, or what, these are."""
    if lines and not known.header and known.title is None and len(known.named) < SURE:
        message = (
            f"The column names stand on line {line}; {len(lines)} above them were not read. Delete those."
        )
        yield HEADROW.found(table, message, row=lines[0])


def _between(lines: Sequence[int], table: str) -> Iterator[Finding]:
    """Warn of lines between the column names and a stated line of units or normal ranges."""
    if lines:
        message = (
            f"{len(lines)} lines between the column names and the stated line of units or normal ranges were not read; "
            "delete those, or correct the mapping."
        )
        yield HEADROW.found(table, message, row=lines[0], lines=tuple(lines))


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
