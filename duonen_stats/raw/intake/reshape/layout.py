"""Rows of a source: which of them a table is made of, and columns of a source that become rows of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from duonen_stats.raw.findings import shown
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.reshape.amounts import reads_as_unit
from duonen_stats.raw.intake.reshape.header import column_name
from duonen_stats.raw.intake.reshape.limits_by_sex import ranges_by_sex
from duonen_stats.raw.intake.reshape.names import (
    ITEM_UNIT,
    STAR,
    bare_code,
    column_and_unit,
    is_among,
    is_name,
    name_and_units,
    name_pattern,
    parts_by,
    plain,
)
from duonen_stats.raw.intake.sheet import Sheet, UserMissing
from duonen_stats.raw.intake.texts import Mask, Texts, TextsBuilder, constant, joined, where

UNIT_OF = "unit of "
"""Begins the name of a column that holds the unit of another one, row by row."""
RANGE_OF = "range of "
"""Begins the name of a column that holds the normal range of another one, from a line below the names."""
PART_OF = "part of "
"""Begins the name of a column that is only there to compute another one."""

_BESIDE = (UNIT_OF, RANGE_OF)
Problem = tuple[str, str | None, str | None]
"""What is wrong with a mapping for a source, the column of the table it is about, and the name that is not there."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceRows:
    """Rows of a source on their way to a table: columns by the names the source gives them, in their own spelling.

    ``numbers`` is the line of each row; a line may have several rows.
    """

    cells: Mapping[str, Texts]
    numbers: NDArray[np.int64]
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: tuple[UserMissing, ...] = ()

    def named(self, name: str) -> str | None:
        """Find a column by its name in any case, spaces and underscores alike; ``None`` if there is none."""
        if name in self.cells:
            return name
        return next((one for one in self.cells if is_name(name, one)), None)

    def column(self, name: str) -> Texts | None:
        """Give a column by its name."""
        found = self.named(name)
        return None if found is None else self.cells[found]

    def take(self, rows: NDArray[np.intp] | Mask) -> "SourceRows":
        """Choose rows."""
        cells = {name: texts.take(rows) for name, texts in self.cells.items()}
        return replace(self, cells=cells, numbers=self.numbers[rows])

    def with_column(self, name: str, texts: Texts) -> "SourceRows":
        """Add a column, or replace the one of that name."""
        return replace(self, cells={**self.cells, name: texts})

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.numbers)


def layout_of(sheet: Sheet) -> SourceRows:
    """Take a sheet with the names of its columns as they are written in the file."""
    written: dict[str, str] = {}
    for name in sheet.header:
        written.setdefault(column_name(name), plain(name))
    names = {name: written.get(name, name) for name in sheet.columns}
    ranges = {RANGE_OF + names[name]: texts for name, texts in sheet.ranges.items() if name in names}
    return SourceRows(
        {names[name]: texts for name, texts in sheet.cells.items()} | ranges,
        sheet.numbers,
        {names[name]: found for name, found in sheet.labels.items() if name in names},
        tuple(replace(one, column=names.get(one.column, one.column)) for one in sheet.missing),
    )


def with_same_names(entry: SourceMapping, layout: SourceRows, columns: Collection[str]) -> SourceMapping:
    """Name each column that a pattern such as ``ae_*`` means: those with a name of the table in place of the star."""
    patterns = [name for name, targets in entry.columns.items() if targets == (STAR,)]
    if not patterns:
        return entry
    named = {name: targets for name, targets in entry.columns.items() if name not in patterns}
    taken = {*entry.filled_columns()}
    for pattern in patterns:
        for header in layout.cells:
            if header.startswith(_BESIDE):
                continue
            match = name_pattern(pattern).fullmatch(plain(header))
            target = column_name(match[1]) if match is not None else ""
            if target in columns and target not in taken and not any(is_name(one, header) for one in named):
                named[header] = (target,)
                taken.add(target)
    return replace(entry, columns=named)


