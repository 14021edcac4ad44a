"""An entry of a mapping file as YAML text, with its comments."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from duonen_stats.raw.findings import first_few
from duonen_stats.raw.suggest.proposed_entry import ProposedEntry

_NAMED = 40
"""So many names are listed in a comment."""
_ORDER = (
    *(
        "file_name",
        "sheet_name",
        "title",
        "block",
        "units_line",
        "limits_line",
        "decimal",
        "separator",
        "carry",
        "fill_down",
        "rows",
        "filled",
        "left_out",
        "stack",
        "columns",
        "long",
        "join",
        "parts",
    ),
    *("limits", "limits_by_sex", "marks", "codes", "dates", "units", "numbered", "visit"),
)


def written_entry(entry: ProposedEntry) -> Iterator[str]:
    """Write an entry as YAML, every text in quotes, with its comments."""
    yield f"  - source: {_quoted(entry.source)}"
    if entry.sheet is not None:
        yield f"    sheet: {_quoted(entry.sheet)}"
    yield f"    table: {entry.table}"
    for name in _ORDER:
        value = entry.fields.get(name)
        if value is None or value == {}:
            continue
        if not isinstance(value, Mapping):
            yield f"    {name}: {_quoted(value)}{_note(entry, name, '')}"
            continue
        yield f"    {name}:{_note(entry, name, '')}"
        for key, inner in value.items():
            if isinstance(inner, Mapping):
                yield f"      {_quoted(key)}:{_note(entry, name, str(key))}"
                yield from (f"        {_quoted(old)}: {_quoted(new)}" for old, new in inner.items())
            else:
                yield f"      {_quoted(key)}: {_quoted(inner)}{_note(entry, name, str(key))}"
    for column, values in sorted(entry.unknown.items()):
        yield f"    {comment(f'values of {column} not placed: {listed(values)}; add them to codes')}"


def comment(text: str) -> str:
    """Write a comment of one line: what is no letter or sign, and would end the line or the file, is a space."""
    return f"# {' '.join(_UNPRINTABLE.sub(' ', text).split())}"


_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa1-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")
"""Characters that YAML does not take as they are, or takes for the end of a line or a file."""


def _quoted(value: object) -> str:
    """Write a value as JSON, which is YAML, with other characters as their numbers."""
    return _UNPRINTABLE.sub(lambda one: f"\\u{ord(one[0]):04x}", json.dumps(value, ensure_ascii=False))


def _note(entry: ProposedEntry, name: str, key: str) -> str:
    note = entry.notes.get((name, key))
    return f"  # {note}" if note else ""


def listed(names: Sequence[str]) -> str:
    """List names for a comment, each on one line, the first of them if there are many."""
    return first_few([" ".join(name.split()) for name in names], _NAMED)
