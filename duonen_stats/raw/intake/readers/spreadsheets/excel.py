"""Excel workbooks (.xlsx, .xlsm), of the transitional and the strict form of Open XML."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import unquote

from duonen_stats.errors import UnreadableFileError
from duonen_stats.raw.intake.readers.cells import as_far_as_shown, cell_text, percent_text, whole_number
from duonen_stats.raw.intake.readers.optional import library, require_cells
from duonen_stats.raw.intake.readers.safe_xml import read_xml
from duonen_stats.raw.intake.readers.spreadsheets.archive import Archive
from duonen_stats.raw.intake.readers.spreadsheets.grid import Grid, Workbook, place_of

_MOST_ROWS, _MOST_COLUMNS = 2**20, 2**14
"""What a worksheet can have in Excel."""
_PADDED = re.compile("0{2,}")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Parts of a number format that are shown as they are, fill a space, or are a colour."""
_ESCAPED = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")


@dataclass(frozen=True, slots=True)
class _Worksheet:
    title: str
    part: str
    hidden: bool


@dataclass(slots=True)
class _Styles:
    """Number format by style, and which styles strike through."""

    formats: list[str] = field(default_factory=list)
    struck: list[bool] = field(default_factory=list)


class _Worksheets:
    """The worksheets of a file, and what they share: styles and texts."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        main = next(
            (part for kind, part in _relations(archive, "").values() if kind.endswith("/officeDocument")), ""
        )
        if main not in archive.names:
            raise UnreadableFileError("it is no workbook")
        relations = _relations(archive, main)
        parts = {kind.rpartition("/")[2]: part for kind, part in relations.values()}
        self.by_title, self._from_1904 = _worksheets(archive, main, relations)
        self._styles = _styles(archive, parts.get("styles", ""))
        self._texts, self._struck_texts = _shared_texts(archive, parts.get("sharedStrings", ""))

    def grid(self, title: str) -> Grid:
        """Read the cells of a worksheet."""
        sheet = self.by_title[title]
        reader = _CellReader(self._styles, self._texts, self._struck_texts, from_1904=self._from_1904)
        with self._archive.open(sheet.part) as file:
            read_xml(file, reader.start, reader.end, reader.text)
        grid = reader.grid
        grid.hidden = sheet.hidden
        for kind, part in _relations(self._archive, sheet.part).values():
            if kind.endswith("/comments") and part in self._archive.names:
                grid.comments = _comments(self._archive, part)
        return grid


def open_excel(file: BinaryIO) -> Workbook:
    """Open a workbook; chart sheets are left out.

    Parameters
    ----------
    file
        Open for reading bytes.

    Raises
    ------
    MissingLibraryError
        openpyxl, whose tables of formats are used, is not installed.
    UnreadableFileError
        It is no workbook, or holds more than is allowed.
    Exception
        Whatever is raised for a file that is no workbook.
    """
    library("openpyxl", "Excel workbooks")
    worksheets = _Worksheets(Archive(file.read()))
    hidden = {title: sheet.hidden for title, sheet in worksheets.by_title.items()}
    return Workbook(format="Excel", hidden=hidden, grid=worksheets.grid)


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Give type and part of each relation of a part, by its id."""
    folder, name = posixpath.split(part)
    own = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = unquote(attributes.get("Target", ""))
            place = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = attributes.get("Type", ""), posixpath.normpath(place)

    if own in archive.names:
        _parse(archive, own, start)
    return found


def _parse(archive: Archive, part: str, start: Any, end: Any = None, text: Any = None) -> None:
    with archive.open(part) as file:
        read_xml(file, start, end or _nothing, text or _nothing)


def _nothing(_: str) -> None:
    """Take no notice."""


def _worksheets(
    archive: Archive, main: str, relations: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, _Worksheet], bool]:
    found: dict[str, _Worksheet] = {}
    from_1904 = False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal from_1904
        if name == "workbookPr":
            from_1904 = attributes.get("date1904", "0") in {"1", "true"}
        elif name == "sheet":
            kind, part = relations.get(attributes.get("id", ""), ("", ""))
            if kind.endswith("/worksheet"):
                if part not in archive.names:
                    raise UnreadableFileError("one of its worksheets is missing")
                title = attributes.get("name", "")
                found[title] = _Worksheet(title, part, attributes.get("state", "visible") != "visible")

    _parse(archive, main, start)
    return found, from_1904


