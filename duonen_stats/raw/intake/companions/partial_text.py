"""Texts of dates of which only a part is known, in the ways that registries, laboratories and EDC systems write."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from duonen_stats.raw.intake.missing_words import folded, is_unknown

UNKNOWN = "UNK"
"""How the raw format writes that there is a date, of which nothing is known."""

_LAST_MONTH = 12
_GONE = r"(?:unk|unkn|un|uk|nk|nd|xx?|\?\??|__?|--?|00?)"
_SEP = r"(?:\s*[./ -]\s*)"
_WHOLE = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-](?:19|20)[0-9]{2}")
_MONTH_YEAR = re.compile(r"(?P<month>[0-9]{1,2})[./-](?P<year>(?:19|20)[0-9]{2})")
_YEAR_MONTH = re.compile(
    rf"(?P<year>(?:19|20)[0-9]{{2}})[./-](?P<month>[0-9]{{1,2}}|{_GONE})(?:[./-]?(?P<day>[0-9]{{1,2}}|{_GONE}|-))?"
)
_THREE = re.compile(
    rf"(?P<one>[0-9]{{1,2}}|{_GONE})(?P<sep>[./ -]?)(?P<two>[0-9]{{1,2}}|{_GONE})(?P=sep)(?P<year>(?:19|20)[0-9]{{2}})"
)
_NAMED = re.compile(
    rf"(?:(?P<day>{_GONE}){_SEP}?|{_GONE})?(?P<name>[a-z]{{3,12}})\.?{_SEP}?(?P<year>(?:19|20)[0-9]{{2}})"
)
# Of these signs alone a text is read first: xi is not an unknown day and the month i.
_ROMAN_YEAR = re.compile(rf"(?:{_GONE}{_SEP})?(?P<name>[ivx]+)\.?{_SEP}?(?P<year>(?:19|20)[0-9]{{2}})")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_STORED = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?:-(?P<month>0[1-9]|1[0-2]))?")

MONTH_NAMES = {
    "jan": 1, "january": 1, "feb": 2, "february": 2, "mar": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "jun": 6,
    "june": 6, "jul": 7, "july": 7, "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10,
    "october": 10, "nov": 11, "november": 11, "dec": 12, "december": 12,
    "sty": 1, "styczen": 1, "stycznia": 1, "lut": 2, "luty": 2, "lutego": 2, "marzec": 3, "marca": 3, "kwi": 4,
    "kwiecien": 4, "kwietnia": 4, "maj": 5, "maja": 5, "cze": 6, "czerwiec": 6, "czerwca": 6, "lip": 7, "lipiec": 7,
    "lipca": 7, "sie": 8, "sierpien": 8, "sierpnia": 8, "wrz": 9, "wrzesien": 9, "wrzesnia": 9, "paz": 10,
    "pazdziernik": 10, "pazdziernika": 10, "lis": 11, "listopad": 11, "listopada": 11, "gru": 12, "grudzien": 12,
    "grudnia": 12,
}  # fmt: skip
"""Number of a month by its name, as :func:`~duonen_stats.raw.intake.missing_words.folded` writes it."""


_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12,
}  # fmt: skip
"""A lone x may be an unknown month instead of October."""


def partial_date(text: str, order: str | None = None) -> str | None:
    """Write a date of which a part is not known as the raw format has it.

    Parameters
    ----------
    text
        The cell: ``2022-08``, ``UN/08/2022``, ``UNK-AUG-2022``, ``XX.XX.2022``, ``sierpień 2022``, ``2022``, ``UNK``.
    order
        ``"DMY"`` or ``"MDY"``, if the order of day and month in the column is known. Without it a number beside an
        unknown part is the month, because a day without its month is not recorded.

    Returns
    -------
    str or None
        ``"2022-08"``, ``"2022"`` or ``"UNK"``; ``None`` for whole dates and for whatever else. A day is left out
        where its month is not known.

    Examples
    --------
    >>> [partial_date(text) for text in ("UN/08/2022", "UNK-UNK-2022", "08.2022", "UNK", "13.08.2022")]
    ['2022-08', '2022', '2022-08', 'UNK', None]
    """
    if is_unknown(text):
        return UNKNOWN
    word = folded(text) if not text.strip().startswith(("-", "_", "?", ".")) else text.strip().casefold()
    if found := _YEAR.fullmatch(word):
        return found[0]
    if found := _THREE.fullmatch(word):
        return _year_last(found, order)
    if found := _MONTH_YEAR.fullmatch(word) or _YEAR_MONTH.fullmatch(word):
        return _month(found["year"], found["month"], found.groupdict().get("day"))
    found = _ROMAN_YEAR.fullmatch(word) or _NAMED.fullmatch(word)
    known = MONTH_NAMES | _ROMAN
    if found is None or (found["name"] not in known and not is_unknown(found["name"])):
        return None
    return _of(found["year"], known.get(found["name"], 0))


def order_of_dates(texts: Iterable[str]) -> str | None:
    """Give the order of day and month from whole dates with the year at the end: by the days above 12.

    Returns ``"DMY"`` or ``"MDY"``; ``None`` if no date decides, or some contradict each other.
    """
    parts = [(int(found[1]), int(found[2])) for text in texts if (found := _WHOLE.fullmatch(text))]
    day_first = any(one > _LAST_MONTH >= two for one, two in parts)
    month_first = any(two > _LAST_MONTH >= one for one, two in parts)
    return None if day_first == month_first else "DMY" if day_first else "MDY"


def _is_number(part: str | None) -> bool:
    return part is not None and part.isdigit() and int(part) > 0


def _of(year: str, month: int) -> str | None:
    return f"{year}-{month:02d}" if month else year


def _month(year: str, month: str, day: str | None) -> str | None:
    if not _is_number(month):
        return year
    whole = _is_number(day)
    return None if whole or int(month) > _LAST_MONTH else _of(year, int(month))


def _year_last(found: re.Match[str], order: str | None) -> str | None:
    one, two, year = found["one"], found["two"], found["year"]
    known = [part for part in (one, two) if _is_number(part)]
    if len(known) == 2:  # noqa: PLR2004 - a whole date
        return None
    if two == "x" and known:  # 05.X.2022 may be 5 October
        return None
    if not known:
        return year if found["sep"] or not one.isdigit() else None
    is_day = (order == "DMY" and known[0] is one) or (order == "MDY" and known[0] is two)
    month = int(known[0])
    return year if is_day or month > _LAST_MONTH else _of(year, month)


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a partial date may be: from the first to the last."""

    first: date
    last: date


def period_of(partial: str) -> Period | None:
    """Give the days that a partial date of the raw format may be.

    Returns ``None`` for ``"UNK"`` and for what is not written as the raw format has it.

    Examples
    --------
    >>> period_of("2024-02")
    Period(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 29))
    """
    found = _STORED.fullmatch(partial)
    if found is None:
        return None
    year, month = int(found["year"]), found["month"]
    if month is None:
        return Period(date(year, 1, 1), date(year, 12, 31))
    return Period(date(year, int(month), 1), date(year, int(month), monthrange(year, int(month))[1]))
