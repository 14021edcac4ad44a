"""A folder is compared only if it is what was written, to the last byte; nothing outside it is opened."""

import json
from pathlib import Path

import pytest
from comparison.small_output import RESULTS, folder_of, output

from duonen_stats.comparison.read_output import read_output
from duonen_stats.errors import DuonenError

FILES = {"results.csv": RESULTS, "datasets/adae.csv": "USUBJID,AESEQ\n1,1\n"}


def manifest(folder: Path, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(DuonenError) as error:
        read_output(folder)
    return str(error.value)


def test_a_whole_output_is_read(tmp_path):
    found = read_output(folder_of(tmp_path / "out", FILES))
    assert set(found.files) == set(FILES)
    assert found.datasets()["ADAE"].records() == [{"USUBJID": "1", "AESEQ": "1"}]
    assert (found.cut_date, found.simulated) == ("2024-03-31", True)


def test_a_folder_without_a_manifest_is_no_output(tmp_path):
    assert "no output of duonen report" in refused(tmp_path)


@pytest.mark.parametrize("text", ["", "{", '{"made_by": "another"}', "[]", '{"made_by": "duonen_stats"}'])
def test_a_foreign_or_broken_manifest_is_no_output(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    assert "not one of ours" in refused(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": [{"name": 5}]},
        {"data_cut": ["x"]},
        {"plan": "INTERIM"},
        {"inputs": [{"rows": 1}]},
        {"inputs": {"name": "x"}},
    ],
)
def test_a_manifest_of_another_form_is_refused(tmp_path, changes):
    folder = folder_of(tmp_path / "out", FILES)
    manifest(folder, **changes)
    assert "not as this package writes it" in refused(folder)


def test_a_missing_file_is_named(tmp_path):
    folder = folder_of(tmp_path / "out", FILES)
    (folder / "datasets" / "adae.csv").unlink()
    assert "datasets/adae.csv" in refused(folder)


def test_a_changed_file_is_named(tmp_path):
    folder = folder_of(tmp_path / "out", FILES)
    (folder / "results.csv").write_text(f"{RESULTS}a,,,,1,,,,\n", encoding="utf-8")
    assert "results.csv" in (told := refused(folder))
    assert "not what was written" in told


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "a/../../secret", "", "a\0b"])
def test_no_path_of_a_manifest_leads_out_of_the_folder(tmp_path, name):
    (tmp_path / "secret").write_text("secret")
    folder = folder_of(tmp_path / "out", FILES)
    manifest(folder, outputs=[{"name": name, "sha256": "00"}])
    assert "not a file within the folder" in refused(folder)


def test_no_link_leads_out_of_the_folder(tmp_path):
    (tmp_path / "secret").write_text(RESULTS, encoding="utf-8")
    folder = folder_of(tmp_path / "out", FILES)
    (folder / "results.csv").unlink()
    (folder / "results.csv").symlink_to(tmp_path / "secret")
    assert "leads out of the folder" in refused(folder)


@pytest.mark.parametrize("text", ["", "a,b\n1\n", 'a\n"unclosed\n', "analysis_id\nx\n"])
def test_what_is_no_table_is_refused(text):
    with pytest.raises(DuonenError, match=r"results\.csv of old"):
        output({"results.csv": text}).sheet("results.csv", "analysis_id", "stat")


def test_a_cell_may_be_long_and_have_lines():
    text = "x" * 300_000 + "\n=1"
    sheet = output({"raw/labs.csv": f'A\n"{text}"\n'}).raw()["labs"]
    assert sheet.rows == ((text,),)
