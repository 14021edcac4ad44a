"""Baseline characteristics."""

import numpy as np
import pytest

from duonen_stats.simulated.model.characteristics import BaselineAssumptions, draw_characteristics


@pytest.fixture(scope="module")
def who():
    return draw_characteristics(np.random.default_rng(3), 5000, BaselineAssumptions())


def test_shares_are_those_of_table_1(who):
    assert who.female.mean() == pytest.approx(30 / 56, abs=0.03)
    assert who.grade_1.mean() == pytest.approx(22 / 56, abs=0.03)
    assert who.metastases.mean(axis=0) == pytest.approx(np.array([52, 30, 22, 37]) / 56, abs=0.03)
    assert (who.kps >= 80).mean() == pytest.approx(51 / 56, abs=0.03)


def test_values_stay_within_the_bounds(who):
    assert who.age.min() >= 27
    assert who.age.max() <= 86
    assert np.median(who.age) == pytest.approx(67, abs=3)
    assert who.bmi.min() >= 17.7
    assert who.bmi.max() <= 36.6
    assert who.months_since_diagnosis.min() >= 12


def test_ki67_agrees_with_the_grade_and_the_protocol(who):
    low, high = who.ki67[who.grade_1], who.ki67[~who.grade_1]
    assert np.nanmax(low) < 3
    assert np.nanmin(high) >= 3
    assert np.nanmax(high) <= 20
    assert 0 < np.isnan(who.ki67).mean() < 0.06
