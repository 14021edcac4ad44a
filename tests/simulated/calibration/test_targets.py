"""Targets by ledger id, with margins."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from duonen_stats.displays.model.format import rounded
from duonen_stats.errors import DataError
from duonen_stats.simulated.calibration.targets import (
    NOT_SIGNIFICANT,
    Bounds,
    CriticalRange,
    Printed,
    Targets,
    printed_interval,
)

TARGETS = Targets(
    {
        "p": Printed(value=0.043, decimals=3),
        "n": Printed(value=14),
        "x.q1": Printed(value=1.0, decimals=1),
        "x.median": Printed(value=2.0, decimals=1),
        "x.q3": Printed(value=3.0, decimals=1),
    }
)


def test_a_p_value_is_aimed_at_the_middle_of_its_interval():
    wanted = TARGETS.p("p")
    assert wanted.low == pytest.approx(0.0427)
    assert wanted.high == pytest.approx(0.0433)


def test_what_is_not_printed_is_not_significant():
    assert TARGETS.p("another") == NOT_SIGNIFICANT


def test_counts_and_quartiles():
    assert TARGETS.count("n") == 14
    assert TARGETS.value("x.q1") == 1
    low, middle, high = TARGETS.quartiles("x")
    assert low.high < middle.low < middle.high < high.low
    assert "x.q1" in TARGETS
    assert "x" not in TARGETS


def test_an_absent_number_is_named():
    with pytest.raises(DataError, match="no entry 'table9'"):
        TARGETS.value("table9")


@pytest.mark.law
@settings(deadline=None)
@given(st.integers(-4000, 4000), st.integers(0, 4), st.integers(-12, 12))
@example(unit=426, decimals=1, tenths=-5)
@example(unit=-426, decimals=1, tenths=5)
def test_the_interval_holds_just_what_the_package_rounds_to_the_number(unit, decimals, tenths):
    printed = Printed(value=unit / 10**decimals, decimals=decimals)
    value = (unit + tenths / 10) / 10**decimals
    interval = printed_interval(printed)
    assert (interval.low <= value <= interval.high) == (float(rounded(value, decimals)) == printed.value)


class TestPrinted:
    def test_halves_go_away_from_zero(self):
        down = printed_interval(Printed(value=-10.3, decimals=1))
        assert down.low > -10.35
        assert down.high == pytest.approx(-10.25, abs=1e-12)
        assert down.low <= -10.25 <= down.high
        up = printed_interval(Printed(value=31.3, decimals=1))
        assert up.low <= 31.25 < 31.35 - 1e-8 <= up.high < 31.35

    def test_less_than_means_printed_as_zero(self):
        below = printed_interval(Printed(value=0.0001, decimals=4, relation="<"))
        assert below.high == pytest.approx(0.00005, abs=2e-9)
        assert below.excess(np.array([0.00004, 0.0001])).tolist() == pytest.approx([0.0, 0.00005], abs=1e-8)

    def test_more_than_is_open_above(self):
        above = printed_interval(Printed(value=60, relation=">"))
        assert above.excess(np.array([59.0, 60.9])).tolist() == pytest.approx([1.0, 0.0], abs=1e-6)


class TestInterval:
    def test_inside_draws_both_ends_in(self):
        assert Bounds(low=1.0, high=2.0).inside(0.2) == Bounds(low=1.2, high=1.8)

    def test_a_half_open_interval_has_no_width(self):
        assert Bounds(low=0.06).inside(0.2) == Bounds(low=0.06)

    def test_excess_is_the_distance(self):
        found = Bounds(low=1.0, high=2.0).excess(np.array([0.5, 1.5, 4.0]))
        assert found.tolist() == [0.5, 0.0, 2.0]

    def test_log_excess_is_the_ratio(self):
        found = Bounds(low=0.01, high=0.1).log_excess(np.array([0.001, 0.05, 1.0]))
        assert found == pytest.approx([np.log(10), 0, np.log(10)])

    def test_no_bound_no_excess(self):
        assert Bounds().log_excess(np.array([1e-9, 1.0])).tolist() == [0.0, 0.0]


@pytest.mark.independent
@pytest.mark.parametrize("df", [4.7, 18.6])
def test_critical_ranges_are_those_of_the_studentised_range(df):
    critical = CriticalRange(Bounds(low=0.027, high=0.029), 4)
    q = np.array([stats.studentized_range.isf(p, 4, df) for p in (0.0271, 0.0289)])
    assert critical.excess(q, np.full(2, df)).tolist() == [0.0, 0.0]
    outside = np.array([stats.studentized_range.isf(p, 4, df) for p in (0.0265, 0.0295)])
    assert (critical.excess(outside, np.full(2, df)) > 0).all()


def test_an_open_end_costs_nothing():
    critical = CriticalRange(Bounds(low=0.06), 4)
    assert critical.excess(np.array([0.0, 1.0]), np.array([9.0, 9.0])).tolist() == [0.0, 0.0]
    assert critical.excess(np.array([9.0]), np.array([9.0]))[0] > 0
