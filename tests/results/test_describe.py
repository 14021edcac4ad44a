import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.results.about import About
from duonen_stats.results.describe import describe, whiskers
from duonen_stats.sap import INTERIM

ABOUT = About(id="x", display="Table 1", population="Safety", unit="Gy")


def stats(values, population=None):
    size = len(values) if population is None else population
    rows = describe(np.array(values, dtype=float), ABOUT, INTERIM, population=size)
    return {row.stat_name: row for row in rows}


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
def test_who_has_no_record_counts_as_missing_as_who_has_no_value():
    assert stats([1, np.nan, 3], population=5)["n_missing"].stat == 3
    assert stats([1, 3], population=5)["n_missing"].stat == 3
    assert stats([], population=5)["n_missing"].stat == 5
    assert stats([np.nan], population=0)["n_missing"].stat == 0


@pytest.mark.worked
def test_more_values_than_patients_are_refused():
    with pytest.raises(ValueError, match="3 values of 2 patients"):
        stats([1, 2, 3], population=2)


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
    described = describe(values, ABOUT, INTERIM, population=values.size)
    ends = {row.stat_name: row.stat for row in whiskers(values, described, ABOUT)}
    assert ends == {"whisker_low": 1.0, "whisker_high": 7.0}


@pytest.mark.law
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_whiskers_embrace_the_box_and_lie_within_the_range(values):
    array = np.array(values)
    rows = describe(array, ABOUT, INTERIM, population=array.size)
    found = {row.stat_name: row.stat for row in rows} | {
        row.stat_name: row.stat for row in whiskers(array, rows, ABOUT)
    }
    assert found["min"] <= found["whisker_low"] <= found["q1"] <= found["median"]
    assert found["median"] <= found["q3"] <= found["whisker_high"] <= found["max"]


def counted_in_raw(cut, population, arm):
    """Second programming: the patients of a population, counted in the raw tables."""
    subjects = cut.tables["subjects"]
    if set(arm) <= set("ABCD"):  # a group may be of several arms
        subjects = subjects[subjects["ARM"].isin(list(arm))]
    treated = set(cut.tables["administrations"]["SUBJID"])
    return len(subjects) if population == "Randomised" else int(subjects["SUBJID"].isin(treated).sum())


@pytest.mark.independent
def test_values_and_missing_ones_are_the_population_in_every_block(results, final_results, cut, final_cut):
    for found, raw in ((results, cut), (final_results, final_cut)):
        rows = {row.analysis_id: row for row in found}
        blocks = [name.removesuffix(".n_missing") for name in rows if name.endswith(".n_missing")]
        assert len(blocks) > 100
        for block in blocks:
            row = rows[f"{block}.n_missing"]
            whole = counted_in_raw(raw, row.population, row.group1_level)
            assert rows[f"{block}.n"].stat + row.stat == whole, block