def _styles(archive: Archive, part: str) -> _Styles:
    builtin = library("openpyxl.styles.numbers", "Excel workbooks").BUILTIN_FORMATS
    formats: dict[int, str] = dict(builtin)
    fonts: list[bool] = []
    styles = _Styles()
    within: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        within.append(name)
        if name == "numFmt" and "numFmts" in within:
            formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "General")
        elif name == "font" and "fonts" in within:
            fonts.append(False)
        elif name == "strike" and "fonts" in within and fonts:
            fonts[-1] = _is_on(attributes)
        elif name == "xf" and "cellXfs" in within:
            font = int(attributes.get("fontId", 0))
            styles.formats.append(formats.get(int(attributes.get("numFmtId", 0)), "General"))
            styles.struck.append(fonts[font] if font < len(fonts) else False)

    if part in archive.names:
        _parse(archive, part, start, lambda _: within.pop())
    return styles


def _is_on(attributes: Mapping[str, str]) -> bool:
    return attributes.get("val", "1") not in {"0", "false"}


class _RichText:
    """Collects the text of an element with runs of letters; the reading aids of Japanese are left out."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.struck = False
        self._open = False
        self._aid = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "rPh":
            self._aid += 1
        elif name == "strike":
            self.struck |= _is_on(attributes)
        self._open = name == "t" and not self._aid

    def end(self, name: str) -> None:
        self._aid -= name == "rPh"
        self._open = False

    def text(self, piece: str) -> None:
        if self._open:
            self.pieces.append(piece)

    def whole(self) -> str:
        return unescaped("".join(self.pieces))


def _shared_texts(archive: Archive, part: str) -> tuple[list[str], set[int]]:
    texts: list[str] = []
    struck: set[int] = set()
    one = _RichText()

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal one
        if name == "si":
            one = _RichText()
        else:
            one.start(name, attributes)

    def end(name: str) -> None:
        if name == "si":
            if one.struck:
                struck.add(len(texts))
            texts.append(one.whole())
        else:
            one.end(name)

    def text(piece: str) -> None:
        one.text(piece)

    if part in archive.names:
        _parse(archive, part, start, end, text)
    return texts, struck


def _comments(archive: Archive, part: str) -> list[tuple[tuple[int, int], str]]:
    found: list[tuple[tuple[int, int], str]] = []
    one = _RichText()
    place = ""

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal one, place
        if name == "comment":
            one, place = _RichText(), attributes.get("ref", "")
        else:
            one.start(name, attributes)

    def end(name: str) -> None:
        if name == "comment":
            found.append((place_of(place), " ".join(one.whole().split())))
        else:
            one.end(name)

    def text(piece: str) -> None:
        one.text(piece)

    _parse(archive, part, start, end, text)
    return sorted(found)


def unescaped(text: str) -> str:
    r"""Write the characters that Excel stores as ``_xHHHH_``.

    Examples
    --------
    >>> unescaped("a_x000D_b"), unescaped("_x005F_x000D_"), unescaped("x_1")
    ('a\rb', '_x000D_', 'x_1')
    """
    if "_x" not in text:
        return text

    def written(found: "re.Match[str]") -> str:
        codes = bytes.fromhex(
            "".join(found[0][place + 2 : place + 6] for place in range(0, len(found[0]), 7))
        )
        return codes.decode("utf-16-be", errors="surrogatepass").encode("utf-8", "replace").decode()

    return _ESCAPED.sub(written, text)


class _CellReader:
    """Takes the elements of a worksheet; the same value with the same style is made once."""

    def __init__(self, styles: _Styles, texts: list[str], struck_texts: set[int], *, from_1904: bool) -> None:
        self._styles, self._texts, self._struck_texts = styles, texts, struck_texts
        self._from_1904 = from_1904
        self._made: dict[tuple[str, int, str], Any] = {}
        self._columns: dict[str, int] = {}
        self.grid = Grid()
        self._cells: list[Any] = []
        self._row = self._column = self._count = 0
        self._kind, self._style = "n", 0
        self._pieces: list[str] | None = None
        self._value: str | None = None
        self._formula = False
        self._inline: _RichText | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._column = self._column_of(attributes["r"]) if "r" in attributes else self._column + 1
            if not 0 < self._column <= _MOST_COLUMNS:
                raise UnreadableFileError("a cell lies beyond the last column")
            if self._column <= len(self._cells):  # a value put down again would stand in another column
                raise UnreadableFileError(f"the cells of row {self._row} are not in order")
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self._value, self._formula = None, False
        elif name == "v":
            self._pieces = []
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._inline = _RichText()
        elif self._inline is not None:
            self._inline.start(name, attributes)
        else:
            self._begin_other(name, attributes)

    def _column_of(self, reference: str) -> int:
        name = reference.rstrip("0123456789")
        return self._columns.get(name) or self._columns.setdefault(name, place_of(name)[1])

    def _begin_other(self, name: str, attributes: Mapping[str, str]) -> None:
        hidden = attributes.get("hidden") in {"1", "true"}
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            if self._row > _MOST_ROWS:
                raise UnreadableFileError("a row lies beyond the last one")
            self._column, self._cells = 0, []
            self.grid.hide_rows(int(hidden))
        elif name == "col" and hidden:
            self.grid.hide_columns(int(attributes["min"]), int(attributes["max"]))
        elif name == "mergeCell":
            self.grid.merged.append(attributes.get("ref", ""))

    def text(self, piece: str) -> None:
        if self._pieces is not None:
            self._pieces.append(piece)
        elif self._inline is not None:
            self._inline.text(piece)

    def end(self, name: str) -> None:
        if name == "v" and self._pieces is not None:
            self._value, self._pieces = "".join(self._pieces), None
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.grid.add(self._row, self._cells)
        elif self._inline is not None and name != "is":
            self._inline.end(name)

    def _end_cell(self) -> None:
        place = (self._row, self._column)
        value, struck = self._cell_value(place)
        if value is None:
            return
        lacking = self._column - len(self._cells) - 1
        self._count += lacking + 1
        require_cells(1, self._count)
        self._cells += [None] * lacking
        self._cells.append(value)
        if struck and cell_text(value):
            self.grid.struck.append(place)

    def _cell_value(self, place: tuple[int, int]) -> tuple[Any, bool]:
        style = self._style if self._style < len(self._styles.formats) else -1
        struck = style >= 0 and self._styles.struck[style]
        text = self._value or ""
        if self._inline is not None:
            inline, self._inline = self._inline, None
            return inline.whole(), struck or inline.struck
        if self._formula:
            self.grid.formulas[self._column] += 1
            if not text and self._kind not in {"str", "s"}:
                self.grid.unstored.append(place)
        if self._kind == "e":
            self.grid.errors.append((place, text))
            return text, struck
        if not text:
            return None, False
        if self._kind == "s":
            number = int(text)
            return self._texts[number], struck or number in self._struck_texts
        key = (self._kind, style, text)
        if key not in self._made:
            self._made[key] = self._made_of(*key)
        value = self._made[key]
        if value is _NO_DATE:
            self.grid.errors.append((place, f"a number that is no date, {text}"))
            value = text
        return value, struck

    def _made_of(self, kind: str, style: int, text: str) -> Any:
        if kind == "str":
            return unescaped(text)
        if kind == "b":
            return text.strip() in {"1", "true"}
        if kind == "d":
            return datetime.fromisoformat(text.strip())
        value = whole_number(float(text))
        form = self._styles.formats[style] if style >= 0 else "General"
        return value if form == "General" else shown_number(value, form, from_1904=self._from_1904)


_NO_DATE = object()


def shown_number(value: float, form: str, *, from_1904: bool = False) -> Any:
    """Give a number as its format makes a person see it, if that says something else than the number.

    A percentage is stored as its hundredth, a number padded with zeros without them, a date as a number of days, a
    month as its first day.

    Parameters
    ----------
    value
        As it is stored.
    form
        The format of its cell. A percent sign in quotes or behind a backslash is a text like others.
    from_1904
        Whether days are counted from 1904.

    Examples
    --------
    >>> shown_number(0.07, "0.0%"), shown_number(7, '0.0"%"'), shown_number(7, "0000"), shown_number(1.5, "0.00")
    ('7%', 7, '0007', 1.5)
    """
    numbers = library("openpyxl.styles.numbers", "Excel workbooks")
    if numbers.is_date_format(form):
        days = library("openpyxl.utils.datetime", "Excel workbooks")
        epoch = days.CALENDAR_MAC_1904 if from_1904 else days.CALENDAR_WINDOWS_1900
        try:
            day = days.from_excel(value, epoch, timedelta=numbers.is_timedelta_format(form))
        except (OverflowError, ValueError):
            return _NO_DATE
        signs = _LITERAL.sub("", form).lower()
        if not isinstance(day, datetime) or "y" not in signs:
            return day
        return as_far_as_shown(day, shows_day="d" in signs, shows_month="m" in signs)
    section = _section(form, value)
    bare = _LITERAL.sub("", section)
    if "%" in bare:
        return percent_text(value, bare.count("%"))
    if _PADDED.fullmatch(section) and float(value).is_integer() and value >= 0:
        return cell_text(value).zfill(len(section))
    return value


def _section(form: str, value: float) -> str:
    """Choose the part of a format that is for numbers above, below or at zero."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', form)
    if value < 0 and len(sections) > 1:
        return sections[1]
    if value == 0 and len(sections) > 2:  # noqa: PLR2004 - above, below and at zero
        return sections[2]
    return sections[0]
