"""Tests of duonen_stats.raw.derived.censored_results: what a result beyond a bound may be, and what it counts as."""

import pandas as pd
import pytest

from duonen_stats.raw.derived.censored_results import ends, with_span


def test_what_a_censored_result_may_be():
    labs = pd.DataFrame({"VALUE": [None, None, None, None, 5.0, None, None],
                         "BOUND": ["<2", "<=2", ">2", ">=2", "<1", None, "n. d."]})  # fmt: skip
    found = with_span(labs, pd.Series(10.0, index=labs.index), "half")
    assert found["AVAL"].tolist()[:5] == [10.0, 10.0, 20.0, 20.0, 50.0]
    assert found["LOWEST"].tolist()[:2] == [0.0, 0.0]
    assert found["HIGHEST"].tolist()[2:5] == [float("inf"), float("inf"), 50.0]
    assert (found["HIGHEST"][0] < 20.0, found["HIGHEST"][1], found["LOWEST"][2] > 20.0, found["LOWEST"][3]) == (
        True, 20.0, True, 20.0,
    )  # fmt: skip
    assert found[["AVAL", "LOWEST", "HIGHEST", "LIMIT"]].iloc[5:].isna().all(axis=None)
    assert found["SIGN"].tolist() == ["<", "<=", ">", ">=", None, None, None]


@pytest.mark.parametrize(
    ("counted", "values"), [("limit", [2.0, 2.0]), ("half", [1.0, 2.0]), ("excluded", [None, None])]
)
def test_what_a_result_below_and_one_above_a_bound_count_as(counted, values):
    labs = pd.DataFrame({"VALUE": [None, None], "BOUND": ["<2", ">2"]})
    found = with_span(labs, pd.Series([1.0, 1.0]), counted)
    assert [None if pd.isna(one) else one for one in found["AVAL"]] == values
    assert found["LIMIT"].tolist() == [2.0, 2.0]


def test_records_without_a_span_are_their_values():
    labs = pd.DataFrame({"AVAL": [1.0, None]})
    assert ends(labs)[0] is labs["AVAL"]
    assert [one.tolist() for one in ends(labs.assign(LOWEST=[0.0, 1.0], HIGHEST=[1.0, 2.0]))] == [
        [0.0, 1.0],
        [1.0, 2.0],
    ]
