"""A data cut: the raw tables of a folder or workbook, typed, with what was found wrong while reading them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from duonen_stats.raw.findings import Finding, in_order, without_identifiers
from duonen_stats.raw.intake.companions.impute_dates import with_imputed_dates
from duonen_stats.raw.intake.convert import typed_table
from duonen_stats.raw.intake.links import inside, readable
from duonen_stats.raw.intake.mapping import MAPPING_FILE, CutMapping
from duonen_stats.raw.intake.mapping_file import read_mapping
from duonen_stats.raw.intake.packed_folder import unpacked
from duonen_stats.raw.intake.read_tables import read_tables
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.intake.sources import find_sources
from duonen_stats.raw.left_out import CutChange, SetAside
from duonen_stats.raw.source_file import SourceFile
from duonen_stats.raw.withheld import require_open_choice
from duonen_stats.study import RawTable, Study
from duonen_stats.study.shipped_files import cohort_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The raw tables of one data cut.

    ``tables`` holds every table of the dictionary with all its columns, typed, whether its source had them or
    not, and the hidden column ``_ROW``: the line of the file, or the number of the record in a file without
    lines. Do not change the frames in place. ``cut_date``, ``origin``, ``stage`` and ``label`` come from the
    table ``data_cut``, the label else from the name of the folder; ``None`` where they are not given.
    ``places`` says of a table with several sources which line of which of them a record stands on (``_ROW``,
    ``SUBJID``, ``SOURCE``). ``set_aside`` lists the records of the files that are in no table. ``snapshot_date``,
    ``snapshot`` and ``readout`` are of a snapshot reduced to an earlier date (``apply_cut``).
    """

    name: str
    tables: Mapping[str, pd.DataFrame] = field(repr=False, compare=False)
    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...] = field(repr=False)
    cut_date: pd.Timestamp | None
    origin: str | None
    stage: str | None
    label: str
    set_aside: tuple[SetAside, ...] = field(default=(), repr=False)
    places: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    snapshot_date: pd.Timestamp | None = None
    snapshot: "Cut | None" = field(default=None, repr=False, compare=False)
    readout: "tuple[CutChange, ...]" = field(default=(), repr=False)

    @property
    def simulated(self) -> bool:
        """Whether outputs must be marked SIMULATED: always, unless the cut says it is the trial's."""
        return self.origin != "TRIAL"


def read_cut(
    study: Study,
    folder: Path | str | None = None,
    *,
    mapping: Path | str | None = None,
    only: Mapping[str, tuple[str, ...]] | None = None,
) -> Cut:
    """Read the raw tables of a data cut.

    Parameters
    ----------
    study
        The study, whose dictionary says which tables and columns there are.
    folder
        A folder with one file per table, named after it in any case, in a format of
        :data:`duonen_stats.raw.intake.readers.READERS`, also mixed; or one of its ``CONTAINERS``, such as a workbook
        with one worksheet per table; or a ZIP file with such files. If omitted, the simulated cohort shipped with the
        package is read.
    mapping
        A file that says how names and codes of the sources become those of the dictionary
        (:mod:`duonen_stats.raw.intake.mapping`); if omitted, ``mapping.yaml`` of the folder, if there is one.
    only
        Columns to read, by table: no other cell is looked at, and tables and columns not named are empty, whether
        the sources have them or not. If omitted, all are read.

    Returns
    -------
    Cut
        Every table and, in ``findings``, whatever was wrong with the files, columns and cells. Contents are
        not judged yet: that is ``check_cut``.

    Raises
    ------
    DataError
        There is no such folder or workbook, or it may not be read; or the mapping file has faults.
    DictionaryError
        The mapping file cannot be read or is not YAML.
    MissingLibraryError
        The cut is a workbook, and the library to read it is not installed.

    Examples
    --------
    >>> from duonen_stats import load_study, read_cut
    >>> cut = read_cut(load_study())  # the shipped cohort
    >>> len(cut.tables["subjects"]), len(cut.findings)
    (56, 0)
    """
    path = cohort_path() if folder is None else Path(folder)
    narrow = study if only is None else study.narrowed(only)
    with unpacked(path) as (place, digest):
        names = _mapping(place, study, None if mapping is None else Path(mapping))
        if only is not None:
            require_open_choice(names, study)
        sources, findings = find_sources(place, narrow, names)
        read = read_tables(sources, narrow, study, names.missing)
        beside = [*_packed_file(path, digest), *_mapping_file(names)]
    tables = dict(read.tables)
    found = [*findings, *read.findings]
    tables, imputed = with_imputed_dates(tables, narrow)
    found += imputed
    if only is not None:
        tables = {table.name: _filled(tables.get(table.name), table) for table in study.tables}
    about = tables["data_cut"]
    return Cut(
        name=readable(path.name) if folder is not None else "simulated cohort",
        tables=tables,
        files=(*beside, *read.files),
        findings=in_order(without_identifiers(found, tables, read.places), tables),
        cut_date=_only(about, "CUTDT"),
        origin=_only(about, "ORIGIN"),
        stage=_only(about, "STAGE"),
        label=_only(about, "LABEL") or readable(path.resolve().name if digest is None else path.stem),
        set_aside=read.set_aside,
        places=read.places,
    )


def _mapping(path: Path, study: Study, named: Path | None) -> CutMapping:
    own, _ = inside(path, [path / MAPPING_FILE])  # a link that leads out is found with the other files
    stated = named or next((file for file in own if file.is_file()), None)
    return CutMapping() if stated is None else read_mapping(stated, study)


def _packed_file(path: Path, digest: str | None) -> list[SourceFile]:
    """Give the intake record of the archive that the files were in, if they were in one."""
    if digest is None:
        return []
    return [SourceFile(name=readable(path.name), sha256=digest, rows=0, columns=0, form={"format": "ZIP"})]


def _mapping_file(mapping: CutMapping) -> list[SourceFile]:
    """Give the intake record of the mapping file: it belongs to what a result comes from."""
    if mapping.path is None:
        return []
    digest = hashlib.sha256(mapping.path.read_bytes()).hexdigest()
    form = {"format": "mapping file"}
    return [SourceFile(name=readable(mapping.path.name), sha256=digest, rows=0, columns=0, form=form)]


def _filled(frame: pd.DataFrame | None, table: RawTable) -> pd.DataFrame:
    """Add the columns of a table that were not asked for, empty."""
    empty, _ = typed_table(Sheet(), table)
    if frame is None:
        return empty
    return frame.assign(
        **{
            name: pd.Series([None] * len(frame), index=frame.index, dtype=empty[name].dtype)
            for name in empty.columns
            if name not in frame.columns
        }
    )


def _only(frame: pd.DataFrame, column: str) -> Any:
    """Take the one value of a column that has exactly one; else ``None``."""
    return frame[column].iloc[0] if len(frame) == 1 and frame[column].notna().all() else None
