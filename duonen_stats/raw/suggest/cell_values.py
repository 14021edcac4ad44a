"""What the cells of a sheet propose: codes of its values, rows left out, units, order of dates, decimal sign."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from duonen_stats.raw.intake.number_signs import decimal_points
from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.names import bare_code, name_and_units
from duonen_stats.raw.intake.result_cell import mark_beside
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.intake.whole_dates import dates_in_order, has_short_year, has_year_last
from duonen_stats.raw.suggest import words
from duonen_stats.raw.suggest.proposed_entry import ProposedEntry
from duonen_stats.raw.suggest.recognise import (
    analyte_of,
    bare,
    code_finder,
    may_be_excel,
)
from duonen_stats.raw.suggest.units_in_names import (
    CUT_SHORT,
    rates_per_surface,
    units_of_captions,
    units_of_tests,
)
from duonen_stats.study import RawColumn, RawTable, Study


def add_values(
    entry: ProposedEntry,
    sheet: Sheet,
    headers: Sequence[str],
    table: RawTable,
    study: Study,
    columns: Mapping[str, str],
) -> None:
    """Add to an entry what its cells propose.

    Parameters
    ----------
    entry
        The entry; its fields and notes are added to.
    sheet
        The sheet, as its reader gave it.
    headers
        Names of its filled columns.
    table, study
        The table it becomes, and the study whose dictionary has it.
    columns
        The columns of the sheet that become columns of the table, by their names in the sheet.
    """
    _values(entry, sheet, table, study, columns)
    if table.name == "labs":
        _unit_codes(entry, sheet, headers, study)
        _marks(entry, [text for name in entry.used for text in sheet.cells[column_name(name)].used()])
    _forms(entry, sheet, table, columns)


def _values(
    entry: ProposedEntry, sheet: Sheet, table: RawTable, study: Study, columns: Mapping[str, str]
) -> None:
    """Propose the codes of values, and which rows are left out."""
    codes: dict[str, dict[str, str | None]] = {}
    left_out: dict[str, list[str]] = dict(entry.fields.get("left_out", {}))  # type: ignore[call-overload]
    for name, target in columns.items():
        texts = [text for text in sheet.cells[column_name(name)].used() if text]
        if target == "UNIT" and "%" in texts:
            shares = _shares(sheet, study, columns, name)
            if shares != {True}:
                left_out[name] = ["%"]
                lost = ", but analytes measured in % too" if True in shares else ""
                entry.notes["left_out", name] = f"shares of cells, not counts{lost}; confirm"
        if target == "ENDDT":
            codes[target] = {text: None for text in texts if bare(text) in words.EMPTY}
        column = next((one for one in table.columns if one.name == target), None)
        graded = f"{table.name}.{target}" in words.CODES
        if column is None or not (column.codes or graded):
            continue
        if target in {"CYCLE", "VISIT"} and (totals := [one for one in texts if bare(one) in words.TOTALS]):
            left_out[name] = totals
            entry.notes["left_out", name] = "rows of totals; confirm"
            texts = [text for text in texts if text not in totals]
        codes[target] = _codes(entry, sheet.labels.get(column_name(name), {}), texts, column, (table, study))
        if not column.codes:  # words for a number: none of them is one that the dictionary knows
            entry.unknown.pop(target, None)
            entry.notes["codes", target] = "words of severity are not CTCAE grades; confirm"
    _other_analytes(entry, columns, left_out)
    entry.fields["codes"] = {column: found for column, found in codes.items() if found}
    entry.fields["left_out"] = left_out


def _unit_codes(entry: ProposedEntry, sheet: Sheet, headers: Sequence[str], study: Study) -> None:
    """Propose units of results that are in the names of tests, in labels of columns, or cut short."""
    columns: dict[str, object] = entry.fields["columns"]  # type: ignore[assignment]
    by_target = {target: column_name(name) for name, target in columns.items() if isinstance(target, str)}
    source = next((name for name, target in columns.items() if target == "ANALYTE"), None)
    used = [name for name in headers if name in entry.used]
    found: dict[str, str | None] = {}
    note = CUT_SHORT
    if "UNIT" in by_target:
        found |= rates_per_surface(sheet.cells[by_target["UNIT"]].used(), study)
    elif source is not None:
        found |= units_of_tests(sheet.cells[column_name(source)].used())
        if found:
            columns[source] = ("ANALYTE", "UNIT")
            note = "in the names of the tests; confirm"
    else:
        found |= rates_per_surface((unit for name in used for _, unit in name_and_units(name)), study)
        units = units_of_captions(sheet, used, study)
        if units:
            entry.fields["units"] = units
            entry.notes["units", ""] = "in the labels of the columns; confirm"
    if found:
        codes: dict[str, dict[str, str | None]] = dict(entry.fields.get("codes", {}))  # type: ignore[call-overload]
        entry.fields["codes"] = {**codes, "UNIT": {**codes.get("UNIT", {}), **found}}
        entry.notes["codes", "UNIT"] = note


def _shares(sheet: Sheet, study: Study, columns: Mapping[str, str], unit: str) -> set[bool]:
    """Say of the rows in % whether what they name is measured in %, as blasts are: all, none, or some."""
    named = next((name for name, column in columns.items() if column == "ANALYTE"), None)
    if named is None:
        return set()
    pairs = {*zip(sheet.cells[column_name(named)], sheet.cells[column_name(unit)], strict=True)}
    return {analyte_of(f"{name} [%]", study) is not None for name, text in pairs if text == "%"}


def _codes(
    entry: ProposedEntry,
    labels: Mapping[str, str],
    texts: Iterable[str],
    column: RawColumn,
    of: tuple[RawTable, Study],
) -> dict[str, str | None]:
    """Find the codes that values, or their labels in the file, mean, but for those that are read without a mapping."""
    find = code_finder(column, *of)
    meaning: dict[str, set[str]] = defaultdict(set)
    for one in column.codes:
        meaning[one.code] = {bare(one.code), bare(one.label)}
    found: dict[str, str | None] = {}
    for text in texts:
        label = labels.get(text, "")
        known, code = find(text)
        if not known and label:
            known, code = find(label)
            if code is not None and bare(label) in meaning[code]:
                continue
        if not known:
            entry.unknown.setdefault(column.name, []).append(text)
        elif code is None or bare_code(text) != bare_code(code):
            found[text] = code
    return found


def _other_analytes(entry: ProposedEntry, columns: Mapping[str, str], left_out: dict[str, list[str]]) -> None:
    """Propose that rows of other analytes are left out."""
    others = entry.unknown.pop("ANALYTE", [])
    source = next((name for name, target in columns.items() if target == "ANALYTE"), None)
    if others and source is not None:
        left_out[source] = others
        entry.notes["left_out", source] = "not analytes of the dictionary; confirm"


def _forms(entry: ProposedEntry, sheet: Sheet, table: RawTable, columns: Mapping[str, str]) -> None:
    """Propose the order of dates and the decimal sign, if the file does not show them."""
    kinds = {column.name: column for column in table.columns}
    numbers: dict[str, list[str]] = {}
    for name, target in columns.items():
        if target not in kinds:
            continue
        texts = [text.split(" ")[0] for text in sheet.cells[column_name(name)].used(as_text=True) if text]
        every = [text for text in sheet.cells[column_name(name)].used() if text]
        if kinds[target].type == "date" and any(map(has_short_year, texts)):
            entry.fields.setdefault("dates", {})[target] = "DMY_20"  # type: ignore[index]
            entry.notes["dates", target] = "years of two digits, all from 2000 on, and the day first; confirm"
        elif kinds[target].type == "date" and any(map(may_be_excel, every)):
            entry.fields.setdefault("dates", {})[target] = "EXCEL"  # type: ignore[index]
            entry.notes["dates", target] = "numbers of days as Excel counts them from 1900; confirm"
        elif kinds[target].type == "date" and any(map(has_year_last, texts)):
            entry.fields.setdefault("dates", {})[target] = "DMY"  # type: ignore[index]
            answer = dates_in_order(texts)
            if answer.why:
                entry.notes["dates", target] = "the file does not show it; confirm"
            elif any("month, day" in what for what in answer.changes):
                entry.fields["dates"][target] = "MDY"  # type: ignore[index]
        elif kinds[target].type in {"number", "integer"}:
            numbers[target] = texts
    doubt = decimal_points(numbers)
    if doubt.why:
        entry.fields["decimal"] = "comma"
        entry.notes["decimal", ""] = "the file does not show it, and point is as possible; confirm"


def _marks(entry: ProposedEntry, texts: Iterable[str]) -> None:
    if marks := sorted({mark for text in texts if (mark := mark_beside(text))}):
        entry.fields["marks"] = marks
        entry.notes["marks", ""] = "beside results, if they say nothing of the values; confirm"
