from pathlib import Path

import pandas as pd
import pytest

from duonen_stats.errors import DuonenError, FaultyCutError
from duonen_stats.report.building import write_datasets

pytestmark = pytest.mark.worked


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


def test_other_formats_come_with_their_metadata_and_a_manifest(tmp_path: Path):
    rows = write_datasets(None, out=tmp_path / "sets", kind="xpt")
    names = {path.name for path in (tmp_path / "sets").iterdir()}
    assert names == {f"{name.lower()}.xpt" for name in rows} | {"define.xml", "manifest.json"}
    assert 'href="adlb.xpt"' in (tmp_path / "sets" / "define.xml").read_text(encoding="utf-8")


def test_what_lies_in_the_folder_is_not_lost(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("precious", encoding="utf-8")
    with pytest.raises(DuonenError, match=r"mine\.txt"):
        write_datasets(None, out=tmp_path, kind="sav")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
