import sys
from importlib.metadata import version
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import LazyGroup, main
from duonen_stats.cli.design import design


def run(*args: str):
    return CliRunner().invoke(main, list(args), prog_name="duonen")


COMMANDS = [(), ("report",), ("report", "interim"), ("check",), ("build",), ("doctor",)]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_and_a_version(command):
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert "Example:" in shown.stdout
    assert "--quiet" in shown.stdout
    assert run(*command, "--version").stdout.strip().endswith(version("duonen-stats"))


def test_check_of_the_shipped_cohort_passes_and_says_simulated():
    shown = run("check")
    assert shown.exit_code == 0
    assert "SIMULATED" in shown.stdout
    assert "0 errors" in shown.stdout


def test_check_follows_the_plan_and_names_what_differs(tmp_path: Path):
    out = tmp_path / "findings.csv"
    shown = run("check", "--set", "baseline_scan_days=1", "--set", "alpha=0.01", "--out", str(out))
    assert shown.exit_code == 0
    assert (
        "Plan INTERIM: alpha is 0.01 (planned: 0.05), which no check reads; baseline_scan_days is 1 (planned: 28)."
    ) in shown.stdout
    found = pd.read_csv(out)
    assert found.loc[found["rule"] == "TUM-BASEWINDOW", "message"].str.contains("more than 1[.]").all()
    assert (found["rule"] == "TUM-BASEWINDOW").sum() > 40
    shown = run("check", "--set", "baseline_scan_day=1")
    assert shown.exit_code == 2
    assert "Is baseline_scan_days meant?" in " ".join(shown.stderr.split())


def test_check_lists_all_errors_at_once_and_exits_1(edit, tmp_path: Path):
    (edit.folder / "follow_up.csv").unlink()
    edit.write("subjects", edit.read("subjects").replace({"ARM": {"A": "E"}}))
    edit.write("labs", pd.concat([edit.read("labs").head(3)] * 2))
    edit.write("dosimetry", edit.read("dosimetry").drop(columns="DOSE_GY"))
    edit.write("adverse_events", edit.read("adverse_events").assign(GRADE="severe"))
    edit.write("administrations", edit.read("administrations").head(0))
    shown = run("check", str(edit.folder), "--out", str(tmp_path / "findings.csv"))
    assert shown.exit_code == 1
    assert "Traceback" not in shown.output
    found = pd.read_csv(tmp_path / "findings.csv")
    errors = set(found.loc[found["severity"] == "error", "table"])
    assert {"follow_up", "subjects", "labs", "dosimetry", "adverse_events", "administrations"} <= errors


def test_report_refuses_a_faulty_cut_and_writes_nothing(edit, tmp_path: Path):
    (edit.folder / "labs.csv").unlink()
    shown = run("report", "interim", str(edit.folder), "--out", str(tmp_path / "out"))
    assert shown.exit_code == 1
    assert "labs" in shown.stderr
    assert "nothing was written" in shown.stderr
    assert "Traceback" not in shown.output
    assert not (tmp_path / "out").exists()


def test_report_will_not_replace_a_folder_that_is_no_report(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("precious", encoding="utf-8")
    shown = run("report", "interim", "--out", str(tmp_path))
    assert shown.exit_code == 2
    assert "mine.txt" in shown.stderr
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "precious"


def test_build_writes_the_datasets(tmp_path: Path):
    shown = run("build", "--out", str(tmp_path / "sets"))
    assert shown.exit_code == 0
    assert len(pd.read_csv(tmp_path / "sets" / "adsl.csv")) == 56
    assert "ADSL" in shown.stdout


def test_build_of_a_faulty_cut_writes_nothing(edit, tmp_path: Path):
    (edit.folder / "subjects.csv").unlink()
    shown = run("build", str(edit.folder), "--out", str(tmp_path / "sets"))
    assert shown.exit_code == 1
    assert not (tmp_path / "sets").exists()


def test_wrong_usage_exits_2():
    assert run("report", "interim", "no/such/folder").exit_code == 2
    assert run("nonsense").exit_code == 2


def test_doctor_finds_this_installation_healthy():
    shown = run("doctor")
    assert shown.exit_code == 0
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in shown.stdout
    assert "Everything needed is installed" in shown.stdout


def test_quiet_prints_nothing():
    shown = run("check", "--quiet")
    assert (shown.exit_code, shown.output) == (0, "")


def test_check_and_build_at_an_earlier_date(tmp_path: Path):
    shown = run("check", "--cut", "2024-01-15", "--out", str(tmp_path / "queries.xlsx"))
    assert shown.exit_code == 0
    assert "Snapshot of 2025-09-30 reduced to 2024-01-15" in shown.output
    assert shown.output.endswith(f"\nWritten to {tmp_path / 'queries.xlsx'}.\n")
    assert (tmp_path / "queries.xlsx").stat().st_size > 5000
    shown = run("build", "--cut", "2024-01-15", "--out", str(tmp_path / "datasets"))
    assert "ADSL        36 rows" in shown.output


def test_a_cut_later_than_the_data_is_refused():
    for day, words in (("2026-01-01", "lies after"), ("1990-01-01", "lies before the first randomisation")):
        shown = run("check", "--cut", day)
        assert shown.exit_code == 2
        assert words in " ".join(shown.output.split())


@pytest.mark.parametrize("day", ["15.01.2024", "20240115", "2024-1-5", "2024-02-30"])
@pytest.mark.parametrize("command", [("check",), ("report", "interim"), ("report", "final")])
def test_a_cut_that_is_no_date_is_wrong_usage(command, day):
    shown = run(*command, "--cut", day)
    assert shown.exit_code == 2
    assert "YYYY-MM-DD, such as" in " ".join(shown.stderr.split())


def test_findings_are_written_as_csv_or_workbook_only(tmp_path: Path):
    shown = run("check", "--out", str(tmp_path / "q.doc"))
    assert shown.exit_code == 2
    assert "must end in .csv" in shown.stderr
    assert not (tmp_path / "q.doc").exists()


def test_an_earlier_report_that_is_none_is_wrong_usage(tmp_path: Path):
    shown = run("report", "interim", "--out", str(tmp_path / "new"), "--against", str(tmp_path))
    assert shown.exit_code == 2
    assert "is no output of duonen report" in " ".join(shown.stderr.split())


def test_the_lazy_group_stands_in_for_the_real_one():
    lazy = LazyGroup("design", source="duonen_stats.cli.design:design", short_help="Plan.")
    assert lazy.real() is design
    main = click.Group("duonen", commands=[lazy])
    assert "Plan." in CliRunner().invoke(main, ["--help"]).stdout
    assert "167 (166.30)" in CliRunner().invoke(main, ["design", "sample-size"]).stdout
    assert CliRunner().invoke(main, ["design", "--help"]).stdout.count("conditional-power") == 1
    assert CliRunner().invoke(main, ["design", "guess"]).exit_code == 2
