"""An answer to a planning question: facts and a table for reading, the results themselves for a program."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from duonen_stats.design import Rate, SurvivalAssumptions
from duonen_stats.displays.content import Column, TableContent, TableRow
from duonen_stats.displays.format import NOT_ESTIMABLE, fixed, percent

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command of ``duonen design`` has to say.

    Attributes
    ----------
    question
        Name of the command.
    title
        One line.
    assumed, facts
        Label and value, as shown.
    tables
        Tables as shown.
    notes
        What a reader has to know to judge the numbers.
    data
        Results under the names of their fields, unrounded.
    """

    question: str
    title: str
    assumed: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[TableContent, ...] = ()
    notes: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)


def number(value: float | None, decimals: int) -> str:
    """Write a number; a dash if there is none, a sign for what is without end."""
    if value is None:
        return NOT_ESTIMABLE
    if not isfinite(value):
        return "∞" if value > 0 else f"{fixed(-1, 0)[0]}∞"
    return fixed(value, decimals)


def share(value: float | None, decimals: int = 1) -> str:
    """Write a fraction of 1 as a percentage."""
    return NOT_ESTIMABLE if value is None else percent(100 * value, decimals)


def months(value: float | None) -> str:
    """Write months."""
    return NOT_ESTIMABLE if value is None else f"{number(value, 1)} months"


def simulated(rate: Rate, decimals: int = 2) -> str:
    """Write a simulated share with its Monte-Carlo standard error."""
    return f"{share(rate.value, decimals)} (SE {fixed(100 * rate.mc_error, decimals)})"


def plain_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> TableContent:
    """Make a table of text, its first column set left and the others right."""
    columns = tuple(
        Column(header=head, align="right" if place else "left") for place, head in enumerate(heads)
    )
    return TableContent(
        columns=columns, rows=tuple(TableRow(cells=tuple((cell,) for cell in row)) for row in rows)
    )


def assumed(assumptions: SurvivalAssumptions) -> tuple[Fact, ...]:
    """Say what is assumed, with units."""
    starts = assumptions.hazard_starts_months
    facts = [
        ("Control arm", _hazards(assumptions.control.rates_per_month, starts)),
        ("Experimental arm", _hazards(assumptions.experimental.rates_per_month, starts)),
        ("Allocation", f"{_short(assumptions.allocation_ratio)} experimental : 1 control"),
        ("Accrual", f"even over {months(assumptions.entry.duration_months)}"),
    ]
    if assumptions.total_months is not None or assumptions.followup_months is not None:
        facts.append(("Analysis", f"at {months(assumptions.analysis_months)} after the trial opens"))
    if assumptions.max_followup_months is not None:
        facts.append(("Longest follow-up", months(assumptions.max_followup_months)))
    if assumptions.dropout_hazard_per_month:
        facts.append(("Dropout", f"hazard {fixed(assumptions.dropout_hazard_per_month, 5)} per month"))
    return tuple(facts)


def _hazards(rates: Sequence[float], starts: Sequence[float]) -> str:
    pieces = [
        f"{fixed(rate, 5)}{f' from month {_short(start)}' if len(rates) > 1 else ''}"
        for rate, start in zip(rates, starts, strict=True)
    ]
    return f"hazard {', '.join(pieces)} per month"


def _short(value: float) -> str:
    """Write a number someone gave, without needless zeros."""
    return f"{value:g}"


def level_facts(alpha: float, sides: int, *, far_tail: bool = False) -> tuple[Fact, ...]:
    """Say which test it is."""
    kind = "one-sided" if sides == 1 else "two-sided"
    tail = ", rejections in the wrong direction counted" if far_tail else ""
    return (("Test", f"log-rank, {kind} level {share(alpha)}{tail}"),)
