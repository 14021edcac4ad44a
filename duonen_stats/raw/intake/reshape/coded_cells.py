"""Values as codes of the dictionary, and the rows of a source that are left out because they have another value."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from duonen_stats.raw.findings import Finding
from duonen_stats.raw.intake.mapping import SourceMapping
from duonen_stats.raw.intake.reshape.layout import SourceRows
from duonen_stats.raw.intake.reshape.names import CODES_IN_CASE, codes_in_case, lookup
from duonen_stats.raw.intake.reshape.unmet import NamedValues, coded_values, left_out_records
from duonen_stats.raw.intake.sheet import Converted
from duonen_stats.raw.intake.texts import Texts
from duonen_stats.study import RawColumn, RawTable


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The cells of a column with the dictionary's codes, what was converted, and the values that were named for it."""

    texts: Texts
    converted: tuple[Converted, ...]
    named: NamedValues | None


def coded_cells(
    name: str,
    texts: Texts,
    column: RawColumn | None,
    codes: Mapping[str, str | None],
    labels: Mapping[str, str],
) -> Coded:
    """Replace the values of a column by the dictionary's codes: as the mapping file says, or in another case.

    Parameters
    ----------
    name, texts
        The column of the table, and its cells.
    column
        Its description; None if the table has no such column.
    codes
        The codes by value, as the mapping file gives them; None for a value that counts as missing.
    labels
        What the source says its values mean.
    """
    find = lookup(codes)
    known = column.code_names(texts.used()) if column and codes else set()
    named = coded_values(name, codes, texts, labels, known) if codes else None
    changes = {}
    for text in texts.used():
        new = find(text) if text else None
        if new is None and text in labels:
            new = find(labels[text])
        if new is not None and new != text:
            changes[text] = new
    as_named = texts.replaced(changes)
    own = column.code_names(as_named.used()) if column else set()
    in_case = codes_in_case(as_named.used(), own)
    done = ((texts, changes, "codes of the mapping file"), (as_named, in_case, CODES_IN_CASE))
    converted = tuple(Converted(what, name, int(cells.among(new).sum())) for cells, new, what in done if new)
    return Coded(as_named.replaced(in_case), converted, named)


@dataclass(frozen=True, slots=True, eq=False)
class CodedRows:
    """The rows that are kept, and of each line that is not the reason why."""

    cells: dict[str, Texts]
    layout: SourceRows
    left_out: dict[int, str]
    findings: tuple[Finding, ...]


def rows_of_codes(
    cells: Mapping[str, Texts], layout: SourceRows, entry: SourceMapping, table: RawTable
) -> CodedRows:
    """Leave out the rows with another value than a code where the mapping file says so (``only_codes``).

    Parameters
    ----------
    cells, layout
        The cells by column of the table, and the rows they stand on.
    entry, table
        The entry of the mapping file, and the table it makes.
    """
    columns = {column.name: column for column in table.columns}
    kept = np.ones(len(layout), dtype=bool)
    why: dict[int, str] = {}
    findings: list[Finding] = []
    for name in entry.only_codes:
        if name in cells:
            column = columns[name]
            other = ~cells[name].among(column.code_names(cells[name].used()))
            named = entry.codes.get(name, ())
            findings += left_out_records(table.name, column, cells[name], other & kept, named)
            for place in np.flatnonzero(other & kept).tolist():
                shown_as = cells[name][place] or "empty"
                why.setdefault(
                    int(layout.numbers[place]), f"left out by the mapping file: {name} is {shown_as}"
                )
            kept &= ~other
    if not kept.all():
        cells, layout = {name: texts.take(kept) for name, texts in cells.items()}, layout.take(kept)
    return CodedRows({**cells}, layout, why, tuple(findings))
