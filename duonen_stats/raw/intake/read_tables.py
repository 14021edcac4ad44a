"""Every source of a cut, read and brought into the tables it feeds, with an account of each of its lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from duonen_stats.raw.findings import Finding, first_few, shown
from duonen_stats.raw.intake.convert import ROW, UNKNOWN, typed_table
from duonen_stats.raw.intake.forms import in_standard_form
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.readers.spreadsheets.grid import ERRORCELL, FORMULA
from duonen_stats.raw.intake.reshape.apply import MAPPED, Reshaped, reshaped
from duonen_stats.raw.intake.reshape.blocks import OUTSIDE
from duonen_stats.raw.intake.reshape.cell_ranges import with_cell_parts
from duonen_stats.raw.intake.reshape.cell_units import with_spelt_units
from duonen_stats.raw.intake.reshape.derived import with_numbers, with_visits
from duonen_stats.raw.intake.reshape.finish import finished, with_own_units, with_parts
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.reshape.layout import PART_OF
from duonen_stats.raw.intake.reshape.limits import with_limits_of_sex
from duonen_stats.raw.intake.reshape.names import plain
from duonen_stats.raw.intake.reshape.unmet import NamedValues, unmet_findings
from duonen_stats.raw.intake.sheet import Converted, Sheet
from duonen_stats.raw.intake.sources import FILE, Source, in_conflict
from duonen_stats.raw.intake.texts import constant
from duonen_stats.raw.left_out import NO_TABLE, NOT_CHOSEN, TWO_FILES, SetAside, unread_records
from duonen_stats.raw.source_file import SourceFile
from duonen_stats.study import RawTable, Study


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadTables:
    """What was read of all sources: typed tables, intake records, findings, and lines that are in no table.

    ``places`` says for each table that has several sources which lines of which of them its records stand on:
    ``_ROW``, ``SUBJID`` and ``SOURCE``.
    """

    tables: Mapping[str, pd.DataFrame]
    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...]
    set_aside: tuple[SetAside, ...]
    places: Mapping[str, pd.DataFrame]


@dataclass(slots=True, kw_only=True, eq=False)
class _Reading:
    """One source as it is read: its sheet, what each of its tables took of it, and what was found wrong."""

    source: Source
    sheet: Sheet
    digest: str = ""
    parts: list[tuple[str, Sheet, SourceMapping | None]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    lacking: list[Mapping[str, Finding]] = field(default_factory=list)
    """By part the findings about columns that would become rows and are not there."""
    named: list[tuple[NamedValues, ...]] = field(default_factory=list)
    """By part the values that the mapping file names, held against those of the source."""
    others: tuple[str, ...] = ()
    """Its filled columns that no entry of the mapping file makes use of."""
    opened: bool = True


def read_tables(
    sources: Sequence[Source],
    narrow: Study,
    study: Study,
    missing: Mapping[str, str | None] | None = None,
) -> ReadTables:
    """Read sources into the raw tables.

    Parameters
    ----------
    sources
        Where tables come from.
    narrow
        The tables and columns that are wanted.
    study
        The whole dictionary, by which sources are understood.
    missing
        Words and codes for a missing value in every source, with their reasons.

    Returns
    -------
    ReadTables
        Every table of ``narrow``, empty if it has no source, or two that the mapping file does not both name.
        For each source: lines read = lines used + lines set aside.
    """
    wanted = {table.name: table for table in narrow.tables}
    readings = [
        _read(source, wanted, study, missing) for source in sources if wanted.keys() & {*source.tables}
    ]
    _allow_gaps(readings)
    _give_limits_of_sex(readings)
    findings: list[Finding] = [*_unmet(readings, study)]
    tables: dict[str, pd.DataFrame] = {}
    made_by: dict[str, list[tuple[int, SourceMapping | None]]] = {}
    places: dict[str, pd.DataFrame] = {}
    for table in narrow.tables:
        parts = [(one, part) for one in readings for part in one.parts if part[0] == table.name]
        if in_conflict(sources, table.name):
            parts = []
        frames = []
        for reading, (_, sheet, _) in parts:
            frame, found = typed_table(sheet, table)
            frames.append(frame)
            findings += _located((*sheet.findings, *found), reading, several=len(parts) > 1)
        tables[table.name] = _below(frames) if frames else typed_table(Sheet(), table)[0]
        if len(parts) > 1:
            places[table.name] = _places(frames, [reading.source.shown for reading, _ in parts])
        made_by[table.name] = [
            (len(frame), entry) for frame, (_, (_, _, entry)) in zip(frames, parts, strict=True)
        ]
    tables = _derived(tables, made_by, study)
    aside: list[SetAside] = []
    files = []
    for reading in readings:
        if not all(in_conflict(sources, name) for name in reading.source.tables):
            findings += reading.findings
        if reading.opened:
            lost = [*_not_used(reading, sources)]
            aside += lost
            files.append(_file(reading, reading.sheet.lines - len(lost)))
    order = [*wanted]
    files.sort(key=lambda one: order.index(one.table.partition(", ")[0]))
    return ReadTables(
        tables=tables, files=tuple(files), findings=tuple(findings), set_aside=tuple(aside), places=places
    )


def _places(frames: Sequence[pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """List the lines of the records of a table, each with the source it is in."""
    parts = [
        frame.reindex(columns=[ROW, "SUBJID"]).assign(SOURCE=name)
        for frame, name in zip(frames, names, strict=True)
    ]
    return pd.concat(parts, ignore_index=True).drop_duplicates()


def _derived(
    tables: Mapping[str, pd.DataFrame],
    made_by: Mapping[str, Sequence[tuple[int, SourceMapping | None]]],
    study: Study,
) -> dict[str, pd.DataFrame]:
    """Fill the columns that the mapping file derives from typed tables."""
    out = dict(tables)
    for name, parts in made_by.items():
        lengths = [length for length, _ in parts]
        for column, by in dict.fromkeys(
            (column, by) for _, entry in parts if entry for column, by in entry.numbered.items()
        ):
            numbered = [entry is not None and column in entry.numbered for _, entry in parts]
            out[name] = with_numbers(out[name], np.repeat(numbered, lengths), column, by)
        by_date = [entry is not None and entry.visit is not None for _, entry in parts]
        if any(by_date) and {"LBDT", "VISIT"} <= {*out[name].columns} and "administrations" in out:
            rows = np.repeat(by_date, lengths) & out[name]["VISIT"].isna().to_numpy()
            out[name] = with_visits(out[name], rows, out["administrations"], study)
    return out


def _below(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    filled = [frame for frame in frames if len(frame)] or [frames[0]]
    return pd.concat(filled, ignore_index=True).astype(frames[0].dtypes.to_dict())


def _read(
    source: Source,
    wanted: Mapping[str, RawTable],
    study: Study,
    missing: Mapping[str, str | None] | None,
) -> _Reading:
    entries = [one for one in source.entries if one.table in wanted]
    first = entries[0].table if entries else source.table
    whole = study.table(first)
    sheets: dict[object, tuple[Sheet, str]] = {}
    try:
        for stated in [one.stated(whole) for one in entries] or [_standard(whole)]:
            key = _how(stated)
            if key not in sheets:
                sheets[key] = source.read(
                    _of_all(source.entries, study, whole, stated) if entries else stated
                )
    except OSError as error:
        message = f"{source.name} cannot be opened ({error.strerror}); check what it is and who may read it."
        return _Reading(source=source, sheet=Sheet(), findings=[FILE.found(first, message)], opened=False)
    sheet, digest = next(iter(sheets.values()))
    if sheet.own is not None:
        sheet = _account([one for one, _ in sheets.values()])
    reading = _Reading(source=source, sheet=sheet, digest=digest, findings=[*sheet.findings])
    if not source.entries:
        table = wanted[source.table]
        part = with_cell_parts(replace(sheet, findings=()), table)
        part = with_own_units(in_standard_form(part, table, missing=missing), table)
        reading.parts.append((source.table, part, None))
        return reading
    reading.findings = [_in_dictionary(one, entries, wanted) for one in reading.findings]
    used: dict[object, set[str]] = {}
    reading.left_out |= dict.fromkeys(_beyond(reading.findings), NO_TABLE)
    for entry in entries:
        key = _how(entry.stated(whole))
        own, _ = sheets[key]
        table = study.table(entry.table)
        found = _reshaped(own, entry, table, study, source, missing)
        used.setdefault(key, set()).update(found.used)
        for line, why in found.left_out.items():
            reading.left_out.setdefault(line, why)
        reading.parts.append((entry.table, found.sheet, entry))
        reading.lacking.append(found.lacking)
        reading.named.append(found.named)
    taken = {line for _, part, _ in reading.parts for line in part.numbers.tolist()}
    # Rows that the mapping file leaves out, such as totals, need no value.
    reading.findings = [
        one
        for one in reading.findings
        if one.rule not in _OF_CELLS or one.row not in reading.left_out or one.row in taken
    ]
    every = set().union(*used.values())
    pairs = (
        [(sheet, every)] if sheet.own is None else [(sheets[key][0], names) for key, names in used.items()]
    )
    reading.others = tuple(dict.fromkeys(name for one, names in pairs for name in _not_named(one, names)))
    if reading.others:
        reading.findings.append(_of_no_use(reading.others, first))
    return reading


_OF_CELLS = frozenset({FORMULA.id, ERRORCELL.id})
"""Rules about cells that have no value."""


def _allow_gaps(readings: Sequence[_Reading]) -> None:
    """Take back what was said of columns that some of several sources of one entry are without.

    The sheet of a patient who left after two cycles has no columns of the third. Nothing is lost where it has no
    filled column of its own either that might be the one, under another name.
    """
    by_entry: dict[int, list[tuple[_Reading, int]]] = {}
    for reading in readings:
        for place, (_, _, entry) in enumerate(reading.parts):
            if entry is not None:
                by_entry.setdefault(id(entry), []).append((reading, place))
    for group in by_entry.values():
        for reading, place in group:
            allowed = []
            for name, finding in reading.lacking[place].items():
                having = [one for one, at in group if name not in one.lacking[at]]
                own = set(reading.others) - {other for one in having for other in one.others}
                if having and not own:
                    allowed.append(finding)
            table, sheet, entry = reading.parts[place]
            kept = tuple(one for one in sheet.findings if one not in allowed)
            reading.parts[place] = table, replace(sheet, findings=kept), entry


def _give_limits_of_sex(readings: Sequence[_Reading]) -> None:
    """Use the ranges for one sex, once every patient's is known; of a patient with two it is not."""
    sexes: dict[str, set[str]] = {}
    for name, sheet, _ in (part for reading in readings for part in reading.parts):
        if name == "subjects" and "SEX" in sheet.columns:
            for patient, sex in zip(sheet.subjects(), sheet.cells["SEX"], strict=True):
                sexes.setdefault(patient, set()).update({sex} - {""})  # an empty cell contradicts no other
    known = {patient: next(iter(own)) for patient, own in sexes.items() if patient and len(own) == 1}
    for reading in readings:
        reading.parts = [
            (name, with_limits_of_sex(sheet, known, name), entry) for name, sheet, entry in reading.parts
        ]


