"""A mapping file proposed for a data cut, as text: what is certain, what is to be confirmed, what was not placed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from pathlib import Path

from duonen_stats.errors import DataError, DuonenError
from duonen_stats.raw.intake.links import inside, readable
from duonen_stats.raw.intake.mapping import MAPPING_FILE
from duonen_stats.raw.intake.packed_folder import unpacked
from duonen_stats.raw.intake.readers import CONTAINERS, READERS, Container
from duonen_stats.raw.intake.readers.delimited import SEPARATORS
from duonen_stats.raw.intake.reshape.blocks import EVERY_LINE
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.reshape.names import ITEM_UNIT, fields_of
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest import words
from duonen_stats.raw.suggest.entry import entry_of, with_part
from duonen_stats.raw.suggest.identifiers import (
    NamedPatient,
    known_patients,
    other_spelling,
    patient_in_names,
    patient_template,
)
from duonen_stats.raw.suggest.layouts import parts_of
from duonen_stats.raw.suggest.lines_below_names import NO_LINES, LinesBelow, read_below_names
from duonen_stats.raw.suggest.proposed_entry import CONFIRM, ProposedEntry
from duonen_stats.raw.suggest.recognise import analyte_of, bare, column_of, needs_form
from duonen_stats.raw.suggest.tables_of_sheet import SuggestedBlock, tables_of_sheet
from duonen_stats.raw.suggest.which_table import tables_in
from duonen_stats.raw.suggest.write_entry import comment, listed, written_entry
from duonen_stats.study import Study

_SEARCHED = 15
"""Column names are looked for in so many lines."""
_SHORTEST = 3
"""A common beginning of worksheets' names must be so long before a star stands for the rest."""
UNRECOGNISED = "# No source was recognised for:"
"""Begins the line of a proposal that names the tables it has no source for."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file or a worksheet of one, as it was read; ``sheet`` is ``None`` where it could not be, and ``why``."""

    file: str
    title: str | None
    sheet: Sheet | None
    why: str = ""
    below: LinesBelow = NO_LINES
    block: SuggestedBlock | None = None
    separator: str | None = None

    @property
    def where(self) -> str:
        """Name it as comments do."""
        whole = self.file if self.title is None else f"{self.title} of {self.file}"
        return whole if self.block is None else f"{self.block.pattern} on {whole}"


def suggested_mapping(path: Path, study: Study) -> str:
    """Propose a mapping file for a folder or workbook.

    Parameters
    ----------
    path
        The folder of a data cut, or a workbook.
    study
        The study whose tables are wanted.

    Returns
    -------
    str
        YAML with comments, to be corrected: a line without a comment was recognised by a name or value that is known;
        one with ``confirm`` is a guess; what was not placed is listed at its source. Sources that are read without a
        mapping have no entry.

    Raises
    ------
    DataError
        There is no such folder or file, or it may not be read.
    """
    with unpacked(path) as (place, _):
        opened = [*_opened(place, study)]
    entries: list[ProposedEntry] = []
    comments = []
    known = known_patients([one.sheet for one in opened if one.sheet is not None], study)
    for one in opened:
        where = one.where
        if one.sheet is None:
            comments.append(comment(f"{where}: not read ({one.why})."))
            continue
        if _is_standard(one, study) and not _written_otherwise(one.sheet, study, known):
            comments.append(comment(f"{where}: has the names of the dictionary; no entry is needed."))
            continue
        own = [*_entries(one, one.sheet, study, known)]
        entries += own
        used = {name for entry in own for name in entry.used}
        used |= {*fields_of(one.block.pattern)} if one.block is not None else set()
        keys = {*_ODM_KEYS} if "StudyEventOID" in one.sheet.header else set()
        rest = [
            name
            for name in one.sheet.header
            if name and name not in used | keys and not name.endswith(ITEM_UNIT)
        ]
        if not own:
            comments.append(comment(f"{where}: not placed in any table; its columns: {listed(rest)}."))
        elif rest:
            comments.append(comment(f"{where}: columns not placed: {listed(rest)}."))
    entries = _merged(entries)
    missing = [
        table.name for table in study.tables if table.required and not _has(table.name, entries, opened)
    ]
    top = [
        "# Proposed by duonen mapping suggest from names and values of the files. Correct it, then run duonen check.",
        "# Lines marked confirm are guesses. Other lines were recognised by names and words that are known.",
    ]
    if missing:
        top.append(f"{UNRECOGNISED} {', '.join(missing)}.")
    lines = [*top, *comments, "sources:" if entries else "sources: []"]
    lines += [line for entry in entries for line in written_entry(entry)]
    return "\n".join(lines) + "\n"


