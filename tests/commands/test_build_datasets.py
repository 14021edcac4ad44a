from pathlib import Path

import pandas as pd
import pytest

from duonen_stats.commands.build_datasets import write_datasets
from duonen_stats.errors import DuonenError, FaultyCutError
from duonen_stats.folder.provenance import files_of


def test_each_dataset_is_a_file_with_its_rows(tmp_path: Path):
    rows = write_datasets(None, out=tmp_path / "sets")
    assert list(rows)[:5] == ["ADSL", "ADEX", "ADDOS", "ADLB", "ADAE"]
    for name, number in rows.items():
        assert len(pd.read_csv(tmp_path / "sets" / f"{name.lower()}.csv", low_memory=False)) == number


def test_a_faulty_cut_leaves_no_folder(edit, tmp_path: Path):
    (edit.folder / "administrations.csv").unlink()
    with pytest.raises(FaultyCutError):
        write_datasets(edit.folder, out=tmp_path / "sets")
    assert not (tmp_path / "sets").exists()


def test_the_folder_is_accounted_for_and_replaced_whole(tmp_path: Path):
    out = tmp_path / "sets"
    write_datasets(None, out=out)
    present = {path.name for path in out.iterdir()}
    assert present == files_of((out / "manifest.json").read_bytes())
    write_datasets(None, out=out)
    assert {path.name for path in out.iterdir()} == present
    assert [path.name for path in tmp_path.iterdir()] == ["sets"]


def test_a_folder_of_somebody_else_is_refused_before_any_work(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(DuonenError, match=r"thesis\.txt"):
        write_datasets(None, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_other_formats_come_with_their_metadata_and_a_manifest(tmp_path: Path):
    rows = write_datasets(None, out=tmp_path / "sets", kind="xpt")
    names = {path.name for path in (tmp_path / "sets").iterdir()}
    assert names == {f"{name.lower()}.xpt" for name in rows} | {"define.xml", "manifest.json"}
    assert 'href="adlb.xpt"' in (tmp_path / "sets" / "define.xml").read_text(encoding="utf-8")
