"""Check a data cut, and stop what must not go on."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from duonen_stats.errors import FaultyCutError
from duonen_stats.folder.replaceable import require_apart
from duonen_stats.folder.write import write_file
from duonen_stats.formats.csv_files import findings_csv
from duonen_stats.formats.queries import findings_xlsx
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.raw import Cut, Finding, apply_cut, read_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.study import Study, load_study


def check_data(
    folder: Path | None,
    study: Study | None = None,
    *,
    mapping: Path | None = None,
    cut_date: date | str | None = None,
    plan: Plan = INTERIM,
) -> tuple[Cut, tuple[Finding, ...]]:
    """Read a data cut (the simulated cohort if ``folder`` is None) and return it with all findings.

    ``plan`` gives the decisions that checks share with the analyses. With ``cut_date`` the cut is reduced to what was
    known on that day, and then checked. Raises ``DataError`` if the folder or workbook does not exist, the mapping file
    has faults, or the day is later than the cut; whatever is wrong inside the cut is a finding.
    """
    nouns = study or load_study()
    cut = read_cut(nouns, folder, mapping=mapping)
    if cut_date is not None:
        cut = apply_cut(cut, nouns, cut_date)
    return cut, check_cut(cut, nouns, plan)


def require_sound(cut: Cut, findings: Sequence[Finding]) -> None:
    """Raise ``FaultyCutError``, carrying all findings, if one of them is an error."""
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        raise FaultyCutError(
            f"{cut.name} has {errors} error{'s' if errors > 1 else ''} that would make an analysis wrong, so nothing "
            "was written. Correct the records listed above; duonen check --out FILE writes the whole list.",
            findings,
        )


def require_no_source(out: Path, data: Path | None, cut: Cut, study: Study | None = None) -> None:
    """Raise ``DuonenError`` if writing the file ``out`` would replace a file of the cut that ``data`` holds.

    Files of a table that could not be read count, too.
    """
    require_apart(out, data)
    if data is None or not data.is_dir():
        return
    read = {file.name for file in cut.files}
    tables = {table.name for table in (study or load_study()).tables}
    require_apart(out, *(one for one in data.iterdir() if one.name in read or one.stem.lower() in tables))


def write_findings(findings: Sequence[Finding], path: Path, cut: Cut, study: Study | None = None) -> None:
    """Write findings whole or not at all: a query listing if ``path`` ends in ``.xlsx``, else CSV."""
    workbook = path.suffix.lower() == ".xlsx"
    nouns = study or load_study()
    write_file(path, findings_xlsx(findings, cut, nouns) if workbook else findings_csv(findings))
