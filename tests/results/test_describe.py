import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.results.about import About
from duonen_stats.results.describe import describe, whiskers
from duonen_stats.sap import INTERIM

ABOUT = About(id="x", display="Table 1", population="Safety", unit="Gy")


def stats(values):
    return {row.stat_name: row for row in describe(np.array(values, dtype=float), ABOUT, INTERIM)}


@pytest.mark.worked
def test_quartiles_are_of_definition_six():
    # 12 ordered values: Q1 lies at position 13/4 = 3.25, Q3 at 9.75.
    found = stats([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    assert (found["q1"].stat, found["median"].stat, found["q3"].stat) == (3.25, 6.5, 9.75)
    assert found["n"].stat == 12


@pytest.mark.worked
def test_missing_values_are_counted_not_imputed():
    found = stats([1, np.nan, 3])
    assert (found["n"].stat, found["n_missing"].stat, found["median"].stat) == (2, 1, 2)


@pytest.mark.worked
def test_no_value_is_seven_reasons():
    found = stats([np.nan])
    assert found["n"].stat == 0
    assert all(
        found[name].stat is None and found[name].note
        for name in ("mean", "sd", "median", "q1", "q3", "min", "max")
    )


@pytest.mark.worked
def test_one_value_has_no_spread():
    found = stats([2.5])
    assert found["median"].stat == 2.5
    assert found["sd"].stat is None
    assert "single value" in found["sd"].note


@pytest.mark.worked
def test_whiskers_end_at_the_furthest_value_in_reach():
    values = np.array([1, 2, 3, 4, 5, 6, 7, 100], dtype=float)  # Q1 2.25, Q3 6.75: reach -4.5 to 13.5
    ends = {row.stat_name: row.stat for row in whiskers(values, describe(values, ABOUT, INTERIM), ABOUT)}
    assert ends == {"whisker_low": 1.0, "whisker_high": 7.0}


@pytest.mark.law
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_whiskers_embrace_the_box_and_lie_within_the_range(values):
    array = np.array(values)
    rows = describe(array, ABOUT, INTERIM)
    found = {row.stat_name: row.stat for row in rows} | {
        row.stat_name: row.stat for row in whiskers(array, rows, ABOUT)
    }
    assert found["min"] <= found["whisker_low"] <= found["q1"] <= found["median"]
    assert found["median"] <= found["q3"] <= found["whisker_high"] <= found["max"]
