from pathlib import Path

import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main
from duonen_stats.raw import read_cut
from duonen_stats.trials import run_trials


def run(*args: str):
    return CliRunner().invoke(main, list(args), prog_name="duonen")


def test_a_cut_becomes_a_workbook_that_can_be_checked(tmp_path: Path, study):
    out = tmp_path / "cut.xlsx"
    shown = run("convert", "--out", str(out), "--format", "workbook")
    assert (shown.exit_code, "subjects                56 records" in shown.stdout) == (0, True)
    assert read_cut(study, out).findings == ()


def test_what_would_be_lost_stops_it(edit, tmp_path: Path):
    edit.write("subjects", edit.read("subjects").assign(AGE="old"))
    shown = run("convert", str(edit.folder), "--out", str(tmp_path / "new"), "--format", "csv")
    assert shown.exit_code == 1
    assert "DD-TYPE" in shown.stderr
    assert not (tmp_path / "new").exists()


def test_help_has_an_example():
    shown = run("convert", "--help")
    assert shown.exit_code == 0
    assert "Example:" in shown.stdout


@pytest.mark.parametrize(
    ("name", "kind", "hint"),
    [
        ("cut.xlsx", "xlsx", "--format workbook"),
        ("cut.CSV", "csv", "Name a folder"),
        ("cut", "workbook", ".xlsx"),
    ],
)
def test_a_file_for_a_folder_or_the_other_way_round_is_wrong_usage(tmp_path: Path, name, kind, hint):
    shown = run("convert", "--out", str(tmp_path / name), "--format", kind)
    assert shown.exit_code == 2
    assert hint in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_files_is_refused_before_the_data_are_read(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(b"")
    (tmp_path / "empty_cut").mkdir()
    shown = run("convert", str(tmp_path / "empty_cut"), "--out", str(tmp_path / "photos"), "--format", "csv")
    assert shown.exit_code == 2
    assert "one.jpg" in shown.stderr
    assert "RD-FILE" not in shown.stderr


def test_a_simulated_cut_passes_the_check(tmp_path: Path):
    out = str(tmp_path / "cut")
    told = run("simulate", "--out", out, "--seed", "7", "--patients", "6", "--stage", "final")
    assert told.exit_code == 0
    assert "SIMULATED trial of 6 patients, seed 7" in told.stdout
    checked = run("check", out)
    assert checked.exit_code == 0
    assert "0 errors, 0 warnings" in checked.stdout


def test_noise_is_found_by_the_check(tmp_path: Path):
    out = str(tmp_path / "cut")
    assert run("simulate", "--out", out, "--patients", "6", "--noise", "20", "--quiet").stdout == ""
    assert run("check", out).exit_code == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--patients", "0"],
        ["--patients", "10001"],
        ["--stage", "middle"],
        ["--seed", "-1"],
        ["--noise", "200"],
    ],
)
def test_wrong_usage_exits_2(tmp_path: Path, wrong):
    assert run("simulate", "--out", str(tmp_path / "cut"), *wrong).exit_code == 2
    assert not (tmp_path / "cut").exists()


def test_without_a_folder_to_write_it_is_wrong_usage_and_help_has_an_example():
    assert run("simulate").exit_code == 2
    assert "Example:" in run("simulate", "--help").stdout


def test_a_folder_that_is_no_simulation_is_left_alone(tmp_path: Path):
    (tmp_path / "keep.txt").write_text("mine", encoding="utf-8")
    told = run("simulate", "--out", str(tmp_path), "--patients", "2")
    assert told.exit_code == 2
    assert (tmp_path / "keep.txt").is_file()


def test_a_mapping_is_proposed_from_the_command_line(tmp_path):
    data = tmp_path / "cut"
    data.mkdir()
    (data / "list.csv").write_text(
        "Patient,Sex,Randomisation date,Arm\n01-1,K,03.04.2024,A\n", encoding="utf-8"
    )
    out = tmp_path / "mapping.yaml"
    shown = CliRunner().invoke(main, ["mapping", "suggest", str(data), "--out", str(out)])
    assert shown.exit_code == 0
    assert shown.stdout.startswith("1 source, 2 lines to confirm. No source was recognised for: ")
    assert shown.stdout.endswith(
        f"Write what is missing by hand, as docs/intake.md describes. Written to {out}.\n"
    )
    assert '"RANDDT": "DMY"  # the file does not show it; confirm' in out.read_text(encoding="utf-8")


