"""What every command shares: its options, errors as one clear paragraph, findings and progress on the terminal."""

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import wraps
from itertools import groupby
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
        except KeyboardInterrupt as stop:
            what = stop.args[0] if stop.args else "Nothing was written; an earlier output is as it was."
            click.echo(f"\nduonen: stopped. {visible(str(what))}", err=True)
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
    """Print findings, the gravest first, one line for those of a rule that are about one column and read the same.

    Of a rule and column with many different messages the first of each kind are shown, each with the number and the
    first of its lines. Of many lines, all of errors and as many others as fit. Each severity has a heading where there
    are several.
    """
    groups = _grouped(findings)
    errors = [group for group in groups if group[0].severity == "error"]
    others = [group for grave in ("warning", "note") for group in groups if group[0].severity == grave]
    shown = [*errors, *others[: max(0, _SHOWN_FINDINGS - len(errors))]]
    numbers = Counter(one.severity for one in findings)
    for severity, own in groupby(shown, lambda group: group[0].severity):
        if len(numbers) > 1:
            click.echo(f"\n{counted(numbers[severity], severity)}:", err=err)
        for group in own:
            click.echo(visible(_finding_line(group)), err=err)
    left = len(findings) - sum(map(len, shown))
    if left:
        click.echo(f"... and {left} more; --out FILE writes all of them.", err=err)
    if shown and not err:
        click.echo("Every line and patient is named in the file that --out FILE writes.")


_MESSAGES, _KINDS, _PLACES = 3, 12, 5
"""How many messages of one kind, kinds of one rule and column, and lines of a message are shown."""

_NUMBERS = re.compile(r"\d[\d.,:/-]*")


def _grouped(findings: Sequence[Any]) -> list[list[Any]]:
    """Put findings of one severity, rule, table and column together that read the same.

    Many that differ in their numbers are put together, too; what differs in its words is another kind.
    """
    columns: dict[tuple[Any, ...], dict[str, list[Any]]] = {}
    for one in findings:
        key = (one.severity, one.rule, one.table, one.column)
        columns.setdefault(key, {}).setdefault(one.message, []).append(one)
    groups = []
    for messages in columns.values():
        same = [*messages.values()]
        if len(same) > _MESSAGES + 1:
            kinds: dict[str, list[list[Any]]] = {}
            for group in same:
                kinds.setdefault(_NUMBERS.sub("0", group[0].message), []).append(group)
            if len(kinds) == 1:
                same = _with_rest(same, _MESSAGES)
            else:
                same = _with_rest(
                    [[one for group in kind for one in group] for kind in kinds.values()], _KINDS
                )
        groups += same
    return groups


def _with_rest(groups: list[list[Any]], shown: int) -> list[list[Any]]:
    """Keep the first groups and put the others together, unless there is only one other."""
    if len(groups) <= shown + 1:
        return groups
    return [*groups[:shown], [one for group in groups[shown:] for one in group]]


def _finding_line(group: Sequence[Any]) -> str:
    """Write findings of one rule as a line: how many, the first of their lines, and what the first one says."""
    first, number = group[0], len(group)
    lines = sorted({line for one in group for line in one.places})
    listed = ", ".join(map(str, lines[:_PLACES])) + (" ..." if len(lines) > _PLACES else "")
    place = first.table + (f" line{'s' * (len(lines) > 1)} {listed}" if lines else "")
    column = f", {first.column}" if first.column else ""
    rest = len({one.message for one in group}) - 1
    patients = len({one.subject for one in group} - {None})
    often = [f"{len(lines)} lines"] if len(lines) > _PLACES else []
    often += [f"{patients} patients"] if number > 1 and patients > 1 else []
    counts = ", ".join(often)
    which = f"the first of {rest + 1} different messages" if rest else ""
    more = f" ({'; '.join(filter(None, (counts, which)))})" if counts or which else ""
    return f"{first.severity:<8}{first.rule:<16}{place}{column}: {first.message}{more}"


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
            f"{counted(file.columns, 'column')}{_left(file)}"
        )
        for kind in filter(None, file.conversions.split("; ")):
            click.echo(f"    {kind}")


def _left(file: Any) -> str:
    """Say how many records of a file are in no table."""
    number = file.rows - file.used
    return f"; {number} set aside" if file.table and number else ""


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
        self._bar.update(self._task, completed=done, total=total, description=name)


def progress(quiet: bool) -> _Progress:
    """Report the steps of long work: ``with progress(quiet) as step: step(name, number, of)``."""
    return _Progress(quiet)
