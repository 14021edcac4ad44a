"""The rest of a trial: against closed forms for exponential times, and laws of scans, losses and entries."""

import numpy as np
import pytest

from duonen_stats.design import ScanSchedule, blinded_cut
from duonen_stats.design.reestimation.pooled_rates import RateDraws
from duonen_stats.design.reestimation.rest_of_trial import AccrualPlan, RestOfTrial, sizes_of_parts
from duonen_stats.errors import PlanError

N = 40_000
EVERY = 84 / 30.4375


def rates(n=N, control=0.03, experimental=0.03, dropout=1e-12, pace=2.0):
    return RateDraws(*(np.full((n, 1), value) for value in (control, experimental, dropout, pace)))


def rest(planned, **more):
    return RestOfTrial(planned_patients=planned, experimental_share=0.75, **more)


def one_waiting(waited=10.0, schedule=None, **more):
    """One patient at risk, and one who had the event."""
    return blinded_cut(
        [0.0, 0.0], [waited, 1.0], [0, 1], cut=waited, dropout=[0, 0], schedule=schedule, **more
    )


def simulate(cut, planned=None, draws=None, seed=1, **more):
    course = rest(cut.n_entered if planned is None else planned, **more)
    return course.simulate(cut, draws or rates(), np.random.default_rng(seed))


def test_who_waits_has_the_event_at_the_hazard_from_the_cut_on():
    events, entries = simulate(one_waiting())
    after = events[:, 0] - 10
    assert entries.shape == (N, 0)
    assert np.quantile(after, [0.1, 0.5, 0.9]) == pytest.approx(-np.log([0.9, 0.5, 0.1]) / 0.03, rel=0.03)


def test_a_loss_that_comes_first_hides_the_event():
    events, _ = simulate(one_waiting(), draws=rates(dropout=0.01))
    assert np.isfinite(events).mean() == pytest.approx(0.75, abs=0.01)
    short, _ = simulate(one_waiting(), longest_months=22.0)
    # Followed for 12 more months
    assert np.isfinite(short).mean() == pytest.approx(1 - np.exp(-0.03 * 12), abs=0.01)


def test_who_has_waited_long_is_more_likely_in_the_better_arm():
    events, _ = simulate(one_waiting(waited=60.0), draws=rates(control=0.05, experimental=0.01))
    better = 0.75 * np.exp(-0.01 * 60)
    worse = 0.25 * np.exp(-0.05 * 60)
    by_hand = (better * np.exp(-0.01 * 20) + worse * np.exp(-0.05 * 20)) / (better + worse)
    assert (events[:, 0] > 80).mean() == pytest.approx(by_hand, abs=0.01)


def test_a_weibull_shape_changes_the_times_and_not_the_scale():
    # Shape 2, scale 1/0.001: P(no event by 30 | none by 10) = exp(-0.001 (900 - 100))
    events, _ = simulate(one_waiting(), draws=rates(control=0.001, experimental=0.001), shape=2.0)
    assert (events[:, 0] > 30).mean() == pytest.approx(np.exp(-0.8), abs=0.01)


def test_progression_is_known_at_a_scan_and_later_by_what_an_interval_costs():
    """Exponential times on a grid: the mean of the next scan is every / (1 - exp(-hazard every)); the missed add."""
    cut = blinded_cut(
        [0.0], [1.0], [1], cut=1.0, schedule=ScanSchedule(tolerance_days=0, missed=0.1), death=[0]
    )
    events, entries = simulate(cut, planned=2, draws=rates(control=0.2, experimental=0.2))
    # A quarter of the events of this cut are deaths: half an event of either kind is added to one progression
    assert cut.death_share == 0.25
    scan = EVERY / (1 - np.exp(-0.2 * EVERY)) + EVERY * 0.1 / 0.9
    assert (events - entries).mean() == pytest.approx(0.75 * scan + 0.25 / 0.2, rel=0.02)


@pytest.mark.law
def test_without_deaths_every_event_is_known_on_the_grid_of_scans():
    schedule = ScanSchedule(tolerance_days=7, missed=0.03)
    cut = blinded_cut(
        [0.0] * 400, [5.0] * 400, [1] * 399 + [0], cut=5.0, schedule=schedule, dropout=[0] * 400
    )
    events, _ = simulate(cut, draws=rates(n=2_000))
    off = np.abs(events[:, 0] / EVERY - np.rint(events[:, 0] / EVERY)) * EVERY
    on_grid = off <= 7 / 30.4375 + 1e-9
    assert on_grid.mean() > 1 - 3 * cut.death_share - 0.01
    assert (events[:, 0] > 5).all()


