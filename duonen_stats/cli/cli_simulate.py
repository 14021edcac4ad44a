"""The command ``duonen simulate``: a new simulated data cut."""

from pathlib import Path

import click

from duonen_stats.cli.common import common_options, example, guarded


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
