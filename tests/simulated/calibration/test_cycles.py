"""Doses of single cycles: sums exact, the first cycle within the rule, no cycle implausible."""

import numpy as np
import pytest

from duonen_stats.errors import NotEstimable
from duonen_stats.simulated.calibration.cycles import CycleRules, spread_dose

RULES = CycleRules(specific=((0.1, 1.5), (1.0, 6.0)), first_low=0.0, first_high=5.7, any_cycle=np.inf)
ACTIVITY = np.array([[3.7, 3.7, 3.7, 3.7], [1.85, 1.85, 1.85, 1.85]])


def spread(totals, rules=RULES, activity=ACTIVITY):
    return spread_dose(np.array(totals), activity, rules, decimals=3, rng=np.random.default_rng(1))


def test_sums_are_exact():
    doses = spread([6.4, 15.2])
    assert np.round(doses.sum(axis=1), 3).tolist() == [6.4, 15.2]


def test_the_first_cycle_keeps_below_where_nothing_was_reduced():
    doses = spread([8.0, 18.0])
    assert doses[:, 0].sum() <= 5.7
    assert np.round(doses.sum(), 3) == 26.0


def test_the_first_cycle_rises_above_where_activity_was_reduced():
    rules = CycleRules(specific=RULES.specific, first_low=5.8, first_high=np.inf, any_cycle=np.inf)
    assert spread([6.0, 14.0], rules)[:, 0].sum() >= 5.8


def test_an_isotope_that_is_not_given_has_no_dose():
    doses = spread([15.0, 0.0], activity=np.array([[7.4] * 4, [0.0] * 4]))
    assert doses[1].tolist() == [0.0] * 4


def test_what_cannot_be_is_said():
    with pytest.raises(NotEstimable, match="all rules"):
        spread([60.0, 80.0])