def _unmet(readings: Sequence[_Reading], study: Study) -> Iterator[Finding]:
    """Report the values that an entry of the mapping file names and none of its sources has."""
    entries: dict[int, SourceMapping] = {}
    held: dict[int, list[NamedValues]] = {}
    for reading in readings:
        for (_, _, entry), named in zip(reading.parts, reading.named, strict=False):
            if entry is not None:
                entries[id(entry)] = entry
                held.setdefault(id(entry), []).extend(named)
    for key, entry in entries.items():
        elsewhere = {
            plain(value).casefold()
            for other, values in held.items()
            if other != key and (entries[other].source, entries[other].sheet) == (entry.source, entry.sheet)
            for one in values
            if one.field != "codes"
            for value in one.named
        }
        table = study.table(entry.table)
        yield from unmet_findings(held[key], table.name, table.columns, elsewhere)


def _in_dictionary(
    finding: Finding, entries: Sequence[SourceMapping], wanted: Mapping[str, RawTable]
) -> Finding:
    """Name the column of a finding as the dictionary does: of several that it becomes, one that is wanted."""
    targets = [
        (column in {one.name for one in wanted[entry.table].columns}, column)
        for entry in entries
        for name, columns in entry.columns.items()
        if finding.column is not None and column_name(name) == finding.column
        for column in columns
    ]
    return replace(finding, column=max(targets, key=lambda one: one[0])[1]) if targets else finding


