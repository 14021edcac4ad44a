"""From how a source writes things to the standard form: names, codes, labels, numbers and dates.

Each conversion is one of values of a column, certain for the column as a whole, and reported. What is not
certain stays as it is, and is a finding.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.companions.keep_apart import (
    bound_numbers,
    kept_apart,
    with_bound_numbers,
    without_bounds,
)
from duonen_stats.raw.intake.companions.stated_missing import missing_codes
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.number_signs import decimal_points
from duonen_stats.raw.intake.readers.typed_dates import ORIGINS, counted_dates
from duonen_stats.raw.intake.reshape.names import CODES_IN_CASE, codes_in_case
from duonen_stats.raw.intake.sheet import (
    Converted,
    Sheet,
    UserMissing,
)
from duonen_stats.raw.intake.texts import constant
from duonen_stats.raw.intake.whole_dates import are_few, dates_in_order, has_year_last, is_slip
from duonen_stats.raw.questions import CONFIRM_NOT_NEEDED, EXPORT_AGAIN
from duonen_stats.study import RawColumn, RawTable

AMBIGUOUS = CheckRule(
    "RD-AMBIGUOUS",
    "error",
    "It is not clear how the dates or numbers of a column are written.",
    question=EXPORT_AGAIN,
)
USERMISSING = CheckRule(
    "RD-USERMISSING",
    "note",
    "A code that its file declares as missing; the cell is empty.",
    question=CONFIRM_NOT_NEEDED,
)


_SOME_AS_TEXT = (
    "Some of its dates are stored as dates and some as text, as where a spreadsheet has taken days for months "
    "wherever it could."
)

Changes = Mapping[str, str]
"""New text by old text of the cells of a column."""


_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERCENT = re.compile(r"([0-9][0-9.,]*)\s*%")


def in_standard_form(
    sheet: Sheet,
    table: RawTable,
    mapping: SourceMapping | None = None,
    missing: Mapping[str, str | None] | None = None,
) -> Sheet:
    """Bring cells into the form of the standard CSV file.

    Parameters
    ----------
    sheet
        With the dictionary's names.
    table
        The table as the dictionary has it.
    mapping
        What is stated of the source: order of dates, decimal sign, codes for a missing value.
    missing
        Codes for a missing value in every source, with their reasons.

    Returns
    -------
    Sheet
        Labels are replaced by codes where a column holds no code, a lone point by nothing, decimal commas by
        points, dates in another order by ISO dates; what is no value of its column is kept apart
        (:func:`~duonen_stats.raw.intake.companions.keep_apart.kept_apart`). Each is in ``converted``; a column for
        which it cannot be determined is a finding, and its cells are empty.
    """
    if not len(sheet.numbers):
        return sheet
    columns = {column.name: column for column in table.columns if column.name in sheet.columns}
    for name, column in columns.items():
        if column.codes and name in sheet.labels:
            sheet = _changed(sheet, name, _codes(sheet, column), "codes by their labels")
        if column.codes:
            used = sheet.cells[name].used()
            folded = codes_in_case(used, column.code_names(used))
            sheet = _changed(sheet, name, folded, CODES_IN_CASE)
        if column.type != "text":
            sheet = _changed(sheet, name, {".": ""}, "points that stand for a missing value")
        if column.unit == "%":
            signs = {
                text: found[1] for text in sheet.cells[name].used() if (found := _PERCENT.fullmatch(text))
            }
            sheet = _changed(sheet, name, signs, "percent signs")
    orders = {} if mapping is None else mapping.dates
    sheet = kept_apart(sheet, table, missing_codes(mapping, missing or {}), orders)
    sheet = _with_points(sheet, table, columns, mapping)
    for name, column in columns.items():
        if column.type == "date":
            sheet = _with_iso_dates(sheet, table, name, mapping)
    sheet = _count_as_text(sheet, columns)
    return replace(sheet, findings=(*sheet.findings, *_missing_findings(sheet, table)))


def _codes(sheet: Sheet, column: RawColumn) -> Changes:
    """Give the code for each labelled value, unless the values are codes already or a label is no code."""
    known = column.codes_for([*sheet.cells[column.name].used(), *sheet.labels[column.name].values()])
    codes = {code.code for code in known}
    by_name = {code.label.casefold(): code.code for code in known}
    by_name |= {code.casefold(): code for code in codes}
    values = {*sheet.cells[column.name].used()} - {""}
    if values <= codes:
        return {}
    labels = {value: sheet.labels[column.name].get(value, "").casefold() for value in values}
    return {value: by_name[label] for value, label in labels.items() if label in by_name}


def _with_points(
    sheet: Sheet, table: RawTable, columns: Mapping[str, RawColumn], mapping: SourceMapping | None
) -> Sheet:
    numbers = {
        name: sheet.cells[name].used(as_text=True)
        for name, column in columns.items()
        if column.type in {"number", "integer"}
    }
    # A bound of a result is written as the numbers of its column are.
    numbers = {name: (*texts, *bound_numbers(sheet, columns[name].bound)) for name, texts in numbers.items()}
    # The bounds of a column are in its own unit, and say nothing of numbers that are yet to be converted.
    other = () if mapping is None else {*mapping.units, *mapping.unit_columns, *mapping.factors}
    bounds = {name: (columns[name].low, columns[name].high) for name in numbers if name not in other}
    answer = decimal_points(numbers, stated=None if mapping is None else mapping.decimal, bounds=bounds)
    for name, changes in answer.changes.items():
        commas = {old: new for old, new in changes.items() if old.replace(",", ".") == new}
        sheet = _changed(sheet, name, commas, "decimal commas")
        rest = {old: new for old, new in changes.items() if old not in commas}
        sheet = _changed(sheet, name, rest, "signs between thousands")
        sheet = with_bound_numbers(sheet, columns[name].bound, changes)
    slips = _slips(sheet, numbers, answer.camps)
    for name in answer.doubtful:
        stated = None if mapping is None else mapping.decimal
        sheet = _doubtful(sheet, table, name, answer.why, slips, stated=stated)
        sheet = without_bounds(sheet, columns[name].bound)
    return sheet


def _with_iso_dates(sheet: Sheet, table: RawTable, name: str, mapping: SourceMapping | None) -> Sheet:
    stated = None if mapping is None else mapping.dates.get(name)
    column = sheet.cells[name]
    if stated is not None and stated in ORIGINS:
        what = f"dates written as numbers of {'seconds' if ORIGINS[stated].unit == 1 else 'days'}"
        sheet = _changed(sheet, name, counted_dates(column.used(), stated), what)
        column, stated = sheet.cells[name], None
    # Numbers of eight digits are dates also where a file holds them as numbers.
    texts = tuple(text for text in column.used() if text and not _ISO.fullmatch(text))
    holds_dates_too = sheet.typed and bool((column.filled() & ~column.held_as_text()).any())
    stored = frozenset(filter(_ISO.fullmatch, column.used()))
    swapped = not any(text[8:10] > "12" for text in stored)  # no day above 12: days may be months
    if stated is None and holds_dates_too and swapped and any(map(has_year_last, texts)):
        as_text = frozenset(filter(has_year_last, texts))
        return _doubtful(sheet, table, name, _SOME_AS_TEXT, _slips(sheet, [name], (as_text, stored)))
    answer = dates_in_order(texts, stated=stated)
    if answer.why:
        slips = _slips(sheet, [name], answer.camps)
        sheet = _doubtful(sheet, table, name, answer.why, slips, unread=answer.unread)
    for what, changes in answer.changes.items():
        sheet = _changed(sheet, name, changes, what)
    return sheet


def _changed(sheet: Sheet, name: str, changes: Changes, what: str) -> Sheet:
    if not changes or name not in sheet.columns:
        return sheet
    column = sheet.cells[name]
    number = int(column.among(changes).sum())
    if not number:
        return sheet
    done = Converted(what, name, number)
    return replace(sheet.with_cells(name, column.replaced(changes)), converted=(*sheet.converted, done))


def _slips(sheet: Sheet, columns: Iterable[str], camps: Sequence[frozenset[str]]) -> list[tuple[int, str]]:
    """Give line and column of the cells written otherwise than the rest, if they are few."""
    names = [*columns]
    cells = [
        sorted(
            (line, place)
            for place, name in enumerate(names)
            for line in sheet.numbers[sheet.cells[name].among(camp)].tolist()
        )
        for camp in camps
    ]
    fewer, *more = sorted(cells, key=len) or [[]]
    rare = all(is_slip(len(fewer), len(others)) for others in more)
    return [(line, names[place]) for line, place in fewer] if rare and are_few(len(fewer)) else []


def _doubtful(
    sheet: Sheet,
    table: RawTable,
    name: str,
    why: str,
    slips: Sequence[tuple[int, str]],
    *,
    stated: str | None = None,
    unread: frozenset[str] | None = None,
) -> Sheet:
    """Empty a column that cannot be understood, or its ``unread`` texts: one finding instead of one for each cell."""
    if slips:
        which = ", ".join(f"{column} on line {line}" for line, column in slips)
        otherwise = "" if stated else ", or state the form in the mapping file"
        advice = (
            f"Written otherwise than the rest: {which}. Correct the cell{'s' * (len(slips) > 1)}{otherwise}."
        )
    elif stated:
        why = f"The mapping file states a decimal {stated}, but decimals of this column stand behind another sign."
        advice = "Correct the mapping, or the cells."
    else:
        advice = "State the form in the mapping file, or export the table again."
    column = sheet.cells[name]
    rows = column.filled() if unread is None else column.among(unread)
    if rows.sum() == column.filled().sum():
        message = f"{why} {advice} The column was not read."
        found = AMBIGUOUS.found(table.name, message, row=1, column=name)
        emptied = sheet.with_cells(name, constant("", len(sheet.numbers)))
        return replace(emptied, findings=(*sheet.findings, found))
    lines = tuple(sheet.numbers[rows].tolist())
    message = f"{why} {advice} These cells were not read."
    found = AMBIGUOUS.found(table.name, message, row=lines[0], column=name, lines=lines)
    emptied = sheet.with_cells(name, column.replaced(dict.fromkeys(unread or (), "")))
    return replace(emptied, findings=(*sheet.findings, found))


def _count_as_text(sheet: Sheet, columns: Mapping[str, RawColumn]) -> Sheet:
    """Report numbers and dates that a typed format held as text."""
    if not sheet.typed:
        return sheet
    found = [
        Converted(f"{'dates' if column.type == 'date' else 'numbers'} stored as text", name, number)
        for name, column in columns.items()
        if column.type != "text" and (number := int(sheet.cells[name].held_as_text().sum()))
    ]
    return replace(sheet, converted=(*sheet.converted, *found))


def _missing_findings(sheet: Sheet, table: RawTable) -> Iterator[Finding]:
    if not sheet.missing:
        return
    subjects = dict(zip(sheet.numbers.tolist(), sheet.subjects(), strict=True))
    known = {column.name for column in table.columns}
    for one in sheet.missing:
        if one.column in known:
            yield USERMISSING.found(
                table.name,
                _reason(one),
                row=one.line,
                column=one.column,
                subject=subjects.get(one.line) or None,
            )


def _reason(one: UserMissing) -> str:
    label = f" ({one.label})" if one.label else ""
    return f"User-missing code {shown(one.code)}{label}; the cell is empty. Nothing to do if that is meant."
