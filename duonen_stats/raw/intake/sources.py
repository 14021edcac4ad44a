"""Which file or worksheet is which raw table: the files of a folder, or the worksheets of one workbook."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from duonen_stats.errors import DataError, MissingLibraryError, OtherFormatError, UnreadableFileError
from duonen_stats.raw.findings import CheckRule, Finding, first_few, shown
from duonen_stats.raw.intake.links import inside, readable
from duonen_stats.raw.intake.mapping import CutMapping, SourceMapping
from duonen_stats.raw.intake.packed_folder import ARCHIVE, ARCHIVES, PACKED
from duonen_stats.raw.intake.readers import CONTAINERS, READERS, Container
from duonen_stats.raw.intake.readers.optional import UNREADABLE, why_unreadable
from duonen_stats.raw.intake.readers.spreadsheets.workbook import same_name
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.questions import CONFIRM_NOT_NEEDED, EXPORT_AGAIN
from duonen_stats.study import RawTable, Study

FILE = CheckRule(
    "RD-FILE",
    "error",
    "A table of the dictionary has no file, or one that cannot be opened.",
    question=EXPORT_AGAIN,
)
TWICE = CheckRule("RD-TWICE", "error", "A table has two files.", question=EXPORT_AGAIN)
ABSENT = CheckRule(
    "RD-ABSENT",
    "error",
    "The mapping file names a file or worksheet that is not there.",
    question=EXPORT_AGAIN,
)
OTHER = CheckRule(
    "RD-OTHER",
    "note",
    "A file belongs to no table of the dictionary, and is not read.",
    question=CONFIRM_NOT_NEEDED,
)


_COMPANIONS = ("readme", "checksums", "sha256sums", "license", "manifest", "mapping")
"""Names, without ending, of files that may lie beside data and mean nothing here."""


_SAVED_AS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((".xlsb", ".xls", ".xlt", ".numbers", ".gsheet", ".fods"), ".xlsx"),
        **dict.fromkeys(
            (".dta", ".rds", ".rda", ".rdata", ".mdb", ".accdb", ".dbf", ".htm", ".html", ".pdf"), ".csv"
        ),
        ".por": ".sav",
        ".cpt": ".xpt",
    }
)
"""What to save a file as whose format holds tables and is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a table comes from: a file, or a worksheet of one, and what the mapping file says of it.

    ``name`` is the path of the file within the folder. A source that is named after a table is that ``table``; of one
    that the mapping file describes ``entries`` say which tables it feeds, and ``table`` is the first of them.
    """

    table: str
    name: str
    worksheet: str | None
    entries: tuple[SourceMapping, ...] = ()
    read: Callable[[FileDescription], tuple[Sheet, str]]
    """Reads it; returns the sheet and the sha256 of the whole file. Raises ``OSError``."""

    @property
    def shown(self) -> str:
        """Name for a message."""
        return self.name if self.worksheet is None else f"{self.worksheet} of {self.name}"

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it feeds."""
        return tuple(dict.fromkeys(one.table for one in self.entries)) or (self.table,)


def find_sources(
    path: Path, study: Study, mapping: CutMapping
) -> tuple[tuple[Source, ...], tuple[Finding, ...]]:
    """Find where each raw table of a cut comes from.

    Parameters
    ----------
    path
        A folder with one file per table, or with workbooks that hold worksheets named after tables; or one such
        workbook or other file with several sheets. Folders in it are looked into if the mapping file names files with
        a slash.
    study
        Whose tables they are.
    mapping
        What the mapping file says; a source it names belongs to the tables it says.

    Returns
    -------
    sources
        In the order of their names; a table may have several if the mapping file says so.
    findings
        Tables without a source or with several that the mapping file does not name, files and worksheets that are
        none.

    Raises
    ------
    DataError
        There is no such folder or workbook, or it may not be read.
    """
    try:
        files, links = _files(path, deep=any("/" in one.source for one in mapping.sources))
    except OSError as error:
        raise DataError(
            f"{path} is not a folder that can be read ({error.strerror}); give that of a data cut, or a workbook."
        ) from error
    sources: list[Source] = []
    findings: list[Finding] = [*links]
    damaged: list[tuple[str, str]] = []
    for name, file in files:
        if file.name.startswith((".", "~$")) or file.stem.lower() in _COMPANIONS:
            continue
        if file.suffix.lower() in ARCHIVES:
            findings.append(
                ARCHIVE.found(name, "Is an archive, and was not opened; unpack it into the folder.")
            )
            continue
        try:
            found, others = _of_file(file, name, study, mapping, alone=file == path)
        except UnreadableFileError as error:
            damaged.append((name, str(error)))
            continue
        sources += found
        findings += others
    absent = _absent(sources, mapping, study, [name for name, _ in files])
    tables = [*_table_findings(path, sources, study, findings, absent)]
    named = {one.table for one in sources}
    unused = [
        ABSENT.found(table, f"{what}; correct the mapping.")
        for table, what in absent
        if table in named or not study.table(table).required
    ]
    if damaged:
        # What is missing may be in there, so that one finding says all of it.
        lacking = [one.table for one in tables if one.rule == FILE.id]
        tables = [one for one in tables if one.rule != FILE.id]
        findings += [_damaged(name, why, lacking, named=bool(absent)) for name, why in damaged]
        unused = []
    return tuple(sources), (*findings, *tables, *unused)


