"""Data quality: findings by severity, records read, used and set aside."""

from collections.abc import Sequence

import pandas as pd

from duonen_stats.raw import Finding
from duonen_stats.results.about import About
from duonen_stats.results.table import ResultRow

SEVERITIES = ("error", "warning", "note")


def analyse_quality(findings: Sequence[Finding], accounting: pd.DataFrame) -> list[ResultRow]:
    """Count findings by severity, and records by raw table: read, used, set aside.

    ``accounting`` has one row per raw table: ``table, read, used, set_aside``.
    """
    about = About(id="quality", display="Data quality", population="All records")
    rows = []
    for severity in SEVERITIES:
        number = sum(finding.severity == severity for finding in findings)
        block = about.at(f"findings.{severity}", variable="severity", variable_level=severity)
        rows.append(block.row("n", number, label="Number of findings"))
    for record in accounting.to_dict("records"):
        block = about.at(f"records.{record['table']}", variable="table", variable_level=str(record["table"]))
        rows += [
            block.row(name, int(record[name]), label=f"Records {name.replace('_', ' ')}")
            for name in ("read", "used", "set_aside")
        ]
    return rows
