"""A source in the layout of a raw table: its rows chosen, its columns named, its codes those of the dictionary."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from duonen_stats.raw.findings import CheckRule, Finding, shown
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.reshape.amounts import amount_factor, other_time_in_name
from duonen_stats.raw.intake.reshape.coded_cells import Coded, coded_cells, rows_of_codes
from duonen_stats.raw.intake.reshape.layout import (
    PART_OF,
    UNIT_OF,
    SourceRows,
    below_titles,
    by_sex,
    carried,
    chosen,
    filled_down,
    is_unit_column,
    layout_of,
    lengthened,
    meant,
    not_there,
    one_column,
    other_unit,
    range_of,
    stacked,
    unit_column,
    with_same_names,
)
from duonen_stats.raw.intake.reshape.limits import UNLIKE, split_ranges
from duonen_stats.raw.intake.reshape.names import (
    fields_of,
    is_among,
    is_name,
    joined_columns,
    joining,
    parts_by,
)
from duonen_stats.raw.intake.reshape.unmet import NamedValues, chosen_values
from duonen_stats.raw.intake.sheet import Converted, Sheet
from duonen_stats.raw.intake.texts import Texts, combined, constant, first_filled, where
from duonen_stats.raw.questions import CONFIRM_NOT_NEEDED, EXPORT_AGAIN
from duonen_stats.study import RawColumn, RawTable, Study
from duonen_stats.study.unit_spelling import unit_readings

MAPPED = CheckRule(
    "RD-MAPPING",
    "error",
    "The mapping file names a column that is not in its source, or two become one.",
    question=EXPORT_AGAIN,
)
NOVALUE = CheckRule(
    "RD-NOVALUE",
    "note",
    "An optional item that the mapping file names has no value in a file that holds only items with one.",
    question=CONFIRM_NOT_NEEDED,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reshaped:
    """A sheet with the names of a table, whose findings are those of the reshaping alone.

    ``used`` are the columns of the source that it took, by the names in the file; ``left_out`` says by line why a row
    was left out by rule. ``lacking`` has the findings about columns that would become rows and are not there, by their
    names in the mapping file: of several sources of one entry, some may be without them. ``named`` are the values that
    the mapping file names, held against those of the source.
    """

    sheet: Sheet
    used: frozenset[str]
    left_out: Mapping[int, str]
    lacking: Mapping[str, Finding] = field(default_factory=dict)
    named: tuple[NamedValues, ...] = ()


def reshaped(
    sheet: Sheet,
    entry: SourceMapping,
    table: RawTable,
    study: Study,
    constants: Mapping[str, str] | None = None,
) -> Reshaped:
    """Bring a source into the layout of a table.

    Parameters
    ----------
    sheet
        As its reader gave it.
    entry
        What the mapping file says of it.
    table
        The table it becomes.
    study
        Whose analytes and units are meant.
    constants
        Texts of columns that the names of file and worksheet gave.

    Returns
    -------
    Reshaped
        A column that the mapping names and the source does not have, and one that would get the name of another, is a
        finding. Amounts are still in the units they came in; see :func:`~.finish.finished`.
    """
    if not sheet.columns:
        return Reshaped(sheet=replace(sheet, findings=()), used=frozenset(), left_out={})
    return _Reshaping(sheet, entry, table, study).done(constants or {})


class _Reshaping:
    """One source on its way to one table."""

    def __init__(self, sheet: Sheet, entry: SourceMapping, table: RawTable, study: Study) -> None:
        self._sheet = sheet
        self._entry = entry
        self._table = table
        self._study = study
        self._columns = {column.name: column for column in table.columns}
        self._findings: list[Finding] = []
        self._converted: list[Converted] = []
        self._used: set[str] = set()
        self._sources: dict[str, str] = {}
        """Column of the source by that of the table, where there is one."""
        self._units: dict[str, Texts] = {}
        self._ranges: dict[str, Texts] = {}
        self._gone: set[str] = set()
        self._named: list[NamedValues] = []

    def done(self, constants: Mapping[str, str]) -> Reshaped:
        entry = self._entry
        whole = layout_of(self._sheet)
        for name, text in constants.items():
            if whole.named(name) is None:  # other columns may be put together with it
                title = (entry.title or "") if name in self._titled() else ""
                rows = below_titles(self._sheet, name, title, text) if title else constant(text, len(whole))
                whole = whole.with_column(name, rows)
        self._entry = entry = with_same_names(entry, whole, self._columns)
        self._find_columns(whole)
        layout, carry_problems = carried(filled_down(whole, entry.fill_down), entry.carry)
        self._named += chosen_values(layout, entry)
        layout, left_out = chosen(layout, entry)
        lines = {*layout.numbers.tolist()}
        layout, stack_problems = stacked(layout, entry)
        layout, long_problems = lengthened(layout, entry, self._is_unit_of_codes, self._codes_of_names())
        if entry.limits and entry.limits_by_sex and "SEX" in self._columns:
            layout = by_sex(layout, entry.limits, entry.limits_by_sex)
        lacking: dict[str, Finding] = {}
        for message, column, gone in (*carry_problems, *stack_problems, *long_problems):
            if gone is not None and entry.is_optional(gone):
                continue
            found = MAPPED.found(self._table.name, message, row=1, column=column)
            self._findings.append(found)
            if gone is not None:
                lacking[gone] = found
        self._used |= {name for name in whole.cells if name not in layout.cells}
        below = {name for name in constants if name in self._titled() and name in layout.cells}
        same = {name: text for name, text in constants.items() if name not in below}
        cells = self._cells(layout, {**entry.constants, **same})
        cells |= {name: layout.cells[name] for name in below if name in self._columns}
        coded = {name: self._coded(name, texts, layout) for name, texts in cells.items()}
        self._named += [one.named for one in coded.values() if one.named is not None]
        self._converted += [change for one in coded.values() for change in one.converted]
        kept = rows_of_codes({name: one.texts for name, one in coded.items()}, layout, entry, self._table)
        self._findings += kept.findings
        cells, layout, left_out = kept.cells, kept.layout, {**kept.left_out, **left_out}
        missing = tuple(
            replace(one, column=target)
            for one in layout.missing
            for target, source in self._sources.items()
            if one.column == source and one.line in lines
        )
        sheet = Sheet(
            cells=cells,
            numbers=layout.numbers,
            lines=self._sheet.lines,
            findings=tuple(self._findings),
            header=self._sheet.header,
            form=self._sheet.form,
            converted=tuple(self._converted),
            typed=self._sheet.typed,
            labels={
                target: layout.labels[source]
                for target, source in self._sources.items()
                if source in layout.labels
            },
            missing=missing,
        )
        units = {name for name in whole.cells if is_unit_column(name, self._used)}
        return Reshaped(
            sheet=sheet,
            used=frozenset(self._used | units),
            left_out=left_out,
            lacking=lacking,
            named=tuple(self._named),
        )

    def _titled(self) -> tuple[str, ...]:
        """List the columns that are taken out of several titles."""
        return fields_of(self._entry.title) if self._entry.title and self._sheet.titles else ()

    def _absent(self, message: str, column: str | None = None) -> None:
        self._findings.append(MAPPED.found(self._table.name, message, row=1, column=column))

    def _find_columns(self, layout: SourceRows) -> None:
        """Report the columns that decide on rows, or are taken as a whole, and are not there."""
        entry = self._entry
        taken = [*entry.columns, *(name for names in entry.difference.values() for name in names)]
        taken += [*entry.long.columns] if entry.long else []
        if entry.stack:  # they may be members of the groups, which are looked for where they are taken
            taken += [*([entry.limits] if entry.limits else []), *entry.parts]
        for name in entry.source_columns():
            found = layout.named(name)
            if found is not None:
                self._used.add(found)
            elif name not in taken:
                self._gone.add(name)
                if not entry.is_optional(name):
                    self._absent(not_there(layout, name))

    def _codes_of_names(self) -> set[str]:
        """List the codes that names of columns become, if it is one column and has codes."""
        long = self._entry.long
        column = self._columns.get(long.names[0]) if long is not None and len(long.names) == 1 else None
        return set() if column is None else column.code_names(())

    def _is_unit_of_codes(self, unit: str, codes: tuple[str, ...]) -> bool:
        """Whether a text behind a name is a unit of what the codes of a long column name."""
        analytes = [one for one in self._study.all_analytes if one.code in codes]
        if analytes:
            return analytes[0].known_factor(unit) is not None
        long = self._entry.long
        return long is not None and self._is_unit(unit, self._columns[long.value])

    def _is_unit(self, unit: str, column: RawColumn) -> bool:
        if column.unit is not None:
            return unit == column.unit or amount_factor(unit, column.unit) is not None
        return column.type == "number" and bool(unit_readings(unit))

    # The columns of the table.

    def _cells(self, layout: SourceRows, constants: Mapping[str, str]) -> dict[str, Texts]:
        rows = len(layout)
        cells: dict[str, Texts] = {}
        for source, targets in self._entry.columns.items():
            for target in targets:
                texts = self._taken(layout, source, target)
                if texts is not None:
                    cells[target] = texts
        cells |= self._made_rows(layout)
        cells |= {name: constant(text, rows) for name, text in constants.items() if name in self._columns}
        cells |= self._made_of_several(layout)
        for source, template in self._entry.parts.items():
            cells |= self._parts(layout, source, template)
        below = self._entry.limits_line is not None and {"VALUE", "LLN"} <= self._columns.keys()
        if self._entry.limits is not None or below:
            cells |= self._limits(layout, cells)
        cells |= self._to_compute(layout)
        self._take_others(layout, cells)
        for target, choice in self._entry.only.items():
            if target in cells:
                kept = np.ones(rows, dtype=bool)
                for name, values in choice.items():
                    kept &= self._source(layout, name, target).where(is_among(values))
                cells[target] = where(kept, cells[target], constant("", rows))
        # A table of which the source has no row is without rows, whatever columns it would need.
        empty = [column.name for column in self._table.columns if column.missing == "allowed" or not rows]
        return {name: constant("", rows) for name in (*empty, *self._derived())} | cells

    def _made_rows(self, layout: SourceRows) -> dict[str, Texts]:
        """Take the columns that were made of names of columns."""
        names = [*self._entry.stack]
        long = self._entry.long
        if long is not None:
            names += [long.value, *long.names]
            self._sources[long.value] = long.value
            units = layout.cells.get(UNIT_OF + long.value)
            if units is not None:
                self._units[long.value] = units
        return {name: layout.cells[name] for name in names if name in layout.cells}

    def _limits(self, layout: SourceRows, cells: Mapping[str, Texts]) -> dict[str, Texts]:
        """Take the normal ranges of the rows apart: of a column, or of a line below the names of the columns."""
        rows, line = len(layout), self._entry.limits_line
        units = cells.get("UNIT") or self._units.get("VALUE") or layout.column("UNIT") or constant("", rows)
        # Of a table with a column for it, each row is of one sex already.
        sexes = {} if "SEX" in self._columns else self._entry.limits_by_sex
        if self._entry.limits is not None:
            texts = self._source(layout, self._entry.limits, "LLN")
        else:
            texts = self._ranges.get("VALUE") or range_of(layout, layout.named("VALUE") or "")
            if rows and not texts.filled().any():
                self._absent(
                    f"Line {line} has no normal range below the name of a column of values; correct the mapping.",
                    "LLN",
                )
        own = line if self._entry.block is None else None
        limits, found = split_ranges(texts, units, layout.numbers, self._table.name, sexes, line=own)
        self._findings += found
        return limits

    def _made_of_several(self, layout: SourceRows) -> dict[str, Texts]:
        """Write columns behind each other, or take the first that is filled."""
        cells = {}
        for target, names in self._entry.join.items():
            texts = [self._source(layout, name, target) for name in joined_columns(names)]
            cells[target] = combined(texts, joining(names))
        for target, names in self._entry.first.items():
            cells[target] = first_filled([self._source(layout, name, target) for name in names])
        return cells

    def _to_compute(self, layout: SourceRows) -> dict[str, Texts]:
        """Take the columns that others are computed of, under names of their own."""
        cells = {}
        for target, names in self._entry.difference.items():
            for place, name in enumerate(names):
                part = f"{PART_OF}{target} {place}"
                taken = self._taken(layout, name, part, like=target)
                cells[part] = constant("", len(layout)) if taken is None else taken
        if self._entry.age is not None:
            cells[f"{PART_OF}AGE 0"] = self._source(layout, self._entry.age.birth, "AGE")
            if self._entry.age.on not in self._columns:
                cells[f"{PART_OF}AGE 1"] = self._source(layout, self._entry.age.on, "AGE")
        return cells

    def _derived(self) -> tuple[str, ...]:
        entry = self._entry
        names = [*entry.difference, *entry.numbered]
        return (*names, *(["AGE"] if entry.age else []), *(["VISIT"] if entry.visit else []))

    def _source(self, layout: SourceRows, name: str, target: str) -> Texts:
        """Give a column of the source, or an empty one if it is not there, which is a finding."""
        found = layout.named(name)
        if found is None:
            if name not in self._gone and not self._entry.is_optional(name):
                self._absent(not_there(layout, name), target)
            self._gone.add(name)
            return constant("", len(layout))
        self._used.add(found)
        return layout.cells[found]

    def _taken(
        self, layout: SourceRows, source: str, target: str, *, like: str | None = None
    ) -> Texts | None:
        """Give a column of the source under the name of the table, and note the unit in its name."""
        column = self._columns[like or target]
        named = meant(layout, source, lambda unit: self._is_unit(unit, column))
        if not named and column.missing == "allowed" and self._sheet.form.get("format") == "CDISC ODM-XML":
            message = f"{shown(source)} has no value in the file; {column.name} is empty. Check that the name is right."
            self._findings.append(NOVALUE.found(self._table.name, message, row=1, column=column.name))
            return None
        if not named and self._entry.is_optional(source):
            return constant("", len(layout))
        layout, found = one_column(layout, named)
        if len(found) != 1:
            names = " and ".join(shown(one.name) for one in found)
            message = (
                f"{shown(source)} of the mapping file may be {names}, which are filled in the same row; name one of "
                "them in full."
                if found
                else not_there(layout, source)
            )
            self._absent(message, like or target)
            return None
        self._used |= {one.name for one in named}
        (one,) = found
        rival = None if like or is_name(target, one.name) else layout.column(target)
        # In an export of a whole project a column of that name may belong to other rows: then it is empty here.
        if (
            rival is not None
            and rival.filled().any()
            and not any(is_name(name, target) for name in self._entry.columns)
        ):
            self._absent(
                f"{shown(source)} becomes {target}, but there is a column of that name; map or delete it.",
                target,
            )
        self._used.add(one.name)
        self._sources[target] = one.name
        self._ranges[target] = range_of(layout, one.name)
        entry = self._entry
        units = next(
            (
                constant(entry.units[key], len(layout))
                for key in (like or target, source, one.name)
                if key in entry.units
            ),
            None,
        )
        for key in (like or target, source):
            if units is None and key in entry.unit_columns:
                units = self._source(layout, entry.unit_columns[key], target)
        units = units or layout.cells.get(UNIT_OF + one.name) or unit_column(layout, one.name)
        if units is None and not one.unit and target not in entry.factors:
            self._ask_for_unit(one.name, target)
        unit = one.unit
        if not unit and column.unit is not None and target not in entry.factors:
            unit = other_unit(one.name, of_result=False)
        units = units or constant(unit, len(layout))
        self._units[target] = units
        return layout.cells[one.name]

    def _ask_for_unit(self, name: str, target: str) -> None:
        """Find a column whose name speaks of another unit of time than the dictionary's, and no unit is stated."""
        column = next((one for one in self._table.columns if one.name == target), None)
        said = None if column is None or column.unit is None else other_time_in_name(name, column.unit)
        if column is not None and said is not None:
            message = (
                f"The name of {shown(name)} says {said}, and {target} is in {column.unit}; state which it is: "
                f"units: {{{target}: {said}}}, or {column.unit}."
            )
            self._findings.append(MAPPED.found(self._table.name, message, row=1, column=target))

    def _parts(self, layout: SourceRows, source: str, template: str) -> dict[str, Texts]:
        """Take columns out of the texts of one."""
        texts = self._source(layout, source, source)
        found = {text: parts_by(template)(text) for text in texts.used() if text}
        unlike = [text for text, parts in found.items() if parts is None]
        if unlike:
            lines = layout.numbers[texts.among(unlike)].tolist()
            message = (
                f"{len(lines)} texts of {shown(source)} are not of the form {template}, such as {shown(unlike[0])}; "
                "correct them, or the mapping."
            )
            self._findings.append(UNLIKE.found(self._table.name, message, row=lines[0]))
        return {
            name: texts.changed(lambda text, name=name: (found.get(text) or {}).get(name, ""))  # type: ignore[misc]
            for name in fields_of(template)
        }

    def _take_others(self, layout: SourceRows, cells: dict[str, Texts]) -> None:
        """Take columns that have the table's name already, and the units of all."""
        derived = self._derived()
        for column in self._table.columns:
            found = layout.named(column.name)
            if column.name not in cells and column.name not in derived and found is not None:
                cells[column.name] = layout.cells[found]
                self._used.add(found)
                self._sources[column.name] = found
                if column.name in self._entry.units:
                    self._units[column.name] = constant(self._entry.units[column.name], len(layout))
        for target, units in self._units.items():
            if target == "VALUE" and "UNIT" in self._columns and "UNIT" not in cells:
                cells["UNIT"] = units
            elif target not in self._columns or self._columns[target].unit is not None:
                cells[UNIT_OF + target] = units

    def _coded(self, name: str, texts: Texts, layout: SourceRows) -> Coded:
        labels = layout.labels.get(self._sources.get(name, ""), {})
        return coded_cells(name, texts, self._columns.get(name), self._entry.codes.get(name, {}), labels)
