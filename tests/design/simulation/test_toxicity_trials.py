"""The rule on severe events by simulation: the exact recursion where events are known at once, and what delay does."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.design import ToxicityScenario, simulate_toxicity_rule
from duonen_stats.design.simulation.toxicity_trials import run_toxicity_chunk
from duonen_stats.errors import PlanError

AT_ONCE = ToxicityScenario(
    rate=0.3, n_patients=23, per_month=0.5, window_months=0.0, bound=0.3, threshold=0.9, first=3
)
LATE = replace(AT_ONCE, window_months=6.0)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("every", [1, 5])
def test_events_that_are_known_at_once_give_the_exact_characteristics(rate, every):
    arm = replace(AT_ONCE, rate=rate, every=every)
    (found,) = simulate_toxicity_rule([arm], n_trials=20_000, seed=3)
    error = max(found.signals.mc_error, 1e-3)
    assert found.signals.value == pytest.approx(found.signals_at_once, abs=4 * error)
    assert found.patients == pytest.approx(found.patients_at_once, abs=4 * 23 / 20_000**0.5 / 2)
    # Each patient treated has an event with the true rate, whatever the rule does (Wald's identity).
    assert found.events == pytest.approx(rate * found.patients, abs=0.06)


def test_by_a_second_programming_trial_by_trial():
    """The same random numbers, followed patient by patient in plain Python."""
    arm = replace(LATE, rate=0.45, every=2, n_patients=12, threshold=0.8)
    tally = run_toxicity_chunk(arm, 5, 1, 2, 400)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(5, spawn_key=(1, 2))))
    gaps, uniform, wait = rng.standard_exponential((400, 11)), rng.random((400, 12)), rng.random((400, 12))
    boundary, patients, events, signals, months = arm.boundary(), 0, 0, 0, 0.0
    for trial in range(400):
        entry = [0.0]
        for gap in gaps[trial]:
            entry.append(entry[-1] + gap / arm.per_month)
        onset = [
            at + arm.window_months * late if drawn < arm.rate else None
            for at, drawn, late in zip(entry, uniform[trial], wait[trial], strict=True)
        ]
        for n in range(1, 13):
            now = entry[n] if n < 12 else entry[-1] + arm.window_months
            known = sum(one is not None and one <= now for one in onset[:n])
            signalled = boundary[n - 1] is not None and known >= boundary[n - 1]
            if signalled or n == 12:
                signals += signalled
                patients += n
                events += sum(one is not None for one in onset[:n])
                months += now
                break
    assert (tally.sum_patients, tally.sum_events, int(tally.signals_after.sum())) == (
        patients,
        events,
        signals,
    )
    assert tally.sum_months == pytest.approx(months)


def test_the_later_events_are_seen_the_more_patients_are_treated():
    arms = [replace(AT_ONCE, rate=0.5, window_months=window) for window in (0.0, 6.0, 24.0)]
    patients = [one.patients for one in simulate_toxicity_rule(arms, n_trials=4_000, seed=1)]
    assert patients == sorted(patients)
    assert patients[2] > patients[0] + 3


def test_a_rate_of_0_never_signals_and_of_1_as_soon_as_the_rule_looks():
    never, always = simulate_toxicity_rule(
        [replace(LATE, rate=0.0), replace(AT_ONCE, rate=1.0)], n_trials=300, seed=1
    )
    assert (never.signals.value, never.patients, never.events) == (0.0, 23.0, 0.0)
    assert (always.signals.value, always.patients, always.events) == (1.0, 3.0, 3.0)


def test_workers_and_interruptions_change_nothing(tmp_path):
    arms, told = [LATE, replace(LATE, rate=0.5)], []
    whole = simulate_toxicity_rule(arms, n_trials=12_000, seed=9)
    simulate_toxicity_rule(arms[:1], n_trials=12_000, seed=9, folder=tmp_path)
    with ThreadPoolExecutor(2) as executor:
        again = simulate_toxicity_rule(
            arms, n_trials=12_000, seed=9, executor=executor, folder=tmp_path,
            progress=lambda done, total: told.append((done, total)),
        )  # fmt: skip
    assert again == whole
    assert told[-1] == (24_000, 24_000)
    assert min(told)[0] > 12_000  # the first arm was kept


@pytest.mark.parametrize(
    "change",
    [
        {"rate": 1.1}, {"n_patients": 0}, {"n_patients": 501}, {"per_month": 0.0}, {"window_months": -1.0},
        {"every": 0}, {"first": 0}, {"prior_events": 0.0}, {"bound": 1.0}, {"threshold": 0.0},
    ],
)  # fmt: skip
def test_impossible_arms_are_refused(change):
    with pytest.raises(PlanError):
        replace(LATE, **change)


def test_a_simulation_of_nothing_is_refused():
    for bad in ({"scenarios": []}, {"scenarios": [LATE], "n_trials": 0}, {"scenarios": [LATE], "seed": -1}):
        with pytest.raises(PlanError, match="needs scenarios"):
            simulate_toxicity_rule(**bad)
