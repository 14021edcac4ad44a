"""Other people's parsers: whatever they raise becomes a finding."""

from collections.abc import Callable

from duonen_stats.errors import MissingLibraryError
from duonen_stats.raw.findings import Rule
from duonen_stats.raw.intake.sheet import Sheet, Stated
from duonen_stats.raw.questions import EXPORT_AGAIN

UNREADABLE = Rule(
    "RD-UNREADABLE",
    "error",
    "A file is not of the format that its name ends on, or is damaged.",
    question=EXPORT_AGAIN,
)
LIBRARY = Rule("RD-LIBRARY", "error", "A file needs a library that is not installed.", question=EXPORT_AGAIN)


Parser = Callable[[bytes, str, Stated], Sheet]


def guarded(what: str, parse: Parser, data: bytes, table: str, stated: Stated | None) -> Sheet:
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
        return parse(data, table, stated or Stated())
    except MissingLibraryError as error:
        return Sheet(findings=(LIBRARY.found(table, f"{error} Then run again."),), form={"format": what})
    except Exception as error:  # noqa: BLE001 - a parser of a damaged file raises anything
        message = f"Not a {what} file that can be read ({type(error).__name__}); export the table again."
        return Sheet(findings=(UNREADABLE.found(table, message),), form={"format": what})
