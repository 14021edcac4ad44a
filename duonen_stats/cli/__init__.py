"""Words typed at the terminal: the commands of ``duonen``, their options and their help."""

from duonen_stats.cli.app import main

__all__ = ["main"]
