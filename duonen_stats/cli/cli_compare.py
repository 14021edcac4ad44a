"""The command ``duonen compare``: what changed between two output folders."""

import sys
from pathlib import Path

import click

from duonen_stats.cli.common import (
    common_options,
    example,
    guarded,
    visible,
    written_folder,
)
from duonen_stats.errors import DuonenError

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
    from duonen_stats.comparison.compare_outputs import compare_folders
    from duonen_stats.comparison.compare_tolerance import read_tolerance
    from duonen_stats.comparison.compare_write import write_comparison
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
