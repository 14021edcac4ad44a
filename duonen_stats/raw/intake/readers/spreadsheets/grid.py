"""A worksheet as a grid of values, and what it takes to be a sheet: shared by the formats of workbooks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.readers.cells import cell_text
from duonen_stats.raw.intake.readers.optional import require_cells
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.sheet import Converted, Record, Sheet, sheet_of
from duonen_stats.raw.questions import EXPORT_AGAIN

HIDDEN = CheckRule(
    "RD-HIDDEN",
    "note",
    "A worksheet, or rows or columns of it, are hidden; they are read like others.",
    question=EXPORT_AGAIN,
)
MERGED = CheckRule(
    "RD-MERGED", "warning", "Cells are merged: only the first of them has a value.", question=EXPORT_AGAIN
)
FORMULA = CheckRule(
    "RD-FORMULA", "error", "A formula has no stored value, and the cell is empty.", question=EXPORT_AGAIN
)
ERRORCELL = CheckRule(
    "RD-ERRORCELL", "error", "A cell holds an error of the spreadsheet, such as #REF!.", question=EXPORT_AGAIN
)
COMMENT = CheckRule("RD-COMMENT", "note", "A cell has a comment, which is not read.", question=EXPORT_AGAIN)
STRUCK = CheckRule(
    "RD-STRUCK",
    "warning",
    "A row or a cell is struck through; it is read like others.",
    question=EXPORT_AGAIN,
)

Place = tuple[int, int]
"""Row and column of a cell, from 1."""
Area = tuple[Place, Place]
"""The first and the last of the cells that are merged."""


@dataclass(slots=True)
class Grid:
    """The cells of a worksheet: rows from the top, each with its number and its values up to its last filled one.

    ``hidden`` is the sheet as a whole, ``hidden_rows`` how many of its rows down to the last filled one are. Cells that
    hold an error (``errors``), a formula without a stored value, a comment, or are struck through, are named by their
    place.
    """

    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: int = 0
    merged: list[str] = field(default_factory=list)
    formulas: Counter[int] = field(default_factory=Counter)
    unstored: list[Place] = field(default_factory=list)
    errors: list[tuple[Place, str]] = field(default_factory=list)
    comments: list[tuple[Place, str]] = field(default_factory=list)
    struck: list[Place] = field(default_factory=list)
    _hidden_below: int = 0
    _hidden_columns: Counter[int] = field(default_factory=Counter)

    @property
    def width(self) -> int:
        """Number of columns up to the last filled cell."""
        return max((len(cells) for _, cells in self.rows), default=0)

    def add(self, number: int, cells: list[Any]) -> None:
        """Add a row, unless it is empty."""
        while cells and _is_empty(cells[-1]):
            cells.pop()
        if cells:
            self.rows.append((number, cells))
            self.hidden_rows += self._hidden_below
            self._hidden_below = 0

    def hide_rows(self, rows: int) -> None:
        """Note that the next rows are hidden; those below the last filled one do not count."""
        self._hidden_below += rows

    def hide_columns(self, first: int, last: int) -> None:
        """Note that columns are hidden, whether there are that many or not."""
        self._hidden_columns[first] += 1
        self._hidden_columns[last + 1] -= 1

    @property
    def hidden_columns(self) -> list[int]:
        """The hidden columns up to the last filled one."""
        hidden = accumulate(self._hidden_columns[column] for column in range(1, self.width + 1))
        return [column for column, depth in enumerate(hidden, 1) if depth > 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """An opened workbook, of any format.

    ``format`` is its name; ``hidden`` says of each worksheet, in order, whether it is not shown; ``grid`` gives the
    cells of one. What worksheets were found to be filled is known from then on.
    """

    format: str
    hidden: Mapping[str, bool]
    grid: Callable[[str], Grid]
    _filled: dict[str, bool] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """Names of its worksheets, in order."""
        return [*self.hidden]

    def has_values(self, title: str) -> bool:
        """Whether a worksheet has a filled cell."""
        if title not in self._filled:
            self._filled[title] = bool(self.grid(title).rows)
        return self._filled[title]

    def read(self, title: str, table: str, stated: FileDescription) -> Sheet:
        """Read one worksheet."""
        return sheet_of_grid(self.grid(title), table, stated, {"format": self.format, "worksheet": title})


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def sheet_of_grid(grid: Grid, table: str, stated: FileDescription, form: dict[str, str]) -> Sheet:
    """Make a sheet of a grid.

    Parameters
    ----------
    grid
        The worksheet.
    table
        The table that it is, for findings.
    stated
        What is known of the file.
    form
        How the file was understood.

    Raises
    ------
    UnreadableFileError
        It has more cells than are allowed.
    """
    width = grid.width
    require_cells(len(grid.rows), width)
    merged = _merged_areas(grid, stated.header if stated.block is None else ())
    found = [*_findings(grid, table, merged)]
    sheet = sheet_of(
        _records(grid, width),
        table,
        [finding for finding, _ in found],
        stated,
        write=cell_text,
        typed=True,
        form=form,
    )
    own = [
        _in_column(one, sheet)
        for one, (_, area) in zip(sheet.findings, found, strict=False)
        if not (
            _is_filled_down(area, sheet, stated) or _is_of_another(one, area, sheet) or _is_above(area, sheet)
        )
    ]
    return replace(
        sheet,
        findings=(*own, *sheet.findings[len(found) :]),
        converted=tuple(_formulas(grid, sheet)),
    )


def _formulas(grid: Grid, sheet: Sheet) -> Iterator[Converted]:
    """Count the formulas of each column, or of a sheet with several tables as a whole."""
    what = "stored values of formulas"
    if sheet.own is None:
        for place, name in enumerate(sheet.header, 1):
            if name and grid.formulas[place]:
                yield Converted(what, column_name(name), grid.formulas[place])
    elif total := grid.formulas.total():
        yield Converted(what, "all columns", total)


def _name_at(sheet: Sheet, line: int | None, column: int) -> str:
    """Give the name of a column that a cell is in, counted from 1; empty if it is in none."""
    header, place = sheet.header, column - 1
    if sheet.own is not None:
        block = next((one for one in sheet.blocks if line is not None and one.holds(line, place)), None)
        header, place = ((), 0) if block is None else (block.names, place - block.start)
    return column_name(header[place]) if place < len(header) else ""


def _in_column(finding: Finding, sheet: Sheet) -> Finding:
    """Name the column of a finding about one cell as the header does, instead of by its letters."""
    if finding.column is None:
        return finding
    return replace(finding, column=_name_at(sheet, finding.row, place_of(finding.column)[1]) or None)


def _is_filled_down(area: Area | None, sheet: Sheet, stated: FileDescription) -> bool:
    """Whether it is about merged cells of one column that the mapping file fills down."""
    if area is None or not stated.filled_down:
        return False
    (row, column), (_, last) = area
    return column == last and _name_at(sheet, row, column) in stated.filled_down


def _is_above(area: Area | None, sheet: Sheet) -> bool:
    """Whether it is about merged cells of a title or of groups of names: above the names, and so above the records."""
    if area is None or sheet.own is not None or not sheet.above or not len(sheet.numbers):
        return False
    last = area[1][0]
    return last <= len(sheet.above) and last < sheet.numbers[0]


def _is_of_another(finding: Finding, area: Area | None, sheet: Sheet) -> bool:
    """Whether it is about a cell of another table of the sheet, or about merged cells of a title."""
    if sheet.own is None or finding.row is None or (area is None and finding.column is None):
        return False
    column = place_of(str(finding.column))[1] if area is None else area[0][1]
    blocks = [one for one in sheet.blocks if one.holds(finding.row, column - 1)]
    if area is not None and any(finding.row < max(one.header) for one in blocks):
        return True
    return bool(blocks) and all(one.pattern != sheet.own for one in blocks)


def _records(grid: Grid, width: int) -> Iterator[Record]:
    for number, cells in grid.rows:
        yield number, cells + [None] * (width - len(cells))


def letters(column: int) -> str:
    """Name a column as a spreadsheet does.

    Examples
    --------
    >>> letters(1), letters(26), letters(27), letters(16384)
    ('A', 'Z', 'AA', 'XFD')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def place_of(reference: str) -> Place:
    """Give row and column of a cell by its name, such as ``B12``; 0 for what is not named.

    Examples
    --------
    >>> place_of("B12"), place_of("XFD1"), place_of("C")
    ((12, 2), (1, 16384), (0, 3))
    """
    name = reference.rstrip("0123456789")
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(name) :] or 0), column


