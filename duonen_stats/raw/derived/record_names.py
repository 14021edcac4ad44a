"""Which record a finding is about, in words that a centre knows: the visit, cycle or number, and the date.

A line is one of an exported file, which a centre does not have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from duonen_stats.raw.cut import Cut
from duonen_stats.raw.findings import Finding
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.study import RawColumn, RawTable, Study

_PATIENT = "SUBJID"
_MOST = 3


def record_names(findings: Iterable[Finding], cut: Cut, study: Study) -> list[str]:
    """Name the record of each finding by the key and the date of its table.

    Parameters
    ----------
    findings
        Findings on the cut, with the lines of its files.
    cut
        The cut they are of. Of a blinded view only what it holds is named, and a finding without a line has no record.
    study
        The study it belongs to: of the dates of a table that are not in its key, the first is named.

    Returns
    -------
    list of str
        One text per finding, empty if it is about no record that was read. The patient is not in it. Of several
        records the first three are named; those of one sample or cycle are named by it, once.

    Examples
    --------
    >>> from duonen_stats import load_study, read_cut
    >>> study = load_study()
    >>> cut = read_cut(study)
    >>> line = cut.tables["labs"]["_ROW"].iloc[0]
    >>> found = Finding(severity="note", rule="LAB-JUMP", table="labs", row=line, message="odd")
    >>> record_names([found], cut, study)
    ['T1, 2022-01-17, HGB']
    """
    named = [*findings]
    known = {table.name: table for table in study.tables}
    tables = {
        name: _Records.of(cut.tables[name], known[name])
        for name in dict.fromkeys(one.table for one in named if one.places)
        if name in known and name in cut.tables
    }
    return [tables[one.table].named(one) if one.table in tables else "" for one in named]


@dataclass(frozen=True, slots=True, eq=False)
class _Records:
    """The records of a table, and the places of those of each line: a wide line has several."""

    frame: pd.DataFrame
    table: RawTable
    places: dict[int, list[int]]

    @classmethod
    def of(cls, frame: pd.DataFrame, table: RawTable) -> "_Records":
        places: dict[int, list[int]] = {}
        for place, line in enumerate(frame[ROW].tolist()):
            places.setdefault(line, []).append(place)
        return cls(frame, table, places)

    def named(self, finding: Finding) -> str:
        """Name the records of a finding."""
        rows = self.frame.iloc[[place for line in finding.places for place in self.places.get(line, ())]]
        if finding.subject is not None and _PATIENT in rows.columns:
            # Tables of several files have several records on a line of this number.
            own = rows[rows[_PATIENT] == finding.subject]
            rows = rows if own.empty else own
        outer, inner = _columns(self.table)
        names = self._names(rows, [*outer, *inner])
        if len(names) > 1:
            names = self._names(rows, outer)
        more = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
        return "; ".join([*names[:_MOST], *more])

    def _names(self, rows: pd.DataFrame, columns: Sequence[RawColumn]) -> list[str]:
        alone = len(columns) == 1 and columns[0].name not in self.table.key
        texts = (
            ", ".join(filter(None, (_part(row, column, labelled=alone) for column in columns)))
            for row in rows.to_dict("records")
        )
        return [text for text in dict.fromkeys(texts) if text]


def _columns(table: RawTable) -> tuple[list[RawColumn], list[RawColumn]]:
    """List the columns that name a sample, cycle or event, and those that name one record of it."""
    times = {column.time for column in table.columns if column.time}
    key = [table.column(name) for name in table.key if name != _PATIENT and name not in times]
    dates = [column for column in (*key, *table.columns) if column.type == "date"][:1]
    others = [column for column in key if column not in dates]
    return [*others[:1], *dates], others[1:]


def _part(row: dict[Any, Any], column: RawColumn, *, labelled: bool) -> str:
    """Write a cell, a number or a lone date after the name of its column."""
    known = row.get(column.partial) if column.partial else None
    value = row.get(column.name) if known is None or pd.isna(known) else known
    if value is None or pd.isna(value):
        return ""
    number = column.type in {"integer", "number"}
    if isinstance(value, pd.Timestamp):
        time = row.get(column.time) if column.time else None
        text = f"{value:%Y-%m-%d}" + ("" if time is None or pd.isna(time) else f" {time}")
    else:
        text = str(value).removesuffix(".0") if number else str(value)
    return f"{column.name} {text}" if labelled or number else text
