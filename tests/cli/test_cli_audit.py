from pathlib import Path

from click.testing import CliRunner

from duonen_stats.cli.app import main


def run(*args: str):
    return CliRunner().invoke(main, ["audit", *args])


def test_the_audit_prints_its_counts_and_the_same_data_give_the_same_bytes(written_audit, tmp_path: Path):
    found = run("--out", str(tmp_path / "a"))
    assert found.exit_code == 0
    assert "of 574 results 557 reproduced, 17 impossible, 0 differ" in found.stdout.splitlines()[0]
    for file in written_audit.out.iterdir():
        if file.name != "manifest.json":
            assert (tmp_path / "a" / file.name).read_bytes() == file.read_bytes(), file.name


def test_data_that_do_not_pass_exit_1(edit, tmp_path: Path):
    edit.write("subjects", edit.read("subjects").assign(ARM="E"))
    found = run(str(edit.folder), "--out", str(tmp_path / "a"))
    assert found.exit_code == 1
    assert "Traceback" not in found.output
    assert not (tmp_path / "a").exists()


def test_an_audit_never_replaces_the_data_it_reads(tmp_path: Path):
    cut = tmp_path / "cut"
    assert CliRunner().invoke(main, ["simulate", "--patients", "1", "--out", str(cut)]).exit_code == 0
    before = {file.name: file.read_bytes() for file in cut.iterdir()}
    found = run(str(cut), "--out", str(cut))
    assert found.exit_code == 1
    assert "holds what is read" in found.output
    assert {file.name: file.read_bytes() for file in cut.iterdir()} == before


def test_wrong_usage_exits_2(tmp_path: Path):
    assert run(str(tmp_path / "nowhere")).exit_code == 2


def test_help_ends_with_an_example_and_quiet_is_quiet():
    found = run("--help")
    assert found.exit_code == 0
    assert "duonen audit my_cut --out audit" in found.stdout
