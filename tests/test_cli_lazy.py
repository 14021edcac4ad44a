"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from duonen_stats.cli_design import design
from duonen_stats.cli_lazy import LazyGroup
from duonen_stats.simulated import __file__ as simulated

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


def test_the_lazy_group_stands_in_for_the_real_one():
    lazy = LazyGroup("design", source="duonen_stats.cli_design:design", short_help="Plan.")
    assert lazy.real() is design
    main = click.Group("duonen", commands=[lazy])
    assert "Plan." in CliRunner().invoke(main, ["--help"]).stdout
    assert "167 (166.30)" in CliRunner().invoke(main, ["design", "sample-size"]).stdout
    assert CliRunner().invoke(main, ["design", "--help"]).stdout.count("conditional-power") == 1
    assert CliRunner().invoke(main, ["design", "guess"]).exit_code == 2
