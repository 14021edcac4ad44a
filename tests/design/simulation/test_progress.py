"""The form of a progress callback."""

from duonen_stats.design import Progress, SimulationScenario, SurvivalAssumptions, simulate_logrank


def test_any_function_of_done_and_total_will_do():
    told: list[tuple[int, int]] = []
    callback: Progress = lambda done, total: told.append((done, total))  # noqa: E731
    plan = SurvivalAssumptions(control_hazard_per_month=0.05, hazard_ratio=0.5, accrual=12, total_months=36)
    simulate_logrank(SimulationScenario(assumptions=plan, n_patients=20), n_trials=10_001, progress=callback)
    assert told == [(10_000, 10_001), (10_001, 10_001)]
