"""What in a folder is personal: which files name patients or hold a row for each, before a folder is passed on."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duonen_stats.comparison.read_output import read_manifest
from duonen_stats.displays.catalogue import FINAL_DISPLAYS
from duonen_stats.displays.exposure.box_figures import FIGURE_2, FIGURE_4, FIGURE_5, FIGURE_7
from duonen_stats.document.stored import DOCUMENT
from duonen_stats.errors import DataError, DuonenError
from duonen_stats.folder.provenance import COMPARISON, EXPORT, PROFILES, REPORT
from duonen_stats.study import load_study

_IDENTIFIERS = frozenset({"SUBJID", "USUBJID", "SUBJECT", "PATIENT"})
_KEY = "RECORD"
"""Column of a comparison: the key of a record in words, its patient first: ``SUBJID 01-001, CYCLE 2``."""
_BINARY = {
    ".xpt": "SAS transport",
    ".sav": "SPSS",
    ".zsav": "SPSS",
    ".sas7bdat": "SAS",
    ".parquet": "Parquet",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
}
_PAGES = {".html", ".pdf", ".json", ".xml", ".svg", ".png", ".docx", ".rtf", ".tex", ".tif"}
_FIGURES_OF_PATIENTS = frozenset(
    {
        *(one.key for one in (FIGURE_2, FIGURE_4, FIGURE_5, FIGURE_7)),
        *(key for key, one in FINAL_DISPLAYS.items() if one.individual),
    }
)
"""Figures whose points, bars or rows are single patients, unless they were drawn for circulation."""

_NEITHER = frozenset({"yaml", "yml", "toml", "md", "r", "CHECKSUMS", "LICENSE"})
"""Endings and names of files that describe others."""

_MOST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PersonalFile:
    """A file that holds something of single patients, and what."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Personal:
    """What was found in a folder; ``unknown`` are files whose content could not be determined."""

    folder: Path
    files: tuple[PersonalFile, ...]
    unknown: tuple[str, ...]
    aggregate: bool
    looked_at: int

    def text(self) -> str:
        """Read as lines for a terminal."""
        lines = [f"PERSONAL  {one.name}: {one.what}" for one in self.files]
        lines += [f"UNKNOWN   {name}: its content cannot be determined; look at it" for name in self.unknown]
        if not lines:
            lines = [f"None of the {self.looked_at} files of {self.folder} names a patient."]
        elif not self.aggregate:
            lines.append("A report without all this: duonen report … --aggregate-only.")
        return "\n".join(lines)


def find_personal(folder: Path | str) -> Personal:
    """Find the files of a folder that hold something of single patients.

    Parameters
    ----------
    folder
        A report, the output of another command, or a data cut.

    Returns
    -------
    Personal
        In order of name. A table with a column that identifies patients is personal if it has a row. A page or a figure
        is, if it belongs to a report that was not made for circulation, or to pages of patients. In a folder that this
        package did not write, a page, and a table whose columns the study does not know, cannot be determined.

    Raises
    ------
    DataError
        There is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DataError(f"{root} is not a folder; name the one that is to be looked through.")
    kind, aggregate = _made_as(root)
    paths = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    found, unknown = [], []
    for path in paths:
        name = path.relative_to(root).as_posix()
        what = _personal(path, kind, aggregate=aggregate)
        if what is None:
            unknown.append(name)
        elif what:
            found.append(PersonalFile(name, what))
    return Personal(root, tuple(found), tuple(unknown), aggregate, len(paths))


def _made_as(root: Path) -> tuple[str, bool]:
    """Return what kind of output a folder is, none if it is not ours, and whether it was made for circulation."""
    try:
        manifest = read_manifest(root)
    except DuonenError:
        return "", False
    return str(manifest.get("kind", REPORT)), bool(manifest.get("aggregate_only"))


def _personal(path: Path, kind: str, *, aggregate: bool) -> str | None:
    """Say what of patients a file holds; empty if nothing, None if that cannot be determined."""
    ending = path.suffix.lower()
    if ending in {".csv", ".tsv", ".txt"}:
        return _of_table(path, ours=bool(kind))
    if ending in _BINARY:
        return f"{_BINARY[ending]} file, which may hold a row for each patient"
    if ending in _PAGES:
        return "" if aggregate else _of_page(path, kind)
    return "" if ending.removeprefix(".") in _NEITHER or path.name in _NEITHER else None


def _of_table(path: Path, *, ours: bool) -> str | None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _rows(file.read(_MOST))
            header = [cell.strip().upper() for cell in next(rows, [])]
            at = [place for place, cell in enumerate(header) if cell in {*_IDENTIFIERS, _KEY}]
            patients, records = set(), 0
            for row in rows:
                cells = [_patient(row[place], header[place]) for place in at if place < len(row)]
                named = [cell for cell in cells if cell]
                patients |= {*named[:1]}
                records += bool(named)
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    if not records:
        return "" if ours or _known_columns().issuperset(header) else None
    return f"{records} row{'s' if records > 1 else ''} of {len(patients)} patient{'s' if len(patients) > 1 else ''}"


def _patient(cell: str, column: str) -> str:
    """Return the patient that a cell of a column names; empty if it names none."""
    if column != _KEY:
        return cell.strip()
    name, _, rest = cell.partition(" ")
    return rest.partition(",")[0].strip() if name in _IDENTIFIERS else ""


def _known_columns() -> frozenset[str]:
    return frozenset(column.name for table in load_study().tables for column in table.columns)


def _rows(text: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    return csv.reader(text.splitlines(), delimiter=separator)


def _of_page(path: Path, kind: str) -> str | None:
    """Pages of a report that was not made for circulation list patients; some of its figures draw each of them."""
    if not kind:
        return None
    drawn = "figures" in {path.parent.name, path.parent.parent.name}
    if kind == PROFILES:
        named = "names the files of each patient" if path.suffix == ".json" else "a page for each patient"
        return "draws a single patient" if drawn else named
    if kind == COMPARISON and path.suffix.lower() in {".html", ".pdf"}:
        return "lists changed records and findings with their patients"
    if kind not in {REPORT, EXPORT}:
        return ""
    if path.name in {"report.html", "report.pdf", "report.docx", "report.rtf", DOCUMENT}:
        return "listings name patients with their dates"
    drawn = drawn or kind == EXPORT
    return "draws single patients" if drawn and path.stem in _FIGURES_OF_PATIENTS else ""
