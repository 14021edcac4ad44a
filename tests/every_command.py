"""Every command of the command line, by the words it is typed with."""

from collections.abc import Iterator

import click

from duonen_stats.cli.app import LazyGroup


def commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    group = group.real() if isinstance(group, LazyGroup) else group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command
