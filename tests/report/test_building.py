from pathlib import Path

import pandas as pd
import pytest

from duonen_stats.errors import FaultyCutError
from duonen_stats.report.building import write_datasets

pytestmark = pytest.mark.worked


def test_each_dataset_is_a_file_with_its_rows(tmp_path: Path):
    rows = write_datasets(None, out=tmp_path / "sets")
    assert list(rows) == ["ADSL", "ADEX", "ADDOS", "ADLB", "ADAE"]
    for name, number in rows.items():
        assert len(pd.read_csv(tmp_path / "sets" / f"{name.lower()}.csv", low_memory=False)) == number


def test_a_faulty_cut_leaves_no_folder(edit, tmp_path: Path):
    (edit.folder / "administrations.csv").unlink()
    with pytest.raises(FaultyCutError):
        write_datasets(edit.folder, out=tmp_path / "sets")
    assert not (tmp_path / "sets").exists()
