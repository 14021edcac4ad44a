"""Sample size."""

from dataclasses import replace

import pytest

from duonen_stats.design import FIXED_METHODS, SurvivalAssumptions, power, required_events, sample_size
from duonen_stats.errors import PlanError

PLAN = SurvivalAssumptions(
    control_hazard_per_month=0.0235, hazard_ratio=0.5, allocation_ratio=3, accrual=60, total_months=120
)


def test_duonen_needs_167_patients():
    found = sample_size(PLAN)
    assert (found.n_events_rounded, found.n_patients_rounded) == (117, 167)
    assert (found.n_experimental_balanced, found.n_control_balanced, found.n_patients_balanced) == (
        126,
        42,
        168,
    )
    assert found.event_probability == pytest.approx(0.7014, abs=5e-5)
    assert (found.accrual_months, found.followup_months, found.analysis_months) == (60, 60, 120)
    assert found.patients_per_month == pytest.approx(found.n_patients / 60)
    assert "rounded up" in found.rounding_rule


@pytest.mark.law
@pytest.mark.parametrize("method", FIXED_METHODS)
@pytest.mark.parametrize("far_tail", [False, True])
def test_the_size_found_has_the_power(method, far_tail):
    size = sample_size(PLAN, method=method, power=0.35, far_tail=far_tail)
    found = power(PLAN, size.n_patients, method=method, far_tail=far_tail)
    assert found.power == pytest.approx(0.35, rel=1e-9)
    assert found.n_events == pytest.approx(size.n_events)


def test_what_has_no_size():
    with pytest.raises(PlanError, match="No events"):
        sample_size(replace(PLAN, control_hazard_per_month=0.0))
    with pytest.raises(PlanError, match="no effect"):
        sample_size(PLAN.under_null())
    with pytest.raises(PlanError, match="no followup_months"):
        sample_size(replace(PLAN, total_months=None))


def test_accrual_at_once_has_no_rate():
    assert sample_size(replace(PLAN, accrual=0.0)).patients_per_month is None


def test_duonen_needs_117_events():
    found = required_events(0.5, allocation_ratio=3)
    assert found.n_events == pytest.approx(116.639, abs=1e-3)
    assert (found.n_events_rounded, found.method, found.alpha, found.sides) == (117, "schoenfeld", 0.05, 2)


def test_the_far_tail_saves_a_little():
    near = required_events(0.9, power=0.2)
    far = required_events(0.9, power=0.2, far_tail=True)
    assert near.n_events * 0.9 < far.n_events < near.n_events


def test_no_difference_to_the_margin():
    with pytest.raises(PlanError, match="no effect"):
        required_events(1.0)
    assert required_events(1.0, null_hazard_ratio=1.3).n_events > 0