def _files(path: Path, *, deep: bool) -> tuple[list[tuple[str, Path]], list[Finding]]:
    """List the files of a cut with their names, which are paths in the folder."""
    if not path.is_dir():
        return [(readable(path.name), _only_file(path))], []
    files, links = inside(path, sorted(path.iterdir()))
    if deep:
        folders = [file for file in files if file.is_dir() and not file.name.startswith(".")]
        within, more = inside(path, sorted(file for folder in folders for file in folder.rglob("*")))
        files = [file for file in files if file not in folders] + [one for one in within if not one.is_dir()]
        links += more
    return [(readable(file.relative_to(path).as_posix()), file) for file in files], links


def _only_file(path: Path) -> Path:
    if path.exists() and path.suffix.lower() not in CONTAINERS:
        raise DataError(
            f"{path} is not a folder or a file with several tables ({', '.join(CONTAINERS)}, {PACKED}); "
            "give the folder of a data cut, or such a file."
        )
    path.stat()
    return path


_Found = tuple[list[Source], list[Finding]]


def _of_file(file: Path, name: str, study: Study, mapping: CutMapping, *, alone: bool) -> _Found:
    ending = file.suffix.lower()
    own = mapping.of_file(name)
    named = own[0].table if own else _table_named(file.stem, study)
    by_sheet = not own and any(one.sheet is not None and one.is_of(name) for one in mapping.sources)
    if ending in READERS and named is not None and not by_sheet:
        read = partial(_read_file, file, named)
        return [Source(table=named, name=name, worksheet=None, entries=own, read=read)], []
    if ending not in CONTAINERS:
        return [], [_other(name)]
    try:
        return _of_container(file, name, study, mapping)
    except MissingLibraryError as error:
        if alone:
            raise
        return [], [OTHER.found(name, f"Was not looked into. {error}")]
    except OtherFormatError as error:
        if alone:
            raise UnreadableFileError(str(error)) from error
        return [], [_other(name)]
    except Exception as error:
        raise UnreadableFileError(why_unreadable(error)) from error


def _damaged(name: str, why: str, lacking: Sequence[str], *, named: bool) -> Finding:
    if not lacking and not named:
        return OTHER.found(name, f"Was not read: {why}. No table is missing without it.")
    tables = f" It may hold {', '.join(lacking)}, which have no other file." if lacking else ""
    message = f"Cannot be read: {why}.{tables} Save or export it again."
    return UNREADABLE.found(name, message)


