import math

import numpy as np
import pytest
from scipy import stats

from duonen_stats.plan import FINAL
from duonen_stats.results.ids import known_ids
from duonen_stats.study import load_study
from duonen_stats.trials.characteristics import P_VALUES, characteristic
from duonen_stats.trials.truth import Truth

NAN = math.nan
TRUTH = Truth(value=1.0, low="b.ci_low", high="b.ci_high", words="simulated")


def test_a_p_value_that_is_missing_does_not_reject():
    found = characteristic("b.p", np.array([0.01, 0.05, 0.2, NAN]), 0.05)
    assert (found.stat, found.trials, found.estimable, found.rejected) == ("p", 4, 3, 1)
    exact = stats.binomtest(1, 4).proportion_ci(0.95, method="exact")
    assert (found.rejected_low, found.rejected_high) == pytest.approx((exact.low, exact.high))
    assert found.rejected_mc_error == pytest.approx(math.sqrt(0.25 * 0.75 / 4))
    assert (found.true_value, found.covered, found.truth) == (None, None, "")


def test_every_two_sided_p_value_of_a_report_is_counted_whatever_its_block_calls_it():
    """By the ids themselves: all statistics of a report that are named as a p-value, but for one-sided ones."""
    known = known_ids(load_study(), FINAL, "final").exact
    named = {name.rpartition(".")[2] for name in known} | {"holm", "bonferroni"}
    found = {stat for stat in named if stat in {"holm", "bonferroni"} or stat == "p" or stat.endswith("_p")}
    assert found == P_VALUES
    assert characteristic("b.log_rank_p", np.array([0.01, 0.2]), 0.05).rejected == 1


def test_values_are_described_and_other_statistics_do_not_reject():
    found = characteristic("b.hr", np.array([1.0, 2.0, 3.0, 6.0, NAN]), 0.05)
    assert (found.mean, found.median, found.minimum, found.maximum) == (3.0, 2.5, 1.0, 6.0)
    assert found.sd == pytest.approx(np.std([1, 2, 3, 6], ddof=1))
    assert (found.alpha, found.rejected, found.rejected_share) == (None, None, None)


def test_a_limit_that_is_missing_is_infinite_and_without_both_there_is_none():
    low = np.array([0.5, 1.5, NAN, NAN, 1.0])
    high = np.array([2.0, NAN, 0.9, NAN, 1.0])
    found = characteristic("b.hr", np.ones(5), 0.05, TRUTH, (low, high))
    assert (found.with_limits, found.covered, found.covered_share) == (4, 2, 0.5)
    alone = characteristic("b.hr", np.ones(5), 0.05, TRUTH)
    assert alone.covered is None
    assert "b.ci_low and b.ci_high" in alone.truth


def test_nothing_and_one_value():
    nothing = characteristic("b.p", np.array([NAN]), 0.05)
    assert (nothing.estimable, nothing.mean, nothing.sd, nothing.rejected) == (0, None, None, 0)
    assert characteristic("b.z", np.array([1.5]), 0.05).sd is None
