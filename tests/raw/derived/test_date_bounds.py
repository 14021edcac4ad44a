import pandas as pd

from duonen_stats.raw.derived.date_bounds import earliest, is_partial, latest


def test_bounds_of_dates_known_in_part():
    rows = pd.DataFrame(
        {
            "DAY": pd.to_datetime(["2024-02-01", "2024-01-01", None, "2024-03-06", None]),
            "DAYC": ["2024-02", "2024", "UNK", None, None],
        },
        index=[3, 1, 4, 5, 9],
    )
    assert is_partial(rows, "DAY").tolist() == [True, True, True, False, False]
    first, last = earliest(rows, "DAY"), latest(rows, "DAY")
    assert first.dt.strftime("%Y-%m-%d").fillna("").tolist() == [
        "2024-02-01", "2024-01-01", "1900-01-01", "2024-03-06", "",
    ]  # fmt: skip
    assert last.dt.strftime("%Y-%m-%d").fillna("").tolist() == [
        "2024-02-29", "2024-12-31", "2099-12-31", "2024-03-06", "",
    ]  # fmt: skip
    assert list(first.index) == list(rows.index)


def test_a_date_without_a_column_for_its_part_is_itself():
    rows = pd.DataFrame({"DAY": pd.to_datetime(["2024-02-01", None])})
    pd.testing.assert_series_equal(earliest(rows, "DAY"), rows["DAY"])
    assert not is_partial(rows, "DAY").any()
