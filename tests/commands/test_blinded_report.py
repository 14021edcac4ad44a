"""Non-interference of whole dry runs: files and terminal are the same bytes, fingerprint and times aside."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from exchanged_cuts import ERRORS, GAPS, exchanged, ordered, tables_of, write_tables
from PIL import Image

from duonen_stats.cli.app import main
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.whole_report

QUICK = ("--set", "permutations=99", "--set", "imputations=2")
FORMATS = ("--also", "parquet", "--also", "xpt", "--also", "xpt8", "--also", "sav", "--also", "docx")
TELLING = re.compile(r"\barm [A-D]\b(?! )|\d MBq|\d Gy|[Yy]90|[Ll]u177|administrations line|\bline \d")


def _picture() -> bytes:
    target = BytesIO()
    Image.new("L", (1, 1)).save(target, "png")
    return target.getvalue()


PICTURE = _picture()


def _run(folder: Path, tables, *options: str):
    """Make a dry run; return its exit code, what it printed, and its files, without what may differ."""
    write_tables(tables, folder / "cut")
    made = CliRunner().invoke(
        main,
        ["report", "final", str(folder / "cut"), "--out", str(folder / "dry"), "--blinded", "7", *options],
    )
    said = re.sub(r"Seconds: .*", "", made.output).replace(str(folder), "")
    files = {
        path.relative_to(folder / "dry").as_posix(): path.read_bytes()
        for path in (folder / "dry").rglob("*")
        if path.is_file()
    }
    if files:
        manifest = json.loads(files["manifest.json"])
        del manifest["times"], manifest["data_cut"]["fingerprint"]
        assert {item["sha256"] for item in manifest["inputs"]} == {"withheld"}
        files["manifest.json"] = json.dumps(manifest).encode()
    return made.exit_code, said, files


def _says_nothing_of_dosimetry(files):
    """Nobody learns whose dosimetry is complete, and no record is there to look it up."""
    rows = [line.split(",") for line in files["results.csv"].decode().splitlines()]
    at = rows[0].index
    dosimetry = [row for row in rows if row[at("analysis_id")].startswith("table_s1.dosimetry")]
    assert all(row[at("stat")] == "" for row in dosimetry)
    assert "withheld in a dry run" in files["tables/table_s1.csv"].decode()
    assert b"Activities and doses are withheld" in files["tables/table_3.csv"]
    assert not [name for name in files if name.startswith("raw/")]


def test_a_dry_run_does_not_depend_on_records_of_treatment(tmp_path, monkeypatch):
    """Whole records exchanged between patients with the files by arm, or cells that make no sense in any order."""
    options = (*QUICK, *FORMATS, "--cut", "2026-06-30")
    monkeypatch.setattr(
        "duonen_stats.commands.export_displays._png", lambda *_, **__: PICTURE
    )  # of drawings compared too
    tables = tables_of(simulate_cut(61, patients=12, stage="FINAL"))
    one = _run(tmp_path / "one", ordered(tables, 0, "arm"), *options)
    assert one[0] == 0, one[1]
    assert len(one[2]) > 100
    _says_nothing_of_dosimetry(one[2])
    for seed, how, order in ((1, "whole records", "arm"), (2, "garbage", "shuffled")):
        gaps = ordered(exchanged(GAPS[0](tables), seed, how), seed, order)
        other = _run(tmp_path / how, gaps, *options)
        assert one[:2] == other[:2]
        assert one[2].keys() == other[2].keys()
        assert [name for name in one[2] if one[2][name] != other[2][name]] == []


@pytest.mark.parametrize("error", range(len(ERRORS)))
def test_a_refused_dry_run_prints_nothing_of_treatment(tmp_path, error):
    """And what it prints is the same for any treatment: what it lacks is said, and who can look."""
    tables = ERRORS[error](tables_of(simulate_cut(70, patients=12, stage="FINAL")))
    code, said, files = _run(tmp_path / "one", ordered(tables, 1, "arm"), *QUICK)
    assert (code, files) == (1, {})
    assert "A dry run reads no arm, activity, dose" in said
    assert not TELLING.search(said.replace("Y-90", "")), said
    again = _run(tmp_path / "other", ordered(exchanged(tables, 4, "cells"), 2, "shuffled"), *QUICK)
    assert again == (code, said, files)
