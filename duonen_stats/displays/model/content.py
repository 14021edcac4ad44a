"""What a display is made of, before it is HTML, PDF or text: words, looked-up numbers, rows, a drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure

CHANGED = "†"
"""Stands after a number that differs from an earlier report's, where a report is compared with one."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as shown, with the id of the row of the results table it was looked up in.

    ``before`` is what stood in its place in the earlier report, if the report is compared with one and the
    text differs; empty if nothing stood there.
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

    Numbers written into the drawing carry the id of their row as ``set_gid("ard:" + id)``.
    """

    draw: Callable[[], Figure]
    alt: str
    numbers: tuple[Number, ...] = ()
