"""The command line ``duonen``: reads arguments, prints, sets exit codes; nothing else.

Heavy imports wait inside the commands, so that ``duonen --help`` answers at once.
"""

import sys
from pathlib import Path

import click

from duonen_stats.cli_common import common_options, example, guarded, print_findings, progress
from duonen_stats.cli_compare import compare
from duonen_stats.cli_final import final
from duonen_stats.cli_lazy import LazyGroup

_DATA = click.argument(
    "data", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), default=None
)


@click.group(epilog=example("duonen report interim --out report"))
@common_options
def main(quiet: bool) -> None:  # noqa: ARG001 - each command asks for it
    """Run the analyses and reports of the DUONEN trial.

    DATA is a folder with one data cut in the raw format of the data dictionary; left out, it is the simulated
    cohort shipped with the package, and everything written is marked SIMULATED.
    """
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
@click.option(
    "--against", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None,
    help="Folder of an earlier report: numbers that changed are marked, and a section says what changed.",
)  # fmt: skip
@common_options
@guarded
def interim(data: Path | None, out: Path, against: Path | None, quiet: bool) -> None:
    """Check a data cut, analyse it and write the interim report: HTML, PDF, tables, figures, results."""
    from duonen_stats.report.interim import write_report  # noqa: PLC0415

    with progress(quiet) as step:
        written = write_report(data, out=out, progress=step, against=against)
    if not quiet:
        click.echo(written.summary())


@main.command(epilog=example("duonen check my_cut --out findings.csv"))
@_DATA
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Also write the findings as CSV.",
)
@common_options
@guarded
def check(data: Path | None, out: Path | None, quiet: bool) -> None:
    """Check a data cut and list everything found; exit 1 if an error is among it."""
    from duonen_stats.report.checking import check_data, write_findings  # noqa: PLC0415

    cut, findings = check_data(data)
    if out is not None:
        write_findings(findings, out)
    if not quiet:
        print_findings(findings, err=False)
        counts = {s: sum(f.severity == s for f in findings) for s in ("error", "warning", "note")}
        mark = " (SIMULATED)" if cut.simulated else ""
        click.echo(
            f"{cut.name}{mark}: {counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes "
            f"in {sum(file.rows for file in cut.files)} records of {len(cut.files)} files."
        )
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)


@main.command(epilog=example("duonen build my_cut --out datasets"))
@_DATA
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write."
)
@click.option(
    "--format", "kind", type=click.Choice(["csv"]), default="csv", show_default=True, help="File format."
)
@common_options
@guarded
def build(data: Path | None, out: Path, kind: str, quiet: bool) -> None:  # noqa: ARG001 - one format so far
    """Build the analysis datasets ADSL, ADEX, ADDOS, ADLB and ADAE."""
    from duonen_stats.report.building import write_datasets  # noqa: PLC0415

    rows = write_datasets(data, out=out)
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

    CASES are JSON files of the schema in docs/qualification.md; left out, the cases shipped with the package are run:
    R's numbers beside R's code.
    """
    from duonen_stats.report.qualification import qualification_text  # noqa: PLC0415
    from duonen_stats.report.qualification import qualify as run_cases  # noqa: PLC0415
    from duonen_stats.report.qualification_files import write_qualification  # noqa: PLC0415

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
    """Tell which versions are installed, what is missing, and how to install it."""
    from duonen_stats.report.doctor import examine  # noqa: PLC0415

    found = examine()
    if not quiet:
        click.echo(found.text())
    if not found.healthy:
        sys.exit(1)


main.add_command(compare)
report.add_command(final)
main.add_command(
    LazyGroup(
        "design", source="duonen_stats.cli_design:design", short_help="Plan, monitor and re-estimate a trial."
    )
)