def test_no_mapping_is_proposed_for_a_file_that_is_no_data_cut(tmp_path):
    """A proposal names files of a folder, or worksheets: one of a single table would be of no use."""
    for name in ("labs.csv", "labs"):
        (tmp_path / name).write_text("SUBJID,VISIT\n01-1,T1\n", encoding="utf-8")
        shown = run("mapping", "suggest", str(tmp_path / name), "--out", str(tmp_path / "mapping.yaml"))
        assert shown.exit_code == 2
        assert "is not a folder or a file with several tables" in " ".join(shown.stderr.split())
        assert not (tmp_path / "mapping.yaml").exists()


def test_data_and_file_are_needed():
    assert CliRunner().invoke(main, ["mapping", "suggest"]).exit_code == 2


def simulating(*args: object):
    return run(*(str(one) for one in args))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (["--analyse", "pfs.primary.*"], "--analyse"),
        (["--workers", "2"], "--workers"),
        (["--set", "alpha=0.01"], "--set"),
        (["--trials", "2", "--noise", "3"], "--noise"),
        (["--trials", "0"], "--trials"),
        (["--trials", "2", "--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "--scheduler"),
        (["--trials", "2", "--scheduler", "nowhere"], "--scheduler"),
        (["--hazard-ratio", "E=1"], "--hazard-ratio"),
        (["--assume", "outcome.lost=1"], "--assume"),
        (["--trials", "2", "--analyse", "pfs.nothing"], "--analyse"),
        (["--trials", "2", "--analyse", ","], "--analyse names no result"),
        (["--trials", "2", "--set", "alfa=1"], "alpha"),
    ],
)
def test_wrong_usage_names_the_option(tmp_path: Path, wrong, named):
    told = simulating("simulate", "--out", tmp_path / "out", *wrong)
    assert told.exit_code == 2
    assert named in told.stderr
    assert not (tmp_path / "out").exists()


def test_a_cut_under_other_assumptions_lists_them(tmp_path: Path):
    told = simulating("simulate", "--out", tmp_path / "cut", "--patients", 3, "--hazard-ratio", "D=0.9")
    assert told.exit_code == 0
    assert "D: 0.9" in (tmp_path / "cut/README.md").read_text(encoding="utf-8")


def test_trials_are_summarised_and_another_run_is_refused(tmp_path: Path):
    few = ("simulate", "--out", tmp_path / "out", "--trials", 2, "--patients", 20)
    wanted = ("--analyse", "pfs.primary.log_rank.p,pfs.primary.cox")
    told = simulating(*few, *wanted, "--hazard-ratio", 1)
    assert told.exit_code == 0
    assert "2 SIMULATED trials, 7 results of each." in told.stdout
    assert "pfs.primary.log_rank.p" in told.stdout
    assert "limits cover 1 in 100% of 2 trials with limits" in told.stdout
    assert "[2/2] simulated trials through the analyses of the report" in told.stderr
    assert simulating(*few, *wanted, "--hazard-ratio", 1, "--quiet").output == ""
    other = simulating(*few, *wanted)
    assert (other.exit_code, "assumptions is not the same" in other.stderr) == (2, True)
    cut = simulating("simulate", "--out", tmp_path / "out", "--patients", 2)
    assert (cut.exit_code, "another kind" in cut.stderr) == (2, True)


def test_stopped_trials_say_what_is_kept(tmp_path: Path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run_trials, "run_part", stopped)
    told = simulating(
        "simulate", "--out", tmp_path / "out", "--trials", 2, "--analyse", "pfs.primary.log_rank.p"
    )
    assert told.exit_code == 130
    assert "0 trials kept in" in told.stderr
    assert "goes on from there" in told.stderr
