"""What every command shares: its options, errors as one clear paragraph, findings and progress on the terminal."""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from duonen_stats.errors import DuonenError, FaultyCutError

_P = ParamSpec("_P")
_T = TypeVar("_T")

_SHOWN_FINDINGS = 40

mapping_option = click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
    help="How names and codes of the sources become the dictionary's; else mapping.yaml of the folder.",
)  # fmt: skip
also_option = click.option(
    "--also", type=click.Choice(["parquet", "xpt", "xpt8", "sav"]), multiple=True,
    help="Also write the datasets in this format; may be given several times.",
)  # fmt: skip


def example(text: str) -> str:
    """Write the example a command's help ends with."""
    return f"Example:  {text}"


def common_options(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Give a command the options every command has; ``--quiet`` before a command is as good as after it."""
    quiet = click.option(
        "-q", "--quiet", is_flag=True, callback=_or_inherited, help="Print nothing but errors."
    )
    shown = click.version_option(None, "--version", package_name="duonen-stats", prog_name="duonen")
    return quiet(shown(function))


def _or_inherited(context: click.Context, _option: click.Parameter, value: bool) -> bool:
    return value or bool(context.parent and context.parent.params.get("quiet"))


cut_option = click.option(
    "--cut", "cut_date", metavar="YYYY-MM-DD", default=None,
    help="Reduce the data to what was known on this day; every change is listed.",
)  # fmt: skip
"""The option of every command that reads data for an analysis."""


def guarded(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Turn an error of this package into one clear paragraph and exit code 1."""

    @wraps(function)
    def command(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except FaultyCutError as fault:
            print_findings(fault.findings, err=True)
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


def print_findings(findings: Sequence[Any], *, err: bool) -> None:
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


def print_intake(files: Sequence[Any]) -> None:
    """Print how each file was understood, if one of them is not the standard CSV file."""
    standard = all(
        file.described in {"CSV, UTF-8, comma", "CSV, UTF-8"} and not file.converted for file in files
    )
    for file in () if standard else files:
        click.echo(f"{file.shown}: {file.described}; {file.rows} records, {file.columns} columns")
        for kind in filter(None, file.conversions.split("; ")):
            click.echo(f"    {kind}")


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


def progress(quiet: bool) -> _Progress:
    """Report the steps of long work: ``with progress(quiet) as step: step(name, number, of)``."""
    return _Progress(quiet)
