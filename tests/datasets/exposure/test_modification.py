import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.datasets.exposure.modification import derive_modification
from duonen_stats.errors import DataError


def patient(activities, nominal=1000.0, subjid="1"):
    """Activities of T1, T2, ...; None is a cycle that was not delivered."""
    rows = [(f"T{k}", value) for k, value in enumerate(activities, 1) if value is not None]
    frame = pd.DataFrame(rows, columns=["AVISIT", "AVAL"]).astype({"AVAL": float})
    change = (frame["AVAL"] - activities[0] if activities[0] is not None else np.nan * frame["AVAL"]).round(6)
    base = activities[0] if activities[0] is not None else np.nan
    return frame.assign(SUBJID=subjid, BASE=base, CHG=change.where(frame["AVISIT"] != "T1"), NOMINAL=nominal)


def derive(*frames, tolerance=0.10):
    cycles = pd.concat(frames, ignore_index=True)
    return derive_modification(cycles, first_cycle="T1", tolerance=tolerance, decimals=6)


@pytest.mark.parametrize(
    ("activities", "category", "mean"),
    [
        ([1000, 1101, 1101], "INCREASED", 101),
        ([1000, 1100, 1100], "UNCHANGED", 100),  # exactly 10 % is within
        ([1000, 900, 900], "UNCHANGED", -100),
        ([1000, 899, 899], "DECREASED", -101),
        ([1000, 1000, 1000, 1000], "UNCHANGED", 0),
        ([1000, 0, None, 0], "DECREASED", -1000),
        ([1000, None, 2000], "INCREASED", 1000),
    ],
)
def test_the_category_goes_by_the_mean_change(activities, category, mean):
    out = derive(patient(activities)).iloc[0]
    assert out["AVALC"] == category
    assert out["CHG"] == mean
    assert out["PCHG"] == pytest.approx(mean / 10)


def test_a_patient_may_go_up_and_down():
    out = derive(patient([1850, 5550, 925, 1850], nominal=1850)).iloc[0]
    assert (out["ANYUPFL"], out["ANYDNFL"], out["ONLYUNFL"]) == ("Y", "Y", None)
    assert (out["UPCHG"], out["DNCHG"]) == (3700, -925)
    assert out["CHG"] == 925
    assert out["PCHG"] == 50
    assert out["AVALC"] == "INCREASED"
    assert out["AVAL"] == 2775
    assert out["NCYMOD"] == 3


def test_up_and_down_may_cancel():
    out = derive(patient([1000, 1500, 500])).iloc[0]
    assert out["AVALC"] == "UNCHANGED"
    assert (out["ANYUPFL"], out["ANYDNFL"], out["ONLYUNFL"]) == ("Y", "Y", None)


def test_percent_is_of_the_nominal_activity_not_of_the_patients_own():
    out = derive(patient([800, 1200], nominal=1000)).iloc[0]
    assert out["PCHG"] == 40


@pytest.mark.parametrize("activities", [[1000], [1000, None, None], [None, 1200, 1200]])
def test_without_first_or_later_cycle_nothing_is_evaluable(activities):
    out = derive(patient(activities)).iloc[0]
    assert out["AVALC"] == "NOT EVALUABLE"
    assert out[["CHG", "PCHG", "AVAL", "UPCHG", "DNCHG", "ANYUPFL", "ANYDNFL", "ONLYUNFL"]].isna().all()


def test_a_cycle_twice_is_refused():
    with pytest.raises(DataError, match="unique"):
        derive(patient([1000, 1100]), patient([1000]))


@pytest.mark.law
@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.integers(0, 3000), min_size=1, max_size=4).map(lambda values: [1000, *values[1:]]),
        min_size=1,
        max_size=6,
    )
)
def test_categories_partition_and_agree_with_single_cycles(patients):
    out = derive(*(patient(values, subjid=str(k)) for k, values in enumerate(patients)))
    assert len(out) == len(patients)
    assert out["AVALC"].isin(["INCREASED", "DECREASED", "UNCHANGED", "NOT EVALUABLE"]).all()
    # Whoever is increased on average has an increased cycle; likewise decreased.
    assert out.loc[out["AVALC"] == "INCREASED", "ANYUPFL"].eq("Y").all()
    assert out.loc[out["AVALC"] == "DECREASED", "ANYDNFL"].eq("Y").all()
    neither = out["ANYUPFL"].isna() & out["ANYDNFL"].isna() & (out["AVALC"] != "NOT EVALUABLE")
    assert out["ONLYUNFL"].eq("Y").equals(neither)
