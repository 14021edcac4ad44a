"""The command line ``duonen``: reads arguments, prints, sets exit codes; nothing else.

Heavy imports wait inside the commands, so that ``duonen --help`` answers at once.
"""

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from duonen_stats.cli.common import common_options, example, visible
from duonen_stats.cli.data import build, check, convert, mapping, simulate
from duonen_stats.cli.options import CommonOptions, argument, taking
from duonen_stats.cli.plan_options import plan
from duonen_stats.cli.reports import (
    audit,
    compare,
    export,
    final,
    interim,
    profiles,
    qualify,
    records,
    verify,
)
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


@click.group(epilog=example("duonen report interim --out report"))
@common_options
@click.pass_context
def main(context: click.Context, quiet: bool) -> None:  # noqa: ARG001 - each command asks for it
    """Run the analyses and reports of the DUONEN trial.

    DATA is one data cut with the raw tables of the data dictionary: a folder with one file per table (CSV, Excel,
    OpenDocument, SPSS, SAS, Parquet, Dataset-JSON), or a workbook with one worksheet per table. Other layouts, and
    ODM-XML, need a mapping file. If omitted, the simulated cohort shipped with the package is used, and everything
    written is marked SIMULATED.

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


@dataclass(frozen=True, kw_only=True)
class DoctorOptions(CommonOptions):
    """What the doctor may be shown."""

    folder: Path | None = argument(
        required=False, type=click.Path(exists=True, file_okay=False, path_type=Path), default=None
    )


@main.command(epilog=example("duonen doctor, or duonen doctor my_report"))
@taking(DoctorOptions)
def doctor(options: DoctorOptions) -> None:
    """Show which versions are installed, what is missing, and how to install it.

    With FOLDER, such as a report, name the files in it that hold something of single patients instead, before it is
    passed on. Exit 1 if there is one, or a file whose content is not known.
    """
    if options.folder is not None:
        from duonen_stats.commands.personal_files import find_personal

        personal = find_personal(options.folder)
        if not options.quiet:
            click.echo(visible(personal.text()))
        if personal.files or personal.unknown:
            sys.exit(1)
        return
    from duonen_stats.commands.doctor import examine

    found = examine()
    try:
        settings, sound = read_settings().text(), True
    except DuonenError as fault:
        settings, sound = f"FAULT: {fault}", False
    if not options.quiet:
        click.echo(found.text())
        click.echo(visible(settings))
    if not (found.healthy and sound):
        sys.exit(1)


report.add_command(interim)
report.add_command(final)
for command in (
    check,
    build,
    convert,
    simulate,
    audit,
    compare,
    export,
    profiles,
    qualify,
    records,
    verify,
    plan,
    mapping,
):
    main.add_command(command)
main.add_command(
    LazyGroup(
        "design", source="duonen_stats.cli.design:design", short_help="Plan, monitor and re-estimate a trial."
    )
)
