import math

import numpy as np
import pytest
from scipy import stats

from duonen_stats.trials.characteristics import characteristic
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
