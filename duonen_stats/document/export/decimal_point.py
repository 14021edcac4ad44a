"""Where the decimal points of a column stand, for word processors, which align numbers on a tab stop."""

import re
from collections.abc import Sequence

from duonen_stats.displays.model.content import Column
from duonen_stats.document.column_widths import PADDING, text_width

_NARROWER = 0.9
"""Arial, which word processors have, for one point of DejaVu Sans, by which columns are measured."""
_NUMBER = re.compile(r"[<>≥≤~≈]?[\u2212+\-]?\d+")


def decimal_place(column: Column, texts: Sequence[str], size: float, width: float) -> float | None:
    """Say where in a column the first decimal points are to stand, in points; None if it has other than numbers.

    What is before the point of each number is put left of it, all else right of it, and the whole is centred in the
    column. A column of words, and one of which a text would not be on one line, is not aligned.
    """
    filled = [text for text in texts if text.strip()]
    if column.align == "left" or not filled:
        return None
    places = [found.end() for text in filled if (found := _NUMBER.match(text)) is not None]
    if not places:
        return None
    wide = [text_width(text, size=size) * _NARROWER for text in filled]
    room = width - PADDING
    if max(wide) > room:
        return None
    before = max(text_width(text[: _end(text)], size=size) * _NARROWER for text in filled)
    after = max(text_width(text[_end(text) :], size=size) * _NARROWER for text in filled)
    if before + after > room:
        return None
    return (room - before - after) / 2 + before


def _end(text: str) -> int:
    """Return where the whole part of the number a text begins with ends; of other texts, where the text ends."""
    found = _NUMBER.match(text)
    return len(text) if found is None else found.end()


def begins_with_number(text: str) -> bool:
    """Whether a text is one that is aligned.

    Examples
    --------
    >>> begins_with_number("8 (50.0%)"), begins_with_number("not reached")
    (True, False)
    """
    return _NUMBER.match(text) is not None