def below_titles(sheet: Sheet, name: str, template: str, first: str) -> Texts:
    """Give a column that is taken out of titles: in each row what the last title above it says."""
    take = parts_by(template)
    texts = [first, *((take(title) or {}).get(name, "") for _, title in sheet.titles)]
    starts = np.array([line for line, _ in sheet.titles], dtype=np.int64)
    return TextsBuilder().added(texts).texts().take(np.searchsorted(starts, sheet.numbers))


def filled_down(layout: SourceRows, columns: Sequence[str]) -> SourceRows:
    """Fill empty cells with the value above them."""
    for name in columns:
        found = layout.named(name)
        if found is None:
            continue
        texts = layout.cells[found]
        last = np.maximum.accumulate(np.where(texts.filled(), np.arange(len(texts)), -1))
        if len(last):
            filled = texts.take(
                np.maximum(last, 0)
            )  # above the first value there is nothing, and it stays empty
            layout = layout.with_column(found, where(last >= 0, filled, texts))
    return layout


def carried(layout: SourceRows, columns: Mapping[str, str]) -> tuple[SourceRows, list[Problem]]:
    """Give each row the value that a column has once for all rows with the same value of another one."""
    problems: list[Problem] = []
    for name, within in columns.items():
        found, key = layout.named(name), layout.named(within)
        if found is None or key is None:
            continue
        texts, groups = layout.cells[found], layout.cells[key]
        frame = pd.DataFrame({"group": [*groups], "value": [*texts], "place": np.arange(len(layout))})
        values = frame[(frame["value"] != "") & (frame["group"] != "")].drop_duplicates(["group", "value"])
        several = values[values.duplicated("group", keep=False)]
        if len(several):
            lines = layout.numbers[several["place"].to_numpy()][:2].tolist()
            message = (
                f"{name} has more than one value for the same {within}, first on lines {lines[0]} and {lines[1]}, and "
                "was not carried to other rows of it; correct them, or the mapping."
            )
            problems.append((message, None, None))
        once = values.drop_duplicates("group", keep=False).set_index("group")["place"]
        places = frame["group"].map(once)
        known = places.notna().to_numpy() & ~texts.filled()
        source = np.where(known, places.fillna(0).to_numpy(), frame["place"].to_numpy()).astype(np.intp)
        layout = layout.with_column(found, texts.take(source))
    return layout, problems


def chosen(layout: SourceRows, entry: SourceMapping) -> tuple[SourceRows, dict[int, str]]:
    """Choose the rows of a table.

    Returns
    -------
    layout
        The rows that are chosen.
    why : dict
        By line, why a row is left out by rule. A row that is not chosen has no reason, as another table may have it.
    """
    kept = np.ones(len(layout), dtype=bool)
    for name, values in entry.rows.items():
        texts = layout.column(name)
        kept &= np.zeros(len(layout), dtype=bool) if texts is None else texts.where(is_among(values))
    for names, wanted in ((entry.filled, True), (entry.empty, False)):
        for name in names:
            texts = layout.column(name)
            if texts is not None:
                kept &= texts.filled() == wanted
    why: dict[int, str] = {}
    for name, values in entry.left_out.items():
        texts = layout.column(name)
        if texts is None:
            continue
        out = texts.where(is_among(values))
        for place in np.flatnonzero(out).tolist():
            why[int(layout.numbers[place])] = f"left out by the mapping file: {name} is {texts[place]}"
        kept &= ~out
    return layout.take(kept), why