def _entries(one: _Opened, sheet: Sheet, study: Study, known: frozenset[str]) -> Iterator[ProposedEntry]:
    """Propose entries for each part of a sheet that is a table; of two parts for one table the fuller one counts."""
    name = one.title or Path(one.file).stem
    found: dict[tuple[str, str], ProposedEntry] = {}
    in_names = patient_in_names(one.file, one.title, sheet, known)
    if one.block is not None:
        template = patient_template(one.block.pattern, known)
        if template is not None:
            in_names = NamedPatient(source=one.file, sheet=one.title, fields={"block": template})
    for part in parts_of(sheet, study, known):
        for table in tables_in(part.sheet, study, name, several=part.of_project, named=in_names is not None):
            if not {*part.fields.get("stack", ())} <= {one.name for one in study.table(table).columns}:  # type: ignore[misc]
                continue
            entry = with_part(
                entry_of(part.sheet, study.table(table), study, one.file, one.title), part, study
            )
            _add_block(entry, one.block)
            _add_patients(entry, part.sheet, in_names, known)
            if one.separator is not None:
                entry.fields["separator"] = SEPARATORS[one.separator]
            one.below.add_to(entry, sheet)
            rows = str(part.fields.get("rows", "")) if part.of_project else ""
            twin = found.get((table, rows))
            if twin is None or len(entry.used) > len(twin.used):
                found[table, rows] = entry
    yield from found.values()


def _add_block(entry: ProposedEntry, block: SuggestedBlock | None) -> None:
    """Say by which title an entry is found among several on its sheet."""
    if block is None:
        return
    taken = fields_of(block.pattern)
    columns: dict[str, str] = entry.fields["columns"]  # type: ignore[assignment]
    entry.fields["block"] = block.pattern
    entry.notes["block", ""] = "one of several tables on the sheet; confirm"
    entry.fields["columns"] = {name: target for name, target in columns.items() if name not in taken}
    entry.fields["codes"] = {**dict(entry.fields.get("codes", {})), **block.codes}  # type: ignore[call-overload]
    entry.notes |= {("codes", column): "in the titles of the tables; confirm" for column in block.codes}
    for column in taken:
        entry.unknown.pop(column, None)
    if entry.fields.get("visit") == "windows" and "VISIT" in taken:
        del entry.fields["visit"]


def _add_patients(
    entry: ProposedEntry, sheet: Sheet, in_names: NamedPatient | None, known: frozenset[str]
) -> None:
    """Propose where the patients of an entry are named, or how their identifiers become the known ones."""
    columns: dict[str, str] = entry.fields["columns"]  # type: ignore[assignment]
    source = next((name for name, target in columns.items() if target == "SUBJID"), None)
    if source is None and in_names is not None:
        entry.source, entry.sheet = in_names.source, in_names.sheet
        for name, pattern in in_names.fields.items():
            entry.fields[name] = pattern
            entry.notes[name, ""] = CONFIRM
    elif source is not None and entry.table != "subjects":
        cells = sheet.cells.get(column_name(source))
        fields = {} if cells is None else other_spelling(cells.used(), known, source)
        for name, value in fields.items():
            entry.fields[name] = {**dict(entry.fields.get(name, {})), **value}  # type: ignore[call-overload]
            entry.notes |= {
                (name, key): "as the identifiers of the patients are written; confirm" for key in value
            }
            if name != "codes":
                entry.fields["columns"] = {key: target for key, target in columns.items() if key != source}


