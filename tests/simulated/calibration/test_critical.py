"""Critical studentised ranges, interpolated, against scipy's own."""

import numpy as np
import pytest
from scipy import stats

from duonen_stats.simulated.calibration.critical import CriticalRange
from duonen_stats.simulated.calibration.interval import Interval


@pytest.mark.independent
@pytest.mark.parametrize("df", [4.7, 18.6])
def test_critical_ranges_are_those_of_the_studentised_range(df):
    critical = CriticalRange(Interval(low=0.027, high=0.029), 4)
    q = np.array([stats.studentized_range.isf(p, 4, df) for p in (0.0271, 0.0289)])
    assert critical.excess(q, np.full(2, df)).tolist() == [0.0, 0.0]
    outside = np.array([stats.studentized_range.isf(p, 4, df) for p in (0.0265, 0.0295)])
    assert (critical.excess(outside, np.full(2, df)) > 0).all()


def test_an_open_end_costs_nothing():
    critical = CriticalRange(Interval(low=0.06), 4)
    assert critical.excess(np.array([0.0, 1.0]), np.array([9.0, 9.0])).tolist() == [0.0, 0.0]
    assert critical.excess(np.array([9.0]), np.array([9.0]))[0] > 0
