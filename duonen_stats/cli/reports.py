"""``duonen report final``, ``duonen audit`` and ``duonen compare``."""

import sys
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
    visible,
    written_folder,
)
from duonen_stats.cli.plan_options import chosen_plan, plan_options
from duonen_stats.errors import DuonenError

# ``duonen report final``: the final report, and its blinded dry run.


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


# The command ``duonen audit``: the regenerated numbers against the publication, entry by entry.


@click.command(epilog=example("duonen audit my_cut --out audit"))
@click.argument("data", required=False, type=click.Path(exists=True, path_type=Path), default=None)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("audit"), show_default=True,
    help="Folder to write; an earlier audit there is replaced once the new one is whole.",
)  # fmt: skip
@plan_options
@mapping_option
@cut_option
@common_options
@guarded
def audit(
    data: Path | None,
    out: Path,
    plan_file: Path | None,
    settings: tuple[str, ...],
    mapping: Path | None,
    cut_date: str | None,
    quiet: bool,
) -> None:
    """Set every number and claim of the interim publication beside what these data give.

    Writes audit.csv (one row an entry), audit.html and audit.pdf. Of data of the trial it is a comparison with the
    publication; of the simulated cohort it shows which printed numbers the pipeline reproduces and which contradict
    each other.
    """
    from duonen_stats.publication.audit_report import audit_text, write_audit

    chosen = chosen_plan(plan_file, settings)
    audited = write_audit(data, out=out, plan=chosen, mapping=mapping, cut_date=cut_date)
    if not quiet:
        click.echo(audit_text(audited))


# The command ``duonen compare``: what changed between two output folders.


_NOT_COMPARABLE = 2
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(epilog=example("duonen compare report_2024 report_2025 --out changes"))
@click.argument("old", type=_FOLDER, callback=written_folder)
@click.argument("new", type=_FOLDER, callback=written_folder)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=None,
    help="Also write every change into this folder: HTML, PDF and CSV.",
)  # fmt: skip
@click.option(
    "--tolerance", "tolerances", multiple=True, metavar="[COLUMN=]NUMBER",
    help="How far two numbers may be apart and still be the same: relative for all (1e-9 by default), or "
    "DATASET.COLUMN=NUMBER in the column's unit. May be given several times.",
)  # fmt: skip
@common_options
@guarded
def compare(old: Path, new: Path, out: Path | None, tolerances: tuple[str, ...], quiet: bool) -> None:
    """Show what changed between OLD and NEW, two output folders of duonen report or duonen build.

    Records added, removed and changed; statistics that differ, unrounded; the tables and figures that show them;
    plan, definitions, versions and input files; findings. Exit 1 if anything differs, 0 if nothing does, 2 if the two
    cannot be compared.
    """
    from duonen_stats.comparison.changed_statistics import read_tolerance
    from duonen_stats.comparison.compare_outputs import compare_folders
    from duonen_stats.comparison.comparison_document import write_comparison
    from duonen_stats.comparison.comparison_text import comparison_text
    from duonen_stats.folder.replaceable import require_apart

    try:
        tolerance = read_tolerance(tolerances)
    except DuonenError as error:
        raise click.UsageError(str(error)) from error
    if out is not None:
        require_apart(out, old, new)
    try:
        found = compare_folders(old, new, tolerance=tolerance)
    except DuonenError as error:
        click.echo(f"duonen: {visible(str(error))}", err=True)
        sys.exit(_NOT_COMPARABLE)
    if out is not None:
        write_comparison(found, out)
    if not quiet:
        click.echo(visible(comparison_text(found)))
        if out is not None:
            click.echo(f"\nWritten to {out}: compare.html, compare.pdf, and every change as CSV.")
    if found.different:
        sys.exit(1)
