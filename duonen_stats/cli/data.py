"""The command ``duonen convert``: a data cut in another file format."""

from pathlib import Path

import click

from duonen_stats.cli.common import (
    common_options,
    cut_option,
    example,
    guarded,
    mapping_option,
)

_ENDINGS = frozenset({".csv", ".xlsx", ".sav", ".xpt", ".parquet"})
_WORKBOOK = "workbook"


def _require_fit(out: Path, kind: str) -> None:
    """Refuse a name of a file where a folder is written, and the other way round, as wrong usage."""
    ending = out.suffix.lower()
    if kind == _WORKBOOK and (ending != ".xlsx" or out.is_dir()):
        raise click.UsageError(
            f"--format {_WORKBOOK} writes one file; let the name after --out end in .xlsx."
        )
    if kind != _WORKBOOK and ending in _ENDINGS:
        raise click.UsageError(
            f"--format {kind} writes a folder with one file per table, and {out.name} is the name of a file. Name a "
            f"folder; one file with a worksheet per table is --format {_WORKBOOK}."
        )


@click.command(epilog=example("duonen convert my_cut --out my_cut.xlsx --format workbook"))
@click.argument("data", required=False, type=click.Path(exists=True, path_type=Path), default=None)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True,
    help="Folder to write; for --format workbook the file, ending in .xlsx.",
)  # fmt: skip
@click.option(
    "--format", "kind", type=click.Choice(["csv", "xlsx", "workbook", "parquet", "xpt", "xpt8", "sav"]), required=True,
    help="A folder with one file per table in this format; workbook: one Excel file with a worksheet per table.",
)  # fmt: skip
@mapping_option
@cut_option
@common_options
@guarded
def convert(
    data: Path | None, out: Path, kind: str, mapping: Path | None, cut_date: str | None, quiet: bool
) -> None:
    """Write the raw tables of a data cut in another format, with the dictionary's names and codes.

    A cut with a table or cell that cannot be read is refused: nothing is lost on the way.
    """
    from duonen_stats.commands.convert_cut import convert_cut

    _require_fit(out, kind)
    rows = convert_cut(data, out, kind=kind, mapping=mapping, cut_date=cut_date)
    if not quiet:
        for name, number in rows.items():
            click.echo(f"{name:<20}{number:>6} records")
        click.echo(f"Written to {out}.")
