"""Projection of events."""

from datetime import date

import numpy as np
import pytest

from duonen_stats.design import blinded_cut, project_events
from duonen_stats.errors import PlanError


def trial(seed, n=160, months=30.0, hazard=0.0235):
    """Entry and event months of a whole trial, 60 months of accrual, and its cut."""
    rng = np.random.default_rng(seed)
    entry = np.sort(rng.uniform(0, 60, n))
    event = entry + rng.exponential(1 / hazard, n)
    seen = entry < months
    follow = np.minimum(event, months)[seen] - entry[seen]
    return np.sort(event), blinded_cut(entry[seen], follow, event[seen] <= months, cut=months)


@pytest.mark.law
def test_nine_in_ten_intervals_hold_the_true_date():
    held = 0
    for seed in range(60):
        event, cut = trial(seed)
        target = project_events(cut, 80, planned_patients=160, n_simulations=300, seed=seed).targets[0]
        held += target.lower <= event[79] <= target.upper
    assert 60 * 0.9 - 4 * (60 * 0.09) ** 0.5 <= held <= 60


@pytest.mark.worked
def test_a_target_already_reached_has_its_date():
    event, cut = trial(1)
    result = project_events(cut, [1, 60], planned_patients=160, n_simulations=200)
    first, later = result.targets
    assert first.lower == first.months == first.upper == pytest.approx(event[0])
    assert first.probability_reached == 1
    assert later.lower < later.months < later.upper
    assert result.observed_months == tuple(event[event <= 30])


@pytest.mark.worked
def test_a_target_beyond_the_patients_is_never_reached():
    _, cut = trial(1)
    target = project_events(cut, 161, planned_patients=160, n_simulations=50).targets[0]
    assert (target.months, target.lower, target.upper, target.probability_reached) == (None, None, None, 0)


@pytest.mark.law
def test_the_fan_starts_at_the_cut_and_widens():
    _, cut = trial(3)
    fan = project_events(cut, 80, planned_patients=160, n_simulations=300)
    assert fan.fan_months[0] == 30
    assert fan.fan_median[0] == cut.n_events
    assert (np.diff(fan.fan_median) >= 0).all()
    assert (np.array(fan.fan_lower) <= fan.fan_median).all()
    assert (np.array(fan.fan_upper) >= fan.fan_median).all()
    assert fan.fan_upper[-1] - fan.fan_lower[-1] > fan.fan_upper[6] - fan.fan_lower[6]
    assert fan.fan_patients[-1] == 160


@pytest.mark.worked
def test_dates_come_back_as_dates():
    cut = blinded_cut(
        ["2023-01-01", "2023-03-01", "2023-05-01", "2023-05-02"], [4.0, 8.0, 6.0, 6.0], [1, 0, 0, 0],
        cut="2023-11-01",
    )  # fmt: skip
    one, two = project_events(cut, [1, 2], n_simulations=400, confidence=0.5).targets
    assert one.date == date(2023, 5, 3)
    assert date(2023, 11, 1) <= two.date_lower <= two.date <= two.date_upper


@pytest.mark.law
def test_losses_and_short_follow_up_delay_events():
    _, cut = trial(5)
    free = project_events(cut, 60, planned_patients=160, n_simulations=200).targets[0]
    short = project_events(cut, 60, planned_patients=160, n_simulations=200, max_followup_months=20).targets[
        0
    ]
    assert short.probability_reached < free.probability_reached
    with_losses = blinded_cut(
        cut.entry_months, cut.followup_months * np.where(cut.event, 1, 0.7), cut.event, cut=30.0, lag_months=1
    )
    lossy = project_events(with_losses, 90, planned_patients=160, n_simulations=200).targets[0]
    assert lossy.probability_reached < 1


@pytest.mark.worked
def test_the_seed_decides():
    _, cut = trial(2)
    one, again, other = (project_events(cut, 60, n_simulations=100, seed=s) for s in (1, 1, 2))
    assert one == again
    assert one.targets != other.targets


@pytest.mark.worked
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"targets": 0}, "whole number of events"),
        ({"targets": []}, "whole number of events"),
        ({"targets": 50, "planned_patients": 3}, "are in already"),
        ({"targets": 50, "n_simulations": 0}, "above 0"),
        ({"targets": 50, "horizon_months": 0}, "above 0"),
        ({"targets": 50, "horizon_months": float("inf")}, "finite"),
        ({"targets": [float("nan")]}, "whole number of events"),
        ({"targets": 50, "confidence": 1.0}, "confidence"),
        ({"targets": 50, "planned_patients": 160, "accrual_window_months": 1e-6}, "no rate"),
    ],
)
def test_what_cannot_be_projected_is_refused(options, message):
    with pytest.raises(PlanError, match=message):
        project_events(trial(1)[1], **options)
