"""Check a data cut, and stop what must not go on."""

from collections.abc import Sequence
from pathlib import Path

from duonen_stats.errors import FaultyCutError
from duonen_stats.raw import Cut, Finding, read_cut
from duonen_stats.raw.check import check_cut
from duonen_stats.report.exports import findings_csv
from duonen_stats.report.write import write_file
from duonen_stats.study import Study, load_study


def check_data(
    folder: Path | None, study: Study | None = None, *, mapping: Path | None = None
) -> tuple[Cut, tuple[Finding, ...]]:
    """Read a data cut (the simulated cohort if ``folder`` is None) and return it with all findings.

    Raises ``DataError`` if the folder or workbook does not exist, or the mapping file has faults; whatever is
    wrong inside the cut is a finding.
    """
    nouns = study or load_study()
    cut = read_cut(nouns, folder, mapping=mapping)
    return cut, check_cut(cut, nouns)


def require_sound(cut: Cut, findings: Sequence[Finding]) -> None:
    """Raise ``FaultyCutError``, carrying all findings, if one of them is an error."""
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        raise FaultyCutError(
            f"{cut.name} has {errors} error{'s' if errors > 1 else ''} that would make an analysis wrong, so nothing "
            "was written. Correct the records listed above; duonen check --out FILE writes the whole list.",
            findings,
        )


def write_findings(findings: Sequence[Finding], path: Path) -> None:
    """Write findings as CSV, whole or not at all."""
    write_file(path, findings_csv(findings))
