"""The command line ``duonen``: reads arguments, prints, sets exit codes; nothing else.

Heavy imports wait inside the commands, so that ``duonen --help`` answers at once.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from duonen_stats.cli.common import (
    against_option,
    allow_stage_option,
    also_option,
    common_options,
    counted,
    cut_option,
    example,
    guarded,
    mapping_option,
    print_findings,
    print_intake,
    progress,
    visible,
)
from duonen_stats.cli.data import convert, simulate
from duonen_stats.cli.plan_options import chosen_plan, plan, plan_options
from duonen_stats.cli.reports import audit, compare, final
from duonen_stats.cli.settings import read_settings, use_settings
from duonen_stats.errors import DuonenError

# A group of commands that is imported when it is first used, so that the others start without it.


class LazyGroup(click.Group):
    """Stand in for a group of commands in another module.

    Parameters
    ----------
    name
        Name on the command line.
    source
        ``"module:attribute"`` of the real group.
    short_help
        Line in the list of commands, shown without importing the module.
    """

    def __init__(self, name: str, *, source: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._source = source

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Make the context of the real group, so that its help, options and commands are the ones used."""
        return self.real().make_context(info_name, args, parent=parent, **extra)

    def real(self) -> click.Group:
        """Import and return the real group."""
        module, attribute = self._source.split(":")
        found: click.Group = getattr(import_module(module), attribute)
        return found


_DATA = click.argument("data", required=False, type=click.Path(exists=True, path_type=Path), default=None)


@click.group(epilog=example("duonen report interim --out report"))
@common_options
@click.pass_context
def main(context: click.Context, quiet: bool) -> None:  # noqa: ARG001 - each command asks for it
    """Run the analyses and reports of the DUONEN trial.

    DATA is one data cut with the raw tables of the data dictionary: a folder with one file per table (CSV, XLSX,
    SAV, XPT, SAS7BDAT, Parquet), or a workbook with one worksheet per table. If omitted, the simulated cohort
    shipped with the package is used, and everything written is marked SIMULATED.

    Options that are the same each time may be kept in duonen.toml of the working folder; duonen doctor shows them.
    """
    use_settings(context)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to stop


@main.group(epilog=example("duonen report interim my_cut --out report"))
@common_options
def report(quiet: bool) -> None:
    """Make a whole report."""


@report.command(epilog=example("duonen report interim my_cut --out report"))
@_DATA
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("report"), show_default=True,
    help="Folder to write; an earlier report there is replaced once the new one is whole.",
)  # fmt: skip
@plan_options
@mapping_option
@also_option
@cut_option
@against_option
@allow_stage_option
@common_options
@guarded
def interim(
    data: Path | None,
    out: Path,
    plan_file: Path | None,
    settings: tuple[str, ...],
    mapping: Path | None,
    also: tuple[str, ...],
    cut_date: str | None,
    against: Path | None,
    allow_stage: bool,
    quiet: bool,
) -> None:
    """Check a data cut, analyse it and write the interim report: HTML, PDF, tables, figures, results."""
    from duonen_stats.commands.make_report import write_report
    from duonen_stats.plan import INTERIM

    chosen = chosen_plan(plan_file, settings, preset=INTERIM)
    with progress(quiet) as step:
        written = write_report(
            data,
            out=out,
            plan=chosen,
            mapping=mapping,
            also=also,
            cut_date=cut_date,
            progress=step,
            against=against,
            allow_stage=allow_stage,
        )
    if not quiet:
        click.echo(written.summary())


