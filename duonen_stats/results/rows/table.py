"""The results table: one row, one unrounded number, one id."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from duonen_stats.errors import NotEstimable, UnknownResultError
from duonen_stats.results.ids import Block

NoteKind = Literal["", "withheld", "not_reached", "no_random_slope", "no_product"]
"""What a display has to know of a note, so that none is recognised by its words: the number could be computed and is
not shown; a curve does not come down to it; a model was fitted without random slopes; the data name no product."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One statistic, or the reason why there is none.

    Exactly one of the two holds: ``stat`` is a finite number, or ``note`` says why it is missing.
    The columns follow the analysis results data of R's {cards}. ``note_kind`` and ``shown_level`` (how a display writes
    ``variable_level``, if that holds a code) are for displays, and no columns of the results table.
    """

    analysis_id: str
    display: str
    population: str
    group1: str = ""
    group1_level: str = ""
    group2: str = ""
    group2_level: str = ""
    variable: str = ""
    variable_level: str = ""
    context: str = ""
    stat_name: str
    stat_label: str
    stat: float | None
    unit: str = ""
    n: int | None = None
    method: str = ""
    note: str = ""
    note_kind: NoteKind = ""
    shown_level: str = ""

    def __post_init__(self) -> None:
        if self.stat is None and not self.note:
            raise ValueError(f"{self.analysis_id}: no value and no reason")
        if self.stat is not None and not abs(self.stat) < float("inf"):
            raise ValueError(f"{self.analysis_id}: {self.stat} is not a finite number")

    def because(self, note: str, kind: NoteKind = "", **changes: Any) -> "ResultRow":
        """Return the row with another note; of what kind the former one was goes with it.

        Examples
        --------
        >>> row = ResultRow(analysis_id="m", display="", population="", stat_name="", stat_label="", stat=1.0)
        >>> row.because("withheld in a dry run", "withheld", stat=None).stat is None
        True
        """
        return replace(self, note=note, note_kind=kind, **changes)


RESULT_COLUMNS = tuple(
    item.name for item in fields(ResultRow) if item.name not in {"note_kind", "shown_level"}
)
"""Columns of the results table, in order."""


class Results:
    """All rows of an analysis, in the order they were computed, each found by its id."""

    __slots__ = ("_by_id", "_under")

    def __init__(self, rows: Iterable[ResultRow]) -> None:
        by_id: dict[str, ResultRow] = {}
        for row in rows:
            if row.analysis_id in by_id:
                raise ValueError(f"two results have the id {row.analysis_id}")
            by_id[row.analysis_id] = row
        self._by_id: Mapping[str, ResultRow] = MappingProxyType(by_id)
        self._under: dict[str, dict[str, None]] | None = None

    def __iter__(self) -> Iterator[ResultRow]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, analysis_id: object) -> bool:
        return analysis_id in self._by_id

    def row(self, analysis_id: str) -> ResultRow:
        """Return the row with this id; raise ``UnknownResultError`` if no analysis made it."""
        try:
            return self._by_id[analysis_id]
        except KeyError:
            raise UnknownResultError(f"No result has the id {analysis_id!r}.") from None

    def value(self, analysis_id: str) -> float | None:
        """Return the unrounded number with this id, or None if it could not be estimated."""
        return self.row(analysis_id).stat

    def under(self, text: str) -> tuple[str, ...]:
        """Return the blocks directly under a text, in order: the points of a curve, the centres with findings.

        Examples
        --------
        >>> row = ResultRow(
        ...     analysis_id="curve.step.30.time", display="", population="", stat_name="time", stat_label="", stat=1.0
        ... )
        >>> Results([row]).under("curve.step")
        ('curve.step.30',)
        """
        if self._under is None:
            self._under = {}
            for name in self._by_id:
                block = name.rpartition(".")[0]
                self._under.setdefault(block.rpartition(".")[0], {})[block] = None
        return tuple(self._under.get(text, ()))

    def frame(self) -> pd.DataFrame:
        """Return the table as a data frame, one row per number, with ``RESULT_COLUMNS``."""
        names = RESULT_COLUMNS
        frame = pd.DataFrame([[getattr(row, name) for name in names] for row in self], columns=[*names])
        return frame.astype({"stat": "Float64", "n": "Int64"})


# What a block of results is about: the columns its rows share.


STAT_LABELS = {
    "n": "Number of patients with a value",
    "mean": "Mean",
    "sd": "Standard deviation",
    "median": "Median",
    "q1": "First quartile",
    "q3": "Third quartile",
    "min": "Minimum",
    "max": "Maximum",
    "pct": "Percent",
    "p": "p-value",
    "statistic": "Test statistic",
    "df1": "Degrees of freedom",
    "df2": "Denominator degrees of freedom",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Identity of a block of results; ``row`` makes its rows, ``of`` another block."""

    id: str = ""
    display: str
    population: str
    group1: str = ""
    group1_level: str = ""
    group2: str = ""
    group2_level: str = ""
    variable: str = ""
    variable_level: str = ""
    context: str = ""
    unit: str = ""
    shown_level: str = ""

    def of(self, block: Block, **changes: Any) -> "About":
        """Return another block of results with the same identity, but for ``changes``."""
        return replace(self, id=block, **changes)

    def _named(self, stat_name: str) -> str:
        """Name a row: a block may be the id of a row itself."""
        alone = isinstance(self.id, Block) and self.id.makes == "row"
        return str(self.id) if alone else f"{self.id}.{stat_name}"

    def row(
        self,
        stat_name: str,
        stat: float | None,
        *,
        label: str | None = None,
        unit: str | None = None,
        n: int | None = None,
        method: str = "",
        note: str = "",
        kind: NoteKind = "",
    ) -> ResultRow:
        """Make one row of this block; ``stat`` None needs a ``note`` that says why."""
        return ResultRow(
            analysis_id=self._named(stat_name),
            display=self.display,
            population=self.population,
            group1=self.group1,
            group1_level=self.group1_level,
            group2=self.group2,
            group2_level=self.group2_level,
            variable=self.variable,
            variable_level=self.variable_level,
            context=self.context,
            stat_name=stat_name,
            stat_label=label or STAT_LABELS.get(stat_name, stat_name),
            stat=None if stat is None else float(stat),
            unit=self.unit if unit is None else unit,
            n=n,
            method=method,
            note=note,
            note_kind=kind,
            shown_level=self.shown_level,
        )

    def refused(
        self, verdict: NotEstimable, *stat_names: str, method: str = "", n: int | None = None
    ) -> list[ResultRow]:
        """Make one row per name that says why it could not be estimated.

        Give ``n`` where the method was given several records of a patient: its verdict counts records.
        """
        if n is None and verdict.n:
            n = verdict.n.get(
                "all", sum(verdict.n.values())
            )  # events are among all, and not counted beside them
        return [self.row(name, None, n=n, method=method, note=reason_of(verdict)) for name in stat_names]


def reason_of(verdict: NotEstimable) -> str:
    """Read the verdict as one sentence: its detail, or its code in words."""
    return verdict.detail or verdict.reason.replace("_", " ")
