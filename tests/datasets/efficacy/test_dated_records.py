import pandas as pd
import pytest

from duonen_stats.datasets.efficacy.dated_records import (
    SOURCED,
    dated,
    described,
    earliest,
    latest,
)
from duonen_stats.errors import DataError

ROWS = pd.DataFrame(
    {
        "SUBJID": ["b", "a", None, "a", "b", "a"],
        "XDT": pd.to_datetime(["2024-03-01", "2024-02-01", "2024-01-01", None, "2024-03-02", "2024-02-01"]),
        "WHAT": ["late", "second", "nobody", "undated", "after", "first"],
        "_ROW": [2, 7, 3, 4, 5, 6],
    }
)
CUT = pd.Timestamp("2024-03-01")


def test_dated_keeps_what_is_known_at_the_cut_with_its_place():
    out = dated(ROWS, "raw", "XDT", until=CUT, keep=("WHAT",))
    assert list(out.columns) == [*SOURCED, "WHAT"]
    assert out["WHAT"].tolist() == ["first", "second", "late"]
    assert out[["SRCDOM", "SRCVAR", "SRCSEQ"]].to_numpy().tolist() == [
        ["raw", "XDT", 6],
        ["raw", "XDT", 7],
        ["raw", "XDT", 2],
    ]


def test_dated_of_nothing_has_the_types_of_something():
    full, empty = (dated(rows, "raw", "XDT", until=CUT) for rows in (ROWS, ROWS.iloc[:0]))
    assert [*full.dtypes] == [*empty.dtypes]
    untyped = pd.DataFrame({name: pd.Series(dtype=object) for name in ("SUBJID", "XDT", "_ROW")})
    assert [*dated(untyped, "raw", "XDT", until=CUT).dtypes] == [*full.dtypes]


def test_an_absent_column_is_named():
    with pytest.raises(DataError, match="YDT"):
        dated(ROWS, "raw", "YDT", until=CUT)


def test_first_and_last_on_one_day_go_by_the_order_given():
    known = dated(ROWS, "raw", "XDT", until=CUT, keep=("WHAT",))
    assert earliest(known)["WHAT"].to_dict() == {"a": "first", "b": "late"}
    assert latest(known)["WHAT"].to_dict() == {"a": "second", "b": "late"}
    assert latest(known.iloc[::-1])["WHAT"]["a"] == "first"


def test_described_says_the_same_of_all():
    assert described(ROWS, "CNSDTDSC", "x")["CNSDTDSC"].tolist() == ["x"] * 6
    assert described(ROWS.iloc[:0], "CNSDTDSC", "x")["CNSDTDSC"].dtype == object
    assert "CNSDTDSC" not in ROWS
