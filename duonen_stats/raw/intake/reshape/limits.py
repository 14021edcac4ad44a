"""Reference ranges that stand in one column: the lower and the upper limit of normal."""

import re
from dataclasses import dataclass

from duonen_stats.raw.intake.reshape.names import plain
from duonen_stats.study.unit_spelling import unit_readings

# A space stands in a number only between thousands: behind that of "400 10^9/L" begins the unit.
_GROUPED = r"[0-9]{1,3}(?:[ \u00a0\u202f'][0-9]{3}(?![0-9]))+(?:[.,][0-9]+)?(?![0-9./])"
_NUMBER = rf"(?:{_GROUPED}|[0-9][0-9.,]*[0-9]|[0-9]|[.,][0-9]+)[.,]?"
_DASH = r"(?:\s*(?:-|;|\u2013|\u2014|\u2212|\u2010|\u2011|\.\.\.?|\u2026|÷)\s*|\s+(?:to|do|and|a)\s+)"
_RANGE = re.compile(
    rf"(?:od\s+|from\s+)?(?P<low>[+-]?{_NUMBER}){_DASH}(?P<high>[+-]?{_NUMBER})", re.IGNORECASE
)
_BELOW = re.compile(
    rf"(?:<=|=<|<|≤|⩽|do|up to|to|poniżej|mniej niż|max\.?|below|less than)\s*(?P<high>[+-]?{_NUMBER})",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    rf"(?:>=|=>|>|≥|⩾|od|from|powyżej|więcej niż|min\.?|above|more than)\s*(?P<low>[+-]?{_NUMBER})",
    re.IGNORECASE,
)
_POWER_OF_TEN = re.compile(r"10(?:[\^*]|e?[0-9]/|[\u2070-\u2079\u00b2\u00b3\u00b9])")
_NONE = frozenset({"-", "--", "---", "\u2013", "\u2014", ".", "brak", "n/a", "na", "nd", "n.d.", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeLimits:
    """Texts of the limits as written, empty where there is none, and the unit that stands behind them."""

    low: str = ""
    high: str = ""
    unit: str = ""


def limits_of(text: str) -> RangeLimits | None:
    """Read a reference range; ``None`` if it cannot be read.

    Parameters
    ----------
    text
        Such as ``12,0-16,0``, ``(4.00 - 10.00)``, ``< 41``, ``do 41``, ``>60``, with or without a unit behind it.

    Examples
    --------
    >>> limits_of("12,0–16,0"), limits_of("do 41 U/l")
    (RangeLimits(low='12,0', high='16,0', unit=''), RangeLimits(low='', high='41', unit='U/l'))
    >>> limits_of("patrz opis") is None
    True
    """
    cell = plain(text)
    while len(cell) > 1 and cell[0] + cell[-1] in {"()", "[]", "{}"}:
        cell = cell[1:-1].strip()
    if not cell or cell.casefold() in _NONE:
        return RangeLimits()
    for form in (_RANGE, _BELOW, _ABOVE):
        found = form.match(cell)
        if found is None:
            continue
        unit = cell[found.end() :].strip()
        if (unit[:1].isdigit() and not _POWER_OF_TEN.match(unit)) or unit[:1] in {"-", "<", ">", ",", "."}:
            continue
        parts = found.groupdict()
        return RangeLimits(
            low=_bare(parts.get("low")), high=_bare(parts.get("high")), unit=unit.strip("()[] ")
        )
    return None


def _bare(number: str | None) -> str:
    return "" if number is None else number.strip().rstrip(".,")


def agree(limits: RangeLimits | None, unit: str) -> bool:
    """Whether a range can be read, and is in the unit of its row.

    Examples
    --------
    >>> agree(limits_of("120-160 g/l"), "g/L"), agree(limits_of("120-160 g/l"), "g/dL")
    (True, False)
    """
    if limits is None:
        return False
    if not limits.unit or limits.unit.casefold() == unit.casefold():
        return True
    return bool(unit_readings(unit)) and unit_readings(limits.unit) == unit_readings(unit)
