"""From the cells of a source: values into their columns, and what these cannot hold into the columns beside them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from duonen_stats.raw.findings import CheckRule, Finding, first_few, shown
from duonen_stats.raw.intake.companions.partial_text import order_of_dates, partial_date
from duonen_stats.raw.intake.missing_words import is_missing, is_ongoing, is_unknown
from duonen_stats.raw.intake.result_cell import ResultCell, split_result
from duonen_stats.raw.intake.sheet import Converted, Sheet
from duonen_stats.raw.intake.texts import Mask, Texts, TextsBuilder, constant, first_filled, where
from duonen_stats.raw.intake.whole_dates import without_words
from duonen_stats.raw.questions import CONFIRM_NOT_NEEDED
from duonen_stats.study import RawColumn, RawTable

MISSING = CheckRule(
    "RD-MISSING",
    "note",
    "A word or code that says that there is no value, by itself or by the mapping file; the cell is empty.",
    question=CONFIRM_NOT_NEEDED,
)
NO_RESULT = CheckRule(
    "RD-NORESULT",
    "note",
    "A word in place of a laboratory result; the result is empty and the word is kept.",
    question=CONFIRM_NOT_NEEDED,
)
CENSORED = CheckRule(
    "RD-CENSORED",
    "note",
    "Laboratory results that are known only to lie beyond a bound; the result is empty and the bound is kept.",
    question=CONFIRM_NOT_NEEDED,
)
_PLACES = 5
"""So many lines are named in a note."""

_CLOCK = r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::[0-5][0-9](?:[.,][0-9]+)?)?"
_DAY = (
    r"(?P<day>[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}|[0-9]{1,2}[ ./-]*[^\W\d]{1,12}\.?[ ./,-]*[0-9]{4}|[0-9]{8}"
    r"|[^\W\d]{3,12}\.? *[0-9]{1,2}, *[0-9]{4})"
)
_ZONE = r"(?P<zone>[Zz]|(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}|UTC|GMT)?"
_TIMED = re.compile(rf"{_DAY}(?:[T :]|\s+){_CLOCK}\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*{_ZONE}")
"""A date with a time of day; 24:00 is none, as it is of the next day.

