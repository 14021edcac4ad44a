from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
import pytest
from made_sheet import texts_held
from pyarrow import parquet

from duonen_stats.raw.intake.readers.parquet import read_parquet


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


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32()])
def test_short_numbers_have_the_digits_they_were_written_with(kind):
    values = [13.25, 0.5, None, float("nan")] if kind == pa.float16() else [13.2, 0.1, None, 1e-7]
    data = _bytes(VALUE=pa.array(values, type=pa.float64()).cast(kind), ID=[*"abcd"])
    sheet = read_parquet(data, "labs")
    shown = [cells["VALUE"] for _, cells in sheet.rows]
    assert shown == (["13.25", "0.5", "", ""] if kind == pa.float16() else ["13.2", "0.1", "", "1e-07"])
    assert texts_held(sheet)["VALUE"] == []


def test_a_moment_with_a_zone_is_read_as_it_is_written_there():
    in_utc = pa.array([datetime(2024, 4, 30, 22, 30)], type=pa.timestamp("us"))
    moments = in_utc.cast(pa.timestamp("us", tz="+02:00"))
    ((_, cells),) = read_parquet(_bytes(LBDT=moments), "labs").rows
    assert cells["LBDT"] == "2024-05-01 00:30:00+02:00"


def test_a_file_cut_off_is_not_read():
    data = _bytes(VALUE=[*range(1000)])
    assert [found.rule for found in read_parquet(data[:-9], "labs").findings] == ["RD-UNREADABLE"]
