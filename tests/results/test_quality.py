import pandas as pd
import pytest

from duonen_stats.raw import Finding
from duonen_stats.results.quality import analyse_quality
from duonen_stats.results.table import Results

pytestmark = pytest.mark.worked


def test_findings_and_records_are_counted():
    findings = [
        Finding(severity="warning", rule="R1", table="labs", message="odd"),
        Finding(severity="warning", rule="R1", table="labs", message="odd too"),
        Finding(severity="note", rule="R2", table="labs", message="by the way"),
    ]
    records = pd.DataFrame({"table": ["labs"], "read": [10], "used": [8], "set_aside": [2]})
    rows = Results(analyse_quality(findings, records))
    assert [rows.value(f"quality.findings.{name}.n") for name in ("error", "warning", "note")] == [0, 2, 1]
    assert [rows.value(f"quality.records.labs.{name}") for name in ("read", "used", "set_aside")] == [
        10,
        8,
        2,
    ]
