"""Several tables on one sheet, below and beside each other: where each begins and ends.

A table is found by a cell with its title, or with the name of its first column. Its names are the next line that has
some of those that the mapping file names; it is as wide as those names stand side by side, and ends above the next
blank line, or the next title.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.reshape.names import parts_by
from duonen_stats.raw.questions import EXPORT_AGAIN

BLOCK = CheckRule(
    "RD-BLOCK",
    "error",
    "A sheet has no table with the title that the mapping file names.",
    question=EXPORT_AGAIN,
)
OUTSIDE = CheckRule(
    "RD-OUTSIDE",
    "warning",
    "Cells of a sheet with several tables are in none of those that the mapping file names, and are not read.",
    question=EXPORT_AGAIN,
)
_BELOW = 6
"""The names are looked for in so many lines from the title on."""
_TOLD = 2
"""So many names identify a line of names, if as many are known."""

EVERY_LINE = (0,)
"""Stated in place of the line of the column names, where each line is wanted as a row: columns are called 1, 2, 3 …"""

Row = tuple[int, Sequence[str]]
"""A line: its number, and the texts of its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetBlock:
    """A table on a sheet: lines from ``title`` to ``last``, its names on ``header``; columns from 0, ``end`` not in it.

    ``pattern`` is how the mapping file finds it, ``fields`` are the columns taken out of the text that it was found by;
    ``names`` are those of its columns.
    """

    pattern: str
    title: int
    header: tuple[int, ...]
    last: int
    start: int
    end: int
    text: str
    fields: Mapping[str, str]
    names: tuple[str, ...] = ()

    def holds(self, line: int, column: int) -> bool:
        """Whether a cell is in it, or in a line between its title and its names."""
        return self.title <= line <= self.last and self.start <= column < self.end

    def cells_of(self, lines: Iterable[tuple[int, Sequence[Any]]]) -> list[tuple[int, Sequence[Any]]]:
        """Cut it out of the lines of its sheet, from its names on."""
        first, last = min(self.header), self.last
        return [(line, cells[self.start : self.end]) for line, cells in lines if first <= line <= last]


def blocks_of(
    rows: Sequence[Row],
    known: Mapping[str, Callable[[str], bool]],
    header: Mapping[str, Sequence[int | None]],
    *,
    in_cells: bool = False,
) -> list[SheetBlock]:
    """Find the tables of a sheet.

    Parameters
    ----------
    rows
        Its lines, those without any value left out.
    known
        By the pattern that a title or the first name follows: whether a text is a name of that table's columns.
    header
        By the pattern the lines of the names, counted from the title, if they are stated.
    in_cells
        Whether ends of lines within cells count as lines, as in CSV.

    Returns
    -------
    list of SheetBlock
        In the order of their titles. A cell like a title that no names follow is none.
    """
    finders = {pattern: parts_by(pattern) for pattern in known}
    found = [
        (place, column, pattern)
        for place, (_, cells) in enumerate(rows)
        for column, text in enumerate(cells)
        for pattern, taken in finders.items()
        if text and taken(text) is not None
    ]
    tops = []
    for place, column, pattern in found:
        others = [at for line, at, _ in found if line == place and at != column]
        stated = {*header.get(pattern, ())} - {None}
        top = _top(rows, (place, column), known[pattern], stated, others)
        if top is not None:
            tops.append((place, column, pattern, *top))
    # Of two cells above the same names the nearer one is their title.
    nearest = {(*lines, start): place for place, _, _, lines, start, _ in tops}
    tops = [one for one in tops if nearest[(*one[3], one[4])] == one[0] and _begins(rows, one)]
    blocks = []
    for place, column, pattern, lines, start, end in tops:
        stops = {other for other, at, *_ in tops if other > lines[-1] and start <= at < end}
        last = lines[-1]
        for below in range(lines[-1] + 1, len(rows)):
            lost = sum(cell.count("\n") for cell in rows[below - 1][1]) if in_cells else 0
            gap = rows[below][0] > rows[below - 1][0] + 1 + lost
            if gap or below in stops or not any(rows[below][1][start:end]):
                break
            last = below
        text = rows[place][1][column]
        blocks.append(
            SheetBlock(
                pattern=pattern,
                title=rows[place][0],
                header=tuple(rows[line][0] for line in lines),
                last=rows[last][0],
                start=min(start, column),
                end=max(end, column + 1),
                text=text,
                fields=finders[pattern](text) or {},
            )
        )
    return blocks


