import pandas as pd

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.raw import Finding
from duonen_stats.report.quality_tables import (
    findings_by_rule,
    findings_by_severity,
    findings_by_site,
    records,
)
from duonen_stats.results.quality import analyse_quality
from duonen_stats.results.rows.table import Results

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


FOUND = Lookup(
    Results(
        analyse_quality(
            [
                Finding(severity="note", rule="RD-OTHER", table="x.csv", message="m"),
                Finding(
                    severity="warning", rule="LAB-JUMP", table="labs", message="m", subject="S1", site="02"
                ),
                Finding(
                    severity="warning", rule="LAB-JUMP", table="labs", message="n", subject="S1", site="02"
                ),
            ],
            RECORDS,
        )
    )
)


def test_findings_by_rule_the_gravest_first():
    assert [(row[0], row[1], row[3]) for row in texts(findings_by_rule(FOUND, "cut"))] == [
        ("Warning", "LAB-JUMP", "2"),
        ("Note", "RD-OTHER", "1"),
    ]


def test_findings_by_centre_and_those_of_none_last():
    rows = texts(findings_by_site(FOUND, "cut"))
    assert rows[0] == ["02", "0", "2", "0", "1"]
    assert rows[1][0].startswith("None")
    assert rows[1][1:] == ["0", "0", "1", "0"]


def test_no_finding_is_said():
    look = Lookup(Results(analyse_quality([], RECORDS)))
    assert texts(findings_by_rule(look, "cut"))[0][0] == "No finding"
    assert texts(findings_by_site(look, "cut"))[0][0] == "No finding"
