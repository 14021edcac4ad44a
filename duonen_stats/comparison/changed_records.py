"""Records added, removed and changed, table by table."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from duonen_stats.comparison.changed_statistics import Tolerance
from duonen_stats.comparison.pair_records import Record, pair_records
from duonen_stats.comparison.read_output import Output, OutputSheet
from duonen_stats.datasets.metadata.variables import DATASETS, LINES, RECORD_KEYS, Tiers
from duonen_stats.study import RawTable, Study

RECORD_KINDS = ("added", "removed", "changed", "corrected")
_NUMERIC = frozenset({"integer", "number"})
Source = Literal["raw", "dataset"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that differs: what was in it and what is in it now."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """A record that was added, removed, changed or corrected. ``key`` names it as it was and may name a patient.

    A record is corrected if what identifies it differs, so that only the rest of it says which record it was: its
    visit, sequence or patient number. If nothing but a date of the key differs, it is changed. ``cells`` are those
    that differ, of a corrected record also those of its key; of a record added or removed all that are not empty.
    """

    kind: Literal["added", "removed", "changed", "corrected"]
    key: tuple[tuple[str, str], ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """A raw table or an analysis dataset in two outputs: how many records, which of them differ, which columns."""

    source: Source
    name: str
    old_records: int
    new_records: int
    records: tuple[RecordChange, ...]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]

    def count(self, kind: str) -> int:
        """Count the records of one kind of change."""
        return sum(record.kind == kind for record in self.records)

    @property
    def different(self) -> bool:
        """Whether anything differs."""
        return bool(self.records or self.columns_added or self.columns_removed)

    def columns(self) -> dict[str, int]:
        """Count the cells that differ in changed and corrected records, by column."""
        return dict(Counter(cell.column for record in self._in_both for cell in record.cells))

    def corrections(self) -> dict[tuple[Cell, ...], int]:
        """Count the corrected records by what of their key was corrected, the most frequent first."""
        counted = Counter(
            tuple(cell for cell in record.cells if cell.column in dict(record.key))
            for record in self.records
            if record.kind == "corrected"
        )
        return dict(counted.most_common())

    @property
    def _in_both(self) -> Iterator[RecordChange]:
        return (record for record in self.records if record.kind in {"changed", "corrected"})


def compare_tables(old: Output, new: Output, study: Study, tolerance: Tolerance) -> tuple[TableChange, ...]:
    """Compare the raw tables and the analysis datasets that are in both outputs, raw tables first."""
    return (*_raw(old, new, study, tolerance), *_datasets(old, new, tolerance))


def _raw(old: Output, new: Output, study: Study, tolerance: Tolerance) -> Iterator[TableChange]:
    before, after = old.raw(), new.raw()
    for table in study.tables:
        if table.name in before and table.name in after:
            numeric = frozenset(column.name for column in table.columns if column.type in _NUMERIC)
            yield compare_table(
                "raw", table.name, before[table.name], after[table.name], raw_tiers(table), numeric, tolerance
            )


def _datasets(old: Output, new: Output, tolerance: Tolerance) -> Iterator[TableChange]:
    before, after = old.datasets(), new.datasets()
    for name, tiers in RECORD_KEYS.items():
        if name in before and name in after:
            variables = DATASETS[name].variables
            numeric = frozenset(item.name for item in variables if item.kind in _NUMERIC)
            yield compare_table("dataset", name, before[name], after[name], tiers, numeric, tolerance)


def raw_tiers(table: RawTable) -> Tiers:
    """Return a raw table's key, then the key without columns that a file may lack, then without dates too."""
    optional = {column.name for column in table.columns if column.optional}
    dates = {column.name for column in table.columns if column.type == "date"}
    needed = tuple(name for name in table.key if name not in optional)
    undated = tuple(name for name in needed if name not in dates)
    return tuple(tier for tier in dict.fromkeys((table.key, needed, undated)) if tier)


def compare_table(
    source: Source,
    name: str,
    old: OutputSheet,
    new: OutputSheet,
    tiers: Tiers,
    numeric: frozenset[str],
    tolerance: Tolerance,
) -> TableChange:
    """Compare two versions of a table.

    Parameters
    ----------
    source, name
        What the table is.
    old, new
        The two versions. The line of the file a record was on is no part of the record.
    tiers
        The columns that distinguish records, as in ``pair_records``.
    numeric
        Columns compared as numbers, within ``tolerance``; all others as text.
    tolerance
        When two numbers count as the same.
    """
    pairs, removed, added = pair_records(old, new, tiers)
    key = tiers[0]
    shared = [column for column in old.columns if column in new.columns and column not in LINES]

    usable = [tier for tier in tiers if set(tier) <= set(shared)]

    def same(column: str, before: str, after: str) -> bool:
        return before == after or (column in numeric and _same_number(before, after, name, column, tolerance))

    records = [
        *(
            RecordChange(kind="removed", key=_key(record, key), cells=_cells(record, key, "old"))
            for record in removed
        ),
        *(
            RecordChange(kind="added", key=_key(record, key), cells=_cells(record, key, "new"))
            for record in added
        ),
    ]
    for before, after in pairs:
        cells = tuple(
            Cell(column, before[column], after[column])
            for column in shared
            if not same(column, before[column], after[column])
        )
        if cells:
            same_key = any(all(before[column] == after[column] for column in tier) for tier in usable)
            kind: Literal["changed", "corrected"] = "changed" if same_key else "corrected"
            records.append(RecordChange(kind=kind, key=_key(before, key), cells=cells))
    return TableChange(
        source=source,
        name=name,
        old_records=len(old.rows),
        new_records=len(new.rows),
        records=tuple(records),
        columns_added=tuple(column for column in new.columns if column not in old.columns),
        columns_removed=tuple(column for column in old.columns if column not in new.columns),
    )


def _same_number(before: str, after: str, table: str, column: str, tolerance: Tolerance) -> bool:
    try:
        old, new = float(before), float(after)
    except ValueError:  # one of them is empty
        return False
    return math.isfinite(old - new) and tolerance.same(old, new, column=column, table=table)


def _key(record: Record, columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, record[name]) for name in columns if record.get(name))


def _cells(record: Mapping[str, str], key: tuple[str, ...], side: Literal["old", "new"]) -> tuple[Cell, ...]:
    filled = [(name, text) for name, text in record.items() if text and name not in key and name not in LINES]
    return tuple(Cell(name, text, "") if side == "old" else Cell(name, "", text) for name, text in filled)
