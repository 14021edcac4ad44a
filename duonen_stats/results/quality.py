"""Data quality: findings by severity, records read, used and set aside."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from duonen_stats.datasets.patients.populations import Population
from duonen_stats.raw import Finding
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow

SEVERITIES = ("error", "warning", "note")


def analyse_quality(findings: Sequence[Finding], accounting: pd.DataFrame) -> list[ResultRow]:
    """Count findings by severity, rule and centre, and records by raw table: read, used, set aside.

    ``accounting`` has one row per raw table: ``table, read, used, set_aside``.
    """
    about = About(display="Data quality", population=Population.RECORDS)
    rows = []
    for severity in SEVERITIES:
        number = sum(finding.severity == severity for finding in findings)
        block = about.of(ids.findings(severity), variable="severity", variable_level=severity)
        rows.append(block.row("n", number, label="Number of findings"))
    for record in accounting.to_dict("records"):
        block = about.of(
            ids.records(str(record["table"])), variable="table", variable_level=str(record["table"])
        )
        rows += [
            block.row(name, int(record[name]), label=f"Records {name.replace('_', ' ')}")
            for name in ("read", "used", "set_aside")
        ]
    return [*rows, *_by_rule(findings, about), *_by_site(findings, about)]


def _by_rule(findings: Sequence[Finding], about: About) -> list[ResultRow]:
    counts = Counter((finding.rule, finding.severity) for finding in findings)
    return [
        about.of(ids.rule_findings(rule), variable="rule", variable_level=rule, context=severity).row(
            "n", number, label="Number of findings"
        )
        for (rule, severity), number in sorted(counts.items())
    ]


def _by_site(findings: Sequence[Finding], about: About) -> list[ResultRow]:
    """Count by centre in order of name; the findings of no centre come first, under an empty name.

    The id holds the code of the centre, so that it stays when findings of another centre come or go.
    """
    rows = []
    for site in ("", *sorted({finding.site for finding in findings if finding.site})):
        own = [finding for finding in findings if (finding.site or "") == site]
        block = about.of(
            ids.site_findings(site) if site else ids.siteless_findings(), variable="site", variable_level=site
        )
        rows += [
            block.row(severity, sum(one.severity == severity for one in own), label=f"Findings: {severity}")
            for severity in SEVERITIES
        ]
        patients = len({one.subject for one in own} - {None})
        rows.append(block.row("patients", patients, label="Patients with a finding"))
    return rows
