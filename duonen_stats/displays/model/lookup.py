"""Look a number up in the results table and write it: the only way a number gets into a display."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duonen_stats.displays.model.content import Line, Number, TableContent
from duonen_stats.displays.model.format import (
    NO_BREAK,
    NOT_ESTIMABLE,
    count,
    fixed,
    p_value,
    percent,
)
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.results import ids
from duonen_stats.results.ids import Block
from duonen_stats.results.rows.table import Results


def stat_of(block: Block | str, name: str) -> str:
    """Name a statistic of a block; a declared block has no other than its own."""
    return block.stat(name) if isinstance(block, Block) else f"{block}.{name}"


class Lookup:
    """Numbers of one results table, written by kind; one that could not be estimated is a dash.

    No p-value is rounded across one of the ``levels``, those of :meth:`of_plan` wherever there is a plan.
    """

    __slots__ = ("levels", "results")

    def __init__(self, results: Results, levels: Sequence[float] = (INTERIM.alpha,)) -> None:
        self.results = results
        self.levels = tuple(levels)

    @classmethod
    def of_plan(cls, results: Results, plan: Plan) -> "Lookup":
        """Look up under the levels of a plan: of its tests, of its assumptions, and that of its intervals."""
        outside = float(1 - Decimal(repr(plan.confidence)))
        return cls(results, (plan.alpha, plan.assumption_alpha, outside))

    def listed(self, maker: Callable[..., Block], *parts: object) -> tuple[Block, ...]:
        """Return the blocks of a list of the table, in order: ``maker`` is their family, ``parts`` all but the last."""
        return ids.listed(self.results.under, maker, *parts)

    def fixed(
        self, analysis_id: str, decimals: int, *, signed: bool = False, bounds: Sequence[float] = ()
    ) -> Number:
        """Write with a fixed number of decimals, with more where it would be rounded across a bound."""
        stat = self.results.value(analysis_id)
        if stat is None:
            return Number(analysis_id, NOT_ESTIMABLE)
        return Number(analysis_id, fixed(stat, decimals, signed=signed, bounds=bounds))

    def count(self, analysis_id: str) -> Number:
        """Write as a whole number."""
        stat = self.results.value(analysis_id)
        return Number(analysis_id, NOT_ESTIMABLE if stat is None else count(stat))

    def percent(self, analysis_id: str, decimals: int = 1) -> Number:
        """Write as a percentage."""
        stat = self.results.value(analysis_id)
        return Number(analysis_id, NOT_ESTIMABLE if stat is None else percent(stat, decimals))

    def p(self, analysis_id: str) -> Number:
        """Write as a p-value."""
        stat = self.results.value(analysis_id)
        return Number(analysis_id, NOT_ESTIMABLE if stat is None else p_value(stat, self.levels))

    def p_equals(self, analysis_id: str) -> Line:
        """Write ``p = 0.043`` or ``p < 0.0001``, never broken over two lines."""
        number = self.p(analysis_id)
        if number.text[0] in "<>≥":
            return (f"p{NO_BREAK}", Number(number.id, f"{number.text[0]}{NO_BREAK}{number.text[1:]}"))
        return (f"p{NO_BREAK}={NO_BREAK}", number)

    def below(self, analysis_id: str, level: float) -> bool:
        """Return whether the number exists and is below ``level``."""
        stat = self.results.value(analysis_id)
        return stat is not None and stat < level

    def n_percent(self, block: Block | str) -> Line:
        """Write ``n (percent)`` of a counted block: 5 (31.3%); one dash where nothing could be counted."""
        if self.results.value(stat_of(block, "n")) is None:
            return (self.count(stat_of(block, "n")),)
        return (self.count(stat_of(block, "n")), " (", self.percent(stat_of(block, "pct")), ")")

    def limits(
        self, block: Block | str, decimals: int = 1, *, low: str = "ci_low", high: str = "ci_high"
    ) -> Line:
        """Write ``low–high`` of a block, or a dash."""
        if self.results.value(stat_of(block, low)) is None:
            return (self.fixed(stat_of(block, low), decimals),)
        return (self.fixed(stat_of(block, low), decimals), "–", self.fixed(stat_of(block, high), decimals))

    def n_percent_limits(self, block: Block | str) -> Line:
        """Write ``n (percent) [limits]`` of a rate: 5 (31.3%) [11.0–58.7]; without a denominator the dash alone."""
        if self.results.value(stat_of(block, "ci_low")) is None:
            return self.n_percent(block)
        return (*self.n_percent(block), " [", *self.limits(block), "]")

    def median_range(self, block: Block | str, decimals: int, *, to: str = "–") -> Line:
        """Write ``median (minimum–maximum)``; where the minimum may be negative, ``to`` is a word."""
        if self.results.value(stat_of(block, "median")) is None:
            return (self.fixed(stat_of(block, "median"), decimals),)
        median, low, high = (self.fixed(stat_of(block, stat), decimals) for stat in ("median", "min", "max"))
        return (median, " (", low, to, high, ")")

    def median_quartiles(
        self, block: Block | str, decimals: int, *, to: str = "–", signed: bool = False
    ) -> Line:
        """Write ``median (first quartile–third quartile)``."""
        if self.results.value(stat_of(block, "median")) is None:
            return (self.fixed(stat_of(block, "median"), decimals),)
        parts = [self.fixed(stat_of(block, stat), decimals, signed=signed) for stat in ("median", "q1", "q3")]
        return (parts[0], " (", parts[1], to, parts[2], ")")


def dash_reasons(content: TableContent, results: Results) -> tuple[Line, ...]:
    """Say once for each reason why a table has a dash: one footnote, or none."""
    without = [
        results.row(part.id)
        for row in content.rows
        for cell in row.cells
        for part in cell
        if isinstance(part, Number) and part.text == NOT_ESTIMABLE
    ]
    if not without:
        return ()
    kept, others = (
        dict.fromkeys(row.note.rstrip(".") for row in without if (row.note_kind == "withheld") is withheld)
        for withheld in (True, False)
    )
    notes = [f"{NOT_ESTIMABLE} not estimable: {'; '.join(others)}."] if others else []
    notes += [f"{NOT_ESTIMABLE} not shown: {'; '.join(kept)}."] if kept else []
    return ((" ".join(notes),),)


def single_patients(content: TableContent, results: Results) -> tuple[Line, ...]:
    """Say in how many cells of a table a number is that of one patient; nothing if there is none."""
    shown = {
        part.id for row in content.rows for cell in row.cells for part in cell if isinstance(part, Number)
    }
    rows = [results.row(one) for one in shown if one in results]
    alone = sum(
        row.n == 1 or (row.stat == 1 and row.stat_name in COUNTED and "patients" in row.stat_label)
        for row in rows
    )
    if not alone:
        return ()
    cells = "One number of this table describes" if alone == 1 else f"{alone} numbers of this table describe"
    return ((f"{cells} a single patient: think who may recognise the patient before it is passed on.",),)


COUNTED = frozenset({"n", "patients", "affected"})
"""Statistics that count patients, if their label says so."""


# Points of a curve from the results table, row by row.


@dataclass(frozen=True, slots=True)
class CurvePoints:
    """Times and values; limits are empty if the curve has none."""

    time: Sequence[float]
    value: Sequence[float]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


def points_of(
    look: Lookup, entries: Sequence[Block], value: str, *, time: str = "time", with_limits: bool = False
) -> CurvePoints:
    """Read the points of a list, in the order of the results table.

    Parameters
    ----------
    look
        The results table.
    entries
        The blocks of the list (``Lookup.listed``).
    value, time
        Names of the two numbers of each entry.
    with_limits
        Read ``ci_low`` and ``ci_high`` too; either may be missing.
    """
    results = look.results
    pairs = [(results.value(entry.stat(time)), results.value(entry.stat(value)), entry) for entry in entries]
    known = [(x, y, entry) for x, y, entry in pairs if x is not None and y is not None]
    low, high = (
        [results.value(entry.stat(end)) for _, _, entry in known] if with_limits else []
        for end in ("ci_low", "ci_high")
    )
    return CurvePoints([x for x, _, _ in known], [y for _, y, _ in known], low, high)
