from pathlib import Path

from click.testing import CliRunner
from comparison.edited_cohort import EDITS
from comparison.small_output import RESULTS, folder_of

from duonen_stats.cli.app import main

ONE = {"results.csv": f"{RESULTS}a,Safety,HGB,Mean,1.5,g/dL,3,t,\n"}
OTHER = {"results.csv": f"{RESULTS}a,Safety,HGB,Mean,1.6,g/dL,3,t,\n"}


def run(*args):
    return CliRunner().invoke(main, ["compare", *map(str, args)], prog_name="duonen")


def test_a_difference_exits_1_and_none_exits_0(tmp_path):
    one, other = folder_of(tmp_path / "one", ONE), folder_of(tmp_path / "other", OTHER)
    shown = run(one, other)
    assert shown.exit_code == 1
    assert "Statistics, 1 → 1: 1 changed." in shown.stdout
    shown = run(one, one)
    assert (shown.exit_code, shown.stdout.strip().splitlines()[-1]) == (0, "No difference.")
    assert run(one, other, "--tolerance", "0.1").exit_code == 0
    assert run(one, other, "--quiet").output == ""


def test_out_writes_every_change(tmp_path):
    one, other = folder_of(tmp_path / "one", ONE), folder_of(tmp_path / "other", OTHER)
    assert run(one, other, "--out", tmp_path / "changes", "-q").exit_code == 1
    assert (tmp_path / "changes" / "compare.html").is_file()


def test_a_folder_that_is_no_report_is_one_clear_paragraph(tmp_path):
    (tmp_path / "photos").mkdir()
    shown = run(folder_of(tmp_path / "one", ONE), tmp_path / "photos")
    assert shown.exit_code == 2
    assert "is no output of duonen report" in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.output


def test_wrong_usage_exits_2(tmp_path):
    one = folder_of(tmp_path / "one", ONE)
    assert run(one).exit_code == 2
    assert run(one, tmp_path / "absent").exit_code == 2
    assert run(one, one, "--tolerance", "much").exit_code == 2


def test_help_has_an_example():
    shown = run("--help")
    assert shown.exit_code == 0
    assert "Example:" in shown.stdout


def test_two_whole_reports_are_compared_and_no_patient_is_named(written_report: Path, edited_report: Path):
    shown = run(written_report, edited_report)
    assert shown.exit_code == 1
    assert "Table 5. Adverse events" in shown.stdout
    for edit in EDITS:
        assert edit.record["SUBJID"] not in shown.output


def test_what_cannot_be_compared_exits_2(tmp_path):
    one = folder_of(tmp_path / "one", ONE)
    twice = folder_of(
        tmp_path / "twice", {"results.csv": ONE["results.csv"] + ONE["results.csv"].splitlines()[-1] + "\n"}
    )
    shown = run(one, twice)
    assert shown.exit_code == 2
    assert "two rows a" in " ".join(shown.stderr.split())
    (one / "results.csv").write_text("edited", encoding="utf-8")
    assert run(one, twice).exit_code == 2
    nothing = folder_of(tmp_path / "nothing", {"note.txt": "x"})
    assert run(folder_of(tmp_path / "again", ONE), nothing).exit_code == 2
