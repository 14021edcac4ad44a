"""OpenDocument workbooks (.ods), as LibreOffice writes them."""

import re
from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers.cells import as_far_as_shown, cell_text, percent_text, whole_number
from duonen_stats.raw.intake.readers.optional import require_cells
from duonen_stats.raw.intake.readers.safe_xml import read_xml
from duonen_stats.raw.intake.readers.spreadsheets.archive import Archive
from duonen_stats.raw.intake.readers.spreadsheets.grid import Grid, Workbook, letters

_CONTENT = "content.xml"
_PADDED = re.compile("0[0-9]+")
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_HIDDEN = frozenset({"collapse", "filter"})


def open_ods(file: BinaryIO) -> Workbook:
    """Open a workbook, and read it as a whole.

    Parameters
    ----------
    file
        Open for reading bytes.

    Raises
    ------
    UnreadableFileError
        It is no OpenDocument file, or holds more than is allowed.
    Exception
        Whatever else is raised for a file that is no workbook.
    """
    archive = Archive(file.read())
    if _CONTENT not in archive.names:
        raise UnreadableFileError("it is no OpenDocument workbook")
    reader = _ContentReader()
    with archive.open(_CONTENT) as content:
        read_xml(content, reader.start, reader.end, reader.text)
    hidden = {title: grid.hidden for title, grid in reader.grids.items()}
    return Workbook(format="OpenDocument", hidden=hidden, grid=reader.grids.__getitem__)


