"""``duonen simulate``."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main


def run(*args: str):
    return CliRunner().invoke(main, list(args), prog_name="duonen")


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
    "wrong", [["--patients", "0"], ["--stage", "middle"], ["--seed", "-1"], ["--noise", "200"]]
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
    assert told.exit_code == 1
    assert (tmp_path / "keep.txt").is_file()
