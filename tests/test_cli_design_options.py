"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from duonen_stats import cli_design_options as options
from duonen_stats.cli_design import design
from duonen_stats.design.boundaries import EFFICACY_RULES
from duonen_stats.design.fixed_methods import FIXED_METHODS
from duonen_stats.design.futility import FUTILITY_RULES
from duonen_stats.design.precision import PRECISION_METHODS
from duonen_stats.simulated import __file__ as simulated
from duonen_stats.study import load_study

pytestmark = pytest.mark.worked

COHORT = Path(simulated).parent / "cohort"
SMALL = ("--trials", "2000")
SUMMARY = ("--entered", "60", "--events", "15", "--cut-month", "36")


def run(*args: str):
    return CliRunner().invoke(design, list(args), prog_name="duonen design")


def answer(*args: str):
    shown = run(*args, "--json")
    assert shown.exit_code == 0, shown.output
    return json.loads(shown.stdout)


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
