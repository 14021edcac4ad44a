"""``duonen convert`` and ``duonen simulate``: data cuts in other formats, and new ones."""

from pathlib import Path

import click

from duonen_stats.cli.common import (
    common_options,
    cut_option,
    example,
    guarded,
    mapping_option,
)

# The command ``duonen convert``: a data cut in another file format.


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


# The command ``duonen simulate``: a new simulated data cut.


@click.command(epilog=example("duonen simulate --out my_cut --seed 7"))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True,
    help="Folder to write; one that an earlier simulation wrote is replaced.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same bytes."
)
@click.option(
    "--patients", type=click.IntRange(1), default=None, help="Number of patients  [default: 56, final 92]"
)
@click.option(
    "--stage", type=click.Choice(["interim", "final"], case_sensitive=False), default="interim",
    show_default=True, help="interim: the first patients, all off treatment; final: all, at the planned end.",
)  # fmt: skip
@click.option(
    "--noise", type=click.FloatRange(0, 100), default=0.0, metavar="SLIPS",
    help="Slips of data entry in a thousand records, for duonen check to find.  [default: none]",
)  # fmt: skip
@common_options
@guarded
def simulate(out: Path, seed: int, patients: int | None, stage: str, noise: float, quiet: bool) -> None:
    """Simulate a trial and write a data cut of it in the raw format, marked SIMULATED.

    README.md in the folder lists every assumption with its reason.
    """
    from duonen_stats.commands.simulate_cut import write_simulation
    from duonen_stats.simulated.cut.noise import Noise

    told = write_simulation(
        out, seed=seed, patients=patients, stage="FINAL" if stage == "final" else "INTERIM",
        noise=Noise(per_thousand=noise) if noise else None,
    )  # fmt: skip
    if not quiet:
        click.echo(told)
