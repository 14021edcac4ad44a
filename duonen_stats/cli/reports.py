"""``duonen report final``: the final report, and its blinded dry run."""

from pathlib import Path

import click

from duonen_stats.cli.common import (
    against_option,
    allow_stage_option,
    also_option,
    common_options,
    cut_option,
    example,
    guarded,
    mapping_option,
    progress,
)
from duonen_stats.cli.plan_options import chosen_plan, plan_options

_SEED = 2026
"""Seed of a blinded dry run that names none."""


@click.command(epilog=example("duonen report final my_cut --out report"))
@click.argument("data", required=False, type=click.Path(exists=True, path_type=Path), default=None)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("report"), show_default=True,
    help="Folder to write; an earlier report there is replaced once the new one is whole.",
)  # fmt: skip
@click.option(
    "--blinded", is_flag=False, flag_value=_SEED, default=None, type=click.IntRange(min=0), metavar="[SEED]",
    help=f"Dry run before unblinding: arms drawn again by chance, doses withheld, everything marked. Seed {_SEED} if "
    "none is given; name DATA before this option.",
)  # fmt: skip
@plan_options
@mapping_option
@also_option
@cut_option
@against_option
@allow_stage_option
@common_options
@guarded
def final(
    data: Path | None,
    out: Path,
    blinded: int | None,
    plan_file: Path | None,
    settings: tuple[str, ...],
    mapping: Path | None,
    also: tuple[str, ...],
    cut_date: str | None,
    against: Path | None,
    allow_stage: bool,
    quiet: bool,
) -> None:
    """Check a data cut, analyse it and write the final report: efficacy, then what the interim report has.

    If DATA is omitted, a simulated final cut of the planned number of patients is used, always of the same seed, and
    everything written is marked SIMULATED.
    """
    from duonen_stats.commands.make_report import write_report
    from duonen_stats.plan import FINAL

    chosen = chosen_plan(plan_file, settings, preset=FINAL)
    with progress(quiet) as step:
        written = write_report(
            data,
            out=out,
            plan=chosen,
            mapping=mapping,
            also=also,
            cut_date=cut_date,
            progress=step,
            blinded=blinded,
            against=against,
            allow_stage=allow_stage,
        )
    if not quiet:
        click.echo(written.summary())
