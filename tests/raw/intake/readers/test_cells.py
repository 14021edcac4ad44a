import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sheet import texts_held

from duonen_stats.raw.intake.readers.cells import cell_text, sheet_of_columns


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (pd.NA, ""),
        (" a ", "a"),
        (3, "3"),
        (3.0, "3"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e22, "1e+22"),
        (np.float64(2.5), "2.5"),
        (np.int64(7), "7"),
        (True, "TRUE"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29), "2024-02-29"),
        (pd.Timestamp("2024-02-29 10:30"), "2024-02-29 10:30:00"),
        (datetime(2024, 2, 29, tzinfo=UTC), "2024-02-29 00:00:00+00:00"),
        (time(10, 30), "10:30:00"),
        (Decimal("1.10"), "1.10"),
        (b" x ", "x"),
    ],
)
def test_values_as_text(value, text):
    assert cell_text(value) == text


@pytest.mark.law
@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_number_is_lost(number):
    back = float(cell_text(number))
    assert back == number
    assert math.isfinite(back)


def test_a_sheet_of_columns_counts_records_from_one_and_knows_what_was_text():
    sheet = sheet_of_columns({"a": ["1", "x"], "b": [1.0, None]}, "labs")
    assert [(line, dict(cells)) for line, cells in sheet.rows] == [
        (1, {"A": "1", "B": "1"}),
        (2, {"A": "x", "B": ""}),
    ]
    assert texts_held(sheet) == {"A": ["1", "x"], "B": []}
    assert [one.rule for one in sheet_of_columns({}, "labs").findings] == ["RD-EMPTY"]
