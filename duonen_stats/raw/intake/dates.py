"""Dates that are not ISO dates: which order a column is written in, if that can be told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[./]([0-9]{1,2})[./]([0-9]{1,2})")
_NAMED = re.compile(r"([0-9]{1,2})[ -]?([A-Za-zź]{3})[ -]?([0-9]{4})")

_MONTHS = {
    name: number % 12 + 1
    for words in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    )
    for number, name in enumerate(words.split())
}
_LAST_MONTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """New text by old text, by what was done; or why it cannot be told, and the ``camps`` that contradict."""

    changes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    why: str = ""
    camps: tuple[frozenset[str], ...] = ()


def dates_in_order(texts: Sequence[str], *, stated: str | None = None) -> Dates:
    """Write the dates of a column as ISO dates.

    Parameters
    ----------
    texts
        The distinct cells of the column.
    stated
        ``"DMY"``, ``"MDY"`` or ``"YMD"`` if the order is known. Under the last a date with the year at its end
        contradicts what is stated, and stays as it is.

    Returns
    -------
    Dates
        Day and month are told apart by the days above 12 of the whole column. Texts that are no dates, or
        dates that do not exist, stay as they are; so does a column that holds ISO dates and others.
    """
    changes: dict[str, dict[str, str]] = {}
    timed = {text: found[1] for text in texts if (found := _WITH_TIME.fullmatch(text))}
    if timed:
        changes["dates whose time of day was left out"] = timed
    if any(_ISO.fullmatch(text) for text in texts) and stated is None:
        return Dates(changes=changes)
    first = {text: _iso(*found.groups()) for text in texts if (found := _YEAR_FIRST.fullmatch(text))}
    named = {
        text: _iso(found[3], _MONTHS.get(found[2].lower(), 0), found[1])
        for text in texts
        if (found := _NAMED.fullmatch(text))
    }
    for what, dates in (("dates written year, month, day", first), ("dates with the month's name", named)):
        certain = {text: iso for text, iso in dates.items() if iso is not None}
        if certain:
            changes[what] = certain
    parts = {
        text: (int(found[1]), int(found[3]), found[4])
        for text in texts
        if (found := _YEAR_LAST.fullmatch(text))
    }
    if stated == "YMD":
        return Dates(changes=changes)
    camps = {
        "DMY": frozenset(text for text, (one, two, _) in parts.items() if one > _LAST_MONTH >= two),
        "MDY": frozenset(text for text, (one, two, _) in parts.items() if two > _LAST_MONTH >= one),
    }
    # Told by the numbers that can be no month: not if none can, or they contradict.
    told = [name for name, texts_of in camps.items() if texts_of]
    order = stated or (told[0] if len(told) == 1 else None)
    if parts and order is None:
        why = "Whether the day or the month comes first in its dates cannot be told."
        return Dates(changes=changes, why=why, camps=tuple(camps.values()) if told else ())
    last = {
        text: _iso(year, two, one) if order == "DMY" else _iso(year, one, two)
        for text, (one, two, year) in parts.items()
    }
    certain = {text: iso for text, iso in last.items() if iso is not None}
    if certain:
        changes["dates written day, month, year" if order == "DMY" else "dates written month, day, year"] = (
            certain
        )
    return Dates(changes=changes)


def has_year_last(text: str) -> bool:
    """Whether a text is a date of numbers with the year at its end, where day and month can be mistaken."""
    return _YEAR_LAST.fullmatch(text) is not None


def _iso(year: str, month: str | int, day: str | int) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
