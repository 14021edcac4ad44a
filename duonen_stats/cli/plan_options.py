"""The command ``duonen plan``."""

from dataclasses import dataclass
from pathlib import Path

import click

from duonen_stats.cli.common import example, visible
from duonen_stats.cli.options import PlanOptions, option, out_file, taking
from duonen_stats.plan import Plan, preset_of


@dataclass(frozen=True, kw_only=True)
class PlanPageOptions(PlanOptions):
    """What the showing of the plan takes."""

    report: str | None = option(
        "--report", type=click.Choice(["interim", "final"]), default=None,
        help="Which report the plan is of.  [default: that of the plan file, else interim]",
    )  # fmt: skip
    out: Path | None = out_file("Write the plan as a YAML file to edit; it reads back as the same plan.")


@click.command(epilog=example("duonen plan --set alpha=0.01 --out plan.yaml"))
@taking(PlanPageOptions)
def plan(options: PlanPageOptions) -> None:
    """Show the analysis plan: every decision, its reason, its source, what else it may be.

    What differs from the preset is marked with *.
    """
    from duonen_stats.commands.plan_page import plan_text, write_plan

    preset = None if options.report is None else preset_of(Plan(report=options.report))  # type: ignore[arg-type]
    chosen = options.plan(preset)
    if options.out is not None:
        write_plan(chosen, options.out, source=options.plan_file)
    if not options.quiet:
        click.echo(visible(plan_text(chosen)))
        if options.out is not None:
            click.echo(f"\nWritten to {options.out}.")
