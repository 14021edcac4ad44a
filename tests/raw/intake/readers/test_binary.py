from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from made_sheet import texts_held
from pyarrow import parquet

from duonen_stats.formats.dataset_files import xpt_bytes
from duonen_stats.formats.file_table import FileTable
from duonen_stats.raw.intake.readers.binary import read_parquet, read_sas7bdat, read_sav, read_xpt


def _bytes(**columns) -> bytes:
    buffer = BytesIO()
    parquet.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_types_become_text_without_loss():
    data = _bytes(
        subjid=pa.array(["01", "Łódź"]).dictionary_encode(),
        value=[0.1 + 0.2, None],
        count=pa.array([3, None], type=pa.int32()),
        money=pa.array([Decimal("1.50"), None]),
        day=[date(2024, 2, 29), None],
        moment=[datetime(2024, 2, 29), datetime(2024, 2, 29, 8)],
    )
    sheet = read_parquet(data, "labs")
    assert [dict(cells) for _, cells in sheet.rows] == [
        {"SUBJID": "01", "VALUE": "0.30000000000000004", "COUNT": "3", "MONEY": "1.50", "DAY": "2024-02-29",
         "MOMENT": "2024-02-29"},
        {"SUBJID": "Łódź", "VALUE": "", "COUNT": "", "MONEY": "", "DAY": "", "MOMENT": "2024-02-29 08:00:00"},
    ]  # fmt: skip
    assert sheet.form == {"format": "Parquet"}


def test_numbers_stored_as_text_are_known():
    sheet = read_parquet(_bytes(VALUE=[" 1.5 ", ".", "1.5"]), "labs")
    assert texts_held(sheet) == {"VALUE": ["1.5", ".", "1.5"]}


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


def test_labels_user_missing_dates_and_polish_letters(tmp_path: Path):
    frame = pd.DataFrame(
        {
            "subjid": ["01", "02", "99"],
            "sex": [1.0, 2.0, 9.0],
            "kps": [90.0, 999.0, None],
            "site": ["Łódź", "b.d.", "Kraków"],
            "exdt": [date(2024, 2, 29), None, date(2024, 3, 1)],
        }
    )
    path = tmp_path / "subjects.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        variable_value_labels={"sex": {1.0: "M", 2.0: "F"}, "kps": {999.0: "nie badano"}},
        missing_ranges={"kps": [{"lo": 900, "hi": 999}], "site": ["b.d."]},
    )
    sheet = read_sav(path.read_bytes(), "subjects")
    assert [dict(cells) for _, cells in sheet.rows] == [
        {"SUBJID": "01", "SEX": "1", "KPS": "90", "SITE": "Łódź", "EXDT": "2024-02-29"},
        {"SUBJID": "02", "SEX": "2", "KPS": "", "SITE": "", "EXDT": ""},
        {"SUBJID": "99", "SEX": "9", "KPS": "", "SITE": "Kraków", "EXDT": "2024-03-01"},
    ]
    assert {(one.line, one.column, one.code, one.label) for one in sheet.missing} == {
        (2, "KPS", "999", "nie badano"),
        (2, "SITE", "b.d.", ""),
    }
    assert sheet.labels["SEX"] == {"1": "M", "2": "F"}
    assert sheet.form == {"format": "SPSS", "encoding": "UTF-8"}
