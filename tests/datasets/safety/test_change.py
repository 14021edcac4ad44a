import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import day

from duonen_stats.datasets.safety.change import add_change
from duonen_stats.errors import DataError


def labs(values, base, days=None):
    dates = [day(d) for d in (days or range(1, len(values) + 1))]
    frame = pd.DataFrame({"AVAL": values, "BASE": base, "ADT": pd.to_datetime(dates)})
    return frame.astype({"AVAL": float, "BASE": float}).assign(TRTSDT=pd.Timestamp(day(0)))


def test_differences_are_as_on_paper_and_not_rounded():
    out = add_change(labs([12.1, 12.9], [12.9, 13.7]))
    assert 12.1 - 12.9 != 12.9 - 13.7
    assert out["CHG"].tolist() == [-0.8, -0.8]
    assert add_change(labs([10.0000001], [10.0]))["CHG"].tolist() == [1e-7]


def test_up_to_the_first_administration_there_is_no_change():
    out = add_change(labs([13.0, 12.0, 11.0], 13.0, days=[-3, 0, 1]))
    np.testing.assert_array_equal(out["CHG"], [np.nan, np.nan, -2.0])
    np.testing.assert_allclose(out["PCHG"].iloc[2], -200 / 13)


def test_missing_and_zero_baselines():
    out = add_change(labs([5.0, 5.0], [np.nan, 0.0]))
    assert np.isnan(out["CHG"].iloc[0])
    assert out["CHG"].iloc[1] == 5.0
    assert out["PCHG"].isna().all()


def test_an_absent_column_is_named():
    with pytest.raises(DataError, match="BASE"):
        add_change(labs([1.0], 1.0).drop(columns="BASE"))


@pytest.mark.law
@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 500), min_size=1, max_size=8), st.floats(0, 500), st.floats(-100, 100))
def test_change_adds_up_and_a_constant_drops_out(values, base, constant):
    out = add_change(labs(values, base))
    np.testing.assert_allclose(out["BASE"] + out["CHG"], out["AVAL"], atol=1e-9)
    shifted = add_change(labs([value + constant for value in values], base + constant))
    np.testing.assert_allclose(shifted["CHG"], out["CHG"], atol=1e-9)
