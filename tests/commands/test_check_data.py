from plan_cases import ReadPlan

from duonen_stats.commands.check_data import READ, check_summary
from duonen_stats.plan import INTERIM
from duonen_stats.raw import Finding, apply_cut
from duonen_stats.raw.checks.check import check_cut


def _lines(text):
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}


def test_findings_are_counted_by_table_and_by_rule(cut):
    found = [
        Finding(severity="error", rule="LAB-UNIT", table="labs", message="m"),
        Finding(severity="note", rule="RD-OTHER", table="old.csv", message="m"),
        Finding(severity="note", rule="RD-OTHER", table="older.csv", message="m"),
    ]
    text = check_summary(cut, found)
    lines = _lines(text)
    assert lines["labs"] == ["1", "0", "0", "4169", "0"]
    assert lines["old.csv"] == ["0", "0", "1", "0", "0"]
    assert lines["All"] == ["1", "0", "2", str(sum(map(len, cut.tables.values()))), "0"]
    assert "note      RD-OTHER              2  A file belongs to no table" in text
    assert text.index("LAB-UNIT") < text.index("RD-OTHER")


def test_without_findings_there_is_one_table(cut):
    assert "Rule" not in check_summary(cut, [])


def test_an_earlier_cut_is_said_and_its_records_are_counted(cut, study):
    reduced = apply_cut(cut, study, "2024-01-15")
    text = check_summary(reduced, [])
    assert text.startswith("Snapshot of 2025-09-30 reduced to 2024-01-15; records left out: ")
    assert _lines(text)["labs"][3:] == ["4169", str(sum(one.table == "labs" for one in reduced.set_aside))]


def test_the_decisions_that_checks_read_are_those_named(cut, study):
    asked = ReadPlan(INTERIM)
    assert check_cut(cut, study, asked) == check_cut(cut, study, INTERIM)
    assert asked.read == {*READ}