def stacked(layout: SourceRows, entry: SourceMapping) -> tuple[SourceRows, list[Problem]]:
    """Put groups of columns below each other, each group with its name in a new column.

    A row of a group whose columns are all empty is left out.
    """
    problems: list[Problem] = []
    for target, groups in entry.stack.items():
        taken = {pattern: _members(layout, pattern) for pattern in groups}
        problems += [
            (
                f"The mapping file stacks columns called {pattern}, and there are none; correct the mapping.",
                target,
                pattern,
            )
            for pattern, members in taken.items()
            if not members
        ]
        inside = {name for members in taken.values() for name in members.values()}
        shared = {name: texts for name, texts in layout.cells.items() if name not in inside}
        rests = dict.fromkeys(rest for members in taken.values() for rest in members)
        with_range = {
            rest
            for members in taken.values()
            for rest, name in members.items()
            if RANGE_OF + name in layout.cells
        }
        blocks = []
        for pattern, members in taken.items():
            own = {rest: layout.cells[members[rest]] for rest in members}
            if not own:
                continue
            filled = np.logical_or.reduce([texts.filled() for texts in own.values()])
            empty = constant("", len(layout))
            cells = {**shared, **{rest: own.get(rest, empty) for rest in rests}}
            for rest in with_range:
                cells[RANGE_OF + rest] = layout.cells.get(RANGE_OF + members.get(rest, ""), empty)
            cells[target] = constant(groups[pattern], len(layout))
            blocks.append((SourceRows(cells, layout.numbers), filled))
        renamed = {old: rest for members in taken.values() for rest, old in members.items()}
        layout = _below_each_other(layout, blocks, renamed)
    return layout, problems


def _members(layout: SourceRows, pattern: str) -> dict[str, str]:
    """Find the columns of a group: the name without what is common to the group, and the whole name."""
    compiled = name_pattern(pattern)
    found = (
        (compiled.fullmatch(plain(name)), name) for name in layout.cells if not name.startswith(RANGE_OF)
    )
    return {match[1].strip(" _"): name for match, name in found if match is not None and match[1].strip(" _")}


@dataclass(frozen=True, slots=True)
class ColumnUnit:
    """A column of the source that is meant by a name in the mapping file, and the unit that its name states."""

    name: str
    unit: str


def meant(layout: SourceRows, name: str, is_unit: Callable[[str], bool]) -> list[ColumnUnit]:
    """Find the columns that a name in the mapping file means: of one with and of one without unit in it, both."""
    found = []
    for one in layout.cells:
        matches, unit = column_and_unit(name, one, is_unit)
        if matches and not one.startswith(_BESIDE):
            found.append(ColumnUnit(one, unit))
    exact = [one for one in found if is_name(name, one.name)]
    # A name that is written in full means that column only.
    return exact if exact and STAR not in name else found


def other_unit(name: str, *, of_result: bool) -> str:
    """Give the unit in brackets behind the name of a column, of something else than the column is to hold.

    A column that the mapping file names in full is taken whatever its unit; but that is not lost, so that it is found.
    Square brackets behind the name of a laboratory result always hold its unit.
    """
    found = [unit for _, unit in name_and_units(name) if name.rstrip().endswith(("]", ")"))]
    square = of_result and name.rstrip().endswith("]")
    return next((unit for unit in found if unit and (square or reads_as_unit(unit))), "")


def one_column(layout: SourceRows, found: list[ColumnUnit]) -> tuple[SourceRows, list[ColumnUnit]]:
    """Make one column of several that differ in their unit, if no row has more than one of them."""
    filled = [layout.cells[one.name].filled() for one in found]
    if len(found) <= 1 or (np.sum(filled, axis=0) > 1).any():
        return layout, found
    texts, units = layout.cells[found[0].name], constant(found[0].unit, len(layout))
    ranges = range_of(layout, found[0].name)
    for one, rows in zip(found[1:], filled[1:], strict=True):
        texts = where(rows, layout.cells[one.name], texts)
        units = where(rows, constant(one.unit, len(layout)), units)
        ranges = where(rows, range_of(layout, one.name), ranges)
    whole = found[0].name
    layout = layout.with_column(whole, texts).with_column(UNIT_OF + whole, units)
    return layout.with_column(RANGE_OF + whole, ranges), [ColumnUnit(whole, "")]


def range_of(layout: SourceRows, name: str) -> Texts:
    """Give the normal range of a column row by row, empty where no line has one."""
    return layout.cells.get(RANGE_OF + name) or constant("", len(layout))


