from pathlib import Path

import pytest
from click.testing import CliRunner

from duonen_stats.cli.app import main
from duonen_stats.raw import read_cut


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
    assert shown.exit_code == 1
    assert "one.jpg" in shown.stderr
    assert "RD-FILE" not in shown.stderr
