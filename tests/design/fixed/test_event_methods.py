"""Schoenfeld, Freedman, Hsieh and Freedman."""

from math import log

import pytest

from duonen_stats.design.fixed.event_methods import freedman, hsieh_freedman, schoenfeld
from duonen_stats.errors import PlanError

OPTIONS = {"alpha": 0.05, "sides": 2, "power": 0.9, "far_tail": False}
Z = (1.959963984540054 + 1.2815515655446004) ** 2


def test_textbook_formulas():
    assert schoenfeld(0.5, 3).required(**OPTIONS) == pytest.approx(Z / (3 / 16 * log(2) ** 2))
    assert freedman(0.5, 3).required(**OPTIONS) == pytest.approx(Z * (1 + 3 * 0.5) ** 2 / (3 * 0.5**2))
    assert hsieh_freedman(0.5, 3).required(**OPTIONS) == pytest.approx(Z * 9 * 16 / 12)


def test_freedman_and_hsieh_are_the_same_at_equal_allocation():
    assert freedman(0.6, 1).required(**OPTIONS) == pytest.approx(hsieh_freedman(0.6, 1).required(**OPTIONS))


def test_turning_the_arms_round_changes_nothing():
    for method in (schoenfeld, freedman, hsieh_freedman):
        assert method(0.5, 3).required(**OPTIONS) == pytest.approx(method(2, 1 / 3).required(**OPTIONS))


def test_only_schoenfeld_has_a_margin():
    assert schoenfeld(1, 1, 1.3).effect == pytest.approx(log(1.3))
    for method in (freedman, hsieh_freedman):
        with pytest.raises(PlanError, match="margin"):
            method(1, 1, 1.3)
