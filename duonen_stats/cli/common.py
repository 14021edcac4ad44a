"""What every command shares: its options, errors as one clear paragraph, findings and progress on the terminal."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from duonen_stats.cli.settings import require_settings, settings_taken
from duonen_stats.displays.model.format import noun_of
from duonen_stats.errors import DuonenError, FaultyCutError, OptionError

_P = ParamSpec("_P")
_T = TypeVar("_T")

_SHOWN_FINDINGS = 40
_STOPPED = 130
"""Exit code of a program stopped by Ctrl-C: 128 and the number of the signal."""


def example(text: str) -> str:
    """Write the example a command's help ends with."""
    return f"Example:  {text}"


def _or_inherited(context: click.Context, _option: click.Parameter, value: bool) -> bool:
    return value or bool(context.parent and context.parent.params.get("quiet"))


QUIET = click.option("-q", "--quiet", is_flag=True, callback=_or_inherited, help="Print nothing but errors.")
VERSION = click.version_option(None, "--version", package_name="duonen-stats", prog_name="duonen")


def common_options(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Give a group of commands the options everything has; ``--quiet`` before a command is as good as after it."""
    return QUIET(VERSION(function))


def guarded(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Turn an error of this package into one clear paragraph and exit code 1."""

    @wraps(function)
    def command(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        require_settings()
        if (taken := settings_taken()) and not kwargs.get("quiet"):
            click.echo(visible(taken), err=True)
        try:
            return function(*args, **kwargs)
        except FaultyCutError as fault:
            print_findings(fault.findings, err=True)
            click.echo(f"duonen: {visible(str(fault))}", err=True)
        except OptionError as fault:
            raise click.UsageError(f"--{fault.option.replace('_', '-')}: {visible(str(fault))}") from fault
        except DuonenError as fault:
            click.echo(f"duonen: {visible(str(fault))}", err=True)
        except KeyboardInterrupt:
            click.echo("\nduonen: stopped. Nothing was written; an earlier output is as it was.", err=True)
            sys.exit(_STOPPED)
        except BrokenPipeError:
            sys.stderr.close()  # the reader has seen enough, as with | head
            sys.exit(0)
        except OSError as fault:
            where = f" ({fault.filename})" if fault.filename else ""
            click.echo(f"duonen: cannot read or write{where}: {fault.strerror or fault}.", err=True)
        sys.exit(1)

    return command


def visible(text: str) -> str:
    """Replace characters that a terminal obeys and does not show, such as those that move its cursor."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\ufffd" for character in text
    )


def print_findings(findings: Sequence[Any], *, err: bool) -> None:
    """Print findings, the gravest first; of many, all errors and as many others as fit.

    Those of several patients that have no line and read the same are one line.
    """
    alike = Counter(_without_patient(finding, place) for place, finding in enumerate(findings))
    errors = [key for key in alike if key[0].severity == "error"]
    others = [key for key in alike if key[0].severity != "error"]
    shown = [*errors, *others[: max(0, _SHOWN_FINDINGS - len(errors))]]
    for key in shown:
        patients = f" ({alike[key]} patients)" if alike[key] > 1 else ""
        click.echo(visible(_finding_line(key[0]) + patients), err=err)
    left = len(findings) - sum(alike[key] for key in shown)
    if left:
        click.echo(f"... and {left} more; --out FILE writes all of them.", err=err)
    if shown and not err:
        click.echo("Patients are named in the file that --out FILE writes.")


def _without_patient(finding: Any, place: int) -> tuple[Any, int | None]:
    """Give what is the same of findings that differ in the patient only; one with a line is like no other."""
    if finding.row is not None or finding.subject is None:
        return finding, place
    return replace(finding, subject=None, site=None), None


def _finding_line(finding: Any) -> str:
    place = finding.table + (f" line {finding.row}" if finding.row else "")
    column = f", {finding.column}" if finding.column else ""
    return f"{finding.severity:<8}{finding.rule:<16}{place}{column}: {finding.message}"


def counted(number: int, noun: str) -> str:
    """Write a number of things, such as ``"1 error"`` and ``"2 errors"``."""
    return f"{number} {noun_of(number, noun)}"


def print_intake(files: Sequence[Any]) -> None:
    """Print how each file was understood, if one of them is not the standard CSV file."""
    standard = all(
        file.described in {"CSV, UTF-8, comma", "CSV, UTF-8"} and not file.converted for file in files
    )
    for file in () if standard else files:
        click.echo(
            f"{file.shown}: {file.described}; {counted(file.rows, 'record')}, "
            f"{counted(file.columns, 'column')}"
        )
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
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(name, total=total)
        self._bar.update(self._task, completed=done, description=name)


def progress(quiet: bool) -> _Progress:
    """Report the steps of long work: ``with progress(quiet) as step: step(name, number, of)``."""
    return _Progress(quiet)
