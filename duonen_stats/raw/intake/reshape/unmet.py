"""Values that a mapping file names and no row has: a slip of the pen there, or what the file does not have yet."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from duonen_stats.raw.findings import CheckRule, Finding, first_few, shown
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.reshape.layout import SourceRows
from duonen_stats.raw.intake.reshape.names import STAR, is_among, lookup, plain
from duonen_stats.raw.intake.texts import Mask, Texts
from duonen_stats.raw.questions import CONFIRM_NOT_NEEDED, EXPORT_AGAIN
from duonen_stats.study import RawColumn

NOMATCH = CheckRule(
    "RD-NOMATCH",
    "warning",
    "A value that the mapping file names is not in its column, and a similar one is; or none of those that choose rows "
    "is there.",
    question=EXPORT_AGAIN,
)
UNMET = CheckRule(
    "RD-UNMET",
    "note",
    "Values that the mapping file names are not in their column.",
    question=CONFIRM_NOT_NEEDED,
)
ONLYCODES = CheckRule(
    "RD-ONLYCODES",
    "note",
    "Records were left out because they have no code of a column, as the mapping file says.",
    question=CONFIRM_NOT_NEEDED,
)

_NEAR = 0.7
"""Texts must be so alike (ratio of difflib) before one is called a spelling of the other."""
_LISTED = 8
"""So many values are named in a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedValues:
    """Values of a column that a field of the mapping file names, held against those of one source.

    ``field`` is that of the mapping file, ``column`` the column as it is named there. ``named`` are the values of the
    field, ``unmet`` those that match nothing, ``others`` the values of the column that none of them matches.
    """

    field: str
    column: str
    named: tuple[str, ...]
    unmet: tuple[str, ...]
    others: tuple[str, ...]


def chosen_values(layout: SourceRows, entry: SourceMapping) -> list[NamedValues]:
    """Hold the values by which rows are chosen or left out, or cells taken, against a source.

    Parameters
    ----------
    layout
        All rows of the source, empty cells filled as the entry says.
    entry
        Its entry in the mapping file.

    Returns
    -------
    list of NamedValues
        One for each field and column that the source has.
    """
    choices = [("rows", entry.rows), ("left_out", entry.left_out)]
    choices += [("only", choice) for choice in entry.only.values()]
    found = []
    for field, choice in choices:
        for name, values in choice.items():
            texts = layout.column(name)
            if texts is not None:
                found.append(_held(field, name, values, _filled(texts), {}))
    return found


def coded_values(
    column: str, codes: Iterable[str], texts: Texts, labels: Mapping[str, str], own: Collection[str]
) -> NamedValues:
    """Hold the values that a mapping file gives codes for against a column, whose own codes need none."""
    known = is_among(own)
    held = _held("codes", column, [*codes], _filled(texts), labels)
    return NamedValues(
        field=held.field,
        column=held.column,
        named=held.named,
        unmet=held.unmet,
        others=tuple(text for text in held.others if not known(text)),
    )


def _filled(texts: Texts) -> list[str]:
    return [text for text in texts.used() if text]


def _held(
    field: str, column: str, values: Sequence[str], texts: Sequence[str], labels: Mapping[str, str]
) -> NamedValues:
    matches = lookup(dict.fromkeys(values, "x"))
    written = {*texts, *(labels[text] for text in texts if text in labels)}
    bare = {plain(text).casefold() for text in written}
    unmet = [
        value
        for value in values
        if value != STAR
        and not (any(map(is_among([value]), written)) if STAR in value else plain(value).casefold() in bare)
    ]
    others = [
        text
        for text in texts
        if matches(text) is None and (text not in labels or matches(labels[text]) is None)
    ]
    return NamedValues(
        field=field, column=column, named=(*values,), unmet=(*unmet,), others=(*dict.fromkeys(others),)
    )


