"""Records of the files that are in no table, and what a cut at a date removes or changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from duonen_stats.raw.intake.sheet import BLANK, RAGGED, Sheet

_REASONS = {
    RAGGED.id: "line has more or fewer cells than the header",
    BLANK.id: "line without any value",
}
NOT_READ = "could not be read"
TWO_FILES = "table has two files, and neither is read"
NO_TABLE = "in no table of the sheet that the mapping file names"
NOT_CHOSEN = "no table of the mapping file takes a value from it"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record of a file that is in no table of the cut, and why; ``row`` is its line, if it is known."""

    table: str
    row: int | None
    subject: str | None
    reason: str


def unread_records(sheet: Sheet, table: str) -> list[SetAside]:
    """List the lines of a sheet that became no row of it.

    Parameters
    ----------
    sheet
        What was read of a file: its findings name lines; ``lines`` counts also those that nobody could read.
    table
        The raw table it holds.
    """
    named = {one.row: _REASONS[one.rule] for one in sheet.findings if one.rule in _REASONS}
    others = sheet.lines - len(sheet.numbers) - len(named)
    found = [SetAside(table, line, None, reason) for line, reason in named.items()]
    return [*found, *[SetAside(table, None, None, NOT_READ)] * others]


def set_aside_frame(records: Iterable[SetAside]) -> pd.DataFrame:
    """Tabulate records set aside: ``table``, ``row`` (Int64), ``subject``, ``reason``."""
    rows = [(one.table, one.row, one.subject, one.reason) for one in records]
    frame = pd.DataFrame(rows, columns=["table", "row", "subject", "reason"], dtype=object)
    return frame.astype({"row": "Int64"})


Action = Literal["removed", "changed", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutChange:
    """A record removed, a cell changed, or a record kept for want of a date: where, from what to what, and why.

    ``old`` and ``new`` are texts as in the file, empty for an empty cell; ``column`` of a removed record is the
    one whose date decided.
    """

    table: str
    row: int
    subject: str | None
    column: str
    action: Action
    old: str
    new: str
    rule: str