def _named(place: Place) -> str:
    return f"{letters(place[1])}{place[0]}"


def _merged_areas(grid: Grid, header: Sequence[int]) -> dict[str, Area]:
    """Give the merged areas by their names, in order; above stated names of columns, they name groups of columns."""
    areas = {
        name: (place_of(name.partition(":")[0]), place_of(name.rpartition(":")[2])) for name in grid.merged
    }
    below = {name: area for name, area in areas.items() if area[0][0] > max(header, default=0)}
    return dict(sorted(below.items(), key=lambda item: item[1][0]))


def _findings(grid: Grid, table: str, merged: Mapping[str, Area]) -> Iterator[tuple[Finding, Area | None]]:
    """Yield what was found in a worksheet, with the area that it is about where cells are merged."""
    for one in _hidden(grid, table):
        yield one, None
    for name, area in merged.items():
        message = (
            f"Cells {name} are merged and only the first has a value; separate them and fill each, or have the "
            "mapping file fill the column down (fill_down)."
        )
        yield MERGED.found(table, message, row=area[0][0]), area
    for one in _of_cells(grid, table):
        yield one, None


def _hidden(grid: Grid, table: str) -> Iterator[Finding]:
    if grid.hidden:
        yield HIDDEN.found(table, "The worksheet is hidden; it was read. Check that it is meant to count.")
    rows, columns = grid.hidden_rows, [letters(column) for column in grid.hidden_columns]
    if rows or columns:
        parts = [f"{rows} row{'s' * (rows > 1)}"] if rows else []
        if columns:
            parts.append(f"column{'s' * (len(columns) > 1)} {', '.join(columns)}")
        yield HIDDEN.found(
            table, f"Hidden: {' and '.join(parts)}; they were read. Check that they are to count."
        )


