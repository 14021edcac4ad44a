"""What changed between two outputs: records, statistics, displays, findings, and what they were made from."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from duonen_stats.comparison.changed_displays import TouchedDisplay, compare_displays
from duonen_stats.comparison.changed_records import TableChange, compare_tables
from duonen_stats.comparison.changed_statistics import (
    KINDS,
    StatisticChange,
    Tolerance,
    compare_statistics,
    statistics_count,
)
from duonen_stats.comparison.read_output import (
    DISPLAYS,
    FINDINGS,
    RESULTS,
    Output,
    read_output,
)
from duonen_stats.datasets.metadata.variables import RECORD_KEYS
from duonen_stats.errors import DuonenError
from duonen_stats.formats.csv_files import RECORD
from duonen_stats.study import Study, load_study

# What two outputs were made from and by: data cut, plan, definitions, versions, files; and their
# findings.


_NOT_OF_THE_CUT = frozenset({"fingerprint"})  # the records themselves are compared
_COMPARED_APART = frozenset(
    {"data_cut", "plan", "definitions", "software", "seeds", "inputs", "outputs", "platform", "times"}
)
"""Parts of a manifest that have their own comparison, or are no part of what was made."""

_SHORT = 16


Area = Literal["data cut", "plan", "definition", "version", "input file", "seed", "output", "file"]


@dataclass(frozen=True, slots=True)
class ContextChange:
    """One thing that is other than it was: its kind, its name, what it was and is; empty if it was not there."""

    area: Area
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """A finding of the data check that is new or no longer there. ``subject`` may name a patient."""

    kind: Literal["new", "resolved"]
    severity: str
    rule: str
    table: str
    row: str
    column: str
    subject: str
    message: str


def compare_context(old: Output, new: Output) -> tuple[ContextChange, ...]:
    """Compare two manifests, whose times and machine are no part of it, and the files that nothing else compares."""
    return (*_context(old.manifest, new.manifest), *_differing("file", *_other_files(old, new)))


def compare_findings(old: Output, new: Output) -> tuple[FindingChange, ...]:
    """Compare two lists of findings; where its record stands is no part of a finding, and none counts twice.

    Returns nothing if one of the outputs has no findings.
    """
    before, after = old.sheet(FINDINGS), new.sheet(FINDINGS)
    if before is None or after is None:
        return ()
    return (
        *_beyond("new", after.records(), before.records()),
        *_beyond("resolved", before.records(), after.records()),
    )


def _context(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContextChange]:
    cuts = [
        {name: value for name, value in (item.get("data_cut") or {}).items() if name not in _NOT_OF_THE_CUT}
        for item in (old, new)
    ]
    yield from _differing("data cut", *cuts)
    yield from _differing("plan", old.get("plan", {}), new.get("plan", {}))
    rest = [{k: v for k, v in item.items() if k not in _COMPARED_APART} for item in (old, new)]
    yield from _differing("output", *rest)
    hashes = [
        {name: digest[:_SHORT] for name, digest in item.get("definitions", {}).items()} for item in (old, new)
    ]
    yield from _differing("definition", *hashes)
    yield from _differing("version", old.get("software", {}), new.get("software", {}))
    yield from _differing("seed", old.get("seeds", {}), new.get("seeds", {}))
    files = [{_file_name(item): _file(item) for item in source.get("inputs", [])} for source in (old, new)]
    yield from _differing("input file", *files)


def _other_files(old: Output, new: Output) -> tuple[dict[str, str], dict[str, str]]:
    """Describe the files that are compared neither as records nor as results, displays or findings.

    Pages and documents are made from the others: they are named only where they alone differ.
    """
    tables: tuple[dict[str, str], dict[str, str]] = ({}, {})
    pages: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for name in dict.fromkeys((*old.files, *new.files)):
        if _compared_elsewhere(name):
            continue
        for place, output in enumerate((old, new)):
            if name in output.files:
                digest = f"SHA-256 {hashlib.sha256(output.files[name]).hexdigest()[:_SHORT]}"
                sheet = output.sheet(name) if name.endswith(".csv") else None
                if sheet is None:
                    pages[place][name] = digest
                else:
                    tables[place][name] = f"{len(sheet.rows)} rows, {digest}"
    rest = [name for name in old.files.keys() | new.files.keys() if _compared_elsewhere(name)]
    alone = all(old.files.get(name) == new.files.get(name) for name in rest)
    return tables if not alone else (tables[0] | pages[0], tables[1] | pages[1])


def _compared_elsewhere(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    stem = file.removesuffix(".csv").upper()
    return (
        folder in {"raw", "tables", "figures", "figures/column"}
        or name in {RESULTS, FINDINGS, DISPLAYS}
        or (folder in {"", "datasets"} and file.endswith(".csv") and stem in RECORD_KEYS)
    )


def _differing(
    area: Area,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[ContextChange]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield ContextChange(area, name, _text(old.get(name)), _text(new.get(name)))


def _file_name(item: Mapping[str, Any]) -> str:
    """Name a file, with the table it is: a workbook holds several."""
    return ", ".join(str(part) for part in (item["name"], item.get("table")) if part)


def _file(item: Mapping[str, Any]) -> str:
    return f"{item.get('rows')} rows, SHA-256 {str(item.get('sha256'))[:_SHORT]}"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, Mapping):  # a decision that deviates is named: its values are those of the plan
        return (
            str(value["field"])
            if "field" in value
            else ", ".join(f"{k} {_text(v)}" for k, v in value.items())
        )
    return str(value)


def _beyond(
    kind: Literal["new", "resolved"], these: list[dict[str, str]], those: list[dict[str, str]]
) -> Iterator[FindingChange]:
    matched = Counter(_identity(row) for row in those)
    for row in these:
        if matched[_identity(row)]:
            matched[_identity(row)] -= 1
            continue
        yield FindingChange(
            kind=kind,
            severity=row.get("severity", ""),
            rule=row.get("rule", ""),
            table=row.get("table", ""),
            row=row.get("row", ""),
            column=row.get("column", ""),
            subject=row.get("subject", ""),
            message=row.get("message", ""),
        )


def _identity(row: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Name a finding without lines, also those in its words, and without the name of its record, which may be new."""
    kept = ((name, text) for name, text in row.items() if name not in {"row", "lines", RECORD})
    return tuple((name, _LINES.sub("line", text) if name == "message" else text) for name, text in kept)


