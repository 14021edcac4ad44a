"""Projection of events."""

from datetime import date

import numpy as np
import pytest

from duonen_stats.design import blinded_cut, project_events
from duonen_stats.design.reestimation.projection import prediction_limits
from duonen_stats.design.reestimation.rest_of_trial import AccrualPlan
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
    """Of 200 intervals 90 % hold; 169 to 191 is within 2.6 standard errors, and 80 % limits (160) fall outside."""
    held = 0
    for seed in range(200):
        event, cut = trial(seed)
        target = project_events(cut, 80, planned_patients=160, n_simulations=99, seed=seed).targets[0]
        held += target.lower <= event[79] <= target.upper
    assert 169 <= held <= 191


def test_a_target_already_reached_has_its_date():
    event, cut = trial(1)
    result = project_events(cut, [1, 60], planned_patients=160, n_simulations=200)
    first, later = result.targets
    assert first.lower == first.months == first.upper == pytest.approx(event[0])
    assert first.probability_reached == 1
    assert later.lower < later.months < later.upper
    assert result.observed_months == tuple(event[event <= 30])


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


def test_the_seed_decides():
    _, cut = trial(2)
    one, again, other = (project_events(cut, 60, n_simulations=100, seed=s) for s in (1, 1, 2))
    assert one == again
    assert one.targets != other.targets


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
        ({"targets": 50, "planned_patients": 10**8}, "up to 10,000 patients"),
        ({"targets": 50, "n_simulations": 10**9}, "1 to 100,000 courses"),
        ({"targets": 50, "hazard_ratio": 0.5, "hazard_ratio_limits": (0.6, 1)}, "prior range"),
        ({"targets": 50, "shape": 0}, "shape"),
    ],
)
def test_what_cannot_be_projected_is_refused(options, message):
    with pytest.raises(PlanError, match=message):
        project_events(trial(1)[1], **options)


def test_the_next_event_of_complete_data_has_a_closed_form():
    """With a flat prior, d events in T months and m at risk: P(next > t) = (T / (T + m t))^(d + 1)."""
    rng = np.random.default_rng(4)
    follow = rng.exponential(40.0, 400)
    event = follow < 30
    time = np.minimum(follow, 30.0)
    cut = blinded_cut(np.zeros(400), time, event, cut=30.0, dropout=np.zeros(400))
    d, total, m = event.sum(), time.sum(), (~event).sum()
    found = project_events(cut, int(d) + 1, n_simulations=20_000).targets[0]
    # Losses have Jeffreys' half event in the same months, and compete
    for value, level in ((found.lower, 0.05), (found.months, 0.5), (found.upper, 0.95)):
        exact = total / m * ((1 - level) ** (-1 / (d + 1)) - 1)
        assert value - 30 == pytest.approx(exact, rel=0.06)


def test_the_limits_of_a_time_that_may_never_come_are_order_statistics():
    months = np.append(np.arange(1.0, 901.0), np.full(100, np.inf))
    assert prediction_limits(months, 0.9) == (50.0, 500.0, np.inf)
    assert prediction_limits(months[:940], 0.9) == (47.0, 470.0, 893.0)
    assert prediction_limits(months, 0.8) == (100.0, 500.0, 900.0)
    rare = np.append(np.arange(1.0, 50.0), np.full(951, np.inf))
    assert prediction_limits(rare, 0.9) == (np.inf, np.inf, np.inf)


@pytest.mark.parametrize(
    ("confidence", "lower", "upper"), [(0.5, 3, 8), (0.6, 2, 8), (0.8, 1, 9), (0.9, 1, 10), (0.95, 1, 10)]
)
def test_limits_leave_half_of_the_rest_outside_on_either_side(confidence, lower, upper):
    """Ten times, by hand: the smallest time by which a share of at least (1 - c) / 2, or (1 + c) / 2, has come."""
    months = np.array([7.0, 3.0, 10.0, 1.0, 5.0, 9.0, 2.0, 8.0, 6.0, 4.0])
    assert prediction_limits(months, confidence) == (lower, 5, upper)


@pytest.mark.law
@pytest.mark.parametrize("confidence", [0.6, 0.9])
def test_fan_and_dates_are_limits_of_the_same_courses(confidence):
    """The upper limit of the fan reaches k events where the lower limit of event k is, and the other way round."""
    _, cut = trial(4)
    targets = range(cut.n_events + 5, cut.n_events + 40, 5)
    found = project_events(
        cut,
        tuple(targets),
        planned_patients=160,
        n_simulations=499,
        confidence=confidence,
        horizon_months=24.0,
    )
    limits = (
        (found.fan_upper, "lower"),
        (found.fan_median, "months"),
        (found.fan_lower, "upper"),
    )
    compared = 0
    for fan, name in limits:
        for target in found.targets:
            reached = getattr(target, name)
            for month, number in zip(found.fan_months, fan, strict=True):
                assert (number >= target.n_events) == (reached is not None and month >= reached)
                compared += 1
    assert compared == 3 * 7 * 61


def test_the_limits_of_a_projection_are_quantiles_of_its_courses():
    """The closed form of the next event, at another confidence.

    With d events in T months and m at risk, P(next > t) = (T / (T + m t))**(d + 1): the 80 % limits are those at 0.1
    and 0.9, far from the tails of 0.2 and 0.8 (60 % limits).
    """
    follow = np.random.default_rng(11).exponential(40.0, 300)
    event, time = follow < 30, np.minimum(follow, 30.0)
    cut = blinded_cut(np.zeros(300), time, event, cut=30.0, dropout=np.zeros(300))
    d, total, m = event.sum(), time.sum(), (~event).sum()
    found = project_events(cut, int(d) + 1, confidence=0.8, n_simulations=20_000).targets[0]
    for value, level in ((found.lower, 0.1), (found.months, 0.5), (found.upper, 0.9)):
        exact = total / m * ((1 - level) ** (-1 / (d + 1)) - 1)
        assert value - 30 == pytest.approx(exact, rel=0.06)