def not_there(layout: SourceRows, name: str) -> str:
    """Say that a column is not there, and which one may be meant."""
    message = f"The mapping file names a column {shown(name)}, which is not there"
    named = [one for one in layout.cells if not one.startswith(_BESIDE)]
    other = next((one for one in named if column_and_unit(name, one, lambda _: True)[0]), None)
    if other is not None:
        return (
            f"{message}; {shown(other)} is, but not in a unit of what it is to become. Correct the mapping."
        )
    alike = get_close_matches(plain(name).casefold(), [one.casefold() for one in named], n=1)
    meant_by = next((one for one in named if alike and one.casefold() == alike[0]), None)
    hint = f"; did you mean {shown(meant_by)}? Correct the mapping." if meant_by else "; correct the mapping."
    return message + hint


def unit_column(layout: SourceRows, name: str) -> Texts | None:
    """Find the column with the units of a column, as a source with units of its own gives them."""
    return layout.column(f"{name}{ITEM_UNIT}")


def is_unit_column(name: str, columns: Collection[str]) -> bool:
    """Whether a column has the units of one of these."""
    return name.endswith(ITEM_UNIT) and name.removesuffix(ITEM_UNIT) in columns


def lengthened(
    layout: SourceRows,
    entry: SourceMapping,
    is_unit: Callable[[str, tuple[str, ...]], bool],
    known: Collection[str] = (),
) -> tuple[SourceRows, list[Problem]]:
    """Make each filled cell of certain columns a row of its own.

    Parameters
    ----------
    layout
        Rows of the source.
    entry
        Whose ``long`` says which columns they are.
    is_unit
        Whether a text is a unit of what is named so.
    known
        The codes of the only column that names become, if there is one, and it has codes.

    Returns
    -------
    layout
        The other columns, and those of the table that ``long`` fills: names, value, and its unit under a name that
        begins with ``UNIT_OF``.
    problems
        Columns that are not there.
    """
    long = entry.long
    if long is None:
        return layout, []
    problems: list[Problem] = []
    columns: list[tuple[ColumnUnit, tuple[str, ...], str]] = []
    plain_names = {name: codes for name, codes in long.columns.items() if codes != (STAR,) or not known}
    by_code = {code for codes in plain_names.values() for code in codes}
    for pattern in (name for name in long.columns if name not in plain_names):
        for name, code in _called_as_codes(layout, pattern, known):
            found = meant(layout, name, lambda unit, code=code: is_unit(unit, (code,)))  # type: ignore[misc]
            columns += [(one, (code,), name) for one in found if code not in by_code]
    for name, codes in plain_names.items():
        found = meant(layout, name, lambda unit, codes=codes: is_unit(unit, codes))  # type: ignore[misc]
        if not found:
            problems.append((not_there(layout, name), long.value, name))
        columns += [(one, _starred(codes, name, one.name), name) for one in found]
    inside = {one.name for one, _, _ in columns}
    beside = {RANGE_OF + name for name in inside}
    shared = {name: texts for name, texts in layout.cells.items() if name not in inside | beside}
    blocks = []
    for one, codes, name in columns:
        texts = layout.cells[one.name]
        units = _units(layout, entry, one, (name, one.name, *codes), long.value)
        cells = {**shared, long.value: texts, UNIT_OF + long.value: units}
        cells[RANGE_OF + long.value] = range_of(layout, one.name)
        cells |= {target: constant(code, len(layout)) for target, code in zip(long.names, codes, strict=True)}
        # A cell that is known to have been left empty for a reason is a row, too.
        reported = [known.line for known in layout.missing if known.column == one.name]
        blocks.append((SourceRows(cells, layout.numbers), texts.filled() | np.isin(layout.numbers, reported)))
    # The codes of a line come in the order of the rows that it becomes.
    order = {one.name: number for number, (one, _, _) in enumerate(columns)}
    missing = sorted(layout.missing, key=lambda known: (known.line, order.get(known.column, -1)))
    layout = replace(layout, missing=tuple(missing))
    return _below_each_other(layout, blocks, dict.fromkeys(inside, long.value)), problems


