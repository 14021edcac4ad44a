"""The rule of adaptation, by itself."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.simulated.model.adaptation import (
    AdaptationRule,
    Outlook,
    dispensed,
    next_activity,
)

RULE = AdaptationRule()
LIMITS = {"limit_total": np.array([23.0, 2.0]), "limit_cycle": np.array([np.inf, 0.5])}


def outlook(delivered, specific, fixed=(0.0, 0.0), remaining=3):
    return Outlook(
        delivered=np.array([delivered]), specific=np.array([specific]), fixed=np.array([fixed]),
        remaining=remaining, **LIMITS,
    )  # fmt: skip


def chosen(known, nominal=7400.0, current=7400.0, largest=1.28, escalated=True, rule=RULE):
    return next_activity(
        known, nominal=np.array([nominal]), current=np.array([current]), largest=np.array([largest]),
        escalated=np.array([escalated]), rule=rule,
    )[0]  # fmt: skip


class TestByHand:
    def test_headroom_is_used_up_to_the_bound(self):
        # 0.4 Gy/GBq: 2.96 Gy so far, 19.6 left of 22.54 for three cycles, 16.3 GBq each: more than the bound.
        assert chosen(outlook((2.96, 0.1), (0.4, 0.013))) == pytest.approx(9470)

    def test_a_projection_above_the_limit_is_brought_to_the_target(self):
        # (22.54 - 7.4) / 3 / 1.0 = 5.0467 GBq, ordered in tens of MBq.
        assert chosen(outlook((7.4, 0.1), (1.0, 0.013))) == pytest.approx(5040)

    def test_the_marrow_limit_of_a_cycle_counts(self):
        # 0.49 Gy a cycle at 0.08 Gy/GBq are 6.125 GBq.
        assert chosen(outlook((1.0, 0.3), (0.1, 0.08))) == pytest.approx(6120)

    def test_the_dose_of_the_fixed_isotope_is_taken_off(self):
        # (22.54 - 7) / 3 - 5 = 0.18 Gy a cycle at 0.5 Gy/GBq is 360 MBq; not less than a fifth of 3700.
        assert chosen(outlook((7.0, 0.2), (0.5, 0.013), (5.0, 0.1)), 3700, 3700) == pytest.approx(740)

    def test_a_small_increase_is_not_made_and_a_patient_may_stay(self):
        room = outlook((5.5, 0.1), (0.72, 0.013))  # 7889 MBq allowed: less than a tenth more
        assert chosen(room) == 7400
        assert chosen(outlook((2.96, 0.1), (0.4, 0.013)), escalated=False) == 7400

    def test_a_small_reduction_is_made(self):
        assert chosen(outlook((5.6, 0.1), (0.78, 0.013))) == pytest.approx(7230)


@st.composite
def states(draw):
    specific = (draw(st.floats(0.1, 6.0)), draw(st.floats(0.003, 0.25)))
    fixed = (draw(st.floats(0, 8)), draw(st.floats(0, 0.3)))
    nominal = draw(st.sampled_from([1850.0, 3700.0, 7400.0]))
    delivered = (draw(st.floats(0.0, 23)), draw(st.floats(0.0, 2)))
    return outlook(delivered, specific, fixed, draw(st.integers(1, 3))), nominal, draw(st.floats(0.2, 2.4))


@pytest.mark.law
@given(states())
def test_no_limit_is_projected_to_be_passed_unless_the_activity_is_the_smallest(state):
    known, nominal, share = state
    order = chosen(known, nominal, share * nominal, largest=2.4)
    assert RULE.smallest * nominal - 1e-6 <= order <= 2.4 * nominal + RULE.step
    passes = known.projected(np.array([order]))[0] > LIMITS["limit_total"] * (1 + 1e-9)
    if order > RULE.step * np.ceil(RULE.smallest * nominal / RULE.step) + 1e-6:
        assert not passes.any()


@pytest.mark.law
@given(states(), st.floats(0.5, 0.97))
def test_a_lower_target_never_orders_more(state, target):
    known, nominal, share = state
    usual = chosen(known, nominal, share * nominal, largest=2.4)
    assert chosen(known, nominal, share * nominal, largest=2.4, rule=replace(RULE, target=target)) <= usual


def test_dispensing_stays_within_the_tolerance():
    given_out = dispensed(np.random.default_rng(1), np.full((5000, 2), 3700.0), 0.1, RULE)
    assert np.abs(given_out / 3700 - 1).max() < 0.05
    assert (given_out == np.rint(given_out)).all()
    assert given_out.mean() == pytest.approx(3700, rel=0.002)
    assert np.isnan(dispensed(np.random.default_rng(1), np.array([np.nan]), 0.1, RULE)).all()
