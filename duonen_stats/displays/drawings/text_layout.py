"""Text set by hand: measured, broken into lines and placed in points, with the id of every number on it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Literal

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from duonen_stats.displays.drawings import style
from duonen_stats.displays.model.content import Line, Number, plain

LEADING = 1.3
"""Height of a line of text over its size."""

Align = Literal["left", "center", "right"]
Weight = Literal["normal", "bold"]
_HARD_SPACE = "\u00a0"
_EQUALS = f"{_HARD_SPACE}={_HARD_SPACE}"  # no line ends before what something is equal to


Wording = Callable[[Line], Line]
"""Puts the words of a drawing into another language; a line that it gave is given back as it is."""
_WORDING: ContextVar[Wording | None] = ContextVar("wording", default=None)


@contextmanager
def worded(wording: Wording) -> Iterator[None]:
    """Put all words that are measured and written within into another language, before they are measured."""
    token = _WORDING.set(wording)
    try:
        yield
    finally:
        _WORDING.reset(token)


def in_words(line: Line | str) -> Line:
    """Return a line in the language that the drawing is in."""
    wording = _WORDING.get()
    given: Line = (line,) if isinstance(line, str) else line
    return given if wording is None else wording(given)


def page(figure: Figure) -> tuple[float, float]:
    """Width and height of a figure in points."""
    width, height = figure.get_size_inches()
    return 72 * float(width), 72 * float(height)


def text_width(text: str, size: float, weight: Weight = "normal") -> float:
    """Width of one line of text set in ``size`` points, in points."""
    return _measured(plain(in_words(text)) if text and _WORDING.get() else text, size, weight)


@lru_cache(maxsize=4096)
def _measured(text: str, size: float, weight: Weight) -> float:
    font = FontProperties(family=style.FONT, weight=weight, size=size)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def wrapped(line: Line | str, width: float, size: float = style.TEXT) -> list[Line]:
    """Break a line between words, so that each part is at most ``width`` points wide.

    A number is never broken; a word wider than a whole line is broken after a hyphen, else within.
    """
    lines: list[Line] = [()]
    for word in _words(in_words(line)):
        for piece in _pieces(word, width, size):
            longer = _joined(lines[-1], (" ",) if lines[-1] else (), piece)
            if lines[-1] and text_width(plain(longer), size) > width:
                lines.append(piece)
            else:
                lines[-1] = longer
    return [found for found in lines if found]


def _words(line: Line) -> list[Line]:
    """Split at spaces; what stands together without a space, such as ``(`` and a number, stays together."""
    words: list[Line] = [()]
    for part in line:
        if isinstance(part, Number):
            words[-1] = (*words[-1], part)
            continue
        for piece in re.findall(r"[ \n]+|[^ \n]+", part.replace(" = ", _EQUALS)):
            if piece[0] in " \n":
                words.append(())
            else:
                words[-1] = (*words[-1], piece)
    return [word for word in words if word]


def _pieces(word: Line, width: float, size: float) -> list[Line]:
    text = plain(word)
    if text_width(text, size) <= width or any(isinstance(part, Number) for part in word):
        return [word]
    pieces = [""]
    for syllable in re.findall(r"[^-]+-?|-", text):
        whole = text_width(syllable, size) <= width
        for piece in [syllable] if whole else syllable:
            if pieces[-1] and text_width(pieces[-1] + piece, size) > width:
                pieces.append("")
            pieces[-1] += piece
    return [(piece,) for piece in pieces]


def _joined(*lines: Line) -> Line:
    """Put lines together, neighbouring words in one part, so that they are set as one text."""
    parts: list[str | Number] = []
    for part in (part for line in lines for part in line):
        if parts and isinstance(part, str) and isinstance(parts[-1], str):
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts)


def write(
    figure: Figure,
    x: float,
    y: float,
    line: Line | str,
    *,
    size: float = style.TEXT,
    align: Align = "left",
    colour: str = style.INK,
    weight: Weight = "normal",
) -> None:
    """Set one line of text with its baseline at ``y``, in points from the lower left corner.

    Each :class:`Number` becomes a text of its own that carries ``ard:`` and its id.
    """
    width, height = page(figure)
    parts = [part for part in in_words(line) if part != ""]
    if len(parts) > 1:
        whole = sum(text_width(_hard(part), size, weight) for part in parts)
        x -= {"left": 0.0, "center": whole / 2, "right": whole}[align]
        align = "left"
    for part in parts:
        text = figure.text(x / width, y / height, _hard(part), ha=align, va="baseline")
        text.set(fontsize=size, color=colour, fontweight=weight)
        if isinstance(part, Number):
            text.set_gid(f"ard:{part.id}")
        x += text_width(_hard(part), size, weight)


def _hard(part: str | Number) -> str:
    """Keep spaces at the ends of a part, which SVG would swallow."""
    if isinstance(part, Number):
        return part.text
    inner = part.strip()
    start = len(part) - len(part.lstrip())
    return _HARD_SPACE * start + inner + _HARD_SPACE * (len(part) - start - len(inner))


def write_block(
    figure: Figure,
    x: float,
    top: float,
    lines: Sequence[Line],
    *,
    size: float = style.TEXT,
    align: Align = "left",
    colour: str = style.INK,
    weight: Weight = "normal",
) -> float:
    """Set lines under each other from ``top`` down; return the y below the last."""
    for line in lines:
        top -= size * LEADING
        write(
            figure, x, top + size * (LEADING - 1), line, size=size, align=align, colour=colour, weight=weight
        )
    return top


def write_upright(figure: Figure, left: float, middle: float, lines: Sequence[Line]) -> None:
    """Set the label of a vertical axis, read from below: left edge at ``left``, centred on ``middle``."""
    width, height = page(figure)
    for i, line in enumerate(lines):
        baseline = left + style.TEXT * (0.95 + i * LEADING)
        text = figure.text(baseline / width, middle / height, plain(line), rotation=90, fontsize=style.TEXT)
        text.set(ha="center", va="baseline", rotation_mode="anchor")
