"""The proposed entry of a mapping file for one sheet and one table, with what is to be confirmed."""

import re
from collections.abc import Mapping, Sequence

from duonen_stats.raw.intake.reshape.amounts import other_time_in_name
from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.limits_by_sex import proposed_sexes
from duonen_stats.raw.intake.reshape.names import ITEM_UNIT, name_and_units
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest import words
from duonen_stats.raw.suggest.cell_values import add_values
from duonen_stats.raw.suggest.layouts import BY_VALUES, Part
from duonen_stats.raw.suggest.proposed_entry import CONFIRM, ProposedEntry
from duonen_stats.raw.suggest.recognise import (
    activity_of,
    analyte_of,
    bare,
    column_of,
    dose_of,
    organ_of,
)
from duonen_stats.raw.suggest.units_in_names import (
    units_of_analytes,
)
from duonen_stats.raw.suggest.which_table import NUMBERED, columns_of
from duonen_stats.study import RawTable, Study

_BLANK = 0.3
"""If more of the patients are empty than this share, they stand for the value above."""


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
    columns = columns_of(headers, table)
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
    add_values(entry, sheet, headers, table, study, columns)
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
    number = NUMBERED.get(table.name)
    if number is not None and number not in columns.values():
        date = next(one.name for one in table.columns if one.type == "date")
        entry.fields["numbered"] = {number: [date, "TERM"]}
        entry.notes["numbered", number] = "no number of the record in the source; confirm"
    return entry


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
"""Dates that a record always has: they show whether its form was filled."""
