"""Cumulative incidence and its integral."""

from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design.trial.exponential import PiecewiseHazard
from duonen_stats.design.trial.incidence import Incidence

CONSTANT = Incidence(PiecewiseHazard((0.03,)), PiecewiseHazard((0.01,)))


def test_exponential_with_dropout():
    assert CONSTANT.at(10) == pytest.approx(0.75 * (1 - exp(-0.4)), rel=1e-14)
    assert CONSTANT.at(inf) == pytest.approx(0.75, rel=1e-15)
    assert CONSTANT.at(-1) == CONSTANT.at(0) == 0
    by_hand = 0.75 * (10 - (exp(-0.2) - exp(-0.6)) / 0.04)
    assert CONSTANT.integral(5, 10) == pytest.approx(by_hand, rel=1e-13)


def test_follow_up_that_ends():
    capped = Incidence(PiecewiseHazard((0.03,)), PiecewiseHazard((0.0,)), max_followup_months=12)
    assert capped.at(50) == capped.at(12) == pytest.approx(1 - exp(-0.36))
    assert capped.integral(12, 8) == pytest.approx(8 * capped.at(12))


def test_tiny_hazards_and_widths_lose_no_digits():
    rare = Incidence(PiecewiseHazard((1e-12,)), PiecewiseHazard((0.0,)))
    assert rare.at(10) == pytest.approx(1e-11, rel=1e-10)
    assert rare.integral(0, 10) == pytest.approx(0.5e-10, rel=1e-10)
    assert CONSTANT.integral(60, 1e-9) / 1e-9 == pytest.approx(CONSTANT.at(60), rel=1e-9)


def test_no_events_at_all():
    none = Incidence(PiecewiseHazard((0.0,)), PiecewiseHazard((0.0,)))
    assert none.at(inf) == none.integral(3, 5) == 0


@pytest.mark.law
@given(st.floats(0, 40), st.floats(1e-3, 40), st.floats(0, 0.5), st.floats(0, 0.5))
def test_the_integral_adds_up_and_lies_between_its_ends(low, width, early, late):
    incidence = Incidence(PiecewiseHazard((early, late), (0, 7)), PiecewiseHazard((0.02,)))
    whole, half = incidence.integral(low, width), width / 2
    parts = incidence.integral(low, half) + incidence.integral(low + half, half)
    assert whole == pytest.approx(parts, rel=1e-9, abs=1e-12)
    assert incidence.at(low) * width <= whole * (1 + 1e-9) + 1e-12
    assert whole <= incidence.at(low + width) * width * (1 + 1e-9) + 1e-12
