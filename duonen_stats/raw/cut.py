"""A data cut: the raw tables of a folder, typed, with what was found wrong while reading them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from duonen_stats.errors import DataError
from duonen_stats.raw.convert import typed_table
from duonen_stats.raw.findings import Finding, Rule, in_order, without_identifiers
from duonen_stats.raw.links import inside
from duonen_stats.raw.sheet import READERS, Sheet
from duonen_stats.resources import cohort_path
from duonen_stats.study import RawTable, Study

FILE = Rule("RD-FILE", "error", "A table of the dictionary has no file, or one that cannot be opened.")
TWICE = Rule("RD-TWICE", "error", "A table has two files.")
OTHER = Rule("RD-OTHER", "note", "A file belongs to no table of the dictionary, and is not read.")

RULES = (FILE, TWICE, OTHER)

_COMPANIONS = ("readme", "checksums", "sha256sums", "license", "manifest")
"""Names, without ending, of files that may lie beside data and mean nothing here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that was read: its name, the sha256 of its bytes, its lines with data and its columns."""

    name: str
    sha256: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The raw tables of one data cut.

    ``tables`` holds every table of the dictionary with all its columns, typed, whether the file had them or
    not, and the hidden column ``_ROW``: the line of the file. Do not change the frames in place.
    ``cut_date``, ``origin``, ``stage`` and ``label`` come from the table ``data_cut``, the label else from
    the name of the folder; ``None`` where they are not given.
    """

    name: str
    tables: Mapping[str, pd.DataFrame] = field(repr=False, compare=False)
    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...] = field(repr=False)
    cut_date: pd.Timestamp | None
    origin: str | None
    stage: str | None
    label: str

    @property
    def simulated(self) -> bool:
        """Whether outputs must be marked SIMULATED: always, unless the cut says it is the trial's."""
        return self.origin != "TRIAL"


def read_cut(study: Study, folder: Path | str | None = None) -> Cut:
    """Read the raw tables of a data cut.

    Parameters
    ----------
    study
        The study, whose dictionary says which tables and columns there are.
    folder
        A folder with one file a table, named ``table.csv`` in any case. Left out, it is the simulated cohort
        shipped with the package.

    Returns
    -------
    Cut
        Every table and, in ``findings``, whatever was wrong with the files, columns and cells. Contents are
        not judged yet: that is ``check_cut``.

    Raises
    ------
    DataError
        There is no such folder, or it may not be read.
    """
    path = cohort_path() if folder is None else Path(folder)
    try:
        kept, links = inside(path, sorted(path.iterdir()))
        found = _files_by_table(kept, study)
    except OSError as error:
        message = f"{path} is not a folder that can be read ({error.strerror}); give that of a data cut."
        raise DataError(message) from error
    findings = [*links, *_file_findings(path, found, study)]
    tables, files = {}, []
    for table in study.tables:
        paths = found.get(table.name, [])
        sheet, source = _read(paths[0], table) if len(paths) == 1 else (Sheet(), None)
        files += [source] if source else []
        tables[table.name], converted = typed_table(sheet, table)
        findings += [*sheet.findings, *converted]
    about = tables["data_cut"]
    return Cut(
        name=path.name if folder is not None else "simulated cohort",
        tables=tables,
        files=tuple(files),
        findings=in_order(without_identifiers(findings, tables), tables),
        cut_date=_only(about, "CUTDT"),
        origin=_only(about, "ORIGIN"),
        stage=_only(about, "STAGE"),
        label=_only(about, "LABEL") or path.resolve().name,
    )


def _files_by_table(paths: Iterable[Path], study: Study) -> dict[str, list[Path]]:
    """Which files belong to which table, by name and whatever their case; ``""`` collects the others."""
    found: dict[str, list[Path]] = {}
    known = {table.name for table in study.tables}
    for path in paths:
        if path.name.startswith(".") or path.stem.lower() in _COMPANIONS:
            continue
        readable = path.suffix.lower() in READERS and path.stem.lower() in known
        found.setdefault(path.stem.lower() if readable else "", []).append(path)
    return found


def _file_findings(folder: Path, found: Mapping[str, list[Path]], study: Study) -> Iterator[Finding]:
    for table in study.tables:
        paths = found.get(table.name, [])
        if len(paths) > 1:
            message = f"{' and '.join(path.name for path in paths)} are both this table; keep one."
            yield TWICE.found(table.name, message)
        elif not paths and table.required:
            yield FILE.found(table.name, f"No file {table.name}.csv in folder {folder.name}; add it.")
    for path in found.get("", []):
        yield OTHER.found(path.name, "Belongs to no table of the data dictionary and was not read.")


def _read(path: Path, table: RawTable) -> tuple[Sheet, SourceFile | None]:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"{path.name} cannot be opened ({error.strerror}); check what it is and who may read it."
        return Sheet(findings=(FILE.found(table.name, message),)), None
    sheet = READERS[path.suffix.lower()](data, table.name)
    digest = hashlib.sha256(data).hexdigest()
    return sheet, SourceFile(name=path.name, sha256=digest, rows=sheet.lines, columns=len(sheet.columns))


def _only(frame: pd.DataFrame, column: str) -> Any:
    """Take the one value of a column that has exactly one; else ``None``."""
    return frame[column].iloc[0] if len(frame) == 1 and frame[column].notna().all() else None
