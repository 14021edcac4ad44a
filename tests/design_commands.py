"""The commands of ``duonen design`` as tests run them."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from duonen_stats.cli.design import design
from duonen_stats.study.shipped_files import cohort_path

COHORT: Path = cohort_path()
SMALL = ("--trials", "2000")
SUMMARY = ("--entered", "60", "--events", "15", "--cut-month", "36")


def run(*args: str) -> Result:
    return CliRunner().invoke(design, list(args), prog_name="duonen design")


def answer(*args: str) -> dict:
    shown = run(*args, "--json")
    assert shown.exit_code == 0, shown.output
    return json.loads(shown.stdout)