def _begins(rows: Sequence[Row], top: tuple[int, int, str, list[int], int, int]) -> bool:
    """Whether a cell begins a table: it is alone on its line, has a blank line above it, or is one of the names."""
    place, _, _, lines, start, end = top
    alone = sum(map(bool, rows[place][1][start:end])) <= 1
    follows = place and rows[place - 1][0] == rows[place][0] - 1 and any(rows[place - 1][1][start:end])
    return alone or place in lines or not follows


def _top(
    rows: Sequence[Row],
    place: tuple[int, int],
    is_known: Callable[[str], bool],
    stated: Collection[int | None],
    others: Sequence[int],
) -> tuple[list[int], int, int] | None:
    """Find the lines of the names below a title, and the columns that they stand in."""
    first, column = place
    left = max((at + 1 for at in others if at < column), default=0)
    right = min((at for at in others if at > column), default=max(map(len, (cells for _, cells in rows))))
    near = [*range(first, min(first + _BELOW, len(rows)))]
    if stated:
        wanted = [line for line in near if rows[line][0] - rows[first][0] in stated]
        near = wanted[-1:] if len(wanted) == len(stated) else []
    else:
        wanted = []
    best: tuple[int, list[int], int, int] | None = None
    for line in near:
        lines = wanted or [line]
        filled = [any(at < len(rows[one][1]) and rows[one][1][at] for one in lines) for at in range(right)]
        start = next((at for at in range(column, right) if filled[at]), None)
        if start is None:
            continue
        end = next((at for at in range(start, right) if not filled[at]), right)
        while start > left and filled[start - 1]:
            start -= 1
        names = sum(is_known(text) for text in rows[line][1][start:end] if text)
        if names and (best is None or names > best[0]):
            best = (names, lines, start, end)
    # A cell of a record that reads like a title is not followed by the names of columns.
    return None if best is None or (best[0] < _TOLD < best[3] - best[2]) else best[1:]


def numbered_columns(records: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Put a line 0 with the numbers of the columns as names above lines, which are all made as long as the longest.

    Examples
    --------
    >>> [*numbered_columns([(1, ["title"]), (3, ["a", "b"])])]
    [(0, ['1', '2']), (1, ['title', '']), (3, ['a', 'b'])]
    """
    lines = [*records]
    width = max((len(cells) for _, cells in lines), default=0)
    if width:
        yield 0, [str(number) for number in range(1, width + 1)]
    yield from ((line, [*cells, *[""] * (width - len(cells))]) for line, cells in lines)


def filled_right(cells: Sequence[str]) -> list[str]:
    """Give each column the name of its group, which stands over the first of them only.

    Examples
    --------
    >>> filled_right(["", "Cykl 1", "", "Cykl 2"])
    ['', 'Cykl 1', 'Cykl 1', 'Cykl 2']
    """
    out: list[str] = []
    for cell in cells:
        out.append(cell or (out[-1] if out else ""))
    return out


def block_findings(
    rows: Sequence[Row], blocks: Sequence[SheetBlock], pattern: str | None, table: str
) -> Iterator[Finding]:
    """Report that a table is not there (None: it may be absent), and warn of what is in no table of a sheet."""
    if pattern is not None and not any(block.pattern == pattern for block in blocks):
        message = f"No cell is {shown(pattern)} with the names of columns on its line or below; correct the mapping."
        yield BLOCK.found(table, message, row=1)
    cells = [*_outside(rows, blocks)]
    if cells:
        lines = tuple(dict.fromkeys(line for line, _, _ in cells))
        line, column, text = cells[0]
        message = (
            f"{len(cells)} cells are in no table that the mapping file names, such as {shown(text)} in column "
            f"{column + 1} of line {line}; they were not read. A table ends above a blank line: delete blank lines "
            "within it, or name the further table."
        )
        yield OUTSIDE.found(table, message, row=line, lines=lines)


def _outside(rows: Sequence[Row], blocks: Sequence[SheetBlock]) -> Iterator[tuple[int, int, str]]:
    """List the filled cells that are in none of the tables: line, column, text."""
    for line, cells in rows:
        own = [block for block in blocks if block.title <= line <= block.last]
        for column, text in enumerate(cells):
            if text and not any(block.holds(line, column) for block in own):
                yield line, column, text