def _of_cells(grid: Grid, table: str) -> Iterator[Finding]:
    for place in grid.unstored:
        message = f"The formula in {_named(place)} has no stored value; open and save it in Excel."
        yield FORMULA.found(table, message, row=place[0], column=letters(place[1]))
    for place, text in grid.errors:
        message = f"{_named(place)} holds {text}; correct the cell."
        yield ERRORCELL.found(table, message, row=place[0], column=letters(place[1]))
    yield from _struck(grid, table)
    for place, text in grid.comments:
        message = f"{_named(place)} has a comment, {shown(text)}; enter what it says if it is to count."
        yield COMMENT.found(table, message, row=place[0], column=letters(place[1]))


def _struck(grid: Grid, table: str) -> Iterator[Finding]:
    """Name the rows that are struck through as a whole, and single cells elsewhere."""
    columns: dict[int, list[int]] = {}
    for row, column in grid.struck:
        columns.setdefault(row, []).append(column)
    filled = {row: sum(not _is_empty(cell) for cell in cells) for row, cells in grid.rows if row in columns}
    for row, own in columns.items():
        if len(own) >= filled.get(row, 0):
            what = f"Row {row}"
        else:
            what = f"{', '.join(_named((row, column)) for column in sorted(own))} of row {row}"
        message = f"{what} is struck through, and was read. Delete what is not to count."
        yield STRUCK.found(table, message, row=row)
