"""The proposed entry of a mapping file for one sheet and one table, with what is to be confirmed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duonen_stats.raw.intake.number_signs import decimal_points
from duonen_stats.raw.intake.reshape.amounts import other_time_in_name
from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.limits_by_sex import proposed_sexes
from duonen_stats.raw.intake.reshape.names import ITEM_UNIT, bare_code, name_and_units
from duonen_stats.raw.intake.result_cell import mark_beside
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.intake.whole_dates import dates_in_order, has_short_year, has_year_last
from duonen_stats.raw.suggest import words
from duonen_stats.raw.suggest.layouts import BY_VALUES, Part
from duonen_stats.raw.suggest.recognise import (
    activity_of,
    analyte_of,
    bare,
    code_finder,
    column_of,
    dose_of,
    may_be_excel,
    organ_of,
)
from duonen_stats.raw.suggest.units_in_names import (
    CUT_SHORT,
    rates_per_surface,
    units_of_analytes,
    units_of_captions,
    units_of_tests,
)
from duonen_stats.study import RawColumn, RawTable, Study

CONFIRM = "confirm"
_NUMBERED = {
    "adverse_events": "AESEQ",
    "concomitant_therapies": "CMSEQ",
    "protocol_deviations": "DVSEQ",
}
"""The column with the number of the record within the patient, by table."""
_ENOUGH, _SHARE = 3, 0.2
"""So many columns of a table, and such a share of them, must be recognised before a sheet is taken for it."""
_ANALYTES = 2
"""So many columns of analytes, beside patient and date, make a sheet one of laboratory values."""
_MOST = 0.5
"""Such a share of the columns tells a table where a sheet may hold several."""
_BLANK = 0.3
"""If more of the patients are empty than this share, they stand for the value above."""


@dataclass(kw_only=True)
class ProposedEntry:
    """What is proposed for a table of a sheet: ``fields`` of the mapping file, with notes by place in them.

    ``notes`` holds why a line is to be confirmed, by field and key (empty for a field as a whole); ``unknown`` are
    values of columns that were not recognised.
    """

    source: str
    sheet: str | None
    table: str
    fields: dict[str, object] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


def tables_in(
    sheet: Sheet, study: Study, title: str, *, several: bool = False, named: bool = False
) -> list[str]:
    """Tell which tables of the dictionary a sheet probably holds.

    Parameters
    ----------
    sheet
        As its reader gave it.
    study
        Whose tables they are.
    title
        Name of the file or worksheet.
    several
        Whether it holds forms of several tables side by side, as an event of a project does.
    named
        Whether the name of the file or worksheet, or a title, says the patient.
    """
    headers = [name for name in sheet.header if name]
    columns = {table.name: {*_columns(headers, table).values()} for table in study.tables}
    if named:
        columns = {table.name: columns[table.name] | ({"SUBJID"} & {*table.key}) for table in study.tables}
    found = []
    analytes = {name: one[0] for name in headers if (one := analyte_of(name, study)) is not None}
    wide = len({*analytes.values()})
    # One analyte is enough where nothing else is in the way, as in a list of one laboratory's creatinine.
    alone = wide == 1 and {*headers} <= {*analytes, *_columns(headers, study.table("labs"))}
    patients = named or "SUBJID" in columns["labs"]
    if (
        patients
        and "LBDT" in columns["labs"]
        and (wide >= _ANALYTES or alone or columns["labs"] >= {"ANALYTE", "VALUE"})
    ):
        found.append("labs")
    activities = any(map(activity_of, headers)) or any(f"{one.code}_MBQ" in headers for one in study.isotopes)
    if patients and "EXDT" in columns["administrations"] and activities:
        found.append("administrations")
    organs = "ISOTOPE" in columns["dosimetry"] and any(map(organ_of, headers))
    if patients and (any(map(dose_of, headers)) or organs or columns["dosimetry"] >= {"ORGAN", "DOSE_GY"}):
        found.append("dosimetry")
    if found:
        return found
    shares = {}
    for table in study.tables:
        own = columns[table.name]
        needed = {"ANALYTE", "LABORATORY"} if table.name == "reference_ranges" else {*table.key}
        needed -= {*_NUMBERED.values()}  # numbers can be given
        if any(bare(name) == "studyeventrepeatkey" for name in headers):
            needed -= {"CYCLE"}
        if needed <= own and len(own) >= min(_ENOUGH, len(table.columns)):
            usual = sum(not column.optional for column in table.columns)
            shares[table.name] = len(own) / usual + (bare(title) == bare(table.name))
    if several and (most := [name for name in shares if shares[name] >= _MOST]):
        return most
    best = max(shares, key=lambda name: shares[name], default=None)
    return [best] if best is not None and shares[best] >= _SHARE else []


def entry_of(sheet: Sheet, table: RawTable, study: Study, source: str, title: str | None) -> ProposedEntry:
    """Propose how a sheet becomes a table.

    Parameters
    ----------
    sheet
        As its reader gave it.
    table
        The table it probably is.
    study
        Whose table it is.
    source, title
        Names of the file and of the worksheet.
    """
    entry = ProposedEntry(source=source, sheet=title, table=table.name)
    headers = [
        name
        for name in sheet.header
        if name and not name.endswith(ITEM_UNIT) and sheet.cells[column_name(name)].filled().any()
    ]
    columns = _columns(headers, table)
    certain = {name: (column_of(name, table) or ("", False))[1] for name in columns}
    for isotope in study.isotopes if table.name == "administrations" else ():
        given = [name for name in headers if activity_of(name) == isotope.code]
        columns |= {given[0]: f"{isotope.code}_MBQ"} if len(given) == 1 else {}
        certain |= dict.fromkeys(given, False)
    repeat = next((name for name in headers if bare(name) == "studyeventrepeatkey"), None)
    if (
        repeat is not None
        and "CYCLE" not in columns.values()
        and any(one.name == "CYCLE" for one in table.columns)
    ):
        columns[repeat] = "CYCLE"
        certain[repeat] = False
    _long(entry, headers, table, study, columns)
    entry.fields["columns"] = columns
    entry.notes |= {("columns", name): CONFIRM for name in columns if not certain.get(name, True)}
    entry.used |= {*columns}
    _patients(entry, sheet, columns)
    _limits(entry, sheet, headers, table)
    _values(entry, sheet, table, study, columns)
    if table.name == "labs":
        _unit_codes(entry, sheet, headers, study)
        _marks(entry, [text for name in entry.used for text in sheet.cells[column_name(name)].used()])
    _forms(entry, sheet, table, columns)
    if (
        table.name == "labs"
        and "VISIT" not in columns.values()
        and not _timing(entry, sheet, headers, repeat)
    ):
        entry.fields["visit"] = "windows"
        entry.notes["visit", ""] = "no visit in the source: from the dates of the cycles; confirm"
    for name, column in columns.items():
        unit = next((one.unit for one in table.columns if one.name == column and one.unit), None)
        said = None if unit is None else other_time_in_name(name, unit)
        if said is not None:
            entry.fields.setdefault("units", {})[column] = said  # type: ignore[index]
    number = _NUMBERED.get(table.name)
    if number is not None and number not in columns.values():
        date = next(one.name for one in table.columns if one.type == "date")
        entry.fields["numbered"] = {number: [date, "TERM"]}
        entry.notes["numbered", number] = "no number of the record in the source; confirm"
    return entry


def _marks(entry: ProposedEntry, texts: Iterable[str]) -> None:
    if marks := sorted({mark for text in texts if (mark := mark_beside(text))}):
        entry.fields["marks"] = marks
        entry.notes["marks", ""] = "beside results, if they say nothing of the values; confirm"


def _timing(entry: ProposedEntry, sheet: Sheet, headers: Sequence[str], repeat: str | None) -> bool:
    """Propose the visit from the number of the cycle and a column that says before or after, if there is one."""
    for name in headers if repeat is not None else ():
        texts = [text for text in sheet.cells[column_name(name)].used() if text]
        known = {text: _SIDES.get(text_side) for text in texts if (text_side := _side(text)) is not None}
        if texts and len(known) == len(texts):
            entry.fields["join"] = {"VISIT": [name, repeat]}
            entry.fields["codes"] = {
                **dict(entry.fields.get("codes", {})),  # type: ignore[call-overload]
                "VISIT": {f"{text} *": code for text, code in known.items()},
            }
            entry.notes["join", "VISIT"] = "before or after, and the number of the cycle; confirm"
            entry.used |= {name, str(repeat)}
            return True
    return False


_SIDES = {"before": "T*", "after": "V*", "unscheduled": "UNS", "late": "F*"}


def _side(text: str) -> str | None:
    if bare(text) in words.FOLLOW_UP:
        return "late"
    said = {*bare(text).split()}
    sides = {"before": words.BEFORE, "after": words.AFTER, "unscheduled": words.UNSCHEDULED}
    return next((side for side, names in sides.items() if said and said <= names), None)


def _columns(headers: Iterable[str], table: RawTable) -> dict[str, str]:
    """Give the column of the table for each of the source; of two for one the certain, else the first, counts."""
    found: dict[str, tuple[str, bool]] = {}
    for name in headers:
        match = column_of(name, table)
        if match is not None and (match[0] not in found or (match[1] and not found[match[0]][1])):
            found[match[0]] = (name, match[1])
    return {name: column for column, (name, _) in found.items()}


def _long(
    entry: ProposedEntry, headers: Sequence[str], table: RawTable, study: Study, columns: dict[str, str]
) -> None:
    """Propose that columns of analytes, or of organs and isotopes, become rows."""
    cells: dict[str, list[str]] = {}
    if table.name == "labs" and not {"ANALYTE", "VALUE"} <= {*columns.values()}:
        for name in headers:
            analyte = analyte_of(name, study)
            if analyte is not None:
                cells.setdefault(analyte[1], [analyte[0]])
                entry.used.add(name)
        value, names = "VALUE", ["ANALYTE"]
    elif table.name == "dosimetry" and all(
        dose_of(name) for name, column in columns.items() if column == "DOSE_GY"
    ):
        alone = "ISOTOPE" in columns.values()
        for name in headers:
            organ = organ_of(name) if alone else None
            dose = (organ,) if organ is not None else None if alone else dose_of(name)
            if dose is not None:
                parts = name_and_units(name)
                cells.setdefault(parts[0][0] if parts and "gy" in bare(parts[0][1]) else name, [*dose])
                entry.used.add(name)
        value, names = "DOSE_GY", ["ORGAN"] if alone else ["ORGAN", "ISOTOPE"]
    if cells:
        for name in [one for one in columns if one in entry.used or columns[one] in {value, *names}]:
            del columns[name]
        entry.fields["long"] = {"value": value, "names": names, "columns": cells}


def _patients(entry: ProposedEntry, sheet: Sheet, columns: Mapping[str, str]) -> None:
    """Propose that patients are filled down, and the centre from the identifier."""
    source = next((name for name, column in columns.items() if column == "SUBJID"), None)
    if source is None:
        return
    texts = sheet.cells[column_name(source)]
    filled = texts.filled()
    if len(filled) and filled[0] and 1 - filled.mean() > _BLANK:
        entry.fields["fill_down"] = [source]
        entry.notes["fill_down", ""] = "patients stand on the first of their rows only; confirm"
    totals = [text for text in texts.used() if bare(text) in words.TOTALS]
    if totals:
        entry.fields["left_out"] = {source: totals}
        entry.notes["left_out", source] = "rows of totals; confirm"
    parted = all(re.fullmatch(r"[0-9A-Za-z]+-.+", text) for text in texts.used() if text)
    if entry.table == "subjects" and "SITEID" not in columns.values() and parted:
        entry.fields["parts"] = {source: "{SITEID}-*"}
        entry.notes["parts", source] = "the centre from the identifier; confirm"


def _limits(entry: ProposedEntry, sheet: Sheet, headers: Sequence[str], table: RawTable) -> None:
    names = [name for name in headers if bare(name) in words.LIMITS]
    if len(names) == 1 and any(column.name == "LLN" for column in table.columns):
        entry.fields["limits"] = names[0]
        entry.used.add(names[0])
        sexes = proposed_sexes(sheet.cells[column_name(names[0])].used())
        if sexes:
            entry.fields["limits_by_sex"] = sexes
            entry.notes["limits_by_sex", ""] = "for whom a range is; confirm"


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
    """Tell of the rows in % whether what they name is measured in %, as blasts are: all, none, or some."""
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


def with_part(entry: ProposedEntry, part: Part, study: Study) -> ProposedEntry:
    """Complete an entry of a part of a sheet with what makes the part of the sheet.

    Parameters
    ----------
    entry
        As :func:`entry_of` gives it for the part.
    part
        The part.
    study
        Whose codes they are.
    """
    fields = dict(part.fields)
    columns = dict(entry.fields.get("columns", {}))  # type: ignore[call-overload]
    codes = dict(entry.fields.get("codes", {}))  # type: ignore[call-overload]
    for target in fields.get("stack", {}):  # type: ignore[attr-defined]
        columns.pop(target, None)
        codes.pop(target, None)
    if part.cycle is not None:
        event, stem = part.cycle
        columns.pop("CYCLE", None)
        codes.pop("CYCLE", None)
        if any(column.name == "CYCLE" for column in study.table(entry.table).columns):
            columns[event] = "CYCLE"
            codes["CYCLE"] = {stem: "T*"}
            entry.notes["columns", event] = "the cycle in the name of the event; confirm"
    date = next((name for name, column in columns.items() if column in _DATES and part.of_project), None)
    if date is not None and "rows" in fields:
        fields["filled"] = [date]
    entry.used |= {name for rest in tuple(entry.used) for name in part.members.get(rest, ())}
    entry.used |= {str(name) for value in fields.values() if isinstance(value, Mapping) for name in value}
    entry.used |= {str(name) for name in columns}
    entry.fields |= {
        **fields,
        "columns": columns,
        "codes": {name: found for name, found in codes.items() if found},
    }
    entry.notes |= part.notes
    if part.called:
        short = {name: of for one, of in part.called.items() for name, _ in name_and_units(one)}
        called = {**short, **part.called}
        units = units_of_analytes(part.called, study)
        entry.fields = {name: _called(value, called) for name, value in entry.fields.items()}
        if "long" in entry.fields and units:
            entry.fields["units"] = {**units, **dict(entry.fields.get("units", {}))}  # type: ignore[call-overload]
        entry.notes |= {
            ("columns", part.called[key]): (
                "by its values; confirm" if key == BY_VALUES else "by the label of the column; confirm"
            )
            for key in columns
            if key in part.called
        }
    return entry


def _called(value: object, names: Mapping[str, str]) -> object:
    """Write the names that columns have in the file in place of their labels."""
    if isinstance(value, Mapping):
        return {names.get(key, key): _called(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_called(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


_DATES = frozenset({"RANDDT", "EXDT", "LBDT", "ASSESSDT", "STARTDT", "DSDT", "LASTDT"})
"""Dates that a record always has: they tell whether its form was filled."""