def _files_of(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            path.stat()
            return [path]
        files = inside(path, sorted(path.iterdir()))[0]
        folders = [file for file in files if file.is_dir() and not file.name.startswith(".")]
        return files + inside(path, sorted(file for folder in folders for file in folder.rglob("*")))[0]
    except OSError as error:
        raise DataError(f"{path} is not a folder or file that can be read ({error.strerror}).") from error


def _name_in(path: Path, file: Path) -> str:
    return readable(file.name if file == path else file.relative_to(path).as_posix())


def _opened(path: Path, study: Study) -> Iterator[_Opened]:
    """Read every file of a folder and of the folders in it."""
    for file in _files_of(path):
        ending, name = (
            file.suffix.lower(),
            _name_in(path, file),
        )
        if file.name.startswith((".", "~$")) or file.name == MAPPING_FILE or not file.is_file():
            continue
        try:
            if ending in CONTAINERS:
                with file.open("rb") as stream:
                    book = CONTAINERS[ending](stream)
                for title in book.titles:
                    if several := _blocks(name, title, partial(book.read, title, title), study, ending):
                        yield from several
                        continue
                    sheet = book.read(title, title, FileDescription())
                    stated = _described(sheet, study) or _below_a_title(sheet, book, title, study)
                    sheet = sheet if stated is None else book.read(title, title, stated)
                    sheet, below = read_below_names(sheet, partial(book.read, title, title), stated, study)
                    yield _Opened(name, title, sheet, below=below)
            elif ending in READERS:
                data = file.read_bytes()
                if several := _blocks(name, None, partial(READERS[ending], data, name), study, ending):
                    yield from several
                    continue
                yield _text_opened(name, partial(READERS[ending], data, name), study, free=ending in _FREE)
        except DuonenError as error:
            yield _Opened(name, None, None, str(error).split(".")[0])
        except Exception as error:  # noqa: BLE001 - a damaged file raises anything
            yield _Opened(name, None, None, type(error).__name__)


def _text_opened(name: str, read: Callable[[FileDescription], Sheet], study: Study, *, free: bool) -> _Opened:
    """Read a file of one table; if free, its column names may be anywhere near its top."""
    sheet = read(FileDescription())
    stated = _described(sheet, study)
    if stated is None and free and _known(sheet.header, study) <= 1:
        stated = _under_a_separator(read, study)
    sheet = sheet if stated is None else read(stated)
    opened = _readable(name, *read_below_names(sheet, read, stated, study))
    return replace(opened, separator=None if stated is None else stated.separator)


_FREE = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods"}
"""Endings of files whose lines need not all be of one table."""


def _blocks(
    file: str, title: str | None, read: Callable[[FileDescription], Sheet], study: Study, ending: str
) -> list[_Opened]:
    """Read the tables of a sheet that holds several; empty if it is one table."""
    if ending not in _FREE:
        return []
    signs = (None,) if title is not None else SEPARATORS
    best: list[_Opened] = []
    for sign in signs:
        found = tables_of_sheet(lambda stated, sign=sign: read(replace(stated, separator=sign)), study)  # type: ignore[misc]
        opened = [_block(file, title, read, one, study) for one in found]
        tables = sum(
            bool(tables_in(one.sheet, study, "", named=True)) for one in opened if one.sheet is not None
        )
        if tables > 1 or (tables and any(one.codes for one in found)):
            best = max(best, opened, key=len)
    return best


def _block(
    file: str, title: str | None, read: Callable[[FileDescription], Sheet], one: SuggestedBlock, study: Study
) -> _Opened:
    """Read one of several tables of a sheet, the lines of its units and ranges counted from its title."""
    sheet = read(one.stated)
    own = next((block for block in sheet.blocks if block.pattern == one.pattern), None)

    title_line = 0 if own is None else own.title

    def again(stated: FileDescription) -> Sheet:
        lines = LinesBelow(stated.units_line, stated.limits_line).from_line(title_line)
        return read(replace(one.stated, units_line=lines.units, limits_line=lines.limits))

    sheet, below = read_below_names(sheet, again, None, study)
    return _Opened(file, title, sheet, block=one, below=below.from_line(title_line))


def _under_a_separator(read: Callable[[FileDescription], Sheet], study: Study) -> FileDescription | None:
    """Find the sign that parts the columns, and their line, where lines above and below them hide both."""
    best: tuple[int, FileDescription | None] = (1, None)
    for sign in SEPARATORS:
        lines = read(FileDescription(header=EVERY_LINE, separator=sign))
        for number, cells in _first_rows(lines):
            known = _known([*cells.values()], study)
            if known > best[0]:
                best = known, FileDescription(header=(number,), separator=sign)
    return best[1]


def _readable(name: str, sheet: Sheet, below: LinesBelow) -> _Opened:
    fault = next((one for one in sheet.findings if one.severity == "error"), None)
    if sheet.columns or fault is None:
        return _Opened(name, None, sheet, below=below)
    return _Opened(name, None, None, fault.message.split(".")[0])


def _described(sheet: Sheet, study: Study) -> FileDescription | None:
    """Say on which line the column names are, if it is not the first: below a title, the first with a known name."""
    known = [_known([*cells.values()], study) for _, cells in _first_rows(sheet)]
    if _known(sheet.header, study) > 1 or not any(known):
        return None
    return FileDescription(header=(int(sheet.numbers[known.index(max(known))]),))


def _below_a_title(sheet: Sheet, book: Container, title: str, study: Study) -> FileDescription | None:
    """Find the line of the column names of a worksheet that begins with a title, under which nothing else is named."""
    if len([name for name in sheet.header if name]) > _TITLES:
        return None
    described = [FileDescription(header=(line,)) for line in range(2, _SEARCHED)]
    known = [_known(book.read(title, title, one).header, study) for one in described]
    return described[known.index(max(known))] if max(known) > 1 else None


_TITLES = 2
"""A line with no more filled cells may be a title."""


def _known(cells: Sequence[str], study: Study) -> int:
    return sum(_is_known(cell, study) for cell in {*cells} if cell)


def _first_rows(sheet: Sheet) -> Sequence[tuple[int, Mapping[str, str]]]:
    few = min(_SEARCHED, len(sheet.numbers))
    return [
        (number, {name: sheet.cells[name][row] for name in sheet.columns})
        for row, number in enumerate(sheet.numbers[:few].tolist())
    ]


def _is_known(cell: str, study: Study) -> bool:
    if not any(letter.isalpha() for letter in cell):
        return False
    return analyte_of(cell, study) is not None or any(
        (match := column_of(cell, table)) is not None and match[1] for table in study.tables
    )


def _is_standard(one: _Opened, study: Study) -> bool:
    name = column_name(one.title or Path(one.file).stem)
    table = next((table for table in study.tables if column_name(table.name) == name), None)
    if table is None or one.sheet is None:
        return False
    if not {column.name for column in table.columns if not column.optional} <= {*one.sheet.columns}:
        return False
    return all(
        {bare(text) for text in one.sheet.cells[column.name].used()}
        <= {
            "",
            *words.EMPTY,
            *(bare(code.code) for code in column.codes_for(one.sheet.cells[column.name].used())),
        }
        for column in table.columns
        if column.codes and column.name in one.sheet.cells
    )


def _written_otherwise(sheet: Sheet, study: Study, known: frozenset[str]) -> bool:
    """Whether dates or identifiers are written so that the mapping file has to say how."""
    dates = {column.name for table in study.tables for column in table.columns if column.type == "date"}
    if any(needs_form(text) for name in dates & {*sheet.columns} for text in sheet.cells[name].used()):
        return True
    return bool(other_spelling(sheet.subjects().used(), known, "SUBJID"))


def _has(table: str, entries: Sequence[ProposedEntry], opened: Sequence[_Opened]) -> bool:
    named = {column_name(one.title or Path(one.file).stem) for one in opened if one.sheet is not None}
    return column_name(table) in named or any(entry.table == table for entry in entries)


def _merged(entries: Sequence[ProposedEntry]) -> list[ProposedEntry]:
    """Put worksheets of one workbook together that become the same table by the same columns, under a star."""
    merged: list[ProposedEntry] = []
    for entry in entries:
        place = next((place for place, one in enumerate(merged) if _alike(one, entry)), None)
        if place is None:
            merged.append(entry)
            continue
        twin = merged[place]
        unknown = {
            key: [*dict.fromkeys([*twin.unknown.get(key, []), *entry.unknown.get(key, [])])]
            for key in {*twin.unknown, *entry.unknown}
        }
        merged[place] = replace(
            twin,
            source=_pattern(twin.source, entry.source),
            sheet=twin.sheet if twin.sheet == entry.sheet else f"{_common(twin, entry)}*",
            fields=_joined(twin.fields, entry.fields),
            notes={**twin.notes, **entry.notes},
            unknown=unknown,
        )
    return merged


def _alike(one: ProposedEntry, other: ProposedEntry) -> bool:
    if one.table != other.table or any(
        one.fields.get(name) != other.fields.get(name) for name in ("columns", "block")
    ):
        return False
    same_names = (one.source, one.sheet) == (other.source, other.sheet)
    if same_names and (one.fields.keys() & {"file_name", "sheet_name", "block"}):
        return True
    if one.sheet is None and other.sheet is None:
        return one.source != other.source and _pattern(one.source, other.source) != one.source + "?"
    if one.sheet is None or other.sheet is None or len(_common(one, other)) < _SHORTEST:
        return False
    return one.source == other.source


def _pattern(one: str, other: str) -> str:
    """Write a star for the number in which the names of two files differ; ``one`` and a ``?`` if it is more."""
    if one == other or one == _NUMBER.sub("*", other):
        return one
    return _NUMBER.sub("*", one) if _NUMBER.sub("*", one) == _NUMBER.sub("*", other) else f"{one}?"


_NUMBER = re.compile(r"[0-9]+")


def _common(one: ProposedEntry, other: ProposedEntry) -> str:
    """Give the beginning that the names of two worksheets share, up to their numbers."""
    pairs = zip(str(one.sheet).rstrip("*"), str(other.sheet), strict=False)
    return "".join(first for first, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)).rstrip(
        "0123456789"
    )


def _joined(one: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """Join the fields of two entries: the keys of both, down to the values."""
    joined = dict(one)
    for key, value in other.items():
        mine = joined.get(key)
        joined[key] = (
            _joined(mine, value) if isinstance(mine, Mapping) and isinstance(value, Mapping) else value
        )
    return joined


_ODM_KEYS = (
    *(
        "StudyOID",
        "SubjectKey",
        "SubjectStatus",
        "SiteRef",
        "StudyEventOID",
        "StudyEventRepeatKey",
        "FormOID",
    ),
    *("FormRepeatKey", "FormStatus", "ItemGroupOID", "ItemGroupRepeatKey"),
)
"""Keys of every sheet of an ODM file, which need not be placed."""
