import numpy as np
import pandas as pd
import pytest

from duonen_stats.datasets.units import add_range_indicator, convert_units
from duonen_stats.errors import DataError


def raw(*rows):
    return pd.DataFrame(rows, columns=["PARAMCD", "VALUE", "UNIT", "LLN", "ULN"])


def test_value_and_limits_are_converted_together(study):
    out = convert_units(
        raw(("HGB", 120.0, "g/L", 115.0, None), ("CREAT", 88.42, "umol/L", 50.0, 100.0)), study
    )
    assert out["AVAL"].tolist() == pytest.approx([12.0, 1.0])
    assert out["ANRLO"].tolist() == pytest.approx([11.5, 0.565483], abs=1e-6)
    assert np.isnan(out["ANRHI"].iloc[0])
    assert out["AVALU"].tolist() == ["g/dL", "mg/dL"]


def test_the_own_unit_changes_nothing(study):
    out = convert_units(raw(("WBC", 0.1 + 0.2, "10^9/L", 4.0, 10.0)), study)
    assert out["AVAL"].iloc[0] == 0.1 + 0.2


def test_an_unknown_unit_is_refused(study):
    with pytest.raises(DataError, match="HGB in stone"):
        convert_units(raw(("HGB", 1.0, "stone", None, None)), study)


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
    row = convert_units(raw(("HGB", 116.1, "g/L", 116.1, 160.0)), study)
    assert add_range_indicator(row, study)["ANRIND"].tolist() == ["NORMAL"]
