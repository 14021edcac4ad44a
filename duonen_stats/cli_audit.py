"""The command ``duonen audit``: the regenerated numbers against the publication, entry by entry."""

from pathlib import Path

import click

from duonen_stats.cli_common import common_options, example, guarded


@click.command(epilog=example("duonen audit my_cut --out audit"))
@click.argument(
    "data", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), default=None
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("audit"), show_default=True,
    help="Folder to write; an earlier audit there is replaced once the new one is whole.",
)  # fmt: skip
@common_options
@guarded
def audit(data: Path | None, out: Path, quiet: bool) -> None:
    """Set every number and claim of the interim publication beside what these data give.

    Writes audit.csv (one row an entry), audit.html and audit.pdf. Of data of the trial it is a comparison with the
    publication; of the simulated cohort it shows which printed numbers the pipeline reproduces and which contradict
    each other.
    """
    from duonen_stats.report.audit_files import audit_text, write_audit  # noqa: PLC0415

    audited = write_audit(data, out=out)
    if not quiet:
        click.echo(audit_text(audited))
