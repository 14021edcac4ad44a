from datetime import datetime
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from duonen_stats.errors import DataError
from duonen_stats.formats.file_table import FileTable
from duonen_stats.formats.workbooks import workbook_bytes

FRAME = pd.DataFrame(
    {
        "A": pd.Series(["=1+1", "007", None], dtype=object),
        "N": pd.array([1, None, 3], dtype="Int64"),
        "D": pd.to_datetime(["2024-02-29", None, "1999-12-31"]),
        "X": [0.1 + 0.2, 0.1, float("nan")],
    }
)


def _table(name="labs", frame=FRAME):
    return FileTable(name=name, label="", frame=frame, labels={}, made=datetime(2025, 6, 30))


def test_texts_are_texts_dates_are_dates_and_no_digit_is_lost():
    sheet = openpyxl.load_workbook(BytesIO(workbook_bytes([_table()])))["labs"]
    assert [cell.value for cell in sheet["A"]] == ["A", "=1+1", "007", None]
    assert {cell.data_type for cell in sheet["A"]} == {"s", "n"}  # n: an empty cell
    assert [cell.value for cell in sheet["C"]][1:] == [datetime(2024, 2, 29), None, datetime(1999, 12, 31)]
    assert [cell.value for cell in sheet["D"]][1:] == ["0.30000000000000004", 0.1, None]


def test_the_same_tables_give_the_same_bytes_whatever_the_clock():
    assert workbook_bytes([_table(), _table("subjects")]) == workbook_bytes([_table(), _table("subjects")])
    assert openpyxl.load_workbook(BytesIO(workbook_bytes([_table()]))).properties.modified == datetime(
        2025, 6, 30
    )


def test_what_excel_cannot_hold_is_refused():
    with pytest.raises(DataError, match="control character"):
        workbook_bytes([_table(frame=pd.DataFrame({"A": ["a\x01b"]}, dtype=object))])
    with pytest.raises(DataError, match="more than 32767 characters in A"):
        workbook_bytes([_table(frame=pd.DataFrame({"A": ["x" * 32768]}, dtype=object))])
    with pytest.raises(DataError, match="too long"):
        workbook_bytes([_table(name="x" * 32)])
