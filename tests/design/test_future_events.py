"""Expected events after a data cut."""

import numpy as np
import pytest

from duonen_stats.design import SurvivalAssumptions, blinded_cut, expected_events
from duonen_stats.design.future_events import forecast
from duonen_stats.design.pooled_rates import RateDraws

CONTROL, EXPERIMENTAL, DROPOUT, RATE = 0.0235, 0.01175, 0.004, 2.0


def column(value):
    return np.array([[value]])


def rates():
    return RateDraws(column(CONTROL), column(EXPERIMENTAL), column(DROPOUT), column(RATE))


def started():
    """A trial whose one patient so far had the event at once."""
    cut = blinded_cut([0.0], [0.0], [1], cut=0.0)
    return forecast(cut, rates(), experimental_share=0.75)


@pytest.mark.law
@pytest.mark.parametrize("after", [5.0, 30.0, 80.0, 200.0])
def test_patients_to_come_have_the_events_of_a_new_trial(after):
    plan = SurvivalAssumptions(
        control_hazard_per_month=CONTROL, hazard_ratio=0.5, allocation_ratio=3, accrual=50,
        dropout_hazard_per_month=DROPOUT,
    )  # fmt: skip
    expected = expected_events(plan, 100, after).total
    assert started().events(column(after), column(100.0)).item() == pytest.approx(1 + expected)


@pytest.mark.worked
def test_patients_in_the_trial_go_on_by_their_own_wait():
    cut = blinded_cut([0.0, 0.0], [40.0, 1.0], [0, 0], cut=40.0, dropout=[0, 0])
    both = forecast(cut, rates(), experimental_share=0.75).events(column(10.0), column(0.0)).item()

    def by_hand(waited):
        stayed = 0.75 * np.exp(-EXPERIMENTAL * waited), 0.25 * np.exp(-CONTROL * waited)
        chance = [h / (h + DROPOUT) * (1 - np.exp(-(h + DROPOUT) * 10)) for h in (EXPERIMENTAL, CONTROL)]
        return np.dot(stayed, chance) / sum(stayed)

    assert both == pytest.approx(by_hand(40) + by_hand(1))
    assert by_hand(40) < by_hand(1)


@pytest.mark.law
def test_times_and_patients_found_bring_the_target():
    view = started()
    months = view.months_to(40, column(100.0))
    assert view.events(months, column(100.0)).item() == pytest.approx(40)
    patients = view.patients_to(40, end=70.0, followup=0.0)
    assert view.events(column(70.0), patients).item() == pytest.approx(40)
    minimum = view.patients_to(40, end=None, followup=24.0)
    assert view.events(minimum / RATE + 24, minimum).item() == pytest.approx(40)


@pytest.mark.worked
def test_what_is_never_reached_is_infinite_and_what_is_there_needs_nothing():
    view = started()
    assert np.isinf(view.months_to(90, column(100.0))).all()
    assert np.isinf(view.patients_to(90, end=12.0, followup=0.0)).all()
    assert view.patients_to(1, end=12.0, followup=0.0).item() == 0
