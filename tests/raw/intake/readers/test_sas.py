from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from duonen_stats.formats.file_table import FileTable
from duonen_stats.formats.sas_files import xpt_bytes
from duonen_stats.raw.intake.readers.sas import read_sas7bdat, read_xpt

FRAME = pd.DataFrame(
    {
        "SUBJID": pd.Series(["01", "Łódź", None], dtype=object),
        "VALUE": [1.1, float("nan"), 0.1 + 0.2],
        "LBDT": pd.to_datetime(["2024-02-29", None, "1999-12-31"]),
    }
)


def _xpt(version) -> bytes:
    table = FileTable(name="LABS", label="Values", frame=FRAME, labels={}, made=datetime(2024, 1, 1))
    return xpt_bytes(table, version=version)


@pytest.mark.parametrize("version", [5, 8])
def test_transport_files(version):
    sheet = read_xpt(_xpt(version), "labs")
    assert [dict(cells) for _, cells in sheet.rows] == [
        {"SUBJID": "01", "VALUE": "1.1", "LBDT": "2024-02-29"},
        {"SUBJID": "Łódź", "VALUE": "", "LBDT": ""},
        {"SUBJID": "", "VALUE": "0.30000000000000004", "LBDT": "1999-12-31"},
    ]
    assert sheet.form["format"] == f"SAS transport v{version}"


def test_several_datasets_in_one_file_are_not_read_in_part():
    one = _xpt(5)
    sheet = read_xpt(one + one[240:], "labs")
    assert [found.rule for found in sheet.findings] == ["RD-UNREADABLE"]
    assert "2 datasets" in sheet.findings[0].message


def test_text_in_another_encoding_is_a_finding_until_it_is_stated():
    data = _xpt(5).replace("Łódź".encode(), "Łódź".encode("cp1250").ljust(7))
    assert [found.rule for found in read_xpt(data, "labs").findings] == ["RD-ENCODING"]


def test_a_native_dataset_with_special_missing_values():
    data = (Path(__file__).parent / "activities.sas7bdat").read_bytes()
    sheet = read_sas7bdat(data, "administrations")
    assert [dict(cells) for _, cells in sheet.rows] == [
        {"SUBJID": "01-001", "EXDT": "2022-04-12", "LU177_MBQ": "3670.5", "REASON": "Łódź"},
        {"SUBJID": "01-002", "EXDT": "2022-05-02", "LU177_MBQ": "", "REASON": "PLANNED"},
        {"SUBJID": "01-003", "EXDT": "", "LU177_MBQ": "", "REASON": ""},
    ]
    assert [(one.line, one.column, one.code) for one in sheet.missing] == [(3, "LU177_MBQ", ".A")]
    assert sheet.form == {"format": "SAS dataset", "encoding": "UTF-8"}
