"""Targets by ledger id, with margins."""

import pytest

from duonen_stats.errors import DataError
from duonen_stats.simulated.calibration.interval import Printed
from duonen_stats.simulated.calibration.targets import NOT_SIGNIFICANT, Targets

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
