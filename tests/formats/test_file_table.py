from datetime import date

import pandas as pd
import pytest

from duonen_stats.errors import DataError
from duonen_stats.formats.file_table import (
    FileTable,
    Limits,
    days_since,
    is_date,
    longest_bytes,
    require_fits,
    text_column,
)

LIMITS = Limits(format="Thing", name=8, label=10, value=6, upper=True)


def _table(**changes):
    frame = pd.DataFrame({"A": pd.Series(["abc", None], dtype=object), "N": [1.0, 2.0]})
    given = {"name": "LABS", "label": "Labs", "frame": frame, "labels": {"A": "Text"}}
    return FileTable(**(given | changes))


def test_what_fits_passes():
    require_fits(_table(), LIMITS)


def test_everything_that_does_not_fit_is_named_in_bytes():
    frame = pd.DataFrame(
        {"lower": ["x"], "TOOLONGNAME": ["x"], "A": ["żółw"], "B": ["1234567"]}, dtype=object
    )
    with pytest.raises(DataError, match="cannot be written as Thing; nothing was written") as raised:
        require_fits(_table(frame=frame, label="Żółte łóżko", labels={"A": "ok"}), LIMITS)
    for part in (
        "the name lower is not made of upper-case letters",
        "the name TOOLONGNAME is longer than 8 bytes",
        "the label of LABS is 17 bytes long, 10 are allowed",
        "a value of A is 7 bytes long, 6 are allowed",
        "a value of B is 7 bytes long",
    ):
        assert part in str(raised.value)


def test_lengths_texts_and_days():
    values = pd.Series(["ół", None, "abc"], dtype=object)
    assert (longest_bytes(values), text_column(values)) == (4, ["ół", "", "abc"])
    dates = pd.Series(pd.to_datetime(["1960-01-02", None]))
    assert is_date(dates)
    assert longest_bytes(dates) == 0
    assert days_since(dates, date(1960, 1, 1)).tolist()[0] == 1.0
    assert days_since(dates, date(1582, 10, 14)).tolist()[0] == 137776.0
