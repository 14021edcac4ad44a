"""Normal ranges that are written in the cell of a result, behind the number and its unit: split off with certainty."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from duonen_stats.raw.intake.reshape.cell_units import result_and_unit, with_cell_units
from duonen_stats.raw.intake.reshape.limits import RangeLimits, agree, limit_and_sex, limits_of
from duonen_stats.raw.intake.result_cell import split_result, without_marks
from duonen_stats.raw.intake.sheet import Converted, Sheet
from duonen_stats.raw.intake.texts import Mask, Texts, constant, where
from duonen_stats.study import RawTable

_BRACKETED = re.compile(
    r"(?P<result>[^()\[\]]*[0-9][^()\[\]]*)[(\[](?P<range>[^()\[\]]*[0-9][^()\[\]]*)[)\]](?P<behind>[^()\[\]]*)"
)
_NAMED = re.compile(
    r"(?:norm[ay]?|n|ref|zakres(?: ref(?:erencyjny)?)?|warto\w+ ref\w*|normal(?: range)?|range|reference(?: range)?)"
    r"\s*(?:[:.=]\s*|\s)",
    re.IGNORECASE,
)
"""What a range may be called, in front of it."""


@dataclass(frozen=True, slots=True)
class _TakenApart:
    """A result with its unit and mark as written, the unit alone (empty if there is none), and the normal range."""

    result: str
    unit: str
    limits: RangeLimits


def with_cell_parts(sheet: Sheet, table: RawTable, marks: Collection[str] = ()) -> Sheet:
    """Split marks and normal ranges off results, and units off numbers, where these are in one cell.

    Parameters
    ----------
    sheet
        With the dictionary's names, and numbers as they are written.
    table
        The table as the dictionary has it.
    marks
        What is stated to say nothing of a result beside it; it is left out.

    Returns
    -------
    Sheet
        A range is in ``LLN`` and ``ULN``. A cell that cannot be taken apart with certainty, or has another range than
        its row has already, stays: it cannot be read as a number, which is an error. For units see
        :func:`~.cell_units.with_cell_units`.
    """
    wanted = {column.name for column in table.columns}
    if "VALUE" in sheet.cells and marks:
        sheet = _without_marks(sheet, marks)
    if "VALUE" in sheet.cells and {"VALUE", "UNIT", "LLN", "ULN"} <= wanted:
        sheet = _split_ranges(sheet)
    return with_cell_units(sheet, table)


def _without_marks(sheet: Sheet, marks: Collection[str]) -> Sheet:
    texts = sheet.cells["VALUE"]
    bare = {
        text: new for text in texts.used(as_text=True) if text and (new := without_marks(text, marks)) != text
    }
    if not bare:
        return sheet
    done = Converted("stated marks beside results left out", "VALUE", int(texts.among(bare).sum()))
    return replace(sheet.with_cells("VALUE", texts.replaced(bare)), converted=(*sheet.converted, done))


def _split_ranges(sheet: Sheet) -> Sheet:
    texts = sheet.cells["VALUE"]
    parts = {text: found for text in texts.used(as_text=True) if text and (found := _parts_of(text))}
    if not parts:
        return sheet
    rows = _fitting(sheet, parts)
    if not rows.any():
        return sheet
    new = {
        "VALUE": {text: one.result for text, one in parts.items()},
        "LLN": {text: one.limits.low for text, one in parts.items()},
        "ULN": {text: one.limits.high for text, one in parts.items()},
    }
    changed = {
        name: where(rows, texts.changed(_found_in(own)), _column(sheet, name)) for name, own in new.items()
    }
    done = Converted("normal ranges behind results split off", "VALUE", int(rows.sum()))
    return replace(sheet, cells={**sheet.cells, **changed}, converted=(*sheet.converted, done))


def _found_in(texts: Mapping[str, str]) -> Callable[[str], str]:
    return lambda text: texts.get(text, "")


def _column(sheet: Sheet, name: str) -> Texts:
    return sheet.cells.get(name) or constant("", len(sheet.numbers))


def _parts_of(text: str) -> _TakenApart | None:
    """Take a cell apart; ``None`` if it has no range, or it is not certain what is what."""
    found = _BRACKETED.fullmatch(text)
    if found is not None:
        candidates = [
            (f"{found['result'].strip()} {found['behind'].strip()}".strip(), found["range"].strip())
        ]
    else:
        # Without brackets the unit has to part the range from the result.
        places = [place.start() for place in re.finditer(r"\s+", text)]
        candidates = [(text[:at].rstrip(" ;,|"), text[at:].strip()) for at in places]
    read = []
    for result, rest in candidates:
        named = _NAMED.match(rest)
        limits = limits_of(rest if named is None else rest[named.end() :])
        unit = result_and_unit(result)
        if limits is None or not (limits.low or limits.high):
            continue
        if found is None and (unit is None or not (limits.low and limits.high) or limits.unit):
            continue
        one = split_result(result)
        if unit is not None or one.number or one.bound:
            read.append(_TakenApart(result, "" if unit is None else unit[1], limits))
    return read[0] if len(read) == 1 else None


def _fitting(sheet: Sheet, parts: dict[str, _TakenApart]) -> Mask:
    """Give the rows whose range is in the unit of the result, and the only one that the row has."""
    by_sex = [sheet.cells[name].filled() for name in sheet.columns if limit_and_sex(name)]
    free = ~np.logical_or.reduce([np.zeros(len(sheet.numbers), dtype=bool), *by_sex])
    rows = zip(*(_column(sheet, name) for name in ("VALUE", "UNIT", "LLN", "ULN")), strict=True)
    fits = [
        (one := parts.get(text)) is not None
        and agree(one.limits, one.unit or unit)
        and (not unit or agree(RangeLimits(unit=one.unit), unit))
        and all(
            not known or known.replace(",", ".") == own.replace(",", ".")
            for known, own in ((low, one.limits.low), (high, one.limits.high))
        )
        for text, unit, low, high in rows
    ]
    fitting: Mask = free & np.array(fits, dtype=bool)
    return fitting
