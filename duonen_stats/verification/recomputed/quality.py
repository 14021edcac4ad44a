"""Counts of findings, records and entries of the audit once more, from their lists in the folder."""

import pandas as pd

from duonen_stats.verification.recomputed.describe import PANDAS
from duonen_stats.verification.report_folder import ReportFolder
from duonen_stats.verification.second_numbers import SecondNumbers

_SEVERITIES = ("error", "warning", "note")


def recompute_quality(out: SecondNumbers, folder: ReportFolder) -> None:
    """Add what the appendix counts of the lists beside the results."""
    findings = folder.lists.get("findings")
    if findings is not None:
        _findings(out, findings)
    aside = folder.lists.get("set_aside")
    for name, rows in folder.raw.items():
        out.add(f"quality.records.{name}.read", len(rows), PANDAS)
        if aside is not None:
            left = int(aside["table"].eq(name).sum())
            out.add(f"quality.records.{name}.set_aside", left, PANDAS)
            out.add(f"quality.records.{name}.used", len(rows) - left, PANDAS)
    audit = folder.lists.get("audit")
    if audit is not None:
        out.add("audit.n", len(audit), PANDAS)
        for kind, number in audit["kind"].value_counts().items():
            out.add(f"audit.{kind}.n", number, PANDAS)


def _findings(out: SecondNumbers, findings: pd.DataFrame) -> None:
    for severity in _SEVERITIES:
        out.add(f"quality.findings.{severity}.n", int(findings["severity"].eq(severity).sum()), PANDAS)
    for rule, number in findings["rule"].value_counts().items():
        out.add(f"quality.rule.{rule}.n", number, PANDAS)
    sites = findings["site"].astype(object).where(findings["site"].notna(), "")
    for site in ("", *sorted({*sites} - {""})):
        own = findings.loc[sites.eq(site)]
        block = f"quality.site.{site}" if site else "quality.no_site"
        for severity in _SEVERITIES:
            out.add(f"{block}.{severity}", int(own["severity"].eq(severity).sum()), PANDAS)
        out.add(f"{block}.patients", own["subject"].dropna().nunique(), PANDAS)
