"""The results table: one row, one unrounded number, one id."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import pandas as pd

from duonen_stats.errors import UnknownResultError


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One statistic, or the reason why there is none.

    Exactly one of the two holds: ``stat`` is a finite number, or ``note`` says why it is missing.
    The columns follow the analysis results data of R's {cards}.
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

    def __post_init__(self) -> None:
        if self.stat is None and not self.note:
            raise ValueError(f"{self.analysis_id}: no value and no reason")
        if self.stat is not None and not abs(self.stat) < float("inf"):
            raise ValueError(f"{self.analysis_id}: {self.stat} is not a finite number")


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
        """Return the table as a data frame, one row a number, columns as in :class:`ResultRow`."""
        names = [item.name for item in fields(ResultRow)]
        frame = pd.DataFrame([[getattr(row, name) for name in names] for row in self], columns=names)
        return frame.astype({"stat": "Float64", "n": "Int64"})
