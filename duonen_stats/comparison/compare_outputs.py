"""What changed between two outputs: records, statistics, displays, findings, and what they were made from."""

from dataclasses import dataclass
from pathlib import Path

from duonen_stats.comparison.changed_displays import TouchedDisplay, compare_displays
from duonen_stats.comparison.changed_records import TableChange, compare_tables
from duonen_stats.comparison.changed_statistics import (
    KINDS,
    StatisticChange,
    compare_statistics,
    statistics_count,
)
from duonen_stats.comparison.compare_context import (
    ContextChange,
    FindingChange,
    compare_context,
    compare_findings,
)
from duonen_stats.comparison.compare_tolerance import Tolerance
from duonen_stats.comparison.read_output import (
    DISPLAYS,
    FINDINGS,
    RESULTS,
    Output,
    read_output,
)
from duonen_stats.errors import DuonenError
from duonen_stats.study import Study, load_study


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs between two outputs.

    ``tables`` are all tables that stand in both, also those without a change; ``left_out`` says which parts
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
        Says by which key the records of a raw table are told apart; the shipped dictionary by default.

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