def unmet_findings(
    held: Iterable[NamedValues], table: str, columns: Iterable[RawColumn], elsewhere: Collection[str] = ()
) -> Iterator[Finding]:
    """Report the values of one entry of a mapping file that none of its sources has.

    Parameters
    ----------
    held
        What each of its sources gave.
    table
        The table that the entry is about.
    columns
        Those of the table.
    elsewhere
        Values that other entries about the same sources name: they are no spelling of one of this entry.

    Yields
    ------
    Finding
        Of values with a similar one in the file a warning each, which names it; of the others of a column one note.
        Where no value that chooses rows is there, a warning.
    """
    by_place: dict[tuple[str, str], list[NamedValues]] = {}
    for one in held:
        by_place.setdefault((one.field, one.column), []).append(one)
    ours = {column.name for column in columns}
    for (field, name), own in by_place.items():
        everywhere = set.intersection(*({*one.unmet} for one in own))
        unmet = [value for value in own[0].unmet if value in everywhere]
        others = [
            text
            for text in dict.fromkeys(text for one in own for text in one.others)
            if plain(text).casefold() not in elsewhere
        ]
        target = name if field == "codes" and name in ours else None
        place = f"{field} of the mapping file: {name}"
        if field == "rows" and unmet and {*own[0].named} == {*unmet}:
            there = first_few([*map(shown, others)], _LISTED) or "nothing"
            wanted = " or ".join(map(shown, unmet[:_LISTED]))
            message = (
                f"{place} has no value {wanted}, so no row was chosen; it has {there}. Correct the mapping, unless the "
                "file has no such rows yet."
            )
            yield NOMATCH.found(table, message, row=1, column=target)
            continue
        near = {value: alike for value in unmet if (alike := _similar(value, others)) is not None}
        for value, alike in near.items():
            message = (
                f"{place} has no value {shown(value)}, but {shown(alike)}; correct the one in the mapping file, unless "
                "both are meant."
            )
            yield NOMATCH.found(table, message, row=1, column=target)
        rest = [value for value in unmet if value not in near]
        if rest:
            message = f"{place} has no value {first_few([*map(shown, rest)], _LISTED)}."
            yield UNMET.found(table, message, row=1, column=target)


def _similar(value: str, others: Sequence[str]) -> str | None:
    """Find the value that may be meant; one that differs in its number only, as of a cycle, is another value."""
    bare = {plain(one).casefold(): one for one in others}
    text = plain(value).casefold()
    other = [one for one in bare if _NUMBER.sub("0", one) != _NUMBER.sub("0", text)]
    alike = get_close_matches(text, other, n=1, cutoff=_NEAR)
    return bare[alike[0]] if alike else None


_NUMBER = re.compile(r"[0-9]+")


def left_out_records(
    table: str, column: RawColumn, texts: Texts, other: Mask, named: Iterable[str]
) -> list[Finding]:
    """Count the records that have no code of a column and are left out for it, and name their values.

    Parameters
    ----------
    table, column
        The column that ``only_codes`` names.
    texts, other
        Its texts, and which rows are left out.
    named
        Values that the mapping file gives codes for.

    Returns
    -------
    list of Finding
        One, or none if no row is left out.
    """
    counts = Counter(texts.take(np.flatnonzero(other)))
    if not counts:
        return []
    known = [*named, *(code.code for code in column.codes), *(code.label for code in column.codes)]
    listed = [
        f"{shown(text) if text else 'empty'} {number}{_meant(text, known)}"
        for text, number in counts.most_common()
    ]
    message = (
        f"{sum(counts.values())} records have no code of {column.name} and were left out: "
        f"{first_few(listed, _LISTED, 'values')}."
    )
    return [ONLYCODES.found(table, message, row=1, column=column.name)]


def _meant(text: str, known: Sequence[str]) -> str:
    alike = _similar(text, known) if text else None
    return "" if alike is None else f" (similar to {shown(alike)})"