@pytest.mark.law
def test_an_unknown_hazard_ratio_and_more_confidence_widen():
    _, cut = trial(4)
    plan = {"planned_patients": 160, "allocation_ratio": 3.0, "n_simulations": 2_000}
    known = project_events(cut, 130, hazard_ratio=0.5, **plan).targets[0]
    unknown = project_events(cut, 130, hazard_ratio=0.5, hazard_ratio_limits=(0.1, 2.5), **plan).targets[0]
    wider = project_events(cut, 130, hazard_ratio=0.5, confidence=0.98, **plan).targets[0]
    assert unknown.upper - unknown.lower > 1.1 * (known.upper - known.lower)
    assert wider.lower < known.lower < known.upper < wider.upper


@pytest.mark.law
def test_those_who_entered_and_are_not_in_the_cut_bring_events_sooner():
    _, cut = trial(6)
    first = cut.entry_months <= np.sort(cut.entry_months)[49]
    part = {"cut": 30.0, "dropout": np.zeros(50)}
    told = (cut.entry_months[first], cut.followup_months[first], cut.event[first])
    plan = {"planned_patients": 160, "n_simulations": 1_000}
    alone = project_events(blinded_cut(*told, **part), 60, **plan).targets[0]
    completers = project_events(blinded_cut(*told, **part, completers=True), 60, **plan).targets[0]
    listed = project_events(
        blinded_cut(*told, **part, entered_since=cut.entry_months[~first]), 60, **plan
    ).targets[0]
    assert completers.months < alone.months - 3
    assert listed.months == pytest.approx(completers.months, abs=3)


@pytest.mark.law
def test_a_target_seen_in_the_cut_is_uncertain_only_if_others_have_entered():
    cut = blinded_cut([0, 0, 0, 1], [4, 8, 20, 19], [1, 1, 0, 0], cut=20, dropout=[0] * 4)
    sure = project_events(cut, 2, n_simulations=500).targets[0]
    assert (sure.lower, sure.months, sure.upper) == (8, 8, 8)
    others = blinded_cut(
        [0, 0, 0, 1], [4, 8, 20, 19], [1, 1, 0, 0], cut=20, dropout=[0] * 4, entered_since=[0.5] * 5
    )
    open_to_others = project_events(others, 2, n_simulations=500).targets[0]
    assert open_to_others.lower < open_to_others.upper <= 8


def test_the_fan_reaches_the_targets():
    _, cut = trial(3)
    fan = project_events(cut, [60, 120], planned_patients=160, n_simulations=300)
    assert fan.fan_months[-1] >= fan.targets[1].upper
    assert fan.fan_lower[-1] >= 110
    assert fan.observed_months[-1] <= cut.cut_months
    assert (
        project_events(cut, 60, n_simulations=50, horizon_months=24.0).fan_months[-1] == cut.cut_months + 24
    )


@pytest.mark.law
def test_other_assumptions_move_the_dates_the_way_they_should():
    _, cut = trial(3)
    found = project_events(
        cut, 120, planned_patients=160, hazard_ratio=0.5, hazard_ratio_limits=(0.25, 1), allocation_ratio=3,
        n_simulations=500, sensitivity=True,
    )  # fmt: skip
    by = {(row.changed, row.value): row.targets[0].months for row in found.sensitivity}
    ratio = [by["Hazard ratio, taken as known", value] for value in ("0.25", "0.5", "1")]
    assert ratio == sorted(ratio, reverse=True)
    assert by["Weibull shape", "0.8"] > found.targets[0].months > by["Weibull shape", "1.25"]
    pace = "Accrual where entries are not known"
    assert by[pace, "0.75 times"] > by[pace, "1.25 times"]
    assert not project_events(cut, 40, n_simulations=50).sensitivity


@pytest.mark.law
def test_planned_rates_of_accrual_move_the_dates():
    _, cut = trial(3)
    plans = [AccrualPlan(starts_months=(0.0,), patients_per_month=(rate,)) for rate in (1.0, 5.0)]
    slow, fast = (
        project_events(cut, 80, planned_patients=160, accrual=plan, n_simulations=300).targets[0].months
        for plan in plans
    )
    assert slow > fast + 3


def test_a_target_of_numpy_is_a_target():
    _, cut = trial(1)
    one, same = (project_events(cut, target, n_simulations=20).targets for target in (np.int64(3), 3))
    assert one == same
    with pytest.raises(PlanError, match="whole number of events above 0"):
        project_events(cut, np.float64(2.5), n_simulations=20)


@pytest.mark.law
def test_with_planned_accrual_the_pace_also_changes_the_months_before_the_cut_that_are_not_known():
    """The plan lets nobody in for 200 months: only the 20 unknown months before the cut can move the date."""
    rng = np.random.default_rng(4)
    entry = np.sort(rng.uniform(0, 20, 40))
    follow = rng.uniform(1, 19, 40)
    cut = blinded_cut(entry, follow, np.arange(40) % 2, cut=40.0, completers=True)
    plan = AccrualPlan(starts_months=(0.0, 200.0), patients_per_month=(0.0, 1.0))
    found = project_events(
        cut, 50, planned_patients=160, accrual=plan, n_simulations=400, horizon_months=60.0, sensitivity=True
    )
    by = {(row.changed, row.value): row.targets[0].months for row in found.sensitivity}
    pace = "Accrual where entries are not known"
    assert by[pace, "0.75 times"] > by[pace, "1.25 times"] + 1
