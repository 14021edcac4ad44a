"""``duonen check``: its summary in words, and the findings as a file."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from duonen_stats.folder.output_place import require_file
from duonen_stats.folder.replaceable import require_apart
from duonen_stats.folder.write import write_file
from duonen_stats.formats.csv_files import findings_csv, is_findings_csv
from duonen_stats.formats.workbooks import QUERIES, findings_xlsx, is_unchanged_workbook
from duonen_stats.plan import Plan, deviations, preset_of
from duonen_stats.plan.status import shown
from duonen_stats.raw import Cut, Finding
from duonen_stats.raw.checks.check import catalogue
from duonen_stats.raw.derived.record_names import record_names
from duonen_stats.study import Study, load_study

_SEVERITIES = ("error", "warning", "note")


READ = (
    "baseline_visit",
    "baseline_rule",
    "censored_results",
    "new_lesion_is_progression",
    "baseline_scan",
    "baseline_scan_days",
    "baseline_scan_outside",
)
"""The decisions of the plan that a check depends on."""


def plan_summary(plan: Plan) -> str:
    """Name the decisions in which the plan of a check differs from the preset; empty if in none.

    Examples
    --------
    >>> from duonen_stats.plan import INTERIM, changed_plan
    >>> plan_summary(changed_plan(INTERIM, baseline_scan_days=42))
    'Plan INTERIM: baseline_scan_days is 42 (planned: 28).'
    """
    parts = [
        f"{item.field} is {shown(item.used)} (planned: {shown(item.planned)})"
        f"{'' if item.field in READ else ', which no check reads'}"
        for item in deviations(plan, preset_of(plan))
    ]
    return f"Plan {plan.name}: {'; '.join(parts)}." if parts else ""


def check_summary(cut: Cut, findings: Sequence[Finding]) -> str:
    """Read the findings of a cut as two short tables: by table and severity, and by rule, the gravest first.

    ``Records`` are those of the files; ``not read`` are the lines that became no record, or that an earlier cut
    leaves out.
    """
    parts = [_cut(cut), _by_table(cut, findings), _by_rule(findings) if findings else []]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _cut(cut: Cut) -> list[str]:
    """Say what an earlier date of data cut did to the snapshot."""
    if cut.snapshot_date is None:
        return []
    counts = Counter(one.action for one in cut.readout)
    return [
        f"Snapshot of {cut.snapshot_date:%Y-%m-%d} reduced to {cut.cut_date:%Y-%m-%d}; records left out: "
        f"{counts['removed']}, cells changed: {counts['changed']}, undated entries kept: {counts['kept']}."
    ]


def _by_table(cut: Cut, findings: Sequence[Finding]) -> list[str]:
    """Count by table; a file that belongs to no table is below them."""
    counts: Counter[tuple[str, str]] = Counter((one.table, one.severity) for one in findings)
    aside = Counter(one.table for one in cut.set_aside)
    names = [*cut.tables, *dict.fromkeys(one.table for one in findings if one.table not in cut.tables)]
    width = max(len("All"), *map(len, names)) + 2
    lines = [f"{'Table':<{width}}{'errors':>8}{'warnings':>10}{'notes':>8}{'records':>10}{'not read':>10}"]
    rows = [
        (name, [counts[name, kind] for kind in _SEVERITIES], _records(cut, name) + aside[name], aside[name])
        for name in names
    ]
    sums = [sum(row[1][place] for row in rows) for place in range(len(_SEVERITIES))]
    rows.append(("All", sums, sum(row[2] for row in rows), sum(row[3] for row in rows)))
    for name, (errors, warnings, notes), records, lost in rows:
        lines.append(f"{name:<{width}}{errors:>8}{warnings:>10}{notes:>8}{records:>10}{lost:>10}")
    return lines


def _records(cut: Cut, table: str) -> int:
    return len(cut.tables[table]) if table in cut.tables else 0


def _by_rule(findings: Sequence[Finding]) -> list[str]:
    texts = {rule.id: rule.text for rule in catalogue()}
    counts = Counter((one.severity, one.rule) for one in findings)
    ordered = sorted(counts, key=lambda key: (_SEVERITIES.index(key[0]), -counts[key], key[1]))
    lines = [f"{'Severity':<10}{'Rule':<18}{'n':>5}  Finding"]
    lines += [f"{kind:<10}{rule:<18}{counts[kind, rule]:>5}  {texts.get(rule, '')}" for kind, rule in ordered]
    return lines


def require_no_source(out: Path, data: Path | None, cut: Cut, study: Study | None = None) -> None:
    """Raise ``OptionError`` if writing the file ``out`` would replace a file of the cut that ``data`` holds.

    Files of a table that could not be read count, too.
    """
    require_apart(out, data)
    if data is None or not data.is_dir():
        return
    read = {file.name for file in cut.files}
    tables = {table.name for table in (study or load_study()).tables}
    require_apart(out, *(one for one in data.iterdir() if one.name in read or one.stem.lower() in tables))


def require_findings_file(out: Path, *read: Path | None) -> None:
    """Raise ``OptionError`` if findings cannot be written to ``out``, or something else would be lost by it.

    A query listing that somebody has worked in, such as a centre that answered, is something else.
    """
    if _is_workbook(out):
        require_file(out, QUERIES, partial(is_unchanged_workbook, kind=QUERIES), *read)
    else:
        require_file(out, "list of findings", is_findings_csv, *read)


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() == ".xlsx"


def write_findings(findings: Sequence[Finding], path: Path, cut: Cut, study: Study | None = None) -> None:
    """Write findings whole or not at all: a query listing if ``path`` ends in ``.xlsx``, else CSV.

    Either names the record of each finding as a centre knows it (``record_names``).
    """
    dictionary = study or load_study()
    if _is_workbook(path):
        write_file(path, findings_xlsx(findings, cut, dictionary))
    else:
        write_file(path, findings_csv(findings, record_names(findings, cut, dictionary)))