def _standard(table: RawTable) -> FileDescription:
    return FileDescription(expected=frozenset(column.name for column in table.columns))


def _how(stated: FileDescription) -> object:
    return replace(stated, expected=frozenset(), named=frozenset())


def _of_all(
    entries: Sequence[SourceMapping], study: Study, table: RawTable, stated: FileDescription
) -> FileDescription:
    """State the columns that any of the entries of a source names; of a table among several, those that are its own."""
    blocks: dict[str, FileDescription] = {}
    for one in entries:
        if one.block is not None:
            own = one.stated(study.table(one.table))
            blocks[one.block] = _joined([blocks.get(one.block, own), own], own)
    if stated.block is not None:
        return replace(_joined([blocks[stated.block]], stated), blocks=blocks)
    return _joined([one.stated(table) for one in entries], stated)


def _joined(each: Sequence[FileDescription], like: FileDescription) -> FileDescription:
    return replace(
        like,
        expected=frozenset(name for one in each for name in one.expected),
        named=frozenset(name for one in each for name in one.named),
        optional=any(one.optional for one in each),
    )


def _beyond(findings: Iterable[Finding]) -> set[int]:
    """List the lines of a sheet with cells in none of its tables."""
    return {line for one in findings if one.rule == OUTSIDE.id for line in one.lines}


