"""Columns of Table 1: medians and ranges are reached, a pooled median only where it can be."""

import numpy as np

from duonen_stats.simulated.calibration.annealing import Schedule
from duonen_stats.simulated.calibration.characteristics_columns import ArmRange, attainable, calibrate_column
from duonen_stats.simulated.calibration.targets import Bounds

ARM = np.repeat([0, 1], [9, 8])
RANGES = [
    ArmRange(median=Bounds(low=67.5, high=68.4), low=54, high=81),
    ArmRange(median=Bounds(low=72.5, high=73.4), low=49, high=86),
]


def calibrate(pooled, seed=1):
    start = np.random.default_rng(seed).normal(60, 12, len(ARM))
    return calibrate_column(
        start, ARM, RANGES, pooled=pooled, step=1.0, schedule=Schedule(candidates=20000),
        rng=np.random.default_rng(seed),
    )  # fmt: skip


def test_medians_and_ranges_are_reached():
    found = calibrate(Bounds(low=69.5, high=70.4))
    values = found.state[0]
    assert found.loss == 0
    assert [values[ARM == 0].min(), values[ARM == 0].max()] == [54, 81]
    assert [values[ARM == 1].min(), values[ARM == 1].max()] == [49, 86]
    assert np.median(values[ARM == 0]) == 68
    assert 69.5 <= np.median(values) <= 70.4


def test_a_pooled_median_outside_the_hull_is_left_out():
    outside = Bounds(low=75.5, high=76.4)
    assert not attainable(outside, [one.median for one in RANGES])
    assert calibrate(outside).loss == 0
