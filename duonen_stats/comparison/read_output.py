"""An output folder read back: every file against the manifest, then its tables."""

import csv
import hashlib
import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from duonen_stats.datasets.metadata.variables import RECORD_KEYS
from duonen_stats.errors import DuonenError
from duonen_stats.folder.provenance import MANIFEST, files_of
from duonen_stats.folder.regular_file import file_bytes
from duonen_stats.formats.csv_files import DISPLAYS

RESULTS, FINDINGS = "results.csv", "findings.csv"
_AGAIN = "Make the report again, or name another folder."


@dataclass(frozen=True, slots=True)
class OutputSheet:
    """A CSV file of an output: its column names and its rows, all as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def records(self) -> list[dict[str, str]]:
        """Return each row by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What one run wrote: its manifest and its files. Tables are read when asked for."""

    name: str
    manifest: Mapping[str, Any]
    files: Mapping[str, bytes] = field(repr=False)
    _sheets: dict[str, OutputSheet] = field(default_factory=dict, repr=False, compare=False)

    def sheet(self, file: str, *columns: str) -> OutputSheet | None:
        """Read a CSV file that must have ``columns``; None if the output has none of this name."""
        if file not in self.files:
            return None
        if file not in self._sheets:
            self._sheets[file] = _sheet(self.files[file], f"{file} of {self.name}")
        lacking = [column for column in columns if column not in self._sheets[file].columns]
        if lacking:
            raise DuonenError(f"{file} of {self.name} has no column {', '.join(lacking)}. {_AGAIN}")
        return self._sheets[file]

    def raw(self) -> dict[str, OutputSheet]:
        """Read the raw records, by table."""
        return self._under("raw/")

    def datasets(self) -> dict[str, OutputSheet]:
        """Read the analysis datasets, by name; those of ``duonen build`` stand at the top of the folder."""
        found = {**self._under(""), **self._under("datasets/")}
        return {name.upper(): sheet for name, sheet in found.items() if name.upper() in RECORD_KEYS}

    def _under(self, folder: str) -> dict[str, OutputSheet]:
        names = [name for name in self.files if name.startswith(folder) and name.endswith(".csv")]
        direct = [name for name in names if "/" not in name.removeprefix(folder)]
        found = {name.removeprefix(folder).removesuffix(".csv"): self.sheet(name) for name in sorted(direct)}
        return {name: sheet for name, sheet in found.items() if sheet is not None}

    @property
    def cut_date(self) -> str:
        """Date of the data cut, or that it has none."""
        return str((self.manifest.get("data_cut") or {}).get("date") or "date not stated")

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the data cut; empty if the output has no data."""
        return str((self.manifest.get("data_cut") or {}).get("fingerprint") or "")

    @property
    def simulated(self) -> bool:
        """Whether the data are simulated: unless the manifest says that they are not."""
        return bool(self.manifest.get("simulated", False))


def read_output(folder: Path) -> Output:
    """Read a folder that ``duonen report`` or ``duonen build`` wrote, and check every file against its manifest.

    Parameters
    ----------
    folder
        The folder. Nothing outside it is opened, whatever its manifest says.

    Returns
    -------
    Output
        The manifest and the bytes of every file.

    Raises
    ------
    DuonenError
        The folder is no such output, or a file of it is missing or is no longer what was written.
    """
    manifest = read_manifest(folder)
    return Output(name=str(folder), manifest=manifest, files=read_files(folder, manifest))


def read_files(
    folder: Path, manifest: Mapping[str, Any], names: Collection[str] | None = None
) -> Mapping[str, bytes]:
    """Read files of a folder, each checked against its manifest: all of them, or those of ``names``.

    Raises ``DuonenError`` if one is missing, leads out of the folder or is no longer what was written.
    """
    listed = {item["name"]: item.get("sha256") for item in manifest["outputs"]}
    wanted = listed if names is None else {name: listed[name] for name in listed if name in names}
    return {name: _read(folder, name, digest) for name, digest in wanted.items()}


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Read the manifest of a folder; ``DuonenError`` if it has none of this package."""
    try:
        text = file_bytes(folder / MANIFEST)
    except OSError as error:
        raise DuonenError(
            f"{folder} is no output of duonen report or duonen build: it has no {MANIFEST} that can be read "
            f"({error.strerror}). Give the folder that --out named."
        ) from error
    names = files_of(text)
    if names is None:
        raise DuonenError(f"{folder} is no output of this package: {MANIFEST} in it is not one of ours.")
    manifest: Mapping[str, Any] = json.loads(text)
    if not _well_formed(manifest):
        raise DuonenError(f"{MANIFEST} of {folder} is not as this package writes it. {_AGAIN}")
    return manifest


def _well_formed(manifest: Any) -> bool:
    """Return whether the parts of a manifest that are read are of the kind they should be."""
    parts = [manifest.get(name) or {} for name in ("data_cut", "plan", "definitions", "software", "seeds")]
    lists = [manifest.get(name) or [] for name in ("inputs", "outputs")]
    return (
        all(isinstance(part, dict) for part in parts)
        and all(isinstance(part, list) for part in lists)
        and all(
            isinstance(item, dict) and isinstance(item.get("name"), str) for part in lists for item in part
        )
    )


def _read(folder: Path, name: str, digest: object) -> bytes:
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\0" in name:
        raise DuonenError(
            f"The manifest of {folder} names {name!r}, which is not a file within the folder. {_AGAIN}"
        )
    path = folder.joinpath(*parts)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DuonenError(f"{name} of {folder} is a link that leads out of the folder. {_AGAIN}")
    try:
        content = file_bytes(path)
    except OSError as error:
        raise DuonenError(f"{name} of {folder} cannot be read ({error.strerror}). {_AGAIN}") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise DuonenError(f"{name} of {folder} is not what was written: its SHA-256 is another. {_AGAIN}")
    return content


def _sheet(content: bytes, where: str) -> OutputSheet:
    csv.field_size_limit(max(csv.field_size_limit(), len(content) + 1))
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DuonenError(f"{where} is not a CSV file of this package ({error}). {_AGAIN}") from error
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        raise DuonenError(f"{where} is not a CSV file of this package: its lines differ in length. {_AGAIN}")
    return OutputSheet(tuple(rows[0]), tuple(tuple(row) for row in rows[1:]))


__all__ = ["DISPLAYS", "FINDINGS", "RESULTS", "Output", "OutputSheet", "read_output"]
