"""The command ``duonen audit``: the regenerated numbers against the publication, entry by entry."""

from pathlib import Path

import click

from duonen_stats.cli.common import (
    common_options,
    cut_option,
    example,
    guarded,
    mapping_option,
)
from duonen_stats.cli.plan_options import chosen_plan, plan_options


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
