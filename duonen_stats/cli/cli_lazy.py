"""A group of commands that is imported when it is first used, so that the others start without it."""

from importlib import import_module
from typing import Any

import click


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
