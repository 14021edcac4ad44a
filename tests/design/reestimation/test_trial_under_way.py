"""A trial under way, with any number of patients."""

import numpy as np
import pytest

from duonen_stats.design import (
    ScanSchedule,
    SurvivalAssumptions,
    blinded_cut,
    expected_events,
    project_events,
    reestimate_blinded,
)
from duonen_stats.design.reestimation.pooled_rates import RateDraws, blinded_rates, draw_rates, point_rates
from duonen_stats.design.reestimation.rest_of_trial import RestOfTrial
from duonen_stats.design.reestimation.trial_under_way import Interval, TrialUnderWay, forecast, holding

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


def test_of_a_cut_of_completers_those_are_expected_who_are_not_in_it():
    """60 entries in 36 months, all known to month 29.5; those after it who left early are in the cut."""
    treated = np.where(ENTRY > 29.5, 1.0, 6.0)
    cut = blinded_cut(
        ENTRY, np.full(60, 0.5), np.arange(60) < 9, cut=40.0, dropout=np.zeros(60), completers=True,
        treatment_months=treated,
    )  # fmt: skip
    known = (ENTRY + treated).max() - 6
    rates = blinded_rates(cut)
    pace = rates.patients_per_month.estimate
    point = forecast(cut, point_rates(rates), experimental_share=0.5)
    under_way = TrialUnderWay(cut, rates, point, point, 120.0, None, 0.95)
    later = (known + 1e-6 < ENTRY).sum() - (not cut.end_is_an_entry)
    assert later > 3
    assert under_way.entered == pytest.approx(60 + pace * (40 - known) - later)
    design = under_way.assumptions(120)
    assert design.entry.share_entered(40.0) == pytest.approx(under_way.entered / 120)
    assert design.entry.n_patients == pytest.approx(120)


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
    found = trial().outcome(94, ["needed"], "lakatos", 0.05, 2, None)
    assert (found.n_experimental, found.n_control) == (71, 23)
    assert found.attainable
    assert 0.6 < found.power < 0.9
    assert found.events.lower < found.events.estimate < found.events.upper
    assert not trial(end=40.0).outcome(92, ["plan"], "schoenfeld", 0.05, 2, None).attainable


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


def test_patients_in_the_trial_go_on_by_their_own_wait():
    cut = blinded_cut([0.0, 0.0], [40.0, 1.0], [0, 0], cut=40.0, dropout=[0, 0])
    both = forecast(cut, rates(), experimental_share=0.75).events(column(10.0), column(0.0)).item()

    def by_hand(waited, gap):
        """Not seen for ``gap`` months: an event in them is known at the cut, unless the patient was lost by then."""
        stayed = 0.75 * np.exp(-EXPERIMENTAL * waited), 0.25 * np.exp(-CONTROL * waited)
        chance = [
            np.exp(-DROPOUT * gap) * (1 - np.exp(-h * gap))
            + np.exp(-(h + DROPOUT) * gap) * h / (h + DROPOUT) * (1 - np.exp(-(h + DROPOUT) * 10))
            for h in (EXPERIMENTAL, CONTROL)
        ]
        return np.dot(stayed, chance) / sum(stayed)

    assert both == pytest.approx(by_hand(40, 0) + by_hand(1, 39))
    assert by_hand(40, 0) < by_hand(1, 39)