def _of_container(file: Path, name: str, study: Study, mapping: CutMapping) -> _Found:
    """Find the sheets of a file that are tables."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        opened.seek(0)
        book = CONTAINERS[file.suffix.lower()](opened)
    sources, others = [], []
    for title in book.titles:
        own = mapping.of_worksheet(name, title)
        named = own[0].table if own else _table_named(title, study)
        if named is None:
            others.append(_other(f"{title} of {name}"))
            continue
        read = partial(_read_sheet, book, title, named, digest)
        sources.append(Source(table=named, name=name, worksheet=title, entries=own, read=read))
    return sources, others if sources else [_other(name, book.titles)]


def _other(name: str, titles: Sequence[str] = ()) -> Finding:
    within = f" It has {first_few([*map(shown, titles)], _NAMED, 'others')}." if titles else ""
    unread = _unread_format(name)
    if unread is not None:
        return OTHER.found(readable(name), f"Was not read: {unread}.")
    return OTHER.found(
        readable(name), f"Belongs to no table of the data dictionary and was not read.{within}"
    )


def _unread_format(name: str) -> str | None:
    """Say what to do with a file whose format holds tables and is not read; ``None`` for others."""
    ending = Path(name).suffix.lower()
    return f"the format {ending} is not read; save it as {_SAVED_AS[ending]}" if ending in _SAVED_AS else None


def _table_named(name: str, study: Study) -> str | None:
    return next((table.name for table in study.tables if same_name(name, table.name)), None)


def _read_file(file: Path, table: str, stated: FileDescription) -> tuple[Sheet, str]:
    data = file.read_bytes()
    return READERS[file.suffix.lower()](data, table, stated), hashlib.sha256(data).hexdigest()


def _read_sheet(
    book: Container, title: str, table: str, digest: str, stated: FileDescription
) -> tuple[Sheet, str]:
    try:
        return book.read(title, table, stated), digest
    except Exception as error:  # noqa: BLE001 - a worksheet may be damaged where its workbook is not
        message = f"{shown(title)} cannot be read: {why_unreadable(error)}. Save or export it again."
        return Sheet(findings=(UNREADABLE.found(table, message),)), digest


def in_conflict(sources: Sequence[Source], table: str) -> bool:
    """Whether a table has several sources, and the mapping file does not name them all."""
    own = [source for source in sources if table in source.tables]
    return len(own) > 1 and not all(source.entries for source in own)


def _table_findings(
    path: Path,
    sources: Sequence[Source],
    study: Study,
    findings: Sequence[Finding],
    absent: Sequence[tuple[str, str]],
) -> Iterator[Finding]:
    found = {one.table for one in findings if one.severity == "error"}
    present = [one.table for one in findings if one.rule in {OTHER.id, ARCHIVE.id}]
    for table in study.tables:
        own = [source for source in sources if table.name in source.tables]
        if in_conflict(sources, table.name):
            message = (
                f"{' and '.join(source.shown for source in own)} are both this table; keep one, or name both in the "
                "mapping file."
            )
            yield TWICE.found(table.name, message)
        elif not own and table.required and table.name not in found:
            what = next((what for name, what in absent if name == table.name), None)
            yield FILE.found(table.name, _lacking(path, table, present, what))


def _lacking(path: Path, table: RawTable, present: Sequence[str], what: str | None) -> str:
    """Say what is missing, and what is there that may be it under another name."""
    if what is not None:
        pass
    elif path.is_dir():
        what = f"No file {table.name}.csv (or of another format) in folder {readable(path.name)}"
    else:
        what = f"No worksheet {table.name} in {readable(path.name)}"
    own = [name for name in present if same_name(Path(name).stem, table.name) and _unread_format(name)]
    if own:
        return f"{what}; {shown(own[0])} was not read: {_unread_format(own[0])}."
    others = [name.removesuffix(f" of {readable(path.name)}") for name in present]
    if not others:
        return f"{what}; add it."
    listed = first_few([*map(shown, others)], _NAMED, "others")
    return f"{what}; of no known table: {listed}. Name the right one in the mapping file, or add the table."


_NAMED = 6
"""So many files or worksheets are named in a message."""


def _absent(
    sources: Sequence[Source], mapping: CutMapping, study: Study, names: Sequence[str]
) -> list[tuple[str, str]]:
    """List the tables that the mapping file reads from what is not there, and say what that is."""
    used = [entry for source in sources for entry in source.entries]
    wanted = {table.name for table in study.tables}
    out = []
    for entry in mapping.sources:
        optional = entry.is_optional(entry.sheet or entry.source)
        if entry not in used and entry.table in wanted and not optional:
            where = entry.source if entry.sheet is None else f"{entry.sheet} of {entry.source}"
            unread = next(
                (why for name in names if entry.is_of(name) and (why := _unread_format(name))), None
            )
            reason = "which is not there" if unread is None else f"but {unread}, and name that"
            out.append((entry.table, f"The mapping file names {where}, {reason}"))
    return out
