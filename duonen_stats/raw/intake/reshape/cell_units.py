"""Units that are written in the cell behind the number: split off, and kept row by row until amounts are converted."""

import re
from collections.abc import Callable
from dataclasses import replace

from duonen_stats.raw.intake.reshape.amounts import amount_factor
from duonen_stats.raw.intake.reshape.finish import whole_column
from duonen_stats.raw.intake.reshape.layout import UNIT_OF
from duonen_stats.raw.intake.sheet import Converted, Sheet
from duonen_stats.raw.intake.texts import Texts, combined, constant, where
from duonen_stats.study import RawTable, Study
from duonen_stats.study.unit_spelling import unit_readings

_AMOUNT = re.compile(
    r"(?P<number>(?:[<>≤≥]=?\s*)?[+-]?[0-9](?:[0-9.,\u00a0\u202f '’]*[0-9])?)\s*"
    r"[\[(]?(?P<unit>[^\W\d_][^\[\]()]*|%|×?\s*10[\^*].+)[\])]?"
)


def with_cell_units(sheet: Sheet, table: RawTable) -> Sheet:
    """Split the units off the numbers that they are written behind.

    Parameters
    ----------
    sheet
        With the dictionary's names, and numbers as they are written.
    table
        The table as the dictionary has it.

    Returns
    -------
    Sheet
        Of a column with a unit, the units in its cells are in a column of their own, over what else is known of its
        unit. Of results, they are in ``UNIT`` where that says nothing; where it says the same they are left out. A text
        behind a number that is no unit of its kind stays, and is a cell that cannot be read.
    """
    columns = {column.name: column for column in table.columns}
    for name in sheet.columns:
        column = columns.get(whole_column(name))
        if column is None or column.type not in {"number", "integer"}:
            continue
        if column.unit is not None and column.unit != "%":
            sheet = _split(sheet, name, column.unit)
        elif name == "VALUE" and "UNIT" in columns and "ANALYTE" in columns:
            sheet = _split_results(sheet, name)
    return sheet


def with_spelt_units(sheet: Sheet, study: Study) -> Sheet:
    """Write units of analytes as the dictionary does, where it is the same unit in another spelling."""
    if not {"ANALYTE", "UNIT"} <= sheet.cells.keys():
        return sheet
    analytes = {one.code: one for one in study.all_analytes}

    def spelt(code: str, unit: str) -> str:
        analyte = analytes.get(code)
        factor = None if analyte is None or not unit else analyte.known_factor(unit)
        if analyte is None or factor is None or unit in analyte.factors:
            return unit
        same = [name for name, known in analyte.factors.items() if known == factor]
        return same[0] if same else unit

    units = combined([sheet.cells["ANALYTE"], sheet.cells["UNIT"]], spelt)
    changed = sum(map(str.__ne__, units, sheet.cells["UNIT"]))
    if not changed:
        return sheet
    done = Converted("units in another spelling", "UNIT", changed)
    return replace(sheet.with_cells("UNIT", units), converted=(*sheet.converted, done))


def _parts(texts: Texts) -> dict[str, tuple[str, str]]:
    found = {text: _AMOUNT.fullmatch(text) for text in texts.used(as_text=True) if text}
    return {
        text: (one["number"].strip(), one["unit"].strip()) for text, one in found.items() if one is not None
    }


def _split(sheet: Sheet, name: str, wanted: str) -> Sheet:
    texts = sheet.cells[name]
    units = sheet.cells.get(UNIT_OF + name) or constant("", len(texts))
    spelt = _as_stated({*units.used()})
    parts = {
        text: (number, spelt(unit))
        for text, (number, unit) in _parts(texts).items()
        if _is_same(spelt(unit), wanted) or amount_factor(spelt(unit), wanted) is not None
    }
    if not parts:
        return sheet
    rows = texts.among(parts)
    own = texts.changed(lambda text: parts[text][1] if text in parts else "")
    own = own.changed(lambda unit: unit if amount_factor(unit, wanted) is not None or not unit else wanted)
    numbers = texts.replaced({text: number for text, (number, _) in parts.items()})
    sheet = sheet.with_cells(name, numbers).with_cells(UNIT_OF + name, where(rows, own, units))
    return _noted(sheet, name, int(rows.sum()))


def _is_same(unit: str, wanted: str) -> bool:
    """Whether it is the unit; the points of a performance status are also written as a percentage.

    The case of a prefix counts, as in UCUM: ``mBq`` is a thousand-millionth of ``MBq``, and ``mbq`` may be either.
    """
    return amount_factor(unit, wanted) == 1 or (unit, wanted) == ("%", "points")


def _as_stated(stated: set[str]) -> Callable[[str], str]:
    """Make the function that spells a unit as the only one that is stated, where only its case is in question."""
    known = next(iter(stated)) if len(stated) == 1 else ""

    def spelt(unit: str) -> str:
        unclear = amount_factor(unit, unit) is None
        return known if unclear and known and unit.casefold() == known.casefold() else unit

    return spelt


def result_and_unit(text: str) -> tuple[str, str] | None:
    """Take a laboratory result and the unit behind it apart; ``None`` if there is no unit that is certain.

    Examples
    --------
    >>> result_and_unit("12,3 g/dl"), result_and_unit("12,3 L")
    (('12,3', 'g/dl'), None)
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    unit = found["unit"].strip()
    # "12 L" has a mark, and "l" may be one.
    certain = unit == "%" or (re.search("[/%]", unit) and unit_readings(unit))
    return (found["number"].strip(), unit) if certain else None


def _split_results(sheet: Sheet, name: str) -> Sheet:
    texts = sheet.cells[name]
    parts = {
        text: part
        for text in texts.used(as_text=True)
        if text and (part := result_and_unit(text)) is not None
    }
    if not parts:
        return sheet
    units = sheet.cells.get("UNIT") or constant("", len(texts))

    def fits(text: str, unit: str) -> str:
        if text not in parts:
            return ""
        own = parts[text][1]
        return text if unit in {"", own} or {*unit_readings(unit)} & {*unit_readings(own)} else ""

    own = combined([texts, units], fits)
    rows = own.filled()
    if not rows.any():
        return sheet
    numbers = own.changed(lambda text: parts[text][0] if text in parts else "")
    stated = own.changed(lambda text: parts[text][1] if text in parts else "")
    sheet = sheet.with_cells(name, where(rows, numbers, texts))
    return _noted(sheet.with_cells("UNIT", where(units.filled(), units, stated)), name, int(rows.sum()))


def _noted(sheet: Sheet, name: str, cells: int) -> Sheet:
    done = Converted("units behind numbers split off", name, cells)
    return replace(sheet, converted=(*sheet.converted, done))
