"""Libraries for other formats than CSV: an extra of this package, asked for when a file needs it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from duonen_stats.errors import MissingLibraryError, UnreadableFileError
from duonen_stats.raw.findings import CheckRule
from duonen_stats.raw.intake.reshape.header import FileDescription
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.questions import EXPORT_AGAIN

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


# Other people's parsers: whatever they raise becomes a finding.


UNREADABLE = CheckRule(
    "RD-UNREADABLE",
    "error",
    "A file is not of the format that its name ends on, or is damaged.",
    question=EXPORT_AGAIN,
)
LIBRARY = CheckRule(
    "RD-LIBRARY", "error", "A file needs a library that is not installed.", question=EXPORT_AGAIN
)


MOST_CELLS = 50_000_000
"""A table of more cells, the rows times the columns, is refused: a hundred times those of a large trial."""


def require_cells(rows: int, columns: int) -> None:
    """Refuse a table with too many cells, before they are made.

    Raises
    ------
    UnreadableFileError
        There are more than ``MOST_CELLS``.
    """
    if rows * columns > MOST_CELLS:
        raise UnreadableFileError(f"{rows} rows of up to {columns} columns are more than {MOST_CELLS} cells")


Parser = Callable[[bytes, str, FileDescription], Sheet]


def guarded(what: str, parse: Parser, data: bytes, table: str, stated: FileDescription | None) -> Sheet:
    """Read a file with a parser; what it raises is a finding.

    Parameters
    ----------
    what
        Name of the format.
    parse
        From bytes to a sheet, with the table's name and what is known of the file.
    data, table, stated
        What to read.
    """
    try:
        return parse(data, table, stated or FileDescription())
    except MissingLibraryError as error:
        return Sheet(findings=(LIBRARY.found(table, f"{error} Then run again."),), form={"format": what})
    except Exception as error:  # noqa: BLE001 - a parser of a damaged file raises anything
        message = f"{what} file that cannot be read: {why_unreadable(error)}. Export the table again."
        return Sheet(findings=(UNREADABLE.found(table, message),), form={"format": what})


def why_unreadable(error: Exception) -> str:
    """Say in a message why a file cannot be read; of what other people's parsers raise, what it is called."""
    if isinstance(error, UnreadableFileError):
        return str(error)
    return f"it may be damaged, cut off or of another format ({type(error).__name__})"
