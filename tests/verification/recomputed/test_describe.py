from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from verification.made_folder import plan, values

from duonen_stats.verification.recomputed import describe as own


def test_a_sample_is_described_by_the_quartiles_of_the_plan():
    found = values(own.describe, "x", np.array([1.0, 2.0, 3.0, 4.0, np.nan]), 6, plan())
    assert found["x.n"] == 4
    assert found["x.n_missing"] == 2
    assert (found["x.q1"], found["x.median"], found["x.q3"]) == (1.25, 2.5, 3.75)
    assert found["x.sd"] == pytest.approx(np.sqrt(5 / 3))
    assert values(own.describe, "x", np.array([1.0, 2.0, 3.0, 4.0]), 4, plan(quantile_type=7))["x.q1"] == 1.75
    assert [*values(own.describe, "x", np.array([np.nan]), 2, plan())] == ["x.n", "x.n_missing"]
    assert "x.sd" not in values(own.describe, "x", np.array([3.0]), 1, plan())


def test_whiskers_end_at_values_and_one_on_the_fence_is_within():
    found = values(own.whiskers, "x", np.array([0.0, 10, 11, 12, 13, 14, 40]), plan())
    assert found == {"x.whisker_low": 10.0, "x.whisker_high": 14.0}


def test_limits_of_a_proportion_are_exact():
    found = values(own.rate, "x", 0, 92, plan())
    assert found["x.ci_low"] == 0
    assert found["x.ci_high"] == pytest.approx(3.93, abs=0.005)
    assert [*values(own.rate, "x", 0, 0, plan())] == ["x.n"]
    assert own.none_at_most(92, plan()) == pytest.approx(found["x.ci_high"] / 100)


def test_bounds_and_differences():
    assert values(own.bounds, "x", 3, 2, 16) == {"x.bound_low": 18.75, "x.bound_high": 31.25}
    found = values(own.difference_of_proportions, "x", "difference", (56, 70), (48, 80), plan())
    assert found["x.difference"] == pytest.approx(20)
    assert found["x.ci_low"] == pytest.approx(
        5.24, abs=0.005
    )  # Newcombe (1998) Stat Med 17:873-890, table II, a
    assert found["x.ci_high"] == pytest.approx(33.39, abs=0.005)


def test_correlations_need_the_pairs_of_the_plan_and_a_spread():
    x, y = np.arange(10.0), np.array([0, 2, 1, 3, 5, 4, 6, 8, 7, 9.0])
    found = values(own.correlate, "x", x, y, plan())
    assert found["x.spearman.rho"] == pytest.approx(1 - 6 * 6 / 990)
    assert found["x.pearson.r"] == pytest.approx(found["x.spearman.rho"])
    assert found["x.pearson.ci_low"] < found["x.pearson.r"] < found["x.pearson.ci_high"]
    assert [*values(own.correlate, "x", x[:2], y[:2], plan())] == ["x.n"]
    assert [*values(own.correlate, "x", x[:2], y[:2], plan(min_group=1))] == ["x.n"]
    assert [*values(own.correlate, "x", x, np.ones(10), plan())] == ["x.n"]


def test_groups_are_all_and_every_arm(study):
    frame = pd.DataFrame({"ARM": ["A", "C", "A"]})
    assert {name: len(rows) for name, rows in own.each_group(frame, "ARM", study)} == {
        "all": 3, "A": 2, "B": 0, "C": 1, "D": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("x", "p"),
    [((1.0, 2, 3), 1 / 3), ((1.0, 2, 3, 4), 1 / 12), ((1.0, 1, 3, 4), 1 / 12), ((1.0, 1, 3, 3), 1 / 3)],
)
def test_p_of_a_perfect_rank_correlation_counts_the_pairings_that_are_as_perfect(x, p):
    found = values(own.correlate, "x", np.array(x), -10 * np.array(x), plan())
    assert found["x.spearman.p"] == pytest.approx(p)
    pairings = [stats.spearmanr(x, order).statistic for order in permutations(x)]
    assert np.mean(np.abs(pairings) > 1 - 1e-9) == pytest.approx(p)
