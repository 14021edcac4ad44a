from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import MissingLibraryError, UnreadableFileError
from duonen_stats.raw.intake.readers import READERS, optional
from duonen_stats.raw.intake.readers.optional import library
from duonen_stats.raw.intake.reshape.header import FileDescription


def test_a_library_that_is_there():
    assert library("json", "Nothing").dumps(1) == "1"


def test_a_library_that_is_missing_says_how_to_install_it():
    with pytest.raises(
        MissingLibraryError, match=r'Stone tablets need the library chisel: pip install "duonen-stats\[io\]"'
    ):
        library("chisel.deep", "Stone tablets")


BINARY = [".xlsx", ".sav", ".xpt", ".sas7bdat", ".parquet"]
OTHERS = [".xlsm", ".ods", ".zsav", ".json", ".ndjson"]


@pytest.mark.parametrize("ending", BINARY + OTHERS)
@pytest.mark.parametrize("data", [b"", b"SUBJID,ARM\n1,A\n", b"PK\x03\x04", b"\0" * 500])
def test_what_is_not_of_the_format_is_a_finding(ending, data):
    sheet = READERS[ending](data, "labs", FileDescription())
    assert [one.rule for one in sheet.findings] == ["RD-UNREADABLE"] or sheet.findings[0].rule == "RD-EMPTY"
    assert sheet.rows == ()


@pytest.mark.parametrize("ending", BINARY)
def test_a_library_that_is_not_installed_is_a_finding_that_says_how_to_install_it(ending, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", missing)
    (found,) = READERS[ending](b"x", "labs", FileDescription()).findings
    assert found.rule == "RD-LIBRARY"
    assert 'pip install "duonen-stats[io]"' in found.message


@pytest.mark.law
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BINARY + OTHERS), st.binary(max_size=200))
def test_any_bytes_give_a_sheet(ending, data):
    sheet = READERS[ending](data, "labs", FileDescription())
    assert sheet.findings or sheet.rows


def test_cells_are_counted_by_rows_and_columns_before_they_are_made(monkeypatch):
    monkeypatch.setattr(optional, "MOST_CELLS", 12)
    optional.require_cells(3, 4)
    with pytest.raises(UnreadableFileError, match="13 rows of up to 1 columns are more than 12 cells"):
        optional.require_cells(13, 1)


def test_a_table_of_more_cells_than_allowed_is_one_finding_in_every_format(tmp_path, monkeypatch):
    frame = pd.DataFrame({"A": [1.0, 2.0, 3.0], "B": [1.0, 2.0, 3.0]})
    pyreadstat.write_sav(frame, tmp_path / "t.sav")
    pyreadstat.write_xport(frame, tmp_path / "t.xpt")
    frame.to_parquet(tmp_path / "t.parquet")
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    files = [*tmp_path.iterdir(), Path(__file__).parent / "activities.sas7bdat"]
    monkeypatch.setattr(optional, "MOST_CELLS", 5)
    for file in files:
        (found,) = READERS[file.suffix](file.read_bytes(), "labs", FileDescription()).findings
        assert (found.rule, "more than 5 cells" in found.message) == ("RD-UNREADABLE", True), file
