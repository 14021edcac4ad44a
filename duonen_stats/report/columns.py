"""Column widths and type size of a printed table, so that nothing overflows and no number is torn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from duonen_stats.displays.content import Column, Line, TableRow, plain
from duonen_stats.report.fonts import text_width

SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
PADDING = 7.0
"""Points of white between two columns."""
_LONGEST_UNBROKEN = 26
_WIDEST_WORD = 0.4
_PARTS_ON_ONE_LINE = (1.0, 0.95, 0.8)
_SPACE = re.compile(r"\s+")
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
    """How a table is set: type size in points and the width of each column in points."""

    size: float
    widths: tuple[float, ...]


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
    """Tell whether a row is only a heading over the rows below it: it has nothing but its first cell."""
    return row.kind == "group" and not any(plain(cell) for cell in row.cells[1:])


def stays_whole(text: str) -> bool:
    """Tell whether a text is never divided between lines: short, with digits (a number, a date, an id)."""
    return len(text) <= _LONGEST_UNBROKEN and any(character.isdigit() for character in text)


def fit(texts: Sequence[Sequence[str]], weights: Sequence[float], available: float) -> Setting:
    """Choose the largest type size at which a table fits, and share the width among its columns.

    Parameters
    ----------
    texts
        For each column the texts that stand in it, headings included.
    weights
        For each column its share of what is left when every column has what it needs.
    available
        Width of the page's text area in points.

    Returns
    -------
    Setting
        Widths add up to ``available``. Short texts with digits are kept on one line. At the smallest size a
        table may still need more: its columns are then narrowed in proportion.
    """
    for size in SIZES:
        needed = [_needed(column, size, available) for column in texts]
        if sum(needed) <= available:
            return Setting(size=size, widths=_share(needed, texts, weights, available, size))
    scale = available / sum(needed)
    return Setting(size=SIZES[-1], widths=tuple(width * scale for width in needed))


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


def _needed(texts: Sequence[str], size: float, available: float) -> float:
    parts = {part for text in texts for part in _unbroken(text)}
    widest = max((text_width(part, size=size, bold=True) for part in parts), default=0.0)
    return min(widest, available * _WIDEST_WORD) + PADDING


def _wanted(texts: Sequence[str], size: float, part: float) -> float:
    """Width at which the given part of the texts, the shorter ones, stands on one line."""
    widths = sorted(text_width(text, size=size) for text in texts)
    return widths[round(part * (len(widths) - 1))] + PADDING if widths else PADDING


def _unbroken(text: str) -> list[str]:
    return [text] if stays_whole(text) else _SPACE.split(text)


def _share(
    needed: Sequence[float],
    texts: Sequence[Sequence[str]],
    weights: Sequence[float],
    available: float,
    size: float,
) -> tuple[float, ...]:
    """Give each column what it needs, then what puts its texts on one line, then its weight's share."""
    left = available - sum(needed)
    lacking = [0.0] * len(needed)
    for part in _PARTS_ON_ONE_LINE:
        wanted = [_wanted(column, size, part) for column in texts]
        lacking = [max(0.0, want - need) for want, need in zip(wanted, needed, strict=True)]
        if sum(lacking) <= left:
            spare, total = left - sum(lacking), sum(weights)
            extra = [lack + spare * weight / total for lack, weight in zip(lacking, weights, strict=True)]
            break
    else:
        extra = [left * lack / sum(lacking) for lack in lacking]
    return tuple(need + more for need, more in zip(needed, extra, strict=True))