class _ContentReader:
    """Takes the elements of the content: styles, then worksheets with their rows and cells."""

    def __init__(self) -> None:
        self.grids: dict[str, Grid] = {}
        self._style = ""
        self._struck: set[str] = set()
        self._formats: dict[str, str] = {}
        self._dates: dict[str, set[str]] = {}
        self._shown: set[str] = set()
        self._unshown: set[str] = set()
        self._grid: Grid | None = None
        self._row = 0
        self._repeat = 1
        self._defaults: list[tuple[int, str]] = []
        self._columns = 0
        self._cells: list[tuple[int, Any]] = []
        self._column = 0
        self._cell: Mapping[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._note: list[list[str]] | None = None
        self._own_note = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self._grid = self.grids[attributes.get("name", "")] = Grid()
            self._grid.hidden = attributes.get("style-name", "") in self._unshown
            self._row, self._defaults, self._columns = 0, [], 0
        elif self._grid is None:
            self._begin_style(name, attributes)
        elif name == "table-column":
            self._begin_columns(self._grid, attributes)
        elif name == "table-row":
            self._repeat = _times(attributes, "number-rows-repeated")
            self._cells, self._column = [], 0
            if attributes.get("visibility") in _HIDDEN:
                self._grid.hide_rows(self._repeat)
        elif name in _CELLS:
            self._cell, self._paragraphs, self._own_note = attributes, [], ""
        elif self._cell is not None:
            self._begin_text(name, attributes)

    def _begin_style(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("name", "")
            self._formats[self._style] = attributes.get("data-style-name", "")
        elif name == "date-style":
            self._shown = self._dates.setdefault(attributes.get("name", ""), set())
        elif name in {"day", "month", "year"}:
            self._shown.add(name)
        elif name == "text-properties" and attributes.get("text-line-through-style", "none") != "none":
            self._struck.add(self._style)
        elif name == "table-properties" and attributes.get("display") == "false":
            self._unshown.add(self._style)

    def _begin_columns(self, grid: Grid, attributes: Mapping[str, str]) -> None:
        times = _times(attributes, "number-columns-repeated")
        if attributes.get("visibility") in _HIDDEN:
            grid.hide_columns(self._columns + 1, self._columns + times)
        self._columns += times
        self._defaults.append((self._columns, attributes.get("default-cell-style-name", "")))

    def _begin_text(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "annotation":
            self._note = []
        elif name == "p":
            self._texts().append([])
        elif name == "s" and self._texts():
            self._texts()[-1].append(" " * min(_times(attributes, "c"), _LONGEST_GAP))
        elif name in {"tab", "line-break"} and self._texts():
            self._texts()[-1].append("\t" if name == "tab" else "\n")

    def _texts(self) -> list[list[str]]:
        return self._paragraphs if self._note is None else self._note

    def text(self, piece: str) -> None:
        if self._cell is not None and self._texts():
            self._texts()[-1].append(piece)

    def end(self, name: str) -> None:
        if name == "table":
            self._grid = None
        elif name == "annotation" and self._note is not None:
            self._own_note = " ".join(" ".join(map("".join, self._note)).split())
            self._note = None
        elif self._grid is not None and name == "table-row":
            self._end_row(self._grid)
        elif self._grid is not None and name in _CELLS and self._cell is not None:
            self._end_cell(self._grid, self._cell)
            self._cell = None

    def _end_row(self, grid: Grid) -> None:
        if self._cells:
            width = max(column for column, _ in self._cells)
            require_cells(len(grid.rows) + self._repeat, max(width, grid.width))
            cells = [None] * width
            for column, value in self._cells:
                cells[column - 1] = value
            for number in range(self._row + 1, self._row + self._repeat + 1):
                grid.add(number, [*cells])
        self._row += self._repeat

    def _end_cell(self, grid: Grid, cell: Mapping[str, str]) -> None:
        times = _times(cell, "number-columns-repeated")
        text = "\n".join(map("".join, self._paragraphs))
        style = cell.get("style-name") or self._default(self._column + 1)
        value = _value(cell, text)
        shown = self._dates.get(self._formats.get(style, ""), set())
        if isinstance(value, datetime) and "year" in shown:
            value = as_far_as_shown(value, shows_day="day" in shown, shows_month="month" in shown)
        place = (self._row + 1, self._column + 1)
        if "formula" in cell:
            grid.formulas[self._column + 1] += self._repeat
            if "value-type" not in cell and not text:
                grid.unstored.append(place)
        if cell.get("value-type") == "error" or _is_error(text, cell):
            grid.errors.append((place, text or "an error"))
        if self._own_note:
            grid.comments.append((place, self._own_note))
        across, down = _times(cell, "number-columns-spanned"), _times(cell, "number-rows-spanned")
        if across > 1 or down > 1:
            last = f"{letters(place[1] + across - 1)}{place[0] + down - 1}"
            grid.merged.append(f"{letters(place[1])}{place[0]}:{last}")
        if value is not None and cell_text(value):
            require_cells(self._repeat, self._column + times)
            self._cells += [(self._column + number, value) for number in range(1, times + 1)]
            if style in self._struck:
                grid.struck += [(place[0], place[1] + number) for number in range(times)]
        self._column += times

    def _default(self, column: int) -> str:
        place = bisect_left(self._defaults, (column, ""))
        return self._defaults[place][1] if place < len(self._defaults) else ""


_LONGEST_GAP = 1_000


def _times(attributes: Mapping[str, str], name: str) -> int:
    return max(int(attributes.get(name, 1)), 1)


def _is_error(text: str, cell: Mapping[str, str]) -> bool:
    return "formula" in cell and (text.startswith(("#", "Err:")) and cell.get("value-type") != "float")


def _value(cell: Mapping[str, str], text: str) -> Any:
    """Give the value of a cell; of a percentage or a number padded with zeros the text that a person sees."""
    kind = cell.get("value-type", "string" if text else "")
    if kind in {"float", "currency"}:
        value = whole_number(float(cell.get("value", "nan")))
        shown = text.strip()
        return shown if _PADDED.fullmatch(shown) and int(shown) == value else value
    if kind == "percentage":
        return percent_text(float(cell.get("value", "nan")))
    if kind == "date":
        return _date(cell.get("date-value", ""))
    if kind == "boolean":
        return cell.get("boolean-value") == "true"
    if kind == "time":
        return _time(cell.get("time-value", ""), text)
    return cell.get("string-value", text) or None


_MILLISECOND = timedelta(milliseconds=1)
_TIME = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,2})M)?(?:(\d{1,2}(?:\.\d+)?)S)?")


def _time(stored: str, shown: str) -> time | str:
    """Give a time by its value, to the millisecond: "12:15" on the screen may be minutes; from a day on, what is shown.

    A day and more is a duration, or a moment of which the screen shows the time of day.
    """
    found = _TIME.fullmatch(stored)
    if not found or not any(found.groups()):
        return shown or stored
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    lasting = _MILLISECOND * ((exact + _MILLISECOND / 2) // _MILLISECOND)
    return (
        (datetime.combine(date.min, time()) + lasting).time()
        if lasting < timedelta(days=1)
        else shown or stored
    )


def _date(text: str) -> date | datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text
