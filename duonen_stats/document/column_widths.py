"""Column widths and type size of a printed table, so that nothing overflows and no number is torn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import ceil
from pathlib import Path

import matplotlib as mpl
import typst
from matplotlib.ft2font import FT2Font, LoadFlags

from duonen_stats.displays.model.content import (
    Column,
    Line,
    TableRow,
    plain,
)
from duonen_stats.displays.model.format import NO_BREAK

# One typeface for PDF and figures, the same on every machine, and how wide a text is when set in it.


_FILES = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}


def font_folder() -> Path:
    """Folder of matplotlib's own TrueType files, DejaVu among them; nothing from the system."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def text_width(text: str, *, size: float, bold: bool = False) -> float:
    """Width in points of one line of ``text`` set in DejaVu Sans at ``size`` points."""
    return sum(_advance(character, bold) for character in text) * size


@cache
def _font(bold: bool) -> FT2Font:
    return FT2Font(str(font_folder() / _FILES[bold]))


@cache
def _advance(character: str, bold: bool) -> float:
    """Advance in em; one em for a character the face does not have."""
    font = _font(bold)
    index = font.get_char_index(ord(character))
    if not index:
        return 1.0
    font.set_size(100, 72)
    return font.load_glyph(index, LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


@cache
def typst_fonts() -> typst.Fonts:
    """Fonts for typst: DejaVu beside its own Libertinus, whatever the machine has."""
    return typst.Fonts(include_system_fonts=False, font_paths=[font_folder()])


SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
PADDING = 7.0
"""Points of white between two columns."""
_READABLE = 7.0
_FEW_MORE_LINES = 1.15
_LONGEST_UNBROKEN = 32
_WIDEST_WORD = 0.4
_PARTS_ON_ONE_LINE = (1.0, 0.95, 0.8)
_SPACE = re.compile(r"\s+")
_BEFORE_BRACKET = re.compile(r"\s+(?=\()")
_LONG_WORD = re.compile(r"[^\W\d_]{4}")
_SHORT_LABEL = re.compile(r"[^\W\d_]{2,8}[ \u00a0][≥>]?\w{1,2}")
_PLACE_TO_BREAK = "\u200b"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCell:
    """A cell of a table's head: its text, a smaller line below, how many columns and rows it covers."""

    text: Line
    below: Line = ()
    align: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a table is set: type size and the width of each column in points; how many lines its rows take."""

    size: float
    widths: tuple[float, ...]
    lines: int


def head_rows(columns: Sequence[Column]) -> tuple[tuple[HeadCell, ...], ...]:
    """Arrange headings in one row, or in two if neighbours share a heading, which then stands over both."""
    runs = [tuple(run) for _, run in groupby(columns, key=lambda column: column.header or id(column))]
    if all(len(run) == 1 for run in runs):
        return (tuple(HeadCell(text=(c.header,), below=c.below, align=c.align) for c in columns),)
    first = tuple(
        HeadCell(text=(run[0].header,), align="center", columns=len(run))
        if len(run) > 1
        else HeadCell(text=(run[0].header,), below=run[0].below, align=run[0].align, rows=2)
        for run in runs
    )
    second = tuple(HeadCell(text=c.below, align=c.align) for run in runs if len(run) > 1 for c in run)
    return first, second


def is_heading(row: TableRow) -> bool:
    """Return whether a row is only a heading over the rows below it: it has nothing but its first cell."""
    return row.kind == "group" and not any(plain(cell) for cell in row.cells[1:])


def stays_whole(text: str) -> bool:
    """Return whether a text is never divided between lines: a word, a number with its interval, a date, ``Grade 2``.

    Examples
    --------
    >>> [stays_whole(text) for text in ("12.5 (3.1–20.9)", "Grade 2", "Ramię A", "Led to death", "Grade 3 or higher")]
    [True, True, True, False, False]
    """
    if len(text) > _LONGEST_UNBROKEN:
        return False
    if _SHORT_LABEL.fullmatch(text.strip()):
        return True
    numeric = any(character.isdigit() for character in text) and _LONG_WORD.search(text) is None
    return numeric or " " not in text


def fit(
    texts: Sequence[Sequence[str]],
    weights: Sequence[float],
    available: float,
    *,
    bold: Sequence[Sequence[str]] | None = None,
) -> Setting:
    """Choose a type size and share the width among the columns of a table.

    Parameters
    ----------
    texts
        For each column the texts that are in it, row by row.
    weights
        For each column its share of what is left when every text is on one line.
    available
        Width of the page's text area in points.
    bold
        For each column the texts set in bold: headings, totals.

    Returns
    -------
    Setting
        The largest size of which no smaller readable one saves many lines. Widths add up to ``available``,
        and no word and no number is torn; only where the smallest size needs more, columns are narrowed.
    """
    columns = [
        _Measured.of(regular, heavy) for regular, heavy in zip(texts, bold or [()] * len(texts), strict=True)
    ]
    options = [
        Setting(size=size, widths=widths, lines=_lines(columns, size, widths))
        for size in SIZES
        if (widths := _share(columns, weights, available, size)) is not None
    ]
    if not options:
        needed = [column.needed(SIZES[-1], available) for column in columns]
        widths = tuple(n * available / sum(needed) for n in needed)
        return Setting(size=SIZES[-1], widths=widths, lines=_lines(columns, SIZES[-1], widths))
    readable = [option for option in options if option.size >= _READABLE] or options[:1]
    fewest = min(option.lines for option in readable)
    return next(option for option in readable if option.lines <= _FEW_MORE_LINES * fewest)


def bound(text: str, *, size: float, width: float) -> str:
    """Bind what is in brackets behind words, such as an interval, where a line of the column holds it."""
    if stays_whole(text):
        return text
    return "".join(
        _SPACE.sub(NO_BREAK, piece)
        if stays_whole(piece) and text_width(piece, size=size) <= width - PADDING
        else piece
        for piece in re.split(f"({_BEFORE_BRACKET.pattern})", text)
    )


def breakable(text: str, *, size: float, width: float) -> str:
    """Give a word wider than its column places where a line may end."""
    room = width - PADDING
    parts = re.split(r"(\s+)", text)
    return "".join(
        part if text_width(part, size=size) <= room else _divided(part, size, room) for part in parts
    )


def _divided(word: str, size: float, room: float) -> str:
    pieces, start = [], 0
    for end in range(1, len(word) + 1):
        if end - start > 1 and text_width(word[start:end], size=size, bold=True) > room:
            pieces.append(word[start : end - 1])
            start = end - 1
    return _PLACE_TO_BREAK.join([*pieces, word[start:]])


@dataclass(frozen=True, slots=True)
class _Measured:
    """Widths in em of what is in a column: of its widest unbroken part, and of each text."""

    unbroken: float
    texts: tuple[float, ...]

    @classmethod
    def of(cls, regular: Sequence[str], bold: Sequence[str]) -> "_Measured":
        parts = [(part, heavy) for heavy, texts in ((False, regular), (True, bold)) for part in _parts(texts)]
        widest = max((text_width(part, size=1, bold=heavy) for part, heavy in parts), default=0.0)
        return cls(widest, tuple(text_width(text, size=1) for text in regular))

    def needed(self, size: float, available: float) -> float:
        return min(self.unbroken * size, available * _WIDEST_WORD) + PADDING

    def wanted(self, size: float, part: float) -> float:
        """Width at which the given part of the texts, the shorter ones, is on one line."""
        widths = sorted(self.texts) or [0.0]
        return widths[round(part * (len(widths) - 1))] * size + PADDING


def _parts(texts: Sequence[str]) -> set[str]:
    """Divide texts where a line may end; an interval in brackets stays whole behind words too."""
    pieces = (
        piece for text in texts for piece in ([text] if stays_whole(text) else _BEFORE_BRACKET.split(text))
    )
    return {part for piece in pieces for part in ([piece] if stays_whole(piece) else _SPACE.split(piece))}


def _share(
    columns: Sequence[_Measured], weights: Sequence[float], available: float, size: float
) -> tuple[float, ...] | None:
    """Give each column what it needs, then what puts its shorter texts on one line, then the others; then by weight."""
    needed = [column.needed(size, available) for column in columns]
    left = available - sum(needed)
    if left < 0:
        return None
    lacking = [0.0] * len(needed)
    for part in _PARTS_ON_ONE_LINE:
        wanted = [column.wanted(size, part) for column in columns]
        lacking = [max(0.0, want - need) for want, need in zip(wanted, needed, strict=True)]
        if sum(lacking) <= left:
            spare, total = left - sum(lacking), sum(weights)
            # What is left goes to texts that are still on several lines, and only then to all columns.
            whole = [
                max(0.0, column.wanted(size, 1.0) - need)
                for column, need in zip(columns, needed, strict=True)
            ]
            more = [all_ - lack for all_, lack in zip(whole, lacking, strict=True)]
            part_of = min(1.0, spare / sum(more)) if sum(more) > 0 else 0.0
            spare -= part_of * sum(more)
            extra = [
                lack + part_of * one + spare * weight / total
                for lack, one, weight in zip(lacking, more, weights, strict=True)
            ]
            break
    else:
        extra = [left * lack / sum(lacking) for lack in lacking]
    return tuple(need + more for need, more in zip(needed, extra, strict=True))


def _lines(columns: Sequence[_Measured], size: float, widths: Sequence[float]) -> int:
    """Count the lines of type of all rows."""
    rooms = [width - PADDING for width in widths]
    rows = zip(*(column.texts for column in columns), strict=True)
    return sum(
        max(ceil(text * size / room - 1e-9) for text, room in zip(row, rooms, strict=True)) or 1
        for row in rows
    )
