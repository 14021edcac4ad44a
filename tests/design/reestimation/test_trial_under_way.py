"""A trial under way, with any number of patients."""

import numpy as np
import pytest

from duonen_stats.design import blinded_cut, expected_events
from duonen_stats.design.reestimation.future_events import forecast
from duonen_stats.design.reestimation.pooled_rates import blinded_rates, draw_rates, point_rates
from duonen_stats.design.reestimation.trial_under_way import TrialUnderWay

RNG = np.random.default_rng(3)
ENTRY = np.sort(RNG.uniform(0, 36, 60))
EVENT = RNG.exponential(1 / 0.016, 60)
CUT = blinded_cut(ENTRY, np.minimum(EVENT, 36 - ENTRY), EVENT <= 36 - ENTRY, cut=36.0)


def trial(end=120.0, followup=None, window=None):
    rates = blinded_rates(CUT, hazard_ratio=0.5, allocation_ratio=3.0, accrual_window_months=window)
    share = rates.experimental_share
    point = forecast(CUT, point_rates(rates), experimental_share=share)
    drawn = forecast(CUT, draw_rates(rates, 50, np.random.default_rng(1)), experimental_share=share)
    return TrialUnderWay(CUT, rates, point, drawn, end, followup, 0.95)


def test_entries_are_those_seen_and_those_to_come():
    design = trial().assumptions(92)
    assert design.entry.n_patients == pytest.approx(92)
    assert design.entry.share_entered(36.0) == pytest.approx(60 / 92)
    assert design.entry.duration_months == pytest.approx(36 + 32 / (60 / 36))
    assert design.analysis_months == 120
    assert trial(end=None, followup=24.0).assumptions(92).analysis_months == pytest.approx(36 + 19.2 + 24)


def test_whole_blocks_up_and_down():
    under_way = trial()
    assert (under_way.blocks_up(93.0), under_way.blocks_down(95.9)) == (96, 92)
    assert under_way.most == pytest.approx(60 + 84 * 60 / 36)
    assert trial(end=None, followup=1.0).most is None


@pytest.mark.law
def test_the_forecast_and_the_design_expect_about_the_same():
    """The forecast knows who has had an event, the design only when patients entered."""
    under_way = trial()
    for patients in (92, 140):
        forecasted = float(under_way.events(patients)[0][0, 0])
        assert expected_events(under_way.assumptions(patients), patients).total == pytest.approx(
            forecasted, rel=0.03
        )


def test_an_outcome_has_arms_months_events_and_power():
    found = trial().outcome(94, "needed", "lakatos", 0.05, 2, None)
    assert (found.n_experimental, found.n_control) == (71, 23)
    assert found.attainable
    assert 0.6 < found.power < 0.9
    assert found.events.lower < found.events.estimate < found.events.upper
    assert not trial(end=40.0).outcome(92, "plan", "schoenfeld", 0.05, 2, None).attainable
