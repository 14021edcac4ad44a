from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
from pyarrow import parquet

from duonen_stats.raw.intake.readers.binary import read_parquet


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
    assert sheet.as_text == {"VALUE": {"1.5": 2, ".": 1}}
