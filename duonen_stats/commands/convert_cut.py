"""A data cut written in any of the formats it can be read from."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import pandas as pd
import yaml

from duonen_stats.commands.check_data import require_no_source
from duonen_stats.errors import DataError
from duonen_stats.folder.output_place import require_file, require_folder
from duonen_stats.folder.provenance import CONVERTED_CUT, MANIFEST, outputs_manifest
from duonen_stats.folder.write import write_file, write_outputs
from duonen_stats.formats.csv_files import dataset_csv
from duonen_stats.formats.dataset_files import SAS_LIMITS, parquet_bytes, sav_bytes, xpt_bytes
from duonen_stats.formats.file_table import FileTable, made_of
from duonen_stats.formats.workbooks import TABLES, is_unchanged_workbook, workbook_bytes
from duonen_stats.raw import Cut, apply_cut, read_cut
from duonen_stats.raw.checks.check import require_sound
from duonen_stats.raw.intake.convert import written_columns
from duonen_stats.raw.intake.mapping import MAPPING_FILE
from duonen_stats.study import RawTable, Study, load_study

Kind = Literal["csv", "xlsx", "workbook", "parquet", "xpt", "xpt8", "sav"]

_WRITERS: Mapping[str, tuple[str, Callable[[FileTable], bytes]]] = MappingProxyType(
    {
        "csv": (".csv", lambda table: dataset_csv(table.frame)),
        "xlsx": (".xlsx", lambda table: workbook_bytes([table])),
        "parquet": (".parquet", parquet_bytes),
        "xpt": (".xpt", lambda table: xpt_bytes(table, version=5)),
        "xpt8": (".xpt", lambda table: xpt_bytes(table, version=8)),
        "sav": (".sav", sav_bytes),
    }
)
KINDS = (*_WRITERS, "workbook")
"""Formats a cut can be written in: a folder with one file per table, or one workbook."""


def write_cut(cut: Cut, study: Study, out: Path, *, kind: str) -> None:
    """Write the raw tables of a cut, whole or not at all.

    Parameters
    ----------
    cut
        What to write; cells that could not be read are empty.
    study
        The study it belongs to: labels of columns and codes.
    out
        A folder to make or replace; for ``"workbook"`` the file to write.
    kind
        One of ``KINDS``. For ``"xpt"``, whose names have 8 characters at most, longer names are shortened and a
        mapping file is written with them, by which they are read back.

    Raises
    ------
    DataError
        Something does not fit the format, or ``kind`` is none.
    DuonenError
        ``out`` is something else than an earlier output, or the disk refuses.
    """
    if kind == "workbook":
        write_file(out, workbook_bytes(_file_tables(cut, study)))
        return
    files = cut_files(cut, study, dict.fromkeys((table.name for table in study.tables), kind))
    files[MANIFEST] = outputs_manifest(cut, files, CONVERTED_CUT)
    write_outputs(out, files)


def convert_cut(
    data: Path | None,
    out: Path,
    *,
    kind: str,
    mapping: Path | None = None,
    cut_date: date | str | None = None,
) -> dict[str, int]:
    """Read a cut and write it in another format; return the number of records by table.

    Parameters
    ----------
    data
        A folder or workbook; None is the simulated cohort shipped with the package.
    out, kind
        As for ``write_cut``.
    mapping
        Mapping file of the cut.
    cut_date
        Reduce the data to what was known on this day; if omitted, they are taken as they are.

    Raises
    ------
    FaultyCutError
        Something of the cut could not be read, and would be lost.
    OptionError
        ``out`` holds the data themselves, or something that is not an earlier output, or cannot be written. Nothing is
        read then.
    """
    if kind == "workbook":
        require_file(out, "data cut", partial(is_unchanged_workbook, kind=TABLES), data, mapping)
    else:
        require_folder(out, CONVERTED_CUT, data, mapping)
    study = load_study()
    cut = read_cut(study, data, mapping=mapping)
    require_sound(cut, cut.findings)
    if cut_date is not None:
        cut = apply_cut(cut, study, cut_date)
    if kind == "workbook":
        require_no_source(out, data, cut, study)
    write_cut(cut, study, out, kind=kind)
    return {name: len(table) for name, table in cut.tables.items() if len(table)}


def cut_files(cut: Cut, study: Study, kinds: Mapping[str, str]) -> dict[str, bytes]:
    """Write raw tables into files, each in a format of its own.

    Parameters
    ----------
    cut, study
        As for ``write_cut``.
    kinds
        Format of each table by its name.

    Returns
    -------
    dict
        Content by name of the file; with a mapping file where names were shortened.
    """
    files: dict[str, bytes] = {}
    shortened = []
    for table in _file_tables(cut, study):
        kind = kinds[table.name]
        if kind not in _WRITERS:
            raise DataError(f"{kind!r} is no format of a cut; there are {', '.join(KINDS)}.")
        ending, write = _WRITERS[kind]
        names = short_names([*map(str, table.frame.columns)], SAS_LIMITS[5].name) if kind == "xpt" else {}
        files[table.name + ending] = write(_for_sas(table, names) if kind.startswith("xpt") else table)
        longer = {short: name for name, short in names.items() if short != name}
        if longer:
            shortened.append({"source": table.name + ending, "table": table.name, "columns": longer})
    if shortened:
        files[MAPPING_FILE] = yaml.safe_dump({"sources": shortened}, sort_keys=False).encode()
    return files


def _file_tables(cut: Cut, study: Study) -> list[FileTable]:
    """Give the tables of a cut; one that is optional and did not arrive is left out."""
    present = [table for table in study.tables if table.required or len(cut.tables[table.name])]
    return [_file_table(cut.tables[table.name], table, made_of(cut)) for table in present]


def _file_table(frame: pd.DataFrame, table: RawTable, made: datetime) -> FileTable:
    columns = written_columns(frame, table)
    return FileTable(
        name=table.name,
        label=table.label,
        frame=frame[[column.name for column in columns]],
        labels={column.name: column.label for column in columns},
        value_labels={
            column.name: {code.code: code.label for code in column.codes}
            for column in columns
            if column.codes
        },
        made=made,
    )


def _for_sas(table: FileTable, names: Mapping[str, str]) -> FileTable:
    """Give a table the names that SAS allows; labels too long for it are left out."""
    short = {str(name): names.get(str(name), str(name)) for name in table.frame.columns}
    labels = {
        name: label for name, label in table.labels.items() if len(label.encode()) <= SAS_LIMITS[5].label
    }
    return FileTable(
        name=table.name[: SAS_LIMITS[5].name].upper(),
        label=table.label if len(table.label.encode()) <= SAS_LIMITS[5].label else "",
        frame=table.frame.rename(columns=short),
        labels={short[name]: label for name, label in labels.items()},
        made=table.made,
    )


def short_names(names: list[str], longest: int) -> dict[str, str]:
    """Shorten names to a length, all different: the beginning, if need be ending in a number."""
    taken = {name for name in names if len(name) <= longest}
    short: dict[str, str] = {}
    for name in names:
        new, number = name[:longest], 1
        while len(name) > longest and new in taken:
            number += 1
            new = f"{name[: longest - len(str(number))]}{number}"
        short[name] = new
        taken.add(new)
    return short
