"""Statistics that differ between two results tables: unrounded, by the id of their row."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from duonen_stats.comparison.read_output import RESULTS, Output
from duonen_stats.errors import DuonenError

# When two numbers count as the same.


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far two numbers may be apart and still count as the same.

    ``relative`` is a share of the larger of the two, so that the last bits of a computation are no difference;
    numbers closer than ``smallest`` are the same in any case. ``columns`` are tolerances of single columns in
    the column's own unit, under ``DATASET.COLUMN`` or ``COLUMN``; they are in place of the relative one.
    Text and dates are always compared exactly.
    """

    relative: float = 1e-9
    smallest: float = 1e-12
    columns: Mapping[str, float] = field(default_factory=dict)

    def same(self, old: float, new: float, *, column: str = "", table: str = "") -> bool:
        """Return whether two numbers of a column, or two statistics, count as the same."""
        allowed = self.columns.get(f"{table}.{column}".upper(), self.columns.get(column.upper()))
        if allowed is not None:
            # What the two decimal numbers differ by, without the last bit of their difference.
            return abs(old - new) <= allowed or math.isclose(abs(old - new), allowed, rel_tol=1e-9)
        return math.isclose(old, new, rel_tol=self.relative, abs_tol=self.smallest)


def read_tolerance(texts: Iterable[str]) -> Tolerance:
    """Read tolerances as given on the command line: ``1e-6`` (relative, for all), ``ADLB.CHG=0.05`` (one column).

    Raises ``DuonenError`` if one is not a number of 0 or more, or if there are two for the same numbers.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not 0 <= value < math.inf:
            raise DuonenError(
                f"{text!r} is no tolerance. Give a number, such as 1e-6, or a column and its number, such as "
                "ADLB.CHG=0.05."
            )
        column = name.strip().upper()
        if column in found:
            raise DuonenError(
                f"{text!r}: a tolerance {f'of {column}' if column else 'for all'} is given already."
            )
        found[column] = value
    relative = found.pop("", Tolerance().relative)
    return Tolerance(relative=relative, columns=MappingProxyType(found))


Kind = Literal[
    "changed", "appeared", "disappeared", "became estimable", "became not estimable", "described otherwise"
]

KINDS: tuple[Kind, ...] = (
    "changed",
    "appeared",
    "disappeared",
    "became estimable",
    "became not estimable",
    "described otherwise",
)

_VALUE = frozenset({"analysis_id", "stat"})
"""Columns that are not a description: any other that differs beside the same number is a change of its own kind."""

_LATER = frozenset({"dataset", "filter"})
"""Columns that earlier versions did not write: where one of the two has none, that is no change."""

_NAMED = ("variable", "variable_level", "group1_level", "group2_level", "context")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticChange:
    """A row of the results table that differs.

    ``old`` and ``new`` are unrounded, None where there is no number; ``difference`` is new less old.
    ``described`` are the other columns that differ, each with its old and new text.
    """

    analysis_id: str
    kind: Kind
    label: str
    unit: str
    old: float | None
    new: float | None
    described: tuple[tuple[str, str, str], ...] = ()

    @property
    def difference(self) -> float | None:
        """New less old; None unless both are there."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def relative(self) -> float:
        """Size of the difference as a share of the larger of the two; 0 where there is none."""
        if self.old is None or self.new is None or self.old == self.new:
            return 0.0
        return abs(self.new - self.old) / max(abs(self.new), abs(self.old))


def compare_statistics(old: Output, new: Output, tolerance: Tolerance) -> tuple[StatisticChange, ...]:
    """Compare two results tables row by row; in the order of the new one, what disappeared last.

    Returns nothing if one of the outputs has no results table.
    """
    before, after = _rows(old), _rows(new)
    if before is None or after is None:
        return ()
    return tuple(_changes(before, after, tolerance))


def statistics_count(output: Output) -> int:
    """Count the rows of the results table."""
    return len(_rows(output) or {})


def _rows(output: Output) -> dict[str, dict[str, str]] | None:
    sheet = output.sheet(RESULTS, "analysis_id", "stat")
    if sheet is None:
        return None
    found: dict[str, dict[str, str]] = {}
    for row in sheet.records():
        if row["analysis_id"] in found:
            raise DuonenError(
                f"{RESULTS} of {output.name} has two rows {row['analysis_id']}, and its numbers cannot be paired. "
                "Make the report again."
            )
        found[row["analysis_id"]] = row
    return found


def _changes(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]], tolerance: Tolerance
) -> Iterator[StatisticChange]:
    for key, row in after.items():
        if key not in before:
            yield _change("appeared", row, None, _number(row))
            continue
        old, new = _number(before[key]), _number(row)
        kind: Kind | None = None
        if (old is None) != (new is None):
            kind = "became estimable" if old is None else "became not estimable"
        elif (
            old is not None
            and new is not None
            and not tolerance.same(old, new, table="RESULTS", column="STAT")
        ):
            kind = "changed"
        described = tuple(
            (name, before[key].get(name, ""), row.get(name, ""))
            for name in dict.fromkeys((*before[key], *row))
            if name not in _VALUE
            and before[key].get(name, "") != row.get(name, "")
            and (name not in _LATER or (name in before[key] and name in row))
        )
        if kind is not None or described:
            yield _change(kind or "described otherwise", row, old, new, described)
    for key, row in before.items():
        if key not in after:
            yield _change("disappeared", row, _number(row), None)


def _change(
    kind: Kind,
    row: dict[str, str],
    old: float | None,
    new: float | None,
    described: tuple[tuple[str, str, str], ...] = (),
) -> StatisticChange:
    about = ", ".join(row[name] for name in _NAMED if row.get(name))
    label = row.get("stat_label") or row.get("stat_name", "")
    return StatisticChange(
        analysis_id=row["analysis_id"],
        kind=kind,
        label=f"{about}: {label}" if about else label,
        unit=row.get("unit", ""),
        old=old,
        new=new,
        described=described,
    )


def _number(row: dict[str, str]) -> float | None:
    try:
        return float(row["stat"]) if row["stat"] else None
    except ValueError as error:
        raise DuonenError(f"The statistic {row['analysis_id']} is no number in a {RESULTS}.") from error