def test_progression_since_the_last_scan_is_known_at_the_next_one():
    """Last scan at month 2.76, known alive at 5.6: progression since then shows at the third scan, month 8.28."""
    cut = blinded_cut(
        [0.0, 0.0], [EVERY, 1.0], [0, 1], cut=5.6, dropout=[0, 0], free_months=[EVERY, 0.5],
        observed_months=[5.6, 1.0], schedule=ScanSchedule(tolerance_days=0, missed=0),
    )  # fmt: skip
    events, _ = simulate(cut, draws=rates(control=0.3, experimental=0.3))
    at_next = np.isclose(events[:, 0], 3 * EVERY)
    share = cut.death_share
    hidden = 0.3 * (1 - share) * (5.6 - EVERY)
    until = 3 * EVERY - 5.6
    came = 1 - np.exp(-hidden) * (share * (1 - np.exp(-0.3 * until)) + np.exp(-0.3 * until))
    assert at_next.mean() == pytest.approx(came, abs=0.01)


def test_entries_come_at_the_rate_and_their_events_after_them():
    events, entries = simulate(one_waiting(), planned=12)
    assert entries.shape == (N, 10)
    assert entries[:, -1].mean() == pytest.approx(10 + 10 / 2.0, rel=0.01)
    assert (entries > 10).all()
    assert events.shape == (N, 11)


def test_those_entered_and_not_in_the_cut_are_at_risk_since_their_entry():
    cut = one_waiting(entered_since=[4.0])
    events, entries = simulate(cut)
    assert entries.tolist() == [[4.0]] * N
    by_cut = (events < 10).sum(axis=1).mean()
    assert by_cut == pytest.approx(1 - np.exp(-0.03 * 6), abs=0.01)


def test_in_a_cut_of_completers_patients_go_on_entering_from_the_last_entry_known():
    cut = blinded_cut([0.0, 4.0], [10.0, 1.0], [0, 1], cut=10.0, dropout=[0, 0], completers=True)
    _, entries = simulate(cut, planned=30)
    assert (entries < 10).sum(axis=1).mean() == pytest.approx(2.0 * 6, rel=0.02)
    _, planned = simulate(
        cut, planned=30, accrual=AccrualPlan(starts_months=(0.0,), patients_per_month=(50.0,))
    )
    assert (planned < 10).sum(axis=1).mean() == pytest.approx(12, rel=0.02)
    assert planned[:, -1].max() < 12


def test_those_of_the_cut_who_entered_later_are_not_entered_again():
    """All entries are known to month 9 of 20; of those after it one is in the cut, so that 2 · 11 - 1 are not."""
    cut = blinded_cut(
        [0.0, 2.0, 6.0, 7.0, 10.0, 14.0], [1.0] * 6, [1] + [0] * 5, cut=20.0, dropout=[0] * 6, completers=True,
        treatment_months=[6.0, 7.0, 6.0, 7.0, 5.0, 2.0],
    )  # fmt: skip
    for plan in (None, AccrualPlan(starts_months=(0.0,), patients_per_month=(50.0,))):
        _, entries = simulate(cut, planned=60, draws=rates(n=5_000), accrual=plan)
        assert (entries < 20).sum(axis=1).mean() == pytest.approx(21, rel=0.02)
        assert entries.min() > 9.5
    # So slowly that fewer than the one would have entered since: the next one enters after the cut.
    _, slow = simulate(cut, planned=7, draws=rates(pace=0.05))
    assert slow.min() > 20
    assert slow.mean() == pytest.approx(20 + 1 / 0.05, rel=0.02)


def test_an_accrual_plan_has_its_rate_in_each_period():
    plan = AccrualPlan(starts_months=(0.0, 12.0, 18.0), patients_per_month=(1.5, 0.0, 2.0))
    assert plan.months(np.array([0.0, 9.0, 17.9, 20.0])).tolist() == pytest.approx([0, 6, 17.9 / 1.5, 19])
    for starts, pace in (
        ((1.0,), (1.0,)),
        ((0.0, 0.0), (1.0, 1.0)),
        ((0.0,), (0.0,)),
        ((0.0,), (np.inf,)),
        ((), ()),
    ):
        with pytest.raises(PlanError):
            AccrualPlan(starts_months=starts, patients_per_month=pace)


def test_courses_are_simulated_in_parts_of_a_bounded_size():
    assert list(sizes_of_parts(2_000, 92, 200_000)) == [2_000]
    assert list(sizes_of_parts(5, 10_000, 20_000)) == [2, 2, 1]
    assert sum(sizes_of_parts(7, 10**6, 10)) == 7
