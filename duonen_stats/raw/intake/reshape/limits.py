"""Reference ranges that stand in one column: the lower and the upper limit of normal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.reshape.layout import PART_OF
from duonen_stats.raw.intake.reshape.limits_by_sex import proposed_sexes, ranges_by_sex
from duonen_stats.raw.intake.reshape.names import plain
from duonen_stats.raw.intake.sheet import Converted, Sheet
from duonen_stats.raw.intake.texts import Texts, combined, constant, where
from duonen_stats.raw.questions import EXPORT_AGAIN
from duonen_stats.study.unit_spelling import unit_readings

UNLIKE = CheckRule(
    "RD-PATTERN",
    "error",
    "A text does not follow the pattern by which the mapping file takes it apart; the cells are empty.",
    question=EXPORT_AGAIN,
)

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
NOSEX = CheckRule(
    "RD-NOSEX",
    "warning",
    "A reference range depends on sex, and that of the patient is not known.",
    question=EXPORT_AGAIN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeLimits:
    """Texts of the limits as written, empty where there is none, and the unit that stands behind them."""

    low: str = ""
    high: str = ""
    unit: str = ""


_NO_LIMITS = RangeLimits()


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


def split_ranges(
    texts: Texts,
    units: Texts,
    lines: NDArray[np.int64],
    table: str,
    sexes: Mapping[str, str | None],
    *,
    line: int | None = None,
) -> tuple[dict[str, Texts], list[Finding]]:
    """Split a column of reference ranges into limits; the unit behind a range must be that of the row.

    Parameters
    ----------
    texts, units
        The ranges, and the unit of each row.
    lines
        The line of each row.
    table
        For findings.
    sexes
        Codes of a sex by the words that say for whom a range is, if the mapping file states them.
    line
        The one that has the ranges of all rows, if one has.

    Returns
    -------
    cells : dict
        ``LLN`` and ``ULN``; limits for one sex under a name of their own (:func:`limit_of`).
    findings
        The ranges that cannot be read; their cells are empty.
    """
    read = {text: _by_sex(text, sexes) for text in texts.used()}
    own = combined(
        [texts, units],
        lambda text, unit: (
            "" if read[text] and all(agree(one, unit) for one in read[text].values()) else text
        ),
    )
    wrong = own.filled()
    findings = []
    if wrong.any():
        unread = own.take(wrong)
        # What stands once below the names is one fault, however many rows it is of.
        places = lines[wrong].tolist() if line is None else [line] * len({*unread.used()})
        findings = [_unread(unread, places, table, stated=bool(sexes))]
    texts = where(wrong, constant("", len(texts)), texts)
    cells = {}
    for sex in ("", *dict.fromkeys(code for code in sexes.values() if code)):
        limits = {text: found.get(sex) or _NO_LIMITS for text, found in read.items()}
        cells[limit_of("LLN", sex)] = texts.changed(lambda text, of=limits: of.get(text, _NO_LIMITS).low)  # type: ignore[misc]
        cells[limit_of("ULN", sex)] = texts.changed(lambda text, of=limits: of.get(text, _NO_LIMITS).high)  # type: ignore[misc]
    return cells, findings


def _by_sex(text: str, sexes: Mapping[str, str | None]) -> dict[str, RangeLimits | None]:
    """Read each range of a cell; empty if it cannot be determined for whom they are."""
    parts = ranges_by_sex(text, sexes) if sexes else {"": text}
    return {} if parts is None else {sex: limits_of(one) for sex, one in parts.items()}


def _unread(unread: Texts, lines: list[int], table: str, *, stated: bool) -> Finding:
    proposed = {} if stated else proposed_sexes(unread.used())
    what = f"{len(lines)} reference ranges cannot be read, such as {shown(unread[0])}; "
    if proposed:
        words = ", ".join(f"{word}: {sex}" for word, sex in proposed.items())
        what += (
            "where they depend on sex, state which word is for which: "
            f"limits_by_sex: {{{words}}}, if that is what they mean."
        )
    else:
        what += "write them like 12-16, <41 or >60 in the unit of the row."
    return UNLIKE.found(table, what, row=lines[0], column="LLN")


def limit_of(limit: str, sex: str) -> str:
    """Name the column with a limit for one sex; that for both has the name of the limit."""
    return f"{PART_OF}{limit} {sex}" if sex else limit


def limit_and_sex(name: str) -> tuple[str, str] | None:
    """Say which limit for which sex a column has, if it has one.

    Examples
    --------
    >>> limit_and_sex(limit_of("LLN", "F")), limit_and_sex("LLN")
    (('LLN', 'F'), None)
    """
    limit, _, sex = name.removeprefix(PART_OF).partition(" ")
    return (limit, sex) if name.startswith(PART_OF) and limit in {"LLN", "ULN"} else None


def with_limits_of_sex(sheet: Sheet, sexes: Mapping[str, str], table: str) -> Sheet:
    """Give each row the limits for the sex of its patient.

    Parameters
    ----------
    sheet
        With limits for one sex in columns of their own (:func:`limit_of`), which are taken out.
    sexes
        Code of the sex by patient, where there is one that is certain.
    table
        For findings.

    Returns
    -------
    Sheet
        A row whose range is for one sex only has no limits if the patient is of the other, or of unknown sex; the
        latter is a finding.
    """
    parts = {name: of for name in sheet.columns if (of := limit_and_sex(name)) is not None}
    if not parts:
        return sheet
    sex = sheet.subjects().changed(lambda patient: sexes.get(patient, ""))
    unknown = ~sex.filled()
    split = np.zeros(len(sheet.numbers), dtype=bool)
    cells = {name: texts for name, texts in sheet.cells.items() if name not in parts}
    for name, (limit, code) in parts.items():
        split |= sheet.cells[name].filled()
        cells[limit] = where(sex.among({code}) & sheet.cells[name].filled(), sheet.cells[name], cells[limit])
    findings = sheet.findings
    if (unknown & split).any():
        lines = tuple(sheet.numbers[unknown & split].tolist())
        message = (
            f"{len(lines)} reference ranges depend on sex, and that of the patient is not known; they were not used. "
            "Enter SEX in the table subjects, or write one range."
        )
        findings = (*findings, NOSEX.found(table, message, row=lines[0], column="LLN", lines=lines))
    done = Converted("limits of normal by sex", "LLN", int((split & ~unknown).sum()))
    return replace(sheet, cells=cells, findings=findings, converted=(*sheet.converted, done))