def _account(sheets: Sequence[Sheet]) -> Sheet:
    """Count the lines of a sheet with several tables, each once, and join what was found in them.

    What is said of a cell of one of them is said once, with the name of its column.
    """
    findings: dict[object, Finding] = {}
    for one in (one for sheet in sheets for one in sheet.findings):
        key = one.rule, one.row, one.message
        if key not in findings or findings[key].column is None:
            findings[key] = one
    beyond = np.array([*_beyond(findings.values())], dtype=np.int64)
    numbers = np.unique(np.concatenate([*(sheet.numbers for sheet in sheets), beyond]))
    lost = sum(sheet.lines - len(sheet.numbers) for sheet in sheets)
    names = dict.fromkeys(name for sheet in sheets for name in sheet.header)
    return replace(
        sheets[0],
        cells={column_name(name): constant("", len(numbers)) for name in names},
        numbers=numbers,
        lines=len(numbers) + lost,
        findings=tuple(findings.values()),
        header=tuple(names),
    )


def _reshaped(
    sheet: Sheet,
    entry: SourceMapping,
    table: RawTable,
    study: Study,
    source: Source,
    missing: Mapping[str, str | None] | None,
) -> Reshaped:
    constants, unlike = entry.named_constants(source.name, source.worksheet, sheet.above)
    found = reshaped(sheet, entry, table, study, constants)
    part = found.sheet
    if part.columns:
        dates = dict(entry.dates)
        if "AGE" in dates:  # the order in which the two dates that it follows from are written
            dates |= {f"{PART_OF}AGE {place}": dates["AGE"] for place in (0, 1)}
        whole = with_parts(table, part)
        part = with_spelt_units(with_cell_parts(part, whole, entry.marks), study)
        part = finished(in_standard_form(part, whole, replace(entry, dates=dates), missing), entry, table)
    problems = [
        MAPPED.found(
            table.name, f"{source.shown} has no name or title of the form {one}; correct the mapping."
        )
        for one in unlike
    ]
    return replace(found, sheet=replace(part, findings=(*part.findings, *problems)))


def _not_named(sheet: Sheet, used: set[str]) -> tuple[str, ...]:
    """List the filled columns of a source that the mapping file makes no use of."""
    taken = {column_name(name) for name in used}
    others = [name for name in sheet.header if name and column_name(name) not in taken]
    return tuple(name for name in dict.fromkeys(others) if sheet.cells[column_name(name)].filled().any())


def _of_no_use(others: Sequence[str], table: str) -> Finding:
    """Note them in one finding."""
    listed = first_few([*map(shown, others)], _LISTED)
    message = f"Columns that the mapping file makes no use of, and that were not read: {listed}."
    return UNKNOWN.found(table, message, row=1)


_LISTED = 12
"""So many columns are named in a finding."""


def _located(findings: Sequence[Finding], reading: _Reading, *, several: bool) -> Iterator[Finding]:
    """Say in which file a finding is, if the table has several."""
    for one in findings:
        yield replace(one, message=f"{reading.source.shown}: {one.message}") if several else one


def _not_used(reading: _Reading, sources: Sequence[Source]) -> Iterator[SetAside]:
    """List the lines of a source that became no record."""
    source = reading.source
    table = reading.parts[0][0] if reading.parts else source.table
    good = [sheet for name, sheet, _ in reading.parts if not in_conflict(sources, name)]
    if reading.parts and not good:
        yield from (SetAside(table, None, None, TWO_FILES) for _ in range(reading.sheet.lines))
        return
    yield from unread_records(reading.sheet, table)
    lines = [sheet.numbers for sheet in good]
    used = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *lines]))
    for line in np.setdiff1d(reading.sheet.numbers, used).tolist():
        yield SetAside(table, line, None, reading.left_out.get(line, NOT_CHOSEN))


def _file(reading: _Reading, used: int) -> SourceFile:
    sheet = reading.sheet
    done: dict[tuple[str, str], int] = {}
    for one in (*sheet.converted, *(one for _, part, _ in reading.parts for one in part.converted)):
        done[one.what, one.column] = done.get((one.what, one.column), 0) + one.cells
    if reading.parts and not reading.source.entries:
        converted = reading.parts[0][1].converted
    else:
        converted = tuple(Converted(what, column, cells) for (what, column), cells in done.items())
    return SourceFile(
        name=reading.source.name,
        sha256=reading.digest,
        rows=sheet.lines,
        columns=len(sheet.columns),
        table=", ".join(dict.fromkeys(name for name, _, _ in reading.parts)) or reading.source.table,
        form=sheet.form,
        converted=converted,
        used=used,
    )
