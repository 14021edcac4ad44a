"""What a block of results is about: the columns its rows share."""

from dataclasses import dataclass, replace
from typing import Any

from duonen_stats.errors import NotEstimable
from duonen_stats.results.ids import Block
from duonen_stats.results.rows.table import ResultRow

STAT_LABELS = {
    "n": "Number of patients with a value",
    "n_missing": "Number of patients of the population without a value",
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
        )

    def refused(self, verdict: NotEstimable, *stat_names: str, method: str = "") -> list[ResultRow]:
        """Make one row per name that says why it could not be estimated."""
        known = sum(verdict.n.values()) if verdict.n else None
        return [self.row(name, None, n=known, method=method, note=reason_of(verdict)) for name in stat_names]


def reason_of(verdict: NotEstimable) -> str:
    """Read the verdict as one sentence: its detail, or its code in words."""
    return verdict.detail or verdict.reason.replace("_", " ")
