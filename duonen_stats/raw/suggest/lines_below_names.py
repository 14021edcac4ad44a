"""Lines below the names of columns that are no rows: of units, and of normal ranges."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from duonen_stats.raw.intake.reshape.header import FileDescription, column_name
from duonen_stats.raw.intake.reshape.limits import limits_of
from duonen_stats.raw.intake.reshape.limits_by_sex import proposed_sexes, ranges_by_sex
from duonen_stats.raw.intake.sheet import Sheet
from duonen_stats.raw.suggest.proposed_entry import ProposedEntry
from duonen_stats.raw.suggest.recognise import analyte_of
from duonen_stats.study import Study

_ENOUGH = 2
"""So many units or ranges below the names of analytes make a line one of units or of ranges."""


@dataclass(frozen=True, slots=True)
class LinesBelow:
    """The line of units and that of normal ranges, where there is one."""

    units: int | None = None
    limits: int | None = None

    def from_line(self, title: int) -> "LinesBelow":
        """Count from the line of a title, which is 0."""
        return LinesBelow(*(None if line is None else line - title for line in (self.units, self.limits)))

    def add_to(self, entry: ProposedEntry, sheet: Sheet) -> None:
        """Propose them in an entry of a mapping file, with the words that say for whom a range is."""
        for name, line, what in (
            ("units_line", self.units, "units"),
            ("limits_line", self.limits, "normal ranges"),
        ):
            if line is not None:
                entry.fields[name] = line
                entry.notes[name, ""] = f"{what} below the column names; confirm"
        sexes = proposed_sexes([text for texts in sheet.ranges.values() for text in texts.used()])
        if self.limits is not None and sexes and entry.table == "labs":
            entry.fields["limits_by_sex"] = sexes
            entry.notes["limits_by_sex", ""] = "for whom a range is; confirm"


NO_LINES = LinesBelow()


def read_below_names(
    sheet: Sheet, read: Callable[[FileDescription], Sheet], stated: FileDescription | None, study: Study
) -> tuple[Sheet, LinesBelow]:
    """Read a sheet again whose first rows have the units or the normal ranges of its columns.

    Parameters
    ----------
    sheet
        As it was read, these lines as rows.
    read
        Reads it as it is described.
    stated
        How it was described, if it was.
    study
        Whose analytes are looked for in the names of columns.

    Returns
    -------
    sheet
        Without these lines as rows.
    lines
        Which they are.
    """
    lines = LinesBelow()
    known = stated or FileDescription()
    while len(sheet.numbers):
        is_units, is_limits = _says(sheet, study)
        line = int(sheet.numbers[0])
        if is_units and lines.units is None:
            lines = replace(lines, units=line)
        elif is_limits and lines.limits is None:
            lines = replace(lines, limits=line)
        else:
            break
        known = replace(
            known, header=known.header or (line - 1,), units_line=lines.units, limits_line=lines.limits
        )
        sheet = read(known)
    return sheet, lines


def _says(sheet: Sheet, study: Study) -> tuple[bool, bool]:
    """Whether the first row has the units of analytes, and whether it has their normal ranges."""
    first = {name: sheet.cells[column_name(name)][0] for name in sheet.header if name}
    analytes = {name: found[0] for name in first if (found := analyte_of(name, study)) is not None}
    units = sum(
        bool(first[name] and study.analyte(code).known_factor(first[name])) for name, code in analytes.items()
    )
    numbers = any(_NUMBER.fullmatch(text) for text in first.values())
    return units >= _ENOUGH and not numbers, _are_ranges(
        {name: first[name] for name in analytes if first[name]}
    )


_NUMBER = re.compile(r"[0-9][0-9.,]*")


def _are_ranges(texts: Mapping[str, str]) -> bool:
    """Whether all texts are normal ranges, and several have both limits, as no row of results has."""
    sexes = proposed_sexes([*texts.values()])
    whole = 0
    for text in texts.values():
        parts = ranges_by_sex(text, sexes) if sexes else {"": text}
        read = [limits_of(one) for one in (parts or {}).values()]
        if not read or not all(one is not None and (one.low or one.high) for one in read):
            return False
        whole += any(one is not None and bool(one.low and one.high) for one in read)
    return whole >= _ENOUGH
