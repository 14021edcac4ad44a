"""Whole dates in the ways that people and programs write them: as ISO dates where day, month and year are certain."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from duonen_stats.raw.intake.companions.partial_text import MONTH_NAMES
from duonen_stats.raw.intake.missing_words import folded

_WITH_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?:[01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_YEAR_LAST = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[./]([0-9]{1,2})[./]([0-9]{1,2})")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_SHORT = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{2})")
_SHORT_NAMED = re.compile(r"([0-9]{1,2}[ ./-]*[^\W\d_]{1,12}\.?[ .,/-]*)([0-9]{2})")
_ORDINAL = "(?:st|nd|rd|th)?"
_NAMED = (
    re.compile(
        rf"(?P<day>[0-9]{{1,2}}){_ORDINAL}\.?[ /-]*(?P<name>[^\W\d_]{{1,12}})\.?[ ,/-]*(?P<year>[0-9]{{4}})"
    ),
    re.compile(
        rf"(?P<name>[^\W\d_]{{3,12}})\.?[ -]*(?P<day>[0-9]{{1,2}}){_ORDINAL}[ ,-]+(?P<year>[0-9]{{4}})"
    ),
    re.compile(r"(?P<year>[0-9]{4})[ ./-](?P<name>[^\W\d_]{1,12})\.?[ ./-](?P<day>[0-9]{1,2})"),
)
_ROMAN = {
    name: number
    for number, name in enumerate(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"], 1)
}  # fmt: skip
_LAST_MONTH = 12
_CENTURY = "_20"

_DAYS = (
    "mon|monday|tue|tues|tuesday|wed|wednesday|thu|thur|thurs|thursday|fri|friday|sat|saturday|sun|sunday|"
    "pon|pn|poniedziałek|wt|wto|wtorek|śr|śro|środa|czw|cz|czwartek|pt|pią|piątek|sob|so|sobota|nd|nie|ndz|niedz|niedziela"
)
# A day follows, also behind its month: "nie" is also the Polish no, and "nie wykonano" must not become its contrary.
_WEEKDAY = re.compile(
    rf"(?:{_DAYS})(?:\.,?|,)?\s+(?=[0-9]|[^\W\d_]{{3,12}}\.?[ -]*[0-9]{{1,2}}(?:st|nd|rd|th)?[ ,-])",
    re.IGNORECASE,
)
_YEAR_WORD = re.compile(r"(?<=[0-9]{2})\s*(?:r\.?|roku)(?=$|[\s,])", re.IGNORECASE)
_HOUR_WORD = re.compile(
    r"(?:,\s*|\s+)(?:o\s+)?(?:(?:godz(?:\.|ina)?|g\.|at)\s*)?(?=[0-9]{1,2}:[0-9]{2})", re.IGNORECASE
)
_COMPACT_TIME = re.compile(
    r"((?:19|20)[0-9]{6})[T ]?([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?(?:\.[0-9]+)?"
)


def without_words(text: str) -> str:
    """Leave out what people write around a date: the weekday, the word for year, the word before the time of day.

    Examples
    --------
    >>> [without_words(text) for text in ("14.02.2022 r., godz. 7:15", "Monday, 14 February 2022", "202202140715")]
    ['14.02.2022 7:15', '14 February 2022', '20220214 07:15']
    """
    if found := _COMPACT_TIME.fullmatch(text):
        return f"{found[1]} {found[2]}:{found[3]}"
    bare = _WEEKDAY.sub("", text, count=1) if _WEEKDAY.match(text) else text
    return _HOUR_WORD.sub(" ", _YEAR_WORD.sub("", bare, count=1), count=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """New text by old text, by what was done; texts that stay ``unread``, and why; the ``camps`` that contradict."""

    changes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    why: str = ""
    unread: frozenset[str] = frozenset()
    camps: tuple[frozenset[str], ...] = ()


def dates_in_order(texts: Sequence[str], *, stated: str | None = None) -> Dates:
    """Write the dates of a column as ISO dates.

    Parameters
    ----------
    texts
        The distinct cells of the column.
    stated
        ``"DMY"``, ``"MDY"`` or ``"YMD"`` if the order is known. Under the last a date with the year at its end
        contradicts what is stated, and stays as it is. With ``_20`` behind it, years of two digits are of the years
        2000 to 2099.

    Returns
    -------
    Dates
        Days above 12 in the whole column show which is the day; a few texts against many count as slips.
        Texts that are not dates, slips, and dates that do not exist stay as they are: each is a cell that cannot be
        read. Dates whose order or century cannot be determined are ``unread``, and no others.

    Examples
    --------
    >>> dates_in_order(["13.02.2024", "03.04.2024"]).changes
    {'dates written day, month, year': {'13.02.2024': '2024-02-13', '03.04.2024': '2024-04-03'}}
    """
    if stated is not None and stated.endswith(_CENTURY):
        return _of_this_century(texts, stated.removesuffix(_CENTURY))
    short = frozenset(text for text in texts if _is_short(text))
    changes = {what: dates for what, dates in _certain(texts) if dates}
    parts = {
        text: (int(found[1]), int(found[3]), found[4])
        for text in texts
        if (found := _YEAR_LAST.fullmatch(text))
    }
    if stated == "YMD":
        return _with_short(Dates(changes=changes), short)
    camps = {
        "DMY": frozenset(text for text, (one, two, _) in parts.items() if one > _LAST_MONTH >= two),
        "MDY": frozenset(text for text, (one, two, _) in parts.items() if two > _LAST_MONTH >= one),
    }
    # Told by the numbers that can be no month: not if none can, or they contradict.
    orders = sorted((name for name in camps if camps[name]), key=lambda name: len(camps[name]), reverse=True)
    slips = len(orders) > 1 and is_slip(len(camps[orders[1]]), len(camps[orders[0]]))
    order = stated or (orders[0] if len(orders) == 1 or slips else None)
    if parts and order is None:
        why = "Whether the day or the month comes first in its dates cannot be determined."
        unread = frozenset(parts)
        contradicting = tuple(camps.values()) if orders else ()
        return _with_short(Dates(changes=changes, why=why, unread=unread, camps=contradicting), short)
    last = {
        text: _iso(year, two, one) if order == "DMY" else _iso(year, one, two)
        for text, (one, two, year) in parts.items()
    }
    certain = {text: iso for text, iso in last.items() if iso is not None}
    if certain:
        changes["dates written day, month, year" if order == "DMY" else "dates written month, day, year"] = (
            certain
        )
    return _with_short(Dates(changes=changes), short)


def _certain(texts: Sequence[str]) -> Iterable[tuple[str, dict[str, str]]]:
    """Give, by what they are, the dates that can be read in one way, whatever else the column holds."""
    yield (
        "dates whose time of day was left out",
        {text: found[1] for text in texts if (found := _WITH_TIME.fullmatch(text))},
    )
    for what, pattern in (
        ("dates written year, month, day", _YEAR_FIRST),
        ("dates written with eight digits", _COMPACT),
    ):
        parts = {text: one.groups() for text in texts if (one := pattern.fullmatch(text))}
        yield what, _existing({text: _iso(*own) for text, own in parts.items()})
    yield "dates with the month's name", _existing(_by_name(texts))
    yield "dates with the month in Roman numerals", _existing(_roman(texts))


def _existing(dates: Mapping[str, str | None]) -> dict[str, str]:
    return {text: iso for text, iso in dates.items() if iso is not None}


def _named(texts: Sequence[str]) -> Iterable[tuple[str, re.Match[str]]]:
    for text in texts:
        found = next((one for pattern in _NAMED if (one := pattern.fullmatch(text))), None)
        if found is None and "." in text:  # 14.II.2022: points between all three
            found = _NAMED[0].fullmatch(text.replace(".", " ").strip())
        if found is not None:
            yield text, found


def _by_name(texts: Sequence[str]) -> dict[str, str | None]:
    return {
        text: _iso(one["year"], MONTH_NAMES.get(folded(one["name"]), 0), one["day"])
        for text, one in _named(texts)
    }


def _roman(texts: Sequence[str]) -> dict[str, str | None]:
    months = {text: one for text, one in _named(texts) if one["name"] in _ROMAN}
    # A lone X may stand for a month that nobody knows: another Roman month in the column says that it does not.
    if {one["name"] for one in months.values()} <= {"X"}:
        return {}
    return {text: _iso(one["year"], _ROMAN[one["name"]], one["day"]) for text, one in months.items()}


def _is_short(text: str) -> bool:
    if found := _SHORT.fullmatch(text):
        return any(
            _iso(f"20{found[4]}", *pair) for pair in ((found[3], found[1]), (found[1], found[3]))
        ) or bool(_iso(f"20{found[1]:0>2}", found[3], found[4]))
    found = _SHORT_NAMED.fullmatch(text)
    return found is not None and any(
        month is not None for month in _by_name([f"{found[1]}20{found[2]}"]).values()
    )


def _with_short(answer: Dates, short: frozenset[str]) -> Dates:
    if not short:
        return answer
    why = (
        "The years of its dates have two digits; DMY_20, MDY_20 or YMD_20 states the order, and that they are of the "
        "years 2000 to 2099."
    )
    return replace(answer, why=why, unread=answer.unread | short, camps=())


def _of_this_century(texts: Sequence[str], order: str) -> Dates:
    """Read dates as if years of two digits were written with four."""
    full = {text: _with_century(text, order) for text in texts}
    answer = dates_in_order([*dict.fromkeys(full.values())], stated=order)
    changes: dict[str, dict[str, str]] = {}
    for what, dates in answer.changes.items():
        changes[what] = {text: dates[long] for text, long in full.items() if long in dates}
    return replace(
        answer, changes=changes, unread=frozenset(text for text in texts if full[text] in answer.unread)
    )


def _with_century(text: str, order: str) -> str:
    if found := _SHORT.fullmatch(text):
        one, sign, two, three = found.groups()
        return f"20{one:0>2}.{two}.{three}" if order == "YMD" else f"{one}{sign}{two}{sign}20{three}"
    found = _SHORT_NAMED.fullmatch(text)
    return f"{found[1]}20{found[2]}" if found is not None and _is_short(text) else text


_FEW, _RARE = 5, 3
"""So few cells, and at most one in so many of the others, are taken for slips, and their lines are named."""


def is_slip(fewer: int, others: int) -> bool:
    """Whether so few against so many others are slips of the pen."""
    return fewer <= _FEW and fewer * _RARE <= others


def are_few(cells: int) -> bool:
    """Whether cells are so few that each is named."""
    return cells <= _FEW


def has_year_last(text: str) -> bool:
    """Whether a text is a date of numbers with the year at its end, where day and month can be mistaken."""
    return _YEAR_LAST.fullmatch(text) is not None


def has_short_year(text: str) -> bool:
    """Whether a text is a date whose year has two digits."""
    return _is_short(text)


def _iso(year: str, month: str | int, day: str | int) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