@pytest.mark.law
@pytest.mark.parametrize(
    "schedule", [None, ScanSchedule(), ScanSchedule(missed=0.2)], ids=["day", "scans", "missed"]
)
@pytest.mark.parametrize("deaths", [0, 10])
@pytest.mark.parametrize("more", [{}, {"entered_so_far": 70}], ids=["alone", "others"])
def test_events_expected_are_the_mean_of_those_simulated(schedule, deaths, more):
    """60 entered, 30 with an event, 30 last scanned five months before the cut and last seen two months before it."""
    rng = np.random.default_rng(7)
    entry, cut_months = np.sort(rng.uniform(0, 18, 60)), 30.0
    event = np.arange(60) % 2
    follow = np.where(event, (cut_months - entry) * rng.uniform(0.2, 0.9, 60), cut_months - entry - 5)
    died = event & (np.cumsum(event) <= deaths)
    cut = blinded_cut(
        entry, follow, event, cut=cut_months, dropout=np.zeros(60), death=died, schedule=schedule,
        observed_months=np.where(event, follow, follow + 3), **more,
    )  # fmt: skip
    n = 4000
    drawn = RateDraws(*(np.full((n, 1), value) for value in (CONTROL, EXPERIMENTAL, DROPOUT, RATE)))
    rest = RestOfTrial(planned_patients=92, experimental_share=0.75)
    events, _ = rest.simulate(cut, drawn, rng)
    view = forecast(cut, rates(), experimental_share=0.75)
    further = column(92.0 - cut.n_entered)
    for after in (6.0, 12.0, 40.0):
        counts = 30 + (events <= cut_months + after).sum(axis=1)
        expected = view.events(column(after), further).item()
        # Scans fall on days of their own, which the expectation spreads over their interval.
        assert expected == pytest.approx(counts.mean(), abs=4 * counts.std() / n**0.5 + 0.6)


def test_the_projection_and_the_re_estimation_agree_on_one_cut():
    """Without what came since the last scan 32.1 events were expected at month 31, where the projection had 39."""
    rng = np.random.default_rng(3)
    entry, cut_months = np.sort(rng.uniform(0, 20, 60)), 30.0
    event = np.arange(60) % 2
    follow = np.where(event, (cut_months - entry) * rng.uniform(0.1, 0.6, 60), cut_months - entry - 5)
    cut = blinded_cut(entry, follow, event, cut=cut_months, dropout=np.zeros(60))
    plan = {"planned_patients": 60, "hazard_ratio": 0.5, "allocation_ratio": 3.0}
    found = reestimate_blinded(cut, end_months=31.0, target_events=40, **plan)
    shown = project_events(cut, 40, hazard_ratio_limits=None, horizon_months=60.0, n_simulations=2000, **plan)
    at = int(np.argmin(np.abs(np.array(shown.fan_months) - 31.0)))
    assert found.events_at_end.estimate == pytest.approx(shown.fan_median[at], abs=1)
    assert found.events_at_end.estimate > 34
    assert found.months_to_required.estimate == pytest.approx(shown.targets[0].months, abs=1)


@pytest.mark.law
def test_times_and_patients_found_bring_the_target():
    view = started()
    months = view.months_to(40, column(100.0))
    assert view.events(months, column(100.0)).item() == pytest.approx(40)
    patients = view.patients_to(40, end=70.0, followup=0.0)
    assert view.events(column(70.0), patients).item() == pytest.approx(40)
    minimum = view.patients_to(40, end=None, followup=24.0)
    assert view.events(minimum / RATE + 24, minimum).item() == pytest.approx(40)


def test_what_is_never_reached_is_infinite_and_what_is_there_needs_nothing():
    view = started()
    assert np.isinf(view.months_to(90, column(100.0))).all()
    assert np.isinf(view.patients_to(90, end=12.0, followup=0.0)).all()
    assert view.patients_to(1, end=12.0, followup=0.0).item() == 0


@pytest.mark.parametrize(("estimate", "lower", "upper", "right"), [
    (124.0, 128.0, 128.0, (124.0, 128.0)),
    (124.0, 120.0, 132.0, (120.0, 132.0)),
    (124.0, 116.0, 120.0, (116.0, 124.0)),
    (124.0, None, None, (124.0, None)),
    (None, 120.0, 132.0, (120.0, None)),
])  # fmt: skip
def test_limits_hold_their_estimate(estimate, lower, upper, right):
    assert holding(estimate, lower, upper) == Interval(estimate=estimate, lower=right[0], upper=right[1])