_LINES = re.compile(r"\blines? \d+(?:(?:, | and |-)\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs between two outputs.

    ``tables`` are all tables that are in both, also those without a change; ``left_out`` says which parts
    could not be compared because one of the outputs lacks them.
    """

    old: Output
    new: Output
    tables: tuple[TableChange, ...]
    statistics: tuple[StatisticChange, ...]
    statistics_old: int
    statistics_new: int
    displays: tuple[TouchedDisplay, ...]
    findings: tuple[FindingChange, ...]
    context: tuple[ContextChange, ...]
    left_out: tuple[str, ...]

    @property
    def different(self) -> bool:
        """Whether anything differs."""
        return bool(
            any(table.different for table in self.tables)
            or self.statistics
            or self.displays
            or self.findings
            or self.context
            or self.left_out
        )

    @property
    def simulated(self) -> bool:
        """Whether either side is of simulated data."""
        return self.old.simulated or self.new.simulated

    def statistics_by_kind(self) -> dict[str, int]:
        """Count the statistics of each kind of change."""
        return {kind: sum(item.kind == kind for item in self.statistics) for kind in KINDS}


def compare_folders(
    old: Path, new: Path, *, tolerance: Tolerance | None = None, study: Study | None = None
) -> Comparison:
    """Compare two output folders of ``duonen report`` or ``duonen build``.

    Parameters
    ----------
    old, new
        The earlier and the later folder.
    tolerance
        When two numbers count as the same; the last bits of a computation are no difference by default.
    study
        Says by which key the records of a raw table are distinguished; the shipped dictionary by default.

    Raises
    ------
    DuonenError
        A folder is no such output, a file of it is missing or has been changed, or the two have nothing in
        common.
    """
    return compare_outputs(read_output(old), read_output(new), tolerance=tolerance, study=study)


def compare_outputs(
    old: Output, new: Output, *, tolerance: Tolerance | None = None, study: Study | None = None
) -> Comparison:
    """Compare two outputs that have been read; as ``compare_folders``."""
    allowed = tolerance or Tolerance()
    parts = [_parts(output) for output in (old, new)]
    if not parts[0] & parts[1]:
        raise DuonenError(
            f"{old.name} and {new.name} have nothing to compare: no results, datasets or records stand in both."
        )
    statistics = compare_statistics(old, new, allowed)
    # A number described otherwise is the same number: the displays that show it show what they showed.
    moved = [item.analysis_id for item in statistics if item.kind != "described otherwise"]
    return Comparison(
        old=old,
        new=new,
        tables=compare_tables(old, new, study or load_study(), allowed),
        statistics=statistics,
        statistics_old=statistics_count(old),
        statistics_new=statistics_count(new),
        displays=compare_displays(old, new, moved),
        findings=compare_findings(old, new),
        context=compare_context(old, new),
        left_out=tuple(sorted(parts[0] ^ parts[1])),
    )


def _parts(output: Output) -> set[str]:
    named = {"statistics": RESULTS, "displays": DISPLAYS, "findings": FINDINGS}
    found = {part for part, file in named.items() if file in output.files}
    return (
        found
        | {f"dataset {name}" for name in output.datasets()}
        | {f"raw table {name}" for name in output.raw()}
    )
