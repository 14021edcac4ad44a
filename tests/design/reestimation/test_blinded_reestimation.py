"""Blinded re-estimation from a data cut without arms."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.design import SurvivalAssumptions, blinded_cut, event_probability, reestimate_blinded
from duonen_stats.errors import PlanError

PLAN = {
    "method": "schoenfeld",
    "hazard_ratio": 0.5,
    "allocation_ratio": 3.0,
    "planned_patients": 167,
    "n_draws": 200,
}


def cut_of(hazard=0.0235, n=84, months=30.0, seed=11):
    rng = np.random.default_rng(seed)
    entry = rng.uniform(0, months, n)
    event = rng.exponential(1 / np.where(rng.random(n) < 0.75, hazard / 2, hazard))
    return blinded_cut(entry, np.minimum(event, months - entry), event <= months - entry, cut=months)


def test_a_trial_that_runs_as_planned_needs_about_what_was_planned():
    # Accrual of 167 in 60 months and analysis at 120: 117 events expected, on a large cut of the same rates
    large = cut_of(n=83_500)
    cut = blinded_cut(
        large.entry_months[::1000], large.followup_months[::1000], large.event[::1000], cut=30.0
    )
    result = reestimate_blinded(cut, end_months=120.0, **PLAN)
    assert result.required_events == 117
    assert result.n_patients == 84
    assert result.months_to_required.lower < 120 < result.months_to_required.upper
    assert result.patients_needed.lower < 167
    assert result.patients_needed.upper is None or result.patients_needed.upper > 167
    assert 0.02 < result.probability_enough < 0.98
    assert result.power_at_end == pytest.approx(0.9, abs=0.06)


@pytest.mark.law
def test_fewer_events_than_planned_call_for_more_patients():
    slow, fast = (reestimate_blinded(cut_of(h), end_months=120.0, **PLAN) for h in (0.018, 0.03))
    assert slow.rates.pooled_hazard.estimate < fast.rates.pooled_hazard.estimate
    assert slow.patients_needed.estimate > fast.patients_needed.estimate
    assert slow.events_at_end.estimate < fast.events_at_end.estimate
    assert slow.months_to_required.estimate > fast.months_to_required.estimate
    assert slow.patients_decided > 167 >= fast.patients_needed.estimate
    assert fast.patients_decided == 167


def test_the_estimate_agrees_with_the_plan_made_from_its_rates():
    # One patient in at month 0, without follow-up worth mentioning: the rest is a new trial
    cut = blinded_cut([0.0, 0.0], [1e-9, 50.0], [1, 0], cut=50.0, dropout=[0, 1])
    result = reestimate_blinded(
        cut, hazard_ratio=1.0, planned_patients=52, target_events=30, followup_months=24.0, n_draws=50
    )
    rates = result.rates
    plan = SurvivalAssumptions(
        control_hazard_per_month=rates.control_hazard.estimate, hazard_ratio=1.0,
        dropout_hazard_per_month=rates.dropout_hazard.estimate,
        accrual=50 / rates.patients_per_month.estimate, followup_months=24.0,
    )  # fmt: skip
    assert result.events_at_end.estimate == pytest.approx(1 + 50 * event_probability(plan).overall)
    assert result.end_months == pytest.approx(50 + plan.analysis_months)


def test_the_cap_is_kept():
    result = reestimate_blinded(cut_of(0.018), followup_months=60.0, max_patients=170, **PLAN)
    assert result.patients_needed.estimate > 170
    assert result.patients_decided == 168  # 42 whole blocks of four
    assert result.capped
    assert "whole blocks of 4" in result.why


def test_what_is_not_reached_is_none():
    result = reestimate_blinded(cut_of(), end_months=36.0, **PLAN)
    assert result.patients_needed.estimate is None
    assert result.patients_decided is None
    assert "100 can have entered" in result.why
    assert not result.outcomes[0].attainable
    assert result.probability_enough == 0
    capped = reestimate_blinded(
        cut_of(), end_months=60.0, max_patients=200, **PLAN | {"planned_patients": 92}
    )
    assert (capped.patients_decided, capped.capped) == (168, True)
    assert "can have entered" in capped.why


@pytest.mark.law
@pytest.mark.parametrize("method", ["lakatos", "wald", "lachin_foulkes", "bernstein_lagakos"])
def test_a_formula_finds_whole_blocks_with_its_power(method):
    found = reestimate_blinded(
        cut_of(), end_months=120.0, **PLAN | {"method": method, "planned_patients": 92}
    )
    needed = next(one for one in found.outcomes if "needed" in one.roles)
    assert needed.n_patients % 4 == 0
    assert needed.power >= 0.9
    assert needed.n_experimental == 3 * needed.n_control
    assert found.patients_decided == needed.n_patients
    assert found.power_at_end < 0.9


@pytest.mark.law
def test_simulation_finds_what_it_simulates():
    few = {"n_trials": 2500, "calibration_trials": 5000, "planned_patients": 92}
    found = reestimate_blinded(cut_of(), end_months=120.0, **PLAN | {"method": "simulation"} | few)
    needed = next(one for one in found.outcomes if "needed" in one.roles)
    assert needed.simulated.nominal.value == pytest.approx(0.9, abs=4 * (0.09 / 2500) ** 0.5)
    assert needed.simulated.calibrated.value < needed.simulated.nominal.value
    calibrated = reestimate_blinded(
        cut_of(), end_months=120.0, **PLAN | {"method": "simulation_calibrated"} | few
    )
    assert calibrated.patients_needed.estimate > found.patients_needed.estimate
    with pytest.raises(PlanError, match="at least one trial"):
        reestimate_blinded(cut_of(), end_months=120.0, **PLAN | {"method": "simulation"})
    with pytest.raises(PlanError, match="Unknown method"):
        reestimate_blinded(cut_of(), end_months=120.0, **PLAN | {"method": "guess"})


def test_a_number_of_events_is_aimed_at():
    found = reestimate_blinded(
        cut_of(), end_months=120.0, target_events=64, **PLAN | {"planned_patients": 92}
    )
    assert (found.required_events, found.power) == (64, None)
    assert found.patients_needed.estimate == pytest.approx(64 / 0.70, rel=0.1)


def test_the_seed_decides():
    cut = cut_of()
    one, two = (reestimate_blinded(cut, end_months=120.0, seed=s, **PLAN) for s in (1, 1))
    assert one == two
    other = reestimate_blinded(cut, end_months=120.0, seed=2, **PLAN)
    assert other.events_at_end.estimate == one.events_at_end.estimate
    assert other.events_at_end.lower != one.events_at_end.lower


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"planned_patients": 80}, "are in already"),
        ({"max_patients": 100}, "cap"),
        ({"followup_months": 12.0}, "one of the two"),
        ({"end_months": 20.0}, "before the cut"),
        ({"end_months": None, "followup_months": -1.0}, "0 or more"),
        ({"n_draws": 0}, "at least one draw"),
        ({"target_events": 0}, "target events"),
        ({"hazard_ratio": 1.0}, "no effect|equal"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(change, message):
    with pytest.raises(PlanError, match=message):
        reestimate_blinded(cut_of(), **({"end_months": 120.0} | PLAN | change))


def test_patients_to_come_need_a_rate():
    with pytest.raises(PlanError, match="no rate"):
        reestimate_blinded(
            blinded_cut([0, 0], [5, 12], [1, 0], cut=12), end_months=60.0, accrual_window_months=3.0, **PLAN
        )


@pytest.mark.law
@pytest.mark.parametrize("method", ["schoenfeld", "lakatos", "wald"])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_events_needed_and_limits_are_of_the_forecast_that_has_all_other_events(method, seed):
    """One number of patients has one number of events, whatever says it, and lies within its limits."""
    found = reestimate_blinded(
        cut_of(seed=seed), end_months=120.0, **PLAN | {"method": method, "planned_patients": 92}
    )
    needed = next(one for one in found.outcomes if "needed" in one.roles)
    assert needed.n_patients == found.patients_needed.estimate == found.patients_decided
    assert found.patients_needed.lower <= needed.n_patients
    assert found.patients_needed.upper is None or needed.n_patients <= found.patients_needed.upper
    numbers = [found.patients_needed.lower, found.patients_needed.estimate, found.patients_needed.upper]
    assert all(number is None or number % 4 == 0 for number in numbers)
    if method != "schoenfeld":
        assert found.required_events == -(-needed.events.estimate // 1)
    # The same cut asked for these events needs these patients: there is no second model.
    again = reestimate_blinded(
        cut_of(seed=seed), end_months=120.0, target_events=found.required_events,
        **PLAN | {"planned_patients": 92},
    )  # fmt: skip
    assert again.patients_needed.estimate - found.patients_needed.estimate in (0, 4)


def test_events_already_seen_have_the_month_in_which_they_came():
    cut = cut_of()
    months = np.sort((cut.entry_months + cut.followup_months)[cut.event])
    found = reestimate_blinded(cut, end_months=120.0, target_events=5, **PLAN)
    assert found.required_seen
    for value in (
        found.months_to_required.estimate, found.months_to_required.lower, found.months_to_required.upper
    ):  # fmt: skip
        assert value == months[4] < cut.cut_months
    assert found.probability_enough == 1
    # A cut made of its numbers has no months of single events.
    counted = reestimate_blinded(
        replace(cut, event_months_known=False), end_months=120.0, target_events=5, **PLAN
    )
    assert counted.required_seen
    assert counted.months_to_required.estimate is None
    coming = reestimate_blinded(cut, end_months=120.0, target_events=cut.n_events + 1, **PLAN)
    assert not coming.required_seen
    assert coming.months_to_required.estimate > cut.cut_months


@pytest.mark.parametrize(
    ("planned", "cap", "end", "decided", "why"),
    [
        (92, 92, 120.0, 92, "the cap is the plan"),
        (93, 94, 120.0, 93, "the plan: the cap holds no further whole block of 4 patients"),
        (92, 95, 120.0, 92, "the plan: the cap holds no further whole block of 4 patients"),
        (92, 101, 120.0, 100, "the cap in whole blocks of 4 patients"),
        (92, 100, 120.0, 100, ""),
        (92, 160, 40.0, 112, "the most in whole blocks that can have entered by the analysis, below the cap"),
        (112, 160, 40.5, 112, "the plan: 113 can have entered by the analysis, not a whole block of 4 more"),
        (140, 160, 40.0, 140, "the plan: 112 can have entered by the analysis, not a whole block of 4 more"),
    ],
)
def test_what_limits_the_number_is_said_as_it_is(planned, cap, end, decided, why):
    """84 patients in 30 months, 2.8 a month: 112 by month 40."""
    found = reestimate_blinded(
        cut_of(), end_months=end, max_patients=cap, **PLAN | {"planned_patients": planned}
    )
    assert (found.patients_decided, found.capped, found.why) == (decided, True, why)
    assert found.most_patients == int(84 + 2.8 * (end - 30) + 1e-9)
    assert "decided" in next(one.roles for one in found.outcomes if one.n_patients == decided)


def test_patients_needed_lie_within_their_limits_where_every_patient_has_the_event():
    """50 of 50 with the event: every draw of the rates needs a block more than the estimated rates."""
    cut = blinded_cut(np.linspace(0, 20, 50), np.full(50, 5.0), np.ones(50), cut=25.0)
    plan = PLAN | {"planned_patients": 92, "method": "lakatos"}
    needed = reestimate_blinded(cut, end_months=120.0, **plan).patients_needed
    assert needed.lower == needed.estimate < needed.upper
