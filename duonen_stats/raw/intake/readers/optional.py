"""Libraries for other formats than CSV: an extra of this package, asked for when a file needs it."""

from importlib import import_module
from typing import Any

from duonen_stats.errors import MissingLibraryError

INSTALL = 'pip install "duonen-stats[io]"'


def library(name: str, what: str) -> Any:
    """Import a library that is an optional part.

    Parameters
    ----------
    name
        Of the module.
    what
        What it is needed for, to begin the message with, such as ``"Excel workbooks"``.

    Raises
    ------
    MissingLibraryError
        It is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise MissingLibraryError(f"{what} need the library {package}: {INSTALL}.") from error