def _findings_file(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in {".csv", ".xlsx"}:
        raise click.BadParameter(f"{path.name} must end in .csv, or in .xlsx for a query listing.")
    return path


@main.command(epilog=example("duonen check my_cut --out findings.csv"))
@_DATA
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    callback=_findings_file,
    help="Also write the findings: as CSV, or as query listing for the centres if FILE ends in .xlsx.",
)
@plan_options
@mapping_option
@cut_option
@common_options
@guarded
def check(
    data: Path | None,
    out: Path | None,
    plan_file: Path | None,
    settings: tuple[str, ...],
    mapping: Path | None,
    cut_date: str | None,
    quiet: bool,
) -> None:
    """Check a data cut and list everything found; exit 1 if an error is among it.

    Of the plan, checks read which tumour assessment is the baseline.
    """
    from duonen_stats.commands.check_data import (
        check_summary,
        plan_summary,
        require_no_source,
        write_findings,
    )
    from duonen_stats.raw.checks.check import check_data

    chosen = chosen_plan(plan_file, settings)
    cut, findings = check_data(data, mapping=mapping, cut_date=cut_date, plan=chosen)
    if out is not None:
        require_no_source(out, data, cut)
        write_findings(findings, out, cut)
    if not quiet:
        print_intake(cut.files)
        print_findings(findings, err=False)
        if departs := plan_summary(chosen):
            click.echo(f"\n{visible(departs)}")
        click.echo(f"\n{check_summary(cut, findings)}\n")
        counts = [counted(sum(f.severity == s for f in findings), s) for s in ("error", "warning", "note")]
        mark = " (SIMULATED)" if cut.simulated else ""
        click.echo(
            f"{cut.name}{mark}: {', '.join(counts)} in {counted(sum(file.rows for file in cut.files), 'record')} of "
            f"{counted(len({file.name for file in cut.files}), 'file')}."
        )
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)


@main.command(epilog=example("duonen build my_cut --out datasets"))
@_DATA
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write."
)
@click.option(
    "--format", "kind", type=click.Choice(["csv", "parquet", "xpt", "xpt8", "sav"]), default="csv",
    show_default=True, help="File format; xpt is SAS transport version 5, xpt8 version 8, sav is SPSS.",
)  # fmt: skip
@plan_options
@mapping_option
@cut_option
@common_options
@guarded
def build(
    data: Path | None,
    out: Path,
    kind: str,
    plan_file: Path | None,
    settings: tuple[str, ...],
    mapping: Path | None,
    cut_date: str | None,
    quiet: bool,
) -> None:
    """Build the analysis datasets ADSL, ADEX, ADDOS, ADLB, ADAE, ADRS and ADTTE, with their metadata (define.xml)."""
    from duonen_stats.commands.build_datasets import write_datasets

    chosen = chosen_plan(plan_file, settings)
    rows = write_datasets(data, out=out, plan=chosen, kind=kind, mapping=mapping, cut_date=cut_date)
    if not quiet:
        for name, number in rows.items():
            click.echo(f"{name:<8}{number:>6} rows")
        click.echo(f"Written to {out}.")


@main.command(epilog=example("duonen qualify my_cases.json --out qualification"))
@click.argument("cases", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=None,
    help="Also write the qualification report, HTML and PDF, into this folder.",
)  # fmt: skip
@common_options
@guarded
def qualify(cases: tuple[Path, ...], out: Path | None, quiet: bool) -> None:
    """Run reference cases through the statistical methods; exit 1 if any fails.

    CASES are JSON files of the schema in docs/qualification.md; if omitted, the cases shipped with the package are run:
    R's numbers beside R's code.
    """
    from duonen_stats.folder.provenance import QUALIFICATION
    from duonen_stats.folder.replaceable import require_apart, require_replaceable
    from duonen_stats.qualification.qualification_report import write_qualification
    from duonen_stats.qualification.run_cases import qualification_text
    from duonen_stats.qualification.run_cases import qualify as run_cases

    if out is not None:
        require_apart(out, *cases)
        require_replaceable(out.resolve(), QUALIFICATION)
    found = run_cases(cases)
    if out is not None:
        write_qualification(found, out)
    if not quiet:
        click.echo(qualification_text(found))
        if out is not None:
            click.echo(f"Written to {out}: qualification.html, qualification.pdf, qualification.csv.")
    if not found.passed:
        sys.exit(1)


@main.command(epilog=example("duonen doctor"))
@common_options
@guarded
def doctor(quiet: bool) -> None:
    """Show which versions are installed, what is missing, and how to install it."""
    from duonen_stats.commands.doctor import examine

    found = examine()
    try:
        told, sound = read_settings().text(), True
    except DuonenError as fault:
        told, sound = f"FAULT: {fault}", False
    if not quiet:
        click.echo(found.text())
        click.echo(visible(told))
    if not (found.healthy and sound):
        sys.exit(1)


main.add_command(compare)
report.add_command(final)
main.add_command(
    LazyGroup(
        "design", source="duonen_stats.cli.design:design", short_help="Plan, monitor and re-estimate a trial."
    )
)
main.add_command(plan)
main.add_command(simulate)
main.add_command(audit)
main.add_command(convert)
