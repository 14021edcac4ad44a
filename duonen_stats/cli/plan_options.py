"""The plan on the command line: ``--plan`` and ``--set``, and the command ``duonen plan``."""

from pathlib import Path
from typing import Any

import click

from duonen_stats.cli.common import (
    common_options,
    example,
    guarded,
    visible,
)
from duonen_stats.errors import PlanError
from duonen_stats.plan import Plan, preset_of
from duonen_stats.plan.plan_file import read_plan, set_fields

_FILE = click.option(
    "--plan", "plan_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
    help="Plan to follow, a YAML file; duonen plan --out FILE writes one to edit.",
)  # fmt: skip
_SET = click.option(
    "--set", "settings", multiple=True, metavar="FIELD=VALUE",
    help="Depart from the plan in one field; may be given several times. duonen plan lists the fields.",
)  # fmt: skip


def plan_options(function: Any) -> Any:
    """Give a command ``--plan`` and ``--set``, as ``plan_file`` and ``settings``; see ``chosen_plan``."""
    return _FILE(_SET(function))


def chosen_plan(plan_file: Path | None, settings: tuple[str, ...], *, preset: Plan | None = None) -> Plan:
    """Return the plan that ``--plan`` and ``--set`` ask for.

    Parameters
    ----------
    plan_file, settings
        As typed; settings are put on top of the file.
    preset
        The plan of the report that is made; None takes that of the report the file names, or the interim one.

    Raises
    ------
    click.UsageError
        The file or a setting is faulty, or names what the data dictionary does not have.
    """
    from duonen_stats.plan.check_plan import check_plan
    from duonen_stats.study import load_study

    base = Plan() if preset is None else preset
    try:
        plan = base if plan_file is None else read_plan(plan_file, preset)
        plan = set_fields(plan, settings)
        check_plan(plan, load_study())
    except PlanError as fault:
        raise click.UsageError(visible(str(fault))) from fault
    return plan


@click.command(epilog=example("duonen plan --set alpha=0.01 --out plan.yaml"))
@plan_options
@click.option(
    "--report", type=click.Choice(["interim", "final"]), default=None,
    help="Which report the plan is of.  [default: that of the plan file, else interim]",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="Write the plan as a YAML file to edit; it reads back as the same plan.",
)  # fmt: skip
@common_options
@guarded
def plan(
    plan_file: Path | None, settings: tuple[str, ...], report: str | None, out: Path | None, quiet: bool
) -> None:
    """Show the analysis plan: every decision, its reason, its source, what else it may be.

    What differs from the preset is marked with *.
    """
    from duonen_stats.commands.plan_page import plan_text, write_plan

    preset = None if report is None else preset_of(Plan(report=report))  # type: ignore[arg-type]
    chosen = chosen_plan(plan_file, settings, preset=preset)
    if out is not None:
        write_plan(chosen, out, source=plan_file)
    if not quiet:
        click.echo(visible(plan_text(chosen)))
        if out is not None:
            click.echo(f"\nWritten to {out}.")
