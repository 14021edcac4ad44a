"""What is proposed for one table of a sheet: an entry of the mapping file, with what is to be confirmed."""

from dataclasses import dataclass, field

CONFIRM = "confirm"


@dataclass(kw_only=True)
class ProposedEntry:
    """What is proposed for a table of a sheet: ``fields`` of the mapping file, with notes by place in them.

    ``notes`` holds why a line is to be confirmed, by field and key (empty for a field as a whole); ``unknown`` are
    values of columns that were not recognised.
    """

    source: str
    sheet: str | None
    table: str
    fields: dict[str, object] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    unknown: dict[str, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
