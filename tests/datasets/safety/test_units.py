import pandas as pd
import pytest

from duonen_stats.datasets.safety.units import add_range_indicator


@pytest.mark.parametrize(
    ("code", "value", "limits", "expected"),
    [
        ("HGB", 11.9, [12.0, 16.0], "LOW"),
        ("HGB", 12.0, [12.0, 16.0], "NORMAL"),
        ("HGB", 16.1, [12.0, 16.0], "HIGH"),
        ("HGB", 13.0, [None, 16.0], None),  # low is adverse, and LLN is unknown
        ("HGB", 17.0, [None, 16.0], "HIGH"),
        ("EGFR", 95.0, [90.0, None], "NORMAL"),
        ("ALT", 30.0, [None, 40.0], "NORMAL"),
        ("ALT", 30.0, [5.0, None], None),  # high is adverse, and ULN is unknown
        ("ALT", 30.0, [None, None], None),
    ],
)
def test_range_indicator(study, code, value, limits, expected):
    row = pd.DataFrame({"PARAMCD": [code], "AVAL": [value], "ANRLO": limits[:1], "ANRHI": limits[1:]})
    row = row.astype({"ANRLO": float, "ANRHI": float})
    assert add_range_indicator(row, study)["ANRIND"].tolist() == [expected]


def test_noise_of_a_conversion_does_not_leave_the_range(study):
    row = pd.DataFrame({"PARAMCD": ["HGB"], "AVAL": [5.8], "ANRLO": [58 * 0.1], "ANRHI": [16.0]})
    assert row["AVAL"].iloc[0] != row["ANRLO"].iloc[0]
    assert add_range_indicator(row, study)["ANRIND"].tolist() == ["NORMAL"]
