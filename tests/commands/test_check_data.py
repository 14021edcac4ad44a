from pathlib import Path

import pandas as pd
import pytest
from plan_memory import ReadPlan

from duonen_stats.commands.check_data import READ, check_summary, require_no_source, write_findings
from duonen_stats.errors import DataError, DuonenError, FaultyCutError
from duonen_stats.plan import INTERIM
from duonen_stats.raw import Finding, apply_cut
from duonen_stats.raw.checks.check import check_cut, check_data, require_sound


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
    assert lines["labs"] == ["1", "0", "0", "7559", "0"]
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
    assert _lines(text)["labs"][3:] == ["7559", str(sum(one.table == "labs" for one in reduced.set_aside))]


def test_the_decisions_that_checks_read_are_those_named(cut, study):
    asked = ReadPlan(INTERIM)
    assert check_cut(cut, study, asked) == check_cut(cut, study, INTERIM)
    assert asked.read == {*READ}


def test_the_shipped_cohort_is_sound():
    cut, findings = check_data(None)
    require_sound(cut, findings)
    assert cut.simulated
    assert not [finding for finding in findings if finding.severity == "error"]


def test_errors_stop_and_are_all_carried(edit):
    edit.write("subjects", edit.read("subjects").replace({"SEX": {"F": "X"}}))
    cut, findings = check_data(edit.folder)
    with pytest.raises(FaultyCutError, match="nothing was written") as fault:
        require_sound(cut, findings)
    assert fault.value.findings == findings


def test_findings_are_written_whole(edit, tmp_path: Path):
    edit.write("subjects", edit.read("subjects").replace({"SEX": {"F": "X"}}))
    cut, findings = check_data(edit.folder)
    write_findings(findings, tmp_path / "findings.csv", cut)
    frame = pd.read_csv(tmp_path / "findings.csv")
    names = ["severity", "rule", "table", "row", "column", "subject", "message", "site", "lines", "record"]
    assert list(frame.columns) == names
    assert len(frame) == len(findings)
    day = edit.read("subjects")["RANDDT"].iloc[int(frame["row"].iloc[0]) - 2]
    assert frame.loc[0, ["table", "record"]].tolist() == ["subjects", f"RANDDT {day}"]


def test_a_folder_that_is_not_there_is_one_clear_error():
    with pytest.raises(DataError, match="not a folder that can be read"):
        check_data(Path("not/there"))


def test_the_ending_of_the_file_says_what_is_written(tmp_path: Path):
    cut, findings = check_data(None)
    write_findings(findings, tmp_path / "queries.XLSX", cut)
    assert (tmp_path / "queries.XLSX").read_bytes().startswith(b"PK")


def test_a_cut_at_an_earlier_date():
    cut, findings = check_data(None, cut_date="2023-06-30")
    assert f"{cut.cut_date:%Y-%m-%d}" == "2023-06-30"
    assert cut.readout
    assert not [finding for finding in findings if finding.severity == "error"]


def test_the_list_of_findings_does_not_take_the_place_of_a_file_of_the_data(edit):
    cut, findings = check_data(edit.folder)
    for name in ("labs.csv", "LABS.xlsx"):
        (edit.folder / name).touch()
        with pytest.raises(DuonenError, match="is read"):
            require_no_source(edit.folder / name, edit.folder, cut)
    require_no_source(edit.folder / "findings.csv", edit.folder, cut)
    write_findings(findings, edit.folder / "findings.csv", cut)
    require_no_source(edit.folder / "findings.csv", edit.folder, cut)
    require_no_source(edit.folder / "findings.csv", None, cut)
