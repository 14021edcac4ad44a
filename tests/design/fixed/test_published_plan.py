"""The published sample-size statement."""

from duonen_stats import load_study
from duonen_stats.design import (
    check_published_power,
    check_published_size,
    compare_methods,
    study_assumptions,
)


def test_events_share_and_patients_are_reproduced():
    checks = check_published_size(study_assumptions(load_study()))
    assert [(check.printed, check.agrees) for check in checks] == [(117, True), (70, True), (167, True)]


def test_the_three_powers_are_reproduced_by_no_method():
    plan = study_assumptions(load_study())
    comparison = compare_methods(plan, 92, hazard_ratios=(0.667, 0.5, 0.43), n_trials=0)
    checks = check_published_power(comparison)
    assert len(checks) == 3 * len(comparison.rows)
    for row in comparison.rows:
        assert not all(check.agrees for check in checks if check.method == row.method)
    assert {check.printed for check in checks} == {33, 75, 89}


def test_other_hazard_ratios_have_no_published_power():
    plan = study_assumptions(load_study(), hazard_ratio=0.6)
    assert plan.hazard_ratio == 0.6
    assert check_published_power(compare_methods(plan, 92, n_trials=0)) == ()
