import pandas as pd
import pytest

from duonen_stats.displays.content import plain
from duonen_stats.displays.lookup import Lookup
from duonen_stats.raw import Finding
from duonen_stats.report.quality_tables import findings_by_severity, records
from duonen_stats.results.quality import analyse_quality
from duonen_stats.results.table import Results

pytestmark = pytest.mark.worked

FINDINGS = [Finding(severity="note", rule="R", table="labs", message="by the way")] * 3
RECORDS = pd.DataFrame({"table": ["subjects", "labs"], "read": [5, 40], "used": [5, 38], "set_aside": [0, 2]})
LOOK = Lookup(Results(analyse_quality(FINDINGS, RECORDS)))


def texts(produced):
    return [[plain(cell) for cell in row.cells] for row in produced.content.rows]


def test_findings_are_counted_by_severity():
    assert [row[:2] for row in texts(findings_by_severity(LOOK, "cut"))] == [
        ["Error", "0"],
        ["Warning", "0"],
        ["Note", "3"],
    ]


def test_read_is_used_and_set_aside(study):
    rows = texts(records(LOOK, study, "cut"))
    assert [row[1:] for row in rows] == [["5", "5", "0"], ["40", "38", "2"]]
