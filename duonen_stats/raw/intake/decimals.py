"""Decimal commas: which numbers of a file are written with one, if that can be told."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]{1,3})?")
_POINT = re.compile(r"[+-]?[0-9]*\.[0-9]+([eE][+-]?[0-9]{1,3})?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")

_MIXED = "The file writes numbers both with commas and with points."
_EITHER = "A comma may mark the decimals or the thousands: each is followed by three digits."


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """New text by old text of each column with decimal commas; or the columns in doubt, and why.

    ``camps`` are the texts with commas and those with points, if they contradict each other.
    """

    changes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    why: str = ""
    camps: tuple[frozenset[str], ...] = ()


def decimal_points(
    columns: Mapping[str, Iterable[str]], *, stated: Literal["comma", "point"] | None = None
) -> Points:
    """Replace decimal commas by points.

    A file writes decimals in one way, so that all its columns of numbers are judged together: they are commas
    if some are no thousands marks, and there are no points.

    Parameters
    ----------
    columns
        The distinct texts of each column of numbers.
    stated
        The decimal sign, if it is known.

    Returns
    -------
    Points
        Nothing if there is no comma, or the sign is stated to be the point.
    """
    texts = {name: [*found] for name, found in columns.items()}
    commas = {
        name: [text for text in found if "," in text and _COMMA.fullmatch(text)]
        for name, found in texts.items()
    }
    commas = {name: found for name, found in commas.items() if found}
    if not commas or stated == "point":
        return Points()
    points = frozenset(text for found in texts.values() for text in found if _POINT.fullmatch(text))
    if points:
        camps = (frozenset(text for found in commas.values() for text in found), points)
        return Points(doubtful=tuple(commas), why=_MIXED, camps=camps)
    if stated is None and all(_THOUSANDS.fullmatch(text) for found in commas.values() for text in found):
        return Points(doubtful=tuple(commas), why=_EITHER)
    return Points(
        changes={name: {text: text.replace(",", ".") for text in found} for name, found in commas.items()}
    )
