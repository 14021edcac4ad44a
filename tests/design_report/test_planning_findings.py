"""What a design report is computed from."""

import pytest
from small_design import small_findings

from duonen_stats.design_report.planning_findings import (
    CURVE_METHODS,
    RULES,
    STATED_RATIOS,
    compute_design,
    curve_label,
)
from duonen_stats.design_report.question_inputs import assumptions_from
from duonen_stats.errors import PlanError


def test_curves_fall_towards_no_effect_and_pass_through_the_table():
    found = small_findings()
    assert set(found.curves) == set(CURVE_METHODS)
    for method, curve in found.curves.items():
        assert list(curve) == sorted(curve, reverse=True), method
    place = min(range(len(found.curve_ratios)), key=lambda i: abs(found.curve_ratios[i] - 0.5))
    row = next(row for row in found.comparison.rows if row.method == "schoenfeld")
    at_half = row.power[found.comparison.hazard_ratios.index(0.5)]
    assert found.curves["schoenfeld"][place] == pytest.approx(at_half, rel=1e-9)


def test_stated_ratios_are_simulated_and_checked():
    found = small_findings()
    assert set(STATED_RATIOS) <= set(found.comparison.hazard_ratios)
    assert len(found.published_size) == 3
    assert len(found.published_power) == 3 * len(found.comparison.rows)


def test_boundaries_end_at_the_level():
    found = small_findings()
    assert set(found.boundaries) == set(RULES)
    assert all(plan.alpha_spent[-1] == pytest.approx(0.025) for plan, _, _ in found.boundaries.values())
    assert all(calendar.max_patients > 92 for _, _, calendar in found.boundaries.values())


def test_precision_is_for_the_trial_and_an_arm():
    assert {one.n for one in small_findings().precision} == {92, 23}


def test_a_key_names_the_method_shortly():
    assert [curve_label(method) for method in ("wald", "lachin_foulkes")] == ["Wald", "Lachin–Foulkes"]


def test_changing_hazards_are_refused():
    plan = assumptions_from(control_hazard=(0.03, 0.02), hazard_starts=(0.0, 6.0))
    with pytest.raises(PlanError, match="do not change"):
        compute_design(plan, patients=92, trials=1, calibration_trials=1)