A zone is left out with the time: the date as it is written is the local one.
"""
_HALF_DAY = 12
_MIDNIGHT = "00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCodes:
    """Words and codes that a mapping file states to mean "missing": with a reason, for all columns and by column."""

    everywhere: Mapping[str, str] = field(default_factory=dict)
    by_column: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, column: RawColumn) -> dict[str, str]:
        """Give the reasons by code for a column; a code of its own stays what it is, unless it is stated for it."""
        own = {one.code.casefold() for one in column.codes}
        general = {code: why for code, why in self.everywhere.items() if code.casefold() not in own}
        return {_plain(code): why for code, why in {**general, **self.by_column.get(column.name, {})}.items()}


def kept_apart(
    sheet: Sheet,
    table: RawTable,
    stated: MissingCodes | None = None,
    orders: Mapping[str, str] | None = None,
) -> Sheet:
    """Empty the cells that hold no value of their column, and keep what they say in the columns meant for it.

    Parameters
    ----------
    sheet
        With the dictionary's names.
    table
        The table as the dictionary has it.
    stated
        What the mapping file states to be missing.
    orders
        Order of day and month by column, where the mapping file states it.

    Returns
    -------
    Sheet
        Words and codes for a missing value, and the end of what goes on, are empty cells. A time of day is out of its
        date, and in the column for it, if there is one. A partial date is in its column, and so are the bound of a
        result and the word in place of one. A mark behind a result is left out. Whatever else a cell holds stays.
        Each is counted in ``converted``; a note for each column and word says where.
    """
    codes = stated or MissingCodes()
    beside = {name for one in table.columns for name in (one.partial, one.time, one.bound, one.reason)}
    for column in table.columns:
        if column.name not in sheet.columns or column.name in beside:
            continue
        if column.bound is not None and column.reason is not None:
            sheet = _results(sheet, table, column, codes)
        else:
            sheet = _without_words(sheet, table, column, codes)
        if column.type == "date":
            sheet = _without_words_beside(sheet, column)
            sheet = _without_times(sheet, column)
        if column.partial is not None:
            order = (orders or {}).get(column.name, "")[:3]
            known = order if order in {"DMY", "MDY"} else order_of_dates(sheet.cells[column.name].used())
            sheet = _partial_dates(sheet, column, known)
    return sheet


def _plain(text: str) -> str:
    """Write a code so that -99, -99.0 and "-99,00" are the same, and case does not matter."""
    number = text.strip().replace(",", ".")
    try:
        return repr(float(number)) if re.fullmatch(r"[+-]?[0-9.]+", number) else text.strip().casefold()
    except ValueError:
        return text.strip().casefold()


# Words and codes for a missing value.


def _without_words(sheet: Sheet, table: RawTable, column: RawColumn, codes: MissingCodes) -> Sheet:
    reasons = codes.of(column)
    kind = "code" if column.codes else "number" if column.type == "integer" else column.type
    own = {one.code.casefold() for one in column.codes_for(sheet.cells[column.name].used())}

    def certain(text: str) -> bool:
        if kind == "text" or text.casefold() in own:
            return False
        unknown = kind == "date" and column.partial is None and is_unknown(text)
        return unknown or is_missing(text, kind)

    cells = sheet.cells[column.name]
    going_on = {text for text in cells.used() if column.ongoing and is_ongoing(text)} - {*reasons}
    words = {text for text in cells.used() if text and (_plain(text) in reasons or certain(text))} - going_on
    findings = [
        _note(
            MISSING, sheet, table, column, {word},
            f"{shown(word)}{_why(word, reasons)} says that there is no value", "Empty.",
        )
        for word in sorted(words)
    ]  # fmt: skip
    sheet = _emptied(sheet, column.name, words, "words and codes for a missing value")
    sheet = _emptied(sheet, column.name, going_on, "words for what has not ended")
    return replace(sheet, findings=(*sheet.findings, *findings))


def _why(word: str, reasons: Mapping[str, str]) -> str:
    reason = reasons.get(_plain(word))
    return f" ({reason})" if reason else ""


def _note(
    rule: CheckRule, sheet: Sheet, table: RawTable, column: RawColumn, words: set[str], what: str, done: str
) -> Finding:
    """Note in how many cells of a column some words are, and on which lines the first of them."""
    lines = sheet.numbers[sheet.cells[column.name].among(words)].tolist()
    plural = "s" * (len(lines) > 1)
    places = f"{len(lines)} cell{plural}, line{plural} {first_few([*map(str, lines)], _PLACES)}"
    return rule.found(table.name, f"{what}; {places}. {done}", row=lines[0], column=column.name)


def _emptied(sheet: Sheet, name: str, words: set[str], what: str, free: Mask | None = None) -> Sheet:
    """Empty the cells that are one of these words; where they are not ``free`` they stay, and are errors later."""
    column = sheet.cells[name]
    rows = column.among(words) if free is None else column.among(words) & free
    if not rows.any():
        return sheet
    changed = sheet.with_cells(name, where(rows, constant("", len(column)), column))
    return replace(changed, converted=(*sheet.converted, Converted(what, name, int(rows.sum()))))


def _without_words_beside(sheet: Sheet, column: RawColumn) -> Sheet:
    """Leave out words around dates, such as the weekday."""
    cells = sheet.cells[column.name]
    bare = {text: new for text in cells.used() if text and (new := without_words(text)) != text}
    return sheet.with_cells(column.name, cells.replaced(bare)) if bare else sheet


def _without_times(sheet: Sheet, column: RawColumn) -> Sheet:
    cells = sheet.cells[column.name]
    found = {text: match for text in cells.used() if (match := _TIMED.fullmatch(text))}
    if not found:
        return sheet
    if column.time is not None:
        times = {text: _clock(match) for text, match in found.items()}
        # A column of midnights has no times: they come with dates from programs that have no dates.
        if any(time != _MIDNIGHT for time in times.values()):
            sheet = _companion(sheet, column.name, column.time, times)
    done = Converted("dates whose time of day was left out", column.name, int(cells.among(found).sum()))
    changed = sheet.with_cells(column.name, cells.replaced({text: one["day"] for text, one in found.items()}))
    return replace(changed, converted=(*sheet.converted, done))


def _clock(found: re.Match[str]) -> str:
    hour = int(found["hour"])
    half = (found["half"] or "").replace(".", "").casefold()
    if half:
        hour = hour % _HALF_DAY + _HALF_DAY * (half == "pm")
    return f"{hour:02d}:{found['minute']}"


def _companion(sheet: Sheet, name: str, target: str, words: Mapping[str, str]) -> Sheet:
    """Write words beside the cells that they were found in, where nothing stands yet."""
    beside = _looked_up(sheet.cells[name], words)
    if target in sheet.columns:
        beside = first_filled([sheet.cells[target], beside])
    return sheet.with_cells(target, beside)


def _free(sheet: Sheet, name: str, target: str | None, words: Mapping[str, str]) -> Mask:
    """Say where words can be kept: a column beside that says something else already is not overruled."""
    new = _looked_up(sheet.cells[name], words)
    if target is None or target not in sheet.columns:
        return new.filled()
    known = sheet.cells[target]
    same = np.fromiter(map(str.__eq__, new, known), dtype=bool, count=len(known))
    free: Mask = new.filled() & (~known.filled() | same)
    return free


def _looked_up(cells: Texts, words: Mapping[str, str]) -> Texts:
    distinct = tuple(words.get(text, "") for text in cells.distinct)
    return Texts(distinct, np.zeros(len(distinct), dtype=bool), cells.places)


# Dates of which a part is known.


def _partial_dates(sheet: Sheet, column: RawColumn, order: str | None) -> Sheet:
    cells = sheet.cells[column.name]
    parts = {text: part for text in cells.used() if text and (part := partial_date(text, order)) is not None}
    if not parts or column.partial is None:
        return sheet
    free = _free(sheet, column.name, column.partial, parts)
    sheet = _companion(sheet, column.name, column.partial, parts)
    return _emptied(sheet, column.name, {*parts}, "partial dates kept apart", free)


def _results(sheet: Sheet, table: RawTable, column: RawColumn, codes: MissingCodes) -> Sheet:
    cells, reasons = sheet.cells[column.name], codes.of(column)
    split = {text: _result(text, reasons) for text in cells.used() if text}
    bounds = {text: one.bound for text, one in split.items() if one.bound}
    words = {text: one.reason for text, one in split.items() if one.reason}
    flagged = {text: one.number for text, one in split.items() if one.number and one.flag}
    findings = [
        _note(
            NO_RESULT, sheet, table, column, {word},
            f"{shown(word)}{_why(word, reasons)} in place of a result", f"Kept in {column.reason}.",
        )
        for word in sorted(words)
    ]  # fmt: skip
    if bounds:
        what = f"Results beyond a bound, such as {', '.join(sorted({*bounds.values()})[:_PLACES])}"
        kept = f"Kept in {column.bound}, used as the plan says."
        findings.append(_note(CENSORED, sheet, table, column, {*bounds}, what, kept))
    bounded, worded = (
        _free(sheet, column.name, target, kept)
        for target, kept in ((column.bound, bounds), (column.reason, words))
    )
    if bounds and column.bound is not None:
        sheet = _companion(sheet, column.name, column.bound, bounds)
    if words and column.reason is not None:
        sheet = _companion(sheet, column.name, column.reason, words)
    if column.reason is not None:
        sheet = _with_declared(sheet, column.name, column.reason)
    sheet = _emptied(sheet, column.name, {*bounds}, "censored results kept apart", bounded)
    sheet = _emptied(sheet, column.name, {*words}, "words in place of a result kept apart", worded)
    if flagged:
        column_cells = sheet.cells[column.name]
        done = Converted(
            "marks behind a number left out", column.name, int(column_cells.among(flagged).sum())
        )
        sheet = sheet.with_cells(column.name, column_cells.replaced(flagged))
        sheet = replace(sheet, converted=(*sheet.converted, done))
    return replace(sheet, findings=(*sheet.findings, *findings))


def _with_declared(sheet: Sheet, name: str, target: str) -> Sheet:
    """Keep the codes that a file declares as missing, or their labels, as reasons why there is no result.

    Where a line has more empty rows than codes it cannot be determined which of them a code is of, and none has it.
    """
    declared: dict[int, list[str]] = {}
    for one in sheet.missing:
        if one.column == name:
            declared.setdefault(one.line, []).append(one.label or one.code)
    if not declared:
        return sheet
    empty: dict[int, list[int]] = {}
    for place in np.flatnonzero(~sheet.cells[name].filled()).tolist():
        empty.setdefault(int(sheet.numbers[place]), []).append(place)
    reasons = [""] * len(sheet.numbers)
    for line, words in declared.items():
        places = empty.get(line, [])
        # A line may have become several rows: its codes are in their order, and each belongs to an empty one.
        if len(places) == len(words):
            for place, word in zip(places, words, strict=True):
                reasons[place] = word
    beside = TextsBuilder().added(reasons).texts()
    if target in sheet.columns:
        beside = first_filled([sheet.cells[target], beside])
    return sheet.with_cells(target, beside)


def _result(text: str, reasons: Mapping[str, str]) -> ResultCell:
    return ResultCell(reason=text) if _plain(text) in reasons else split_result(text)


_SIGN = re.compile(r"[<>]=?")


def bound_numbers(sheet: Sheet, name: str | None) -> tuple[str, ...]:
    """List the numbers in a column of bounds, as they are written; nothing if there is no such column."""
    if name is None or name not in sheet.columns:
        return ()
    return tuple(_SIGN.sub("", text, count=1) for text in sheet.cells[name].used() if text)


def with_bound_numbers(sheet: Sheet, name: str | None, changes: Mapping[str, str]) -> Sheet:
    """Write the numbers in a column of bounds otherwise."""
    if name is None or name not in sheet.columns:
        return sheet

    def changed(text: str) -> str:
        number = _SIGN.sub("", text, count=1)
        return text[: len(text) - len(number)] + changes.get(number, number)

    return sheet.with_cells(name, sheet.cells[name].changed(changed))


def without_bounds(sheet: Sheet, name: str | None) -> Sheet:
    """Empty a column of bounds, because it cannot be determined how its numbers are written."""
    if name is None or name not in sheet.columns:
        return sheet
    return sheet.with_cells(name, constant("", len(sheet.numbers)))
