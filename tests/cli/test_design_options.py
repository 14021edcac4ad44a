"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

from duonen_stats.cli import design_options as options
from duonen_stats.design.fixed.fixed_methods import FIXED_METHODS
from duonen_stats.design.fixed.precision import PRECISION_METHODS
from duonen_stats.design.monitoring.boundaries import EFFICACY_RULES
from duonen_stats.design.monitoring.futility import FUTILITY_RULES
from duonen_stats.study import load_study


def test_defaults_in_the_help_are_those_of_the_study():
    facts = load_study().design
    assert {name: float(value) for name, value in options.PLAN_DEFAULTS.items()} == {
        "control_hazard": facts.hazard_rate_per_month,
        "hazard_ratio": facts.hazard_ratio,
        "allocation": facts.allocation_experimental / facts.allocation_control,
        "accrual": facts.accrual_months,
        "total": facts.total_months,
        "patients": facts.planned_subjects,
    }


def test_choices_are_those_of_the_design_package():
    assert set(options.METHODS) == set(FIXED_METHODS)
    assert set(options.INTERVALS) == set(PRECISION_METHODS)
    assert set(options.FUTILITY) == set(FUTILITY_RULES)
    assert set(options.EFFICACY) <= {
        *(rule for rule in EFFICACY_RULES if isinstance(rule, str)),
        *options.SPENDING,
    }
