"""The command line ``duonen``: reads arguments, prints, sets exit codes; nothing else.

Heavy imports wait inside the commands, so that ``duonen --help`` answers at once.
"""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from duonen_stats.errors import DuonenError, FaultyCutError

_P = ParamSpec("_P")
_T = TypeVar("_T")

_DATA = click.argument(
    "data", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), default=None
)
_SHOWN_FINDINGS = 40


def _example(text: str) -> str:
    return f"Example:  {text}"


def _options(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Give a command the options every command has; ``--quiet`` before a command is as good as after it."""
    quiet = click.option(
        "-q", "--quiet", is_flag=True, callback=_or_inherited, help="Print nothing but errors."
    )
    shown = click.version_option(None, "--version", package_name="duonen-stats", prog_name="duonen")
    return quiet(shown(function))


def _or_inherited(context: click.Context, _option: click.Parameter, value: bool) -> bool:
    return value or bool(context.parent and context.parent.params.get("quiet"))


def _guarded(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Turn an error of this package into one clear paragraph and exit code 1."""

    @wraps(function)
    def command(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except FaultyCutError as fault:
            _print_findings(fault.findings, err=True)
            click.echo(f"duonen: {fault}", err=True)
        except DuonenError as fault:
            click.echo(f"duonen: {fault}", err=True)
        except BrokenPipeError:
            sys.stderr.close()  # the reader has seen enough, as with | head
            sys.exit(0)
        except OSError as fault:
            where = f" ({fault.filename})" if fault.filename else ""
            click.echo(f"duonen: cannot read or write{where}: {fault.strerror or fault}.", err=True)
        sys.exit(1)

    return command


@click.group(epilog=_example("duonen report interim --out report"))
@_options
def main(quiet: bool) -> None:  # noqa: ARG001 - each command asks for it
    """Run the analyses and reports of the DUONEN trial.

    DATA is a folder with one data cut in the raw format of the data dictionary; left out, it is the simulated
    cohort shipped with the package, and everything written is marked SIMULATED.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter is no reason to stop


@main.group(epilog=_example("duonen report interim my_cut --out report"))
@_options
def report(quiet: bool) -> None:
    """Make a whole report."""


@report.command(epilog=_example("duonen report interim my_cut --out report"))
@_DATA
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("report"), show_default=True,
    help="Folder to write; an earlier report there is replaced once the new one is whole.",
)  # fmt: skip
@_options
@_guarded
def interim(data: Path | None, out: Path, quiet: bool) -> None:
    """Check a data cut, analyse it and write the interim report: HTML, PDF, tables, figures, results."""
    from duonen_stats.report.interim import write_report  # noqa: PLC0415

    with _progress(quiet) as step:
        written = write_report(data, out=out, progress=step)
    if not quiet:
        click.echo(written.summary())


@main.command(epilog=_example("duonen check my_cut --out findings.csv"))
@_DATA
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Also write the findings as CSV.",
)
@_options
@_guarded
def check(data: Path | None, out: Path | None, quiet: bool) -> None:
    """Check a data cut and list everything found; exit 1 if an error is among it."""
    from duonen_stats.report.checking import check_data, write_findings  # noqa: PLC0415

    cut, findings = check_data(data)
    if out is not None:
        write_findings(findings, out)
    if not quiet:
        _print_findings(findings, err=False)
        counts = {s: sum(f.severity == s for f in findings) for s in ("error", "warning", "note")}
        mark = " (SIMULATED)" if cut.simulated else ""
        click.echo(
            f"{cut.name}{mark}: {counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes "
            f"in {sum(file.rows for file in cut.files)} records of {len(cut.files)} files."
        )
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)


@main.command(epilog=_example("duonen build my_cut --out datasets"))
@_DATA
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write."
)
@click.option(
    "--format", "kind", type=click.Choice(["csv"]), default="csv", show_default=True, help="File format."
)
@_options
@_guarded
def build(data: Path | None, out: Path, kind: str, quiet: bool) -> None:  # noqa: ARG001 - one format so far
    """Build the analysis datasets ADSL, ADEX, ADDOS, ADLB and ADAE."""
    from duonen_stats.report.building import write_datasets  # noqa: PLC0415

    rows = write_datasets(data, out=out)
    if not quiet:
        for name, number in rows.items():
            click.echo(f"{name:<8}{number:>6} rows")
        click.echo(f"Written to {out}.")


@main.command(epilog=_example("duonen qualify my_cases.json --out qualification"))
@click.argument("cases", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=None,
    help="Also write the qualification report, HTML and PDF, into this folder.",
)  # fmt: skip
@_options
@_guarded
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


@main.command(epilog=_example("duonen doctor"))
@_options
@_guarded
def doctor(quiet: bool) -> None:
    """Tell which versions are installed, what is missing, and how to install it."""
    from duonen_stats.report.doctor import examine  # noqa: PLC0415

    found = examine()
    if not quiet:
        click.echo(found.text())
    if not found.healthy:
        sys.exit(1)


def _print_findings(findings: Sequence[Any], *, err: bool) -> None:
    """Print findings, the gravest first; of many, all errors and as many others as fit."""
    errors = [finding for finding in findings if finding.severity == "error"]
    others = [finding for finding in findings if finding.severity != "error"]
    shown = [*errors, *others[: max(0, _SHOWN_FINDINGS - len(errors))]]
    for finding in shown:
        place = finding.table + (f" line {finding.row}" if finding.row else "")
        column = f", {finding.column}" if finding.column else ""
        click.echo(f"{finding.severity:<8}{finding.rule:<16}{place}{column}: {finding.message}", err=err)
    if len(shown) < len(findings):
        click.echo(f"... and {len(findings) - len(shown)} more; --out FILE writes all of them.", err=err)
    if shown and not err:
        click.echo("Patients are named in the file that --out FILE writes.")


class _Progress:
    """Report steps: a bar on a terminal, one plain line a step elsewhere, nothing if quiet."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None

    def __enter__(self) -> Callable[[str, int, int], None]:
        return self._step

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _step(self, name: str, done: int, total: int) -> None:
        if self._quiet:
            return
        if not sys.stderr.isatty():
            click.echo(f"[{done}/{total}] {name}", err=True)
            return
        if self._bar is None:
            from rich.console import Console  # noqa: PLC0415
            from rich.progress import Progress  # noqa: PLC0415

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(name, total=total)
        self._bar.update(self._task, completed=done, description=name)


def _progress(quiet: bool) -> _Progress:
    return _Progress(quiet)
