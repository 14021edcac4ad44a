"""Random trials of a scenario."""

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.design import (
    Accrual,
    SimulationScenario,
    Stratum,
    SurvivalAssumptions,
    event_probability,
    expected_events,
    logrank_batch,
)
from duonen_stats.design.simulation.trial_sampler import TrialSampler
from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import log_rank

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)
SCENARIO = SimulationScenario(assumptions=PLAN, n_patients=92)


def shares_with_event(scenario, n_trials=2000, seed=1):
    """Share of patients with an event in the experimental and the control arm."""
    drawn = TrialSampler(scenario, n_trials).draw(np.random.default_rng(seed), n_trials)
    event, experimental = drawn.keys & 2 > 0, drawn.keys & 1 > 0
    return event[experimental].mean(), event[~experimental].mean(), drawn


VARIANTS = {
    "uniform": PLAN,
    "dropout": replace(PLAN, dropout_hazard_per_month=0.01, dropout_hazard_experimental_per_month=0.03),
    "pieces": replace(
        PLAN,
        control_hazard_per_month=(0.03, 0.0, 0.02),
        hazard_starts_months=(0, 12, 24),
        hazard_ratio=(1, 1, 0.4),
    ),
    "cured": replace(PLAN, control_hazard_per_month=(0.05, 0.0), hazard_starts_months=(0, 20)),
    "ramp": replace(PLAN, accrual=Accrual.piecewise((0, 30), 60, (1, 4))),
    "observed": replace(PLAN, accrual=Accrual.observed(np.linspace(3, 70, 92))),
    "capped": replace(PLAN, max_followup_months=24),
    "at once": replace(PLAN, accrual=0.0),
    "short": replace(PLAN, total_months=40),  # accrual still going on
}


@pytest.mark.law
@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("entry", ["random", "even"])
def test_as_many_events_as_expected(name, entry):
    plan = VARIANTS[name]
    experimental, control, _ = shares_with_event(
        SimulationScenario(assumptions=plan, n_patients=92, entry=entry)
    )
    expected = event_probability(plan)
    assert experimental == pytest.approx(expected.experimental, abs=4 * 0.5 / (2000 * 69) ** 0.5)
    assert control == pytest.approx(expected.control, abs=4 * 0.5 / (2000 * 23) ** 0.5)


@pytest.mark.law
def test_an_event_driven_analysis_has_the_events():
    scenario = replace(SCENARIO, n_events=40)
    *_, drawn = shares_with_event(scenario)
    assert ((drawn.keys & 2 > 0).sum(axis=1) == 40).all()
    assert drawn.n_missed == 0
    expected = expected_events(PLAN, 92, float(np.mean(drawn.analysis_months))).total
    assert expected == pytest.approx(40, abs=0.5)


def test_a_target_that_never_comes_is_counted():
    lost = replace(PLAN, dropout_hazard_per_month=0.05)
    *_, drawn = shares_with_event(SimulationScenario(assumptions=lost, n_patients=92, n_events=90), 200)
    assert drawn.n_missed == 200
    assert ((drawn.keys & 2 > 0).sum(axis=1) < 90).all()


def test_poisson_entries_vary_in_their_end():
    scenario = replace(SCENARIO, entry="poisson", n_events=92)
    *_, drawn = shares_with_event(scenario, 500)
    assert drawn.n_missed == 0
    experimental, _, _ = shares_with_event(replace(SCENARIO, entry="poisson"))
    assert experimental == pytest.approx(event_probability(PLAN).experimental, abs=0.01)


@pytest.mark.law
def test_strata_have_their_own_hazards_side_by_side():
    strata = (Stratum(name="low", share=0.5), Stratum(name="high", share=0.5, hazard_factor=3.0))
    sampler = TrialSampler(replace(SCENARIO, strata=strata), 2000)
    keys = sampler.draw(np.random.default_rng(1), 2000).keys
    low, high = ((keys[:, columns] & 2 > 0).mean() for columns in sampler.strata)
    faster = replace(PLAN, control_hazard_per_month=3 * 0.0235)
    assert low == pytest.approx(event_probability(PLAN).overall, abs=0.01)
    assert high == pytest.approx(event_probability(faster).overall, abs=0.01)
    assert len(TrialSampler(replace(SCENARIO, strata=strata, stratified=False), 5).strata) == 1


@pytest.mark.law
def test_assessments_put_off_and_tie_the_events():
    scenario = replace(SCENARIO, assessment_months=6, assumptions=replace(PLAN, accrual=0.0, total_months=13))
    _, control, drawn = shares_with_event(scenario)
    assert control == pytest.approx(1 - exp(-0.0235 * 12), abs=0.01)  # seen at months 6 and 12
    times = np.unique(drawn.keys[drawn.keys & 2 > 0] >> 2)
    assert times.size == 2


def test_two_trials_by_hand():
    # Trial 1: control fails at 1, experimental at 2 (both at risk at 1 only). Trial 2: the other way round.
    found = logrank_batch([[1, 2], [2, 1]], [[1, 1], [1, 1]], [0, 1])
    assert found.score == pytest.approx([-0.5, 0.5])
    assert found.variance == pytest.approx([0.25, 0.25])
    assert found.z == pytest.approx([-1, 1])
    assert found.n_events.tolist() == [2, 2]


def test_a_trial_without_a_comparison_has_no_z():
    found = logrank_batch([[1, 2], [1, 1]], [[0, 0], [1, 1]], [0, 1])
    assert np.isnan(found.z).all()


@pytest.mark.parametrize(
    ("time", "event", "arm", "strata"),
    [
        ([[1.0, np.nan]], [[1, 1]], [0, 1], None),
        ([[1.0, -2.0]], [[1, 1]], [0, 1], None),
        ([[1.0, 2.0]], [[1, 2]], [0, 1], None),
        ([[1.0, 2.0]], [[1, 1]], [0, 1, 1], None),
        ([[1.0, 2.0]], [[1, 1]], [0, 1], ["a"]),
        ([], [], [], None),
    ],
)
def test_data_that_do_not_fit(time, event, arm, strata):
    with pytest.raises(DataError):
        logrank_batch(time, event, arm, strata=strata)


@pytest.mark.law
@given(
    st.integers(0, 10**6),
    st.sampled_from([(0, 0), (1, 0), (0, 1), (0.5, 0.5)]),
    st.booleans(),
    st.sampled_from([3, 9, 10**6]),
)
def test_each_trial_as_the_single_test_has_it(seed, weights, stratified, n_times):
    rng = np.random.default_rng(seed)
    shape = (5, 24)
    time, event = rng.integers(0, n_times, shape).astype(float), rng.random(shape) < 0.6
    arm, strata = rng.random(shape) < 0.7, np.repeat(["x", "y"], 12) if stratified else None
    options = {"strata": strata, "rho": weights[0], "gamma": weights[1]}
    batch = logrank_batch(time, event, arm, **options)
    for i in range(5):
        try:
            single = log_rank(
                time[i], event[i].astype(int), np.where(arm[i], "E", "C"), levels=["E", "C"], **options
            )
        except NotEstimable:
            assert np.isnan(batch.z[i])
        else:
            assert batch.z[i] == pytest.approx(single.z, rel=1e-9, abs=1e-9)
            assert batch.variance[i] == pytest.approx(single.variance, rel=1e-9)
