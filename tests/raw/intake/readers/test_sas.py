import struct
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duonen_stats.formats.dataset_files import xpt_bytes
from duonen_stats.formats.file_table import FileTable
from duonen_stats.raw.intake.readers.sas import _native_step, _short, read_sas7bdat, read_xpt

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


def _written(tmp_path: Path, frame: pd.DataFrame, version: int, **formats: str) -> bytes:
    path = tmp_path / "table.xpt"
    pyreadstat.write_xport(frame, path, file_format_version=version, variable_format=formats)
    return path.read_bytes()


DAY, SECONDS = 23_000.0, 23_000 * 86_400.0
"""2022-12-21, in days and in seconds since 1960."""


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [
        ("DATE9", DAY, "2022-12-21"),
        ("E8601DA10", DAY, "2022-12-21"),
        ("POLDFDD10", DAY, "2022-12-21"),
        ("NLDATE20", DAY, "2022-12-21"),
        ("DTDATE9", SECONDS, "2022-12-21"),
        ("E8601DN10", SECONDS, "2022-12-21"),
        ("E8601DT19", SECONDS + 3600, "2022-12-21 01:00:00"),
        ("MONYY7", DAY, "2022-12"),
        ("EURDFMY7", DAY, "2022-12"),
        ("DTMONYY7", SECONDS, "2022-12"),
        ("YEAR4", DAY, "2022"),
        ("BEST12", DAY, "23000"),
    ],
)
def test_a_number_is_a_date_as_its_format_says(tmp_path, form, value, shown):
    frame = pd.DataFrame({"SUBJID": ["a", "b"], "LBDT": [value, float("nan")]})
    sheet = read_xpt(_written(tmp_path, frame, 8, LBDT=form), "labs")
    assert [cells["LBDT"] for _, cells in sheet.rows] == [shown, ""]
    assert sheet.findings == ()


def test_a_format_that_hides_the_month_is_one_finding_and_the_other_columns_are_read(tmp_path):
    frame = pd.DataFrame({"LBDT": [DAY, DAY], "VALUE": [1.0, 2.0]})
    sheet = read_xpt(_written(tmp_path, frame, 5, LBDT="YYQ6"), "labs")
    assert [(found.rule, found.column) for found in sheet.findings] == [("RD-DATEFORMAT", "LBDT")]
    assert [(*cells.values(),) for _, cells in sheet.rows] == [("", "1"), ("", "2")]


def test_a_date_beyond_the_calendar_is_one_cell(tmp_path):
    frame = pd.DataFrame({"LBDT": [DAY, 5e7]})
    sheet = read_xpt(_written(tmp_path, frame, 5, LBDT="DATE9"), "labs")
    assert [cells["LBDT"] for _, cells in sheet.rows] == ["2022-12-21", "138855-05-08"]


@pytest.mark.parametrize("version", [5, 8])
def test_special_missing_values_of_transport_files(tmp_path, version):
    frame = pd.DataFrame({"SUBJID": [*"abcd"], "VALUE": [1.5, float("nan"), float("nan"), float("nan")]})
    data = bytearray(_written(tmp_path, frame, version))
    for letter in b"A_":  # the library writes only the plain missing value
        place = data.index(b".\0\0\0\0\0\0\0", data.index(b"*OBS"))
        data[place] = letter
    sheet = read_xpt(bytes(data), "labs")
    assert [cells["VALUE"] for _, cells in sheet.rows] == ["1.5", "", "", ""]
    assert [(one.line, one.column, one.code) for one in sheet.missing] == [
        (2, "VALUE", ".A"),
        (3, "VALUE", "._"),
    ]


@pytest.mark.parametrize("version", [5, 8])
@pytest.mark.parametrize("bytes_left_out", [1, 37, 80, 160, 800, 3200])
def test_a_transport_file_cut_off_is_not_read(tmp_path, version, bytes_left_out):
    frame = pd.DataFrame({"SUBJID": [f"01-{n:03}" for n in range(200)], "VALUE": [1.5] * 200})
    data = _written(tmp_path, frame, version)
    assert len(read_xpt(data, "labs").rows) == 200
    sheet = read_xpt(data[:-bytes_left_out], "labs")
    assert [found.rule for found in sheet.findings] == ["RD-UNREADABLE"]
    assert sheet.rows == ()


def test_a_native_dataset_cut_off_is_not_read():
    data = (Path(__file__).parent / "activities.sas7bdat").read_bytes()
    assert [found.rule for found in read_sas7bdat(data[:-1], "administrations").findings] == ["RD-UNREADABLE"]


def _with_short_numbers(data: bytes, width: int) -> bytes:
    """Cut the numbers of a file with one number a record off, as SAS does under LENGTH."""
    at = data.index(b"NAMESTR") - 20 + 80
    head = data.index(b"HEADER RECORD*******OBS") + 80
    short = data[at : at + 4] + width.to_bytes(2, "big") + data[at + 6 :]
    records = (len(data) - head) // 8
    body = b"".join(data[head + 8 * n : head + 8 * n + width] for n in range(records)).rstrip(b" ")
    return data[:at] + short[: head - at] + body + b" " * (-len(body) % 80)


@pytest.mark.parametrize("width", [4, 5, 6, 7])
def test_numbers_cut_off_to_fewer_bytes_have_the_digits_they_were_written_with(tmp_path, width):
    values = [13.2, -0.5, 7400.0, 0.0987, 150.1, 0.0]
    data = _with_short_numbers(_written(tmp_path, pd.DataFrame({"VALUE": values}), 5), width)
    sheet = read_xpt(data, "labs")
    assert [float(cells["VALUE"]) for _, cells in sheet.rows] == values


@pytest.mark.law
@given(st.decimals(-(10**5), 10**5, places=3), st.integers(5, 7))
def test_a_double_without_its_last_bytes_has_the_digits_it_was_written_with(number, width):
    value = float(number)
    stored = struct.unpack(">d", struct.pack(">d", value)[:width] + bytes(8 - width))[0]
    found = _short([stored], width, _native_step)[0]
    again = struct.unpack(">d", struct.pack(">d", found)[:width] + bytes(8 - width))[0]
    assert again == stored
    assert len(repr(abs(found))) <= len(repr(abs(value)))


@pytest.mark.law
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("ab", max_size=3), max_size=60), st.integers(1, 40), st.sampled_from([5, 8]))
def test_a_whole_file_of_texts_is_read_wherever_it_is_empty(tmp_path, texts, width, version):
    values = [text * width for text in texts]
    sheet = read_xpt(
        _written(tmp_path, pd.DataFrame({"S": pd.Series(values, dtype=object)}), version), "labs"
    )
    assert {one.rule for one in sheet.findings} <= {"RD-BLANK"}
    assert [cells["S"] for _, cells in sheet.rows] == [value for value in values if value]


def test_records_of_blanks_count_where_the_file_says_how_many_it_has(tmp_path):
    data = _written(tmp_path, pd.DataFrame({"S": ["a", "", ""]}), 8)
    assert read_xpt(data, "labs").lines == 3