def by_sex(layout: SourceRows, ranges: str, sexes: Mapping[str, str | None]) -> SourceRows:
    """Make a cell with a reference range for each sex a row for each, with the sex in a column ``SEX``."""
    found = layout.named(ranges)
    if found is None:
        return layout
    texts = layout.cells[found]
    # A cell that cannot be taken apart stays as it is, and cannot be read later.
    parts = {text: ranges_by_sex(text, sexes) or {"": text} for text in texts.used()}
    blocks = []
    for sex in ("", *dict.fromkeys(code for code in sexes.values() if code)):
        has = texts.where(lambda text, sex=sex: sex in parts.get(text, {}))  # type: ignore[misc]
        own = texts.changed(lambda text, sex=sex: parts.get(text, {}).get(sex, ""))  # type: ignore[misc]
        cells = {**layout.cells, found: own}
        if sex or layout.named("SEX") is None:
            cells["SEX"] = constant(sex, len(layout))
        blocks.append((SourceRows(cells, layout.numbers), has))
    return _below_each_other(layout, blocks, {})


def _called_as_codes(layout: SourceRows, pattern: str, codes: Collection[str]) -> dict[tuple[str, str], None]:
    """List the names, without units, whose part that the star stands for is a code in any case, with that code."""
    bare = {bare_code(code): code for code in codes}
    compiled = name_pattern(pattern)
    found: dict[tuple[str, str], None] = {}
    for header in layout.cells:
        for name in (header, *(name for name, _ in name_and_units(header))):
            match = compiled.fullmatch(plain(name))
            if match is not None and bare_code(match[1]) in bare:
                found[name, bare[bare_code(match[1])]] = None
    return found


def _starred(codes: tuple[str, ...], name: str, header: str) -> tuple[str, ...]:
    """Put what the star of a name stands for in the place of a star in its codes: a column may be called by a date."""
    match = name_pattern(name).fullmatch(plain(header)) if STAR in name else None
    return codes if match is None else tuple(code.replace(STAR, match[1]) for code in codes)


def _units(
    layout: SourceRows, entry: SourceMapping, one: ColumnUnit, keys: Sequence[str], value: str
) -> Texts:
    """Give the unit of each row of a column: stated, in a column of its own, or in the name of the column."""
    for key in keys:
        if key in entry.units:
            return constant(entry.units[key], len(layout))
        own = layout.column(entry.unit_columns[key]) if key in entry.unit_columns else None
        if own is not None:
            return own
    own = unit_column(layout, one.name)
    if own is None and not one.unit and value not in entry.factors:
        return constant(other_unit(one.name, of_result=value == "VALUE"), len(layout))
    return own or constant(one.unit, len(layout))


def _below_each_other(
    layout: SourceRows, blocks: Sequence[tuple[SourceRows, Mask]], renamed: Mapping[str, str]
) -> SourceRows:
    """Join the rows of blocks that are filled, in the order of the lines."""
    if not blocks:
        return layout.take(np.zeros(len(layout), dtype=bool))
    places = [np.flatnonzero(filled) for _, filled in blocks]
    order = np.lexsort((np.repeat(np.arange(len(blocks)), [*map(len, places)]), np.concatenate(places)))
    cells = {}
    for name in blocks[0][0].cells:
        parts = [block.cells[name].take(rows) for (block, _), rows in zip(blocks, places, strict=True)]
        cells[name] = joined(parts).take(order)
    labels: dict[str, dict[str, str]] = {}
    for name, found in layout.labels.items():
        labels[renamed.get(name, name)] = {**labels.get(renamed.get(name, name), {}), **found}
    return SourceRows(
        cells,
        np.concatenate([layout.numbers[rows] for rows in places])[order],
        labels,
        tuple(replace(one, column=renamed.get(one.column, one.column)) for one in layout.missing),
    )
