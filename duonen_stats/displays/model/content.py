"""What a display is made of, before it is HTML, PDF or text: words, looked-up numbers, rows, a drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # tables are read and written without waiting for matplotlib
    from matplotlib.figure import Figure

CHANGED = "†"
"""Stands after a number that differs from an earlier report's, where a report is compared with one."""


PAGE = "page:"
"""Begins the address of a point that leads to a display of the same document, whose key follows."""


POINTS = "points:"
"""Begins the ``gid`` of the points of one group in a drawing; its ``mark`` follows."""

MANY_POINTS = 2000
"""Points of a figure up to which each says its patient in the HTML; of more, one of every two, three, and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPoints:
    """The patients behind the points of one group of a drawing, in the order in which they are drawn.

    ``patients`` are tuples of a patient and, for each of ``measures``, the value as it is shown. The drawing itself
    holds none of it: its points have ``POINTS + mark`` as their ``gid``.
    """

    mark: str
    measures: tuple[str, ...]
    patients: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(one) != len(self.measures) + 1 for one in self.patients):
            raise ValueError(f"{self.mark}: a patient with another number of values than there are measures")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as shown, with the id of the row of the results table it was looked up in.

    ``before`` is what was in its place in the earlier report, if the report is compared with one and the
    text differs; empty if nothing was there.
    """

    id: str
    text: str
    before: str | None = None


Fragment = str | Number
Line = tuple[Fragment, ...]
"""Words and looked-up numbers in reading order."""


def plain(line: Line) -> str:
    """Read a line as text; a number that differs from an earlier report's bears the mark."""
    return "".join(
        part if isinstance(part, str) else part.text + CHANGED * (part.before is not None) for part in line
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its heading (and a second, smaller line), how it is set, its share of the width."""

    header: str
    below: Line = ()
    align: Literal["left", "center", "right"] = "center"
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row of a table. A ``group`` row heads the indented rows under it; a ``total`` row closes a block."""

    cells: tuple[Line, ...]
    kind: Literal["body", "group", "total"] = "body"
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContent:
    """Columns and rows of a table; every row has as many cells as there are columns."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    landscape: bool = False

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(f"{len(row.cells)} cells for {len(self.columns)} columns: {row.cells[0]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureContent:
    """A drawing, made when asked for, with the text that stands for it where it cannot be seen.

    Numbers written into the drawing carry the id of their row as ``set_gid("ard:" + id)``. ``points`` say which
    patients its points are; nothing but the HTML shows that. ``stacked`` draws the same with its panels one below
    another, for a single column of a journal; None if the drawing has no panels side by side.
    """

    draw: "Callable[[], Figure]"
    alt: str
    numbers: tuple[Number, ...] = ()
    points: tuple[PatientPoints, ...] = ()
    stacked: "Callable[[], Figure] | None" = None


# A table for the terminal: columns aligned, nothing cut.


_GAP = "  "


def table_as_text(table: TableContent) -> str:
    """Set a table in plain characters, one line per row, each column as wide as its widest cell."""
    heads = [[column.header, plain(column.below)] for column in table.columns]
    body = [_texts(row) for row in table.rows]
    widths = [max(len(text) for text in (*head, *(row[i] for row in body))) for i, head in enumerate(heads)]
    rule = _GAP.join("─" * width for width in widths)
    lines = [_line([head[0] for head in heads], table.columns, widths)]
    if any(head[1] for head in heads):
        lines.append(_line([head[1] for head in heads], table.columns, widths))
    lines += [rule, *(_line(row, table.columns, widths) for row in body), rule]
    return "\n".join(lines)


def _texts(row: TableRow) -> list[str]:
    texts = [plain(cell) for cell in row.cells]
    return ["  " * row.indent + texts[0], *texts[1:]]


def _line(texts: list[str], columns: tuple[Column, ...], widths: list[int]) -> str:
    place = {"left": str.ljust, "center": str.center, "right": str.rjust}
    cells = (place[c.align](text, width) for text, c, width in zip(texts, columns, widths, strict=True))
    return _GAP.join(cells).rstrip()


# A display ready to be set in HTML, PDF or a terminal.


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducedDisplay:
    """A display ready to be set: everything a reader needs to judge it is on it."""

    key: str
    label: str
    ich_number: str
    title: str
    population: Line
    content: TableContent | FigureContent
    footnotes: tuple[Line, ...] = ()
    source: str = ""
    cut: str = ""
    sentence: Line = ()

    def __str__(self) -> str:
        heading = f"{self.label}. {self.title}"
        middle = table_as_text(self.content) if isinstance(self.content, TableContent) else self.content.alt
        notes = [plain(note) for note in self.footnotes]
        parts = [heading, plain(self.population), "", middle, "", *notes, self.source, self.cut]
        return "\n".join(part for part in parts if part or part == "").rstrip()
