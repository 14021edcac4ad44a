"""The lines of a table that name its columns: where they are, what they say, and what is known of them before."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duonen_stats.raw.intake.reshape.blocks import filled_right

SEARCHED = 20
"""Column names are looked for in so many lines from the top."""

SURE = 3
"""If the mapping file names so many columns, they alone identify the line of the names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDescription:
    """What is known of a file before it is read.

    ``encoding`` and ``separator`` (the character) are what the mapping file says, ``None`` if it says nothing;
    ``expected`` are the column names by which a header line is known, or ``named`` ones if the mapping file names
    some. ``header`` are the lines of the column names if they are stated: of several lines the first ones have the
    names of groups of columns (``EVERY_LINE``: no line has names); ``units_line`` is the line of their units,
    ``limits_line`` that of the normal ranges of the values below them.
    ``title`` identifies the line above the column names that the mapping file takes columns out of: below a further
    such line another table of the same kind begins. ``filled_down`` are the columns whose empty cells it fills
    with the value above.
    ``block`` finds the table among several on the sheet, where ``header`` and ``units_line`` count from its
    title; ``blocks`` has how all of them are found, and which names their columns have. ``optional`` says that the
    sheet may be without the table.
    """

    encoding: str | None = None
    separator: str | None = None
    expected: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    header: tuple[int, ...] = ()
    units_line: int | None = None
    limits_line: int | None = None
    title: Callable[[str], object] | None = field(default=None, compare=False)
    filled_down: frozenset[str] = field(default=frozenset(), compare=False)
    block: str | None = None
    optional: bool = field(default=False, compare=False)
    blocks: Mapping[str, "FileDescription"] = field(default_factory=dict, compare=False)

    @property
    def below_names(self) -> tuple[int, ...]:
        """Give the lines that say more of the columns than their names: of units, and of normal ranges."""
        return tuple(line for line in (self.units_line, self.limits_line) if line is not None)


def column_name(cell: str) -> str:
    """Write a column name as the dictionary has it, whatever its case and spaces were."""
    return "_".join(cell.upper().split())


def header_of(
    top: Sequence[tuple[int, Sequence[str]]], known: FileDescription
) -> tuple[int | None, tuple[str, ...], int]:
    """Find the last line of the column names among the first lines, and the names.

    Returns
    -------
    place : int or None
        Of the line, or of the one with units or normal ranges if that comes later; ``None`` if a stated line is not
        there.
    names : tuple of str
        Of several lines, the name of the group and that of the column; units in brackets behind them.
    line : int
        The last line of the names alone, or the stated line that is not there.
    """
    places = {line: place for place, (line, _) in enumerate(top)}
    lines = [*known.header] or [top[_place_of([cells for _, cells in top], known)][0]]
    wanted = [*lines, *known.below_names]
    gone = [line for line in wanted if line not in places]
    if gone:
        return None, (), gone[0]
    rows = [top[places[line]][1] for line in lines]
    groups = [filled_right(row) for row in rows[:-1]]
    width = max(map(len, rows))
    names = [
        " ".join(dict.fromkeys(filter(None, (_at(row, column) for row in (*groups, rows[-1])))))
        if _at(rows[-1], column) or any(_at(row, column) for row in rows[:-1])
        else ""
        for column in range(width)
    ]
    if known.units_line:
        units = top[places[known.units_line]][1]
        names = [
            f"{name} [{_at(units, column).strip('[]() ')}]" if name and _at(units, column) else name
            for column, name in enumerate(names)
        ]
    return max(places[line] for line in wanted), tuple(names), lines[-1]


def ranges_below(
    top: Sequence[tuple[int, Sequence[str]]], names: Sequence[str], known: FileDescription
) -> dict[str, str]:
    """Give the normal ranges below the names of columns by those names, where a line of them is stated.

    Examples
    --------
    >>> ranges_below([(1, ["ID", "HGB"]), (2, ["", "12-16"])], ["ID", "HGB"], FileDescription(limits_line=2))
    {'HGB': '12-16'}
    """
    cells = next((cells for line, cells in top if line == known.limits_line), ())
    return {column_name(name): cell for name, cell in zip(names, cells, strict=False) if name and cell}


def passed_over(top: Sequence[tuple[int, Sequence[str]]], names: int, known: FileDescription) -> list[int]:
    """List the filled lines from that of the names to the last stated one below it that are none of these."""
    between = range(names + 1, max([names, *known.below_names]))
    return [line for line, cells in top if line in between and line not in known.below_names and any(cells)]


def told_apart(names: Sequence[str], known: FileDescription) -> tuple[str, ...]:
    """Count columns of one name, ``Date (2)`` the second of them, for a mapping file that names columns.

    A name that the mapping file uses without any number stays twice, which is an error: it does not say which.
    """
    wanted = {column_name(name) for name in known.named}
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        plain = column_name(name)
        seen[plain] += 1
        numbered = f"{name} ({seen[plain]})"
        unclear = plain in wanted and column_name(f"{name} (2)") not in wanted
        out.append(numbered if name and wanted and seen[plain] > 1 and not unclear else name)
    return tuple(out)


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _place_of(top: Sequence[Sequence[str]], known: FileDescription) -> int:
    """Find the line of the column names: the first, unless most of those expected stand on another."""
    few = len(known.named) < SURE
    names = known.named | known.expected if few else known.named
    is_known = name_finder(names)
    matches = [sum(bool(cell) and is_known(cell) for cell in cells) for cells in top]
    best = max(matches)
    enough = max(1, len({*map(column_name, names)}) // 2) if few else 1
    below_title = _below_title(top, known)
    return matches.index(best) if best > max(enough, matches[below_title]) else below_title


def name_finder(names: Iterable[str]) -> Callable[[str], bool]:
    """Make the function that says whether a cell is a name of a column."""
    known = {column_name(name) for name in names}
    bare = {name.rstrip("_*") for name in known}

    def found(cell: str) -> bool:
        name = column_name(cell)
        # The unit may stand behind the name that the mapping file gives.
        return name in known or re.split(r"_?[\[(]", name)[0] in bare

    return found


def _below_title(top: Sequence[Sequence[str]], known: FileDescription) -> int:
    """Give the place of the first line that may have the column names: the one below the title, if one is stated."""
    if known.title is None:
        return 0
    titles = (place for place, cells in enumerate(top[:-1]) if known.title(" ".join(filter(None, cells))))
    return next((place + 1 for place in titles), 0)
