"""Several tables on one sheet: where each is, and the ``block`` of a mapping file that finds it."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from duonen_stats.raw.intake.reshape.blocks import EVERY_LINE, Row, blocks_of
from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.reshape.names import fields_of, parts_by
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest.layouts import moment
from duonen_stats.raw.suggest.recognise import activity_of, dose_of, name_finder
from duonen_stats.study import Study

Read = Callable[[FileDescription], Sheet]

_TELLING = 2
"""So many known names side by side, and half of those there, make a line one of column names."""
_ABOVE = 2
"""A title stands at most so many lines above the names."""
_NO_NAME = re.compile(r"[<>=≤≥~]?\s*[-+]?[0-9][0-9.,:/ T-]*%?")
_PAGE = re.compile(r"\b(?:strona|str|page|pag|seite)\b\D{0,3}[0-9]", re.IGNORECASE)
"""The title of a page is no more than that: the table goes on."""
_LAST_NUMBER = re.compile(r"[1-9](?![0-9])(?=\D*$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedBlock:
    """A table among several: its ``pattern`` in a mapping file, and how it is read.

    ``codes`` are those of the column that is taken out of the title, by that column.
    """

    pattern: str
    stated: FileDescription
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Head:
    """A line of column names: place of the line among the rows, the columns they stand in, and the title above."""

    place: int
    start: int
    names: tuple[str, ...]
    title: str


def tables_of_sheet(read: Read, study: Study) -> list[SuggestedBlock]:
    """Find the tables of a sheet, if there are several.

    Parameters
    ----------
    read
        Reads the sheet as it is described.
    study
        Whose columns are looked for.

    Returns
    -------
    list of SuggestedBlock
        Empty if the sheet is one table, or if the tables cannot be distinguished by their titles or the names of
        their first columns.
    """
    rows = _rows(read(FileDescription(header=EVERY_LINE)))
    is_name = name_finder(study)
    heads = [*_heads(rows, is_name)]
    if len({(head.names, head.title) for head in heads}) <= 1:
        return []
    groups: dict[str, list[_Head]] = {}
    codes: dict[str, dict[str, dict[str, str]]] = {}
    for head in heads:
        pattern, own = _pattern(head)
        groups.setdefault(pattern, []).append(head)
        for column, found in own.items():
            codes.setdefault(pattern, {}).setdefault(column, {}).update(found)
    (first, *others) = groups
    if not others and not fields_of(first):
        return []  # the names of one table once more, as on each page of a print
    described = {
        pattern: FileDescription(block=pattern, expected=frozenset(filter(is_name, group[0].names)))
        for pattern, group in groups.items()
    }
    if any(len({head.names for head in group}) > 1 for group in groups.values()):
        return []
    known = {pattern: _is_among(one.expected) for pattern, one in described.items()}
    tops = {(block.pattern, block.header[-1]) for block in blocks_of(rows, known, {})}
    if tops != {(pattern, rows[head.place][0]) for pattern, group in groups.items() for head in group}:
        return []
    return [
        SuggestedBlock(pattern=pattern, stated=replace(one, blocks=described), codes=codes.get(pattern, {}))
        for pattern, one in described.items()
    ]


def _rows(lines: Sheet) -> list[Row]:
    columns = [[*texts] for texts in lines.cells.values()]
    return (
        [*zip(lines.numbers.tolist(), map(list, zip(*columns, strict=True)), strict=True)] if columns else []
    )


def _is_among(names: Collection[str]) -> Callable[[str], bool]:
    known = {column_name(name) for name in names}
    return lambda text: column_name(text) in known


def _heads(rows: Sequence[Row], is_name: Callable[[str], bool]) -> Iterator[_Head]:
    """Find the lines of column names, each for the columns that are filled side by side."""
    for place, (_, cells) in enumerate(rows):
        for start, end in _runs(cells):
            names = tuple(cells[start:end])
            if len(names) < _TELLING or any(map(_NO_NAME.fullmatch, names)):
                continue
            known = sum(map(is_name, names))
            if known >= _TELLING and 2 * known >= len(names):
                yield _Head(place, start, names, _title(rows, place, start, end))


def _runs(cells: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = None
    for column, text in enumerate([*cells, ""]):
        if text and start is None:
            start = column
        elif not text and start is not None:
            yield start, column
            start = None


def _title(rows: Sequence[Row], place: int, start: int, end: int) -> str:
    """Give the text that stands alone above names; empty if nothing does."""
    if not place or rows[place][0] - rows[place - 1][0] > _ABOVE:
        return ""
    above = [text for text in rows[place - 1][1][start:end] if text]
    is_title = len(above) == 1 and re.search(r"[^\W\d_]{2}", above[0]) and not re.search(r"[{}*]", above[0])
    return above[0] if is_title else ""


def _pattern(head: _Head) -> tuple[str, dict[str, dict[str, str]]]:
    """Write how a table is found, with the cycle or visit that its title says, and the code of that."""
    if _PAGE.search(head.title):
        return re.sub(r"[0-9]+", "*", head.title), {}
    code = moment(head.title)
    if code is None:
        return head.title or head.names[0], {}
    target = "CYCLE" if any(activity_of(name) or dose_of(name) for name in head.names) else "VISIT"
    pattern = _LAST_NUMBER.sub(f"{{{target}}}", head.title, count=1)
    taken = parts_by(pattern)(head.title) or {}
    return (pattern, {target: {taken[target]: code}}) if target in taken else (head.title, {})
