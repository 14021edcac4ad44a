"""Methods side by side."""

import pytest

from duonen_stats.design import FIXED_METHODS, SurvivalAssumptions, compare_methods, power
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


def test_duonen_with_simulation():
    found = compare_methods(PLAN, 92, hazard_ratios=(0.667, 0.5), n_events=64, n_trials=10_000, seed=2)
    assert [row.method for row in found.rows] == [*FIXED_METHODS, "simulation"]
    schoenfeld, simulated = found.rows[0], found.rows[-1]
    assert (schoenfeld.n_events_rounded, schoenfeld.n_patients_rounded) == (117, 167)
    assert schoenfeld.power_at_events == pytest.approx((0.28872, 0.67045), abs=1e-5)
    assert schoenfeld.power_far_tail[0] > schoenfeld.power[0]
    assert simulated.power[1] == pytest.approx(0.732, abs=4 * simulated.mc_error[1])
    assert simulated.power_at_events[1] == pytest.approx(0.726, abs=0.02)
    assert simulated.n_events is None
    assert found.size.favourable == pytest.approx(0.0336, abs=4 * found.size.favourable_error)
    assert found.expected_events == pytest.approx((71.5285, 64.5251), abs=1e-4)
    assert found.event_probability == pytest.approx(0.7014, abs=1e-4)


def test_without_simulation_and_with_the_own_hazard_ratio():
    found = compare_methods(PLAN, 92, n_trials=0)
    assert found.hazard_ratios == (0.5,)
    assert found.size is None
    assert found.rows[-1].power == (power(PLAN, 92, method="lakatos").power,)
    assert found.rows[0].power_at_events is None


def test_a_harmful_effect_is_looked_for_in_its_own_tail():
    found = compare_methods(PLAN.with_hazard_ratio(2.0), 92, sides=1, alpha=0.025, n_trials=2_000)
    assert found.rows[-1].power[0] > 0.4
    with pytest.raises(PlanError):
        compare_methods(PLAN, 92, hazard_ratios=())
