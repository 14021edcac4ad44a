from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.plan import INTERIM
from duonen_stats.results.rows.describe import describe, whiskers
from duonen_stats.results.rows.table import About

ABOUT = About(id="x", display="Table 1", population="Safety", unit="Gy")


def stats(values, population=None):
    size = len(values) if population is None else population
    rows = describe(np.array(values, dtype=float), ABOUT, INTERIM, population=size)
    return {row.stat_name: row for row in rows}


def test_quartiles_are_of_definition_six():
    # 12 ordered values: Q1 lies at position 13/4 = 3.25, Q3 at 9.75.
    found = stats([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    assert (found["q1"].stat, found["median"].stat, found["q3"].stat) == (3.25, 6.5, 9.75)
    assert found["n"].stat == 12


def test_missing_values_are_counted_not_imputed():
    found = stats([1, np.nan, 3])
    assert (found["n"].stat, found["n_missing"].stat, found["median"].stat) == (2, 1, 2)


def test_who_has_no_record_counts_as_missing_as_who_has_no_value():
    assert stats([1, np.nan, 3], population=5)["n_missing"].stat == 3
    assert stats([1, 3], population=5)["n_missing"].stat == 3
    assert stats([], population=5)["n_missing"].stat == 5
    assert stats([np.nan], population=0)["n_missing"].stat == 0


def test_more_values_than_patients_are_refused():
    with pytest.raises(ValueError, match="3 values of 2 patients"):
        stats([1, 2, 3], population=2)


def test_no_value_is_seven_reasons():
    found = stats([np.nan])
    assert found["n"].stat == 0
    assert all(
        found[name].stat is None and found[name].note
        for name in ("mean", "sd", "median", "q1", "q3", "min", "max")
    )


def test_one_value_has_no_spread():
    found = stats([2.5])
    assert found["median"].stat == 2.5
    assert found["sd"].stat is None
    assert "single value" in found["sd"].note


def ends_of(values, decimals=6):
    array, plan = np.array(values, dtype=float), replace(INTERIM, difference_decimals=decimals)
    return {
        row.stat_name: row
        for row in whiskers(array, describe(array, ABOUT, plan, population=array.size), ABOUT, plan)
    }


def test_whiskers_end_at_the_furthest_value_in_reach():
    found = ends_of([1, 2, 3, 4, 5, 6, 7, 100])  # Q1 2.25, Q3 6.75: reach -4.5 to 13.5
    assert {name: row.stat for name, row in found.items()} == {"whisker_low": 1.0, "whisker_high": 7.0}


# Seven values: definition 6 takes the 2nd and the 6th as quartiles, so that the fences are known on paper.
# R 4.2: x <- c(-0.933, -0.3, -0.1, 0, 0.05, 0.122, 0.755); q <- unname(quantile(x, c(.25, .75), type = 6));
#   f <- q + c(-1.5, 1.5) * diff(q); range(x[round(x - f[1], 6) >= 0 & round(f[2] - x, 6) >= 0])   # -0.933 0.755
@pytest.mark.reference
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("scale", [1, 10, 0.1, 1.1, 7, 0.3])
def test_a_value_on_the_fence_is_within_reach(sign, scale):
    values = [-0.933, -0.3, -0.1, 0, 0.05, 0.122, 0.755]
    found = ends_of([round(sign * scale * value, 6) for value in values])
    low, high = sorted((round(-0.933 * sign * scale, 6), round(0.755 * sign * scale, 6)))
    assert (found["whisker_low"].stat, found["whisker_high"].stat) == (low, high)


@pytest.mark.parametrize("step", [2e-6, 0.001])
def test_a_value_just_beyond_the_fence_is_out_of_reach(step):
    found = ends_of([-0.933 - step, -0.3, -0.1, 0, 0.05, 0.122, 0.755 + step])
    assert (found["whisker_low"].stat, found["whisker_high"].stat) == (-0.3, 0.122)


def test_without_a_value_between_box_and_fence_there_is_no_whisker():
    # Q1 at position 1.75 is 7.5, Q3 at 5.25 is 11: the lower fence is 2.25, and 0 is beyond it.
    values = [0, 10, 10, 11, 11, 11]
    found = ends_of(values)
    assert found["whisker_low"].stat is None
    assert "no whisker" in found["whisker_low"].note
    assert found["whisker_high"].stat == 11
    mirrored = ends_of([-value for value in values])
    assert mirrored["whisker_high"].stat is None
    assert mirrored["whisker_low"].stat == -11


@pytest.mark.law
@given(st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), min_size=1, max_size=40))
def test_whiskers_are_values_outside_the_box_and_no_value_in_reach_is_further(values):
    array = np.array(values)
    box = {row.stat_name: row.stat for row in describe(array, ABOUT, INTERIM, population=array.size)}
    found = ends_of(values)
    sides = {
        "whisker_low": (min, box["q1"] - array),
        "whisker_high": (max, array - box["q3"]),
    }
    reach = 1.5 * (box["q3"] - box["q1"])
    for name, (furthest, outside) in sides.items():
        within = array[(outside > -5e-7) & (outside < reach + 5e-7)].tolist()
        assert found[name].stat == (furthest(within) if within else None)


def counted_in_raw(cut, row):
    """Second programming: the patients of a population, or their cycles, counted in the raw tables."""
    subjects, given = cut.tables["subjects"], cut.tables["administrations"]
    members = row.group1_level.split(" + ")  # a group may be of several arms
    if set(members) <= set("ABCD"):
        subjects = subjects[subjects["ARM"].isin(members)]
    if row.population == "Randomised":
        return len(subjects)
    treated = given[given["SUBJID"].isin(subjects["SUBJID"])]
    if "cycles" in row.stat_label:
        isotope = row.analysis_id.split(".")[-2]
        return int((treated[f"{isotope}_MBQ"] > 0).sum())
    return treated["SUBJID"].nunique()


@pytest.mark.independent
def test_values_and_missing_ones_are_the_population_in_every_block(results, final_results, cut, final_cut):
    for found, raw in ((results, cut), (final_results, final_cut)):
        rows = {row.analysis_id: row for row in found}
        blocks = [name.removesuffix(".n_missing") for name in rows if name.endswith(".n_missing")]
        assert len(blocks) > 100
        for block in blocks:
            row = rows[f"{block}.n_missing"]
            assert rows[f"{block}.n"].stat + row.stat == counted_in_raw(raw, row), block
