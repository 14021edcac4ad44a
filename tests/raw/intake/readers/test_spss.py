from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from duonen_stats.raw.intake.readers.spss import read_sav


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


def _read(tmp_path: Path, frame: pd.DataFrame, **more):
    path = tmp_path / "table.sav"
    pyreadstat.write_sav(frame, path, **more)
    return read_sav(path.read_bytes(), "follow_up")


DAY = (date(2022, 12, 21) - date(1582, 10, 14)).days * 86_400.0


def test_dates_declared_missing_are_empty_with_their_code_and_label(tmp_path):
    frame = pd.DataFrame({"ID": [*"abc"], "DT": [date(2024, 2, 29), date(1900, 1, 1), None]})
    code = (date(1900, 1, 1) - date(1582, 10, 14)).days * 86_400.0
    sheet = _read(
        tmp_path,
        frame,
        missing_ranges={"DT": [code]},
        variable_value_labels={"DT": {date(1900, 1, 1): "n/d"}},
    )
    assert [cells["DT"] for _, cells in sheet.rows] == ["2024-02-29", "", ""]
    assert [(one.line, one.column, one.code, one.label) for one in sheet.missing] == [
        (2, "DT", "1900-01-01", "n/d")
    ]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("DATE11", "2022-12-21"),
        ("ADATE10", "2022-12-21"),
        ("EDATE10", "2022-12-21"),
        ("SDATE10", "2022-12-21"),
        ("JDATE7", "2022-12-21"),
        ("DATETIME20", "2022-12-21"),
        ("MOYR8", "2022-12"),
        ("F11.0", str(int(DAY))),
    ],
)
def test_a_number_is_a_date_as_its_format_says(tmp_path, form, shown):
    sheet = _read(tmp_path, pd.DataFrame({"DT": [DAY]}), variable_format={"DT": form})
    assert [cells["DT"] for _, cells in sheet.rows] == [shown]


@pytest.mark.parametrize("form", ["QYR6", "WKYR8"])
def test_quarters_and_weeks_are_one_finding(tmp_path, form):
    frame = pd.DataFrame({"DT": [DAY, DAY], "STATUS": ["ALIVE", "DEAD"]})
    sheet = _read(tmp_path, frame, variable_format={"DT": form})
    assert [(found.rule, found.column) for found in sheet.findings] == [("RD-DATEFORMAT", "DT")]
    assert [cells["STATUS"] for _, cells in sheet.rows] == ["ALIVE", "DEAD"]


def test_a_year_beyond_the_calendar_is_one_cell(tmp_path):
    far = pd.DataFrame({"DT": [DAY, DAY + 199_394 * 365.2425 * 86_400]})
    sheet = _read(tmp_path, far, variable_format={"DT": "DATE11"})
    near, beyond = (cells["DT"] for _, cells in sheet.rows)
    assert (near, beyond.partition("-")[0]) == ("2022-12-21", "201416")


@pytest.mark.parametrize("more", [{}, {"compress": True}, {"row_compress": True}])
def test_compressed_or_not_and_cut_off(tmp_path, more):
    frame = pd.DataFrame({"SUBJID": [f"01-{n:03}" for n in range(300)], "X": [n / 7 for n in range(300)]})
    path = tmp_path / "table.zsav"
    pyreadstat.write_sav(frame, path, **more)
    data = path.read_bytes()
    assert [cells["X"] for _, cells in read_sav(data, "labs").rows][:2] == ["0", repr(1 / 7)]
    assert [found.rule for found in read_sav(data[: len(data) // 2], "labs").findings] == ["RD-UNREADABLE"]
