"""The commands of ``duonen design``: answers, JSON, errors and exit codes."""

import click
from click.testing import CliRunner

from duonen_stats.cli.cli_lazy import LazyGroup
from duonen_stats.cli.design import design


def test_the_lazy_group_stands_in_for_the_real_one():
    lazy = LazyGroup("design", source="duonen_stats.cli.design:design", short_help="Plan.")
    assert lazy.real() is design
    main = click.Group("duonen", commands=[lazy])
    assert "Plan." in CliRunner().invoke(main, ["--help"]).stdout
    assert "167 (166.30)" in CliRunner().invoke(main, ["design", "sample-size"]).stdout
    assert CliRunner().invoke(main, ["design", "--help"]).stdout.count("conditional-power") == 1
    assert CliRunner().invoke(main, ["design", "guess"]).exit_code == 2
