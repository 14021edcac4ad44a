"""An answer to a planning question: one object from which text, JSON, report and results table are made.

Every number of an answer is named once, by its path in ``data``. What is shown looks it up there, so the text, the
JSON, the report and the results table cannot say different things.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any, Literal

from duonen_stats.design import SurvivalAssumptions
from duonen_stats.design.reestimation.blinded_data import date_after
from duonen_stats.design.reestimation.trial_under_way import Interval
from duonen_stats.displays.model.content import (
    Column,
    FigureContent,
    Line,
    Number,
    TableContent,
    TableRow,
    plain,
)
from duonen_stats.displays.model.format import (
    MINUS,
    NOT_ESTIMABLE,
    count,
    fixed,
    p_value,
    percent,
    significant,
)
from duonen_stats.document.content_model import Sliders
from duonen_stats.results import ids
from duonen_stats.results.rows.table import About, ResultRow, Results

Kind = Literal["number", "short", "share", "points", "count", "p", "date"]

_RATE_DECIMALS = 5
_SMALLEST_RATE = 10.0**-_RATE_DECIMALS
_UNLIMITED = "without end"
_NOT_REACHED = "not reached, or not defined for this design"


@dataclass(frozen=True, slots=True)
class Value:
    """A number of an answer: where it is in the data, and how it is written.

    ``kind`` is ``"share"`` (a fraction of 1, shown as a percentage), ``"points"`` (a fraction of 1, shown in
    percentage points), ``"number"``, ``"short"`` (without needless zeros), ``"count"``, ``"p"`` or ``"date"``.
    ``reason`` says why there may be none.
    """

    path: str
    kind: Kind = "number"
    decimals: int = 1
    unit: str = ""
    label: str = ""
    reason: str = ""


Part = str | Value
Parts = str | Value | tuple[Part, ...]
"""Words and numbers in reading order."""
Fact = tuple[str, Parts]
"""A label and what is said of it."""


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """A table of an answer: headings, and rows of cells; the first cell of a row says what the row is about."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Parts, ...], ...]
    key: str = "table"
    title: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFigure:
    """A figure of an answer, for its report."""

    key: str
    title: str
    content: FigureContent


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
        Label and what is said.
    tables, figures, sliders
        As shown; figures appear in reports only, and sliders in their HTML only.
    notes
        What a reader has to know to judge the numbers.
    data
        Results under the names of their fields, unrounded.
    population
        Whom the numbers are about.
    blinded
        Whether it was made without knowledge of the arms; None if there are no data.
    sources
        Name of every file that was read, and one SHA-256 of all together.
    """

    question: str
    title: str
    assumed: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[AnswerTable, ...] = ()
    figures: tuple[AnswerFigure, ...] = ()
    sliders: Sliders | None = None
    notes: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    population: str = "Planning assumptions; no data of patients"
    blinded: bool | None = None
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def said(self) -> dict[str, str]:
        """What is said, by label, as text."""
        return {label: plain(self.line(parts)) for label, parts in (*self.assumed, *self.facts)}

    def line(self, parts: Parts) -> Line:
        """Write words and numbers, each number with the id of its row in the results table."""
        pieces = parts if isinstance(parts, tuple) else (parts,)
        return tuple(self._written(piece) for piece in pieces)

    def content(self, table: AnswerTable) -> TableContent:
        """Set a table: its first column left, the others right."""
        columns = tuple(
            Column(header=head, align="right" if place else "left") for place, head in enumerate(table.heads)
        )
        rows = tuple(TableRow(cells=tuple(self.line(cell) for cell in row)) for row in table.rows)
        return TableContent(columns=columns, rows=rows)

    def results(self) -> Results:
        """Give every number shown as a row of a results table, unrounded, once."""
        rows: dict[str, ResultRow] = {}
        for value, label, context in self._shown():
            if value.kind != "date":
                row = self._row(value, label, context)
                rows.setdefault(row.analysis_id, row)
        return Results(rows.values())

    def _shown(self) -> Iterator[tuple[Value, str, str]]:
        for label, parts in (*self.assumed, *self.facts):
            for value in _values(parts):
                yield value, value.label or label, ""
        for table in self.tables:
            for row in table.rows:
                context = plain(self.line(row[0]))
                for head, cell in zip(table.heads, row, strict=True):
                    for value in _values(cell):
                        yield value, value.label or head, f"{table.heads[0]}: {context}"

    def _row(self, value: Value, label: str, context: str) -> ResultRow:
        found = at_path(self.data, value.path)
        stem, _, name = self.number_id(value.path).rpartition(".")
        missing = value.reason or _NOT_REACHED
        if isinstance(found, float) and not isfinite(found):
            found, missing = None, _UNLIMITED
        about = About(id=stem, display=self.question, population=self.population, context=context)
        return about.row(
            name, found, label=label, unit=_unit(value), note="" if found is not None else missing
        )

    def number_id(self, path: str) -> str:
        """Give the id under which the results table has the number at a path of the data."""
        return ids.answer_value(self.question.replace("-", "_"), path)

    @property
    def _levels(self) -> tuple[float, ...]:
        """Levels that a p-value of the answer may be compared with: those of its plans, and half of each."""
        found = [getattr(item, "alpha", None) for item in self.data.values()]
        return tuple(level for alpha in found if isinstance(alpha, float) for level in (alpha, alpha / 2))

    def _written(self, piece: Part) -> str | Number:
        if isinstance(piece, str):
            return piece
        text = written(at_path(self.data, piece.path), piece, self._levels)
        return text if piece.kind == "date" else Number(self.number_id(piece.path), text)


def at_path(data: object, path: str) -> Any:
    """Look a value up by the names of fields, keys and places: ``"result.power"``, ``"expected.3.total"``.

    Raises
    ------
    KeyError
        There is nothing at this path.
    """
    found: Any = data
    for name in path.split("."):
        if isinstance(found, Mapping):
            found = found[name] if name in found else found[_key_of(found, name)]
        elif isinstance(found, Sequence) and not isinstance(found, str):
            found = found[int(name)]
        elif hasattr(found, name):
            found = getattr(found, name)
        else:
            raise KeyError(path)
    return found


def _key_of(found: Mapping[Any, Any], name: str) -> object:
    return next((key for key in found if str(key).replace(".", "_") == name), name)


def written(found: Any, value: Value, levels: Sequence[float] = ()) -> str:
    """Write a value in its kind; a dash if there is none. No p-value is rounded across one of the ``levels``."""
    if found is None:
        return NOT_ESTIMABLE
    return p_value(found, levels) if value.kind == "p" else _WRITERS[value.kind](found, value.decimals)


def _unit(value: Value) -> str:
    return value.unit or {"share": "fraction of 1", "points": "fraction of 1"}.get(value.kind, "")


def _values(parts: Parts) -> Iterator[Value]:
    for part in parts if isinstance(parts, tuple) else (parts,):
        if isinstance(part, Value):
            yield part


def number(value: float | None, decimals: int) -> str:
    """Write a number; a dash if there is none, a sign for what is without end."""
    if value is None:
        return NOT_ESTIMABLE
    if not isfinite(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return fixed(value, decimals)


def share(value: float | None, decimals: int = 1) -> str:
    """Write a fraction of 1 as a percentage: 0% and 100% only if it is exactly that, so that 100.0% never appears.

    Examples
    --------
    >>> share(0.25), share(1.0), share(0.9999), share(0.0001)
    ('25.0%', '100%', '>99.9%', '<0.1%')
    """
    if value is None:
        return NOT_ESTIMABLE
    step = 10.0**-decimals
    if 0 < value < 1 and fixed(100 * value, decimals) == fixed(0, decimals):
        return f"<{fixed(step, decimals)}%"
    if 0 < value < 1 and fixed(100 * value, decimals) == fixed(100, decimals):
        return f">{fixed(100 - step, decimals)}%"
    return percent(100 * value, decimals)


def stated(value: float) -> str:
    """Write a fraction of 1 that someone stated as a percentage, without needless zeros."""
    return f"{significant(100 * value, 6)}%"


def months(value: float | None) -> str:
    """Write months."""
    return NOT_ESTIMABLE if value is None else f"{number(value, 1)} months"


_WRITERS: Mapping[Kind, Callable[[Any, int], str]] = {
    "number": number,
    "short": lambda found, _: f"{found:g}".replace("-", MINUS),
    "share": share,
    "points": lambda found, decimals: fixed(100 * found, decimals),
    "count": lambda found, _: count(found),
    "date": lambda found, _: found.isoformat() if isinstance(found, date) else str(found),
}


def share_at(path: str, decimals: int = 1, **more: str) -> Value:
    """Show a fraction of 1 as a percentage."""
    return Value(path, "share", decimals, **more)


def points_at(path: str, decimals: int = 1, **more: str) -> Value:
    """Show a fraction of 1 in percentage points, without a sign."""
    return Value(path, "points", decimals, **more)


def number_at(path: str, decimals: int = 1, unit: str = "", **more: str) -> Value:
    """Show a number with decimals."""
    return Value(path, "number", decimals, unit, **more)


def short_at(path: str, unit: str = "", **more: str) -> Value:
    """Show a number that someone stated, without needless zeros."""
    return Value(path, "short", 0, unit, **more)


def count_at(path: str, unit: str = "", **more: str) -> Value:
    """Show a whole number."""
    return Value(path, "count", 0, unit, **more)


def months_at(path: str, **more: str) -> Value:
    """Show months with one decimal."""
    return Value(path, "number", 1, "months", **more)


def p_at(path: str, **more: str) -> Value:
    """Show a p-value."""
    return Value(path, "p", 0, **more)


def rate_at(path: str, decimals: int = 2) -> tuple[Value, str, Value, str]:
    """Show a simulated share with its Monte-Carlo standard error; ``path`` leads to a ``Rate``."""
    error = points_at(f"{path}.mc_error", decimals, label="Monte-Carlo standard error")
    return (share_at(f"{path}.value", decimals), " (SE ", error, ")")


def limits_at(path: str, decimals: int = 1, unit: str = "") -> tuple[Part, ...]:
    """Show an estimate with its limits; ``path`` leads to something with ``estimate``, ``lower``, ``upper``."""
    lower = number_at(f"{path}.lower", decimals, unit, label="Lower limit")
    upper = number_at(f"{path}.upper", decimals, unit, label="Upper limit")
    return (number_at(f"{path}.estimate", decimals, unit), " (", lower, " to ", upper, ")")


def plain_table(
    heads: Sequence[str], rows: Iterable[Sequence[Parts]], *, key: str = "table", title: str = ""
) -> AnswerTable:
    """Make a table of an answer."""
    return AnswerTable(tuple(heads), tuple(tuple(row) for row in rows), key=key, title=title)


def assumed(assumptions: SurvivalAssumptions, *, n_events: int | None = None) -> tuple[Fact, ...]:
    """Say what is assumed, with units; the answer has it in its data as ``assumptions``.

    Parameters
    ----------
    assumptions
        What is assumed.
    n_events
        The analysis is at this event rather than at a planned time.
    """
    at, shape = "assumptions.", assumptions.weibull_shape
    facts: list[Fact] = [
        ("Control arm", _hazards(assumptions, "control")),
        ("Experimental arm", _hazards(assumptions, "experimental")),
    ]
    if shape != 1:
        facts.append(("Weibull shape", (number_at(f"{at}weibull_shape", 3),
                                        " in both arms; 1 is a constant hazard")))  # fmt: skip
    facts += [
        ("Allocation", (short_at(f"{at}allocation_ratio"), " experimental : 1 control")),
        ("Accrual", _accrual(assumptions)),
    ]
    if n_events is not None:
        facts.append(("Analysis", f"at event {count(n_events)}"))
    elif assumptions.total_months is not None or assumptions.followup_months is not None:
        facts.append(
            ("Analysis", ("at ", months_at(f"{at}analysis_months"), " months after the trial opens"))
        )
    if assumptions.max_followup_months is not None:
        facts.append(("Longest follow-up", (months_at(f"{at}max_followup_months"), " months")))
    if any(assumptions.dropout_control.rates_per_month) or any(
        assumptions.dropout_experimental.rates_per_month
    ):
        facts.append(("Dropout", _dropout(assumptions)))
    return tuple(facts)


def _hazards(assumptions: SurvivalAssumptions, arm: str) -> Parts:
    hazard = assumptions.control if arm == "control" else assumptions.experimental
    if assumptions.weibull_shape != 1:
        return ("median ", months_at(f"assumptions.{arm}.median_months"), " months")
    starts = hazard.starts_months
    parts: list[Part] = ["hazard "]
    for place, start in enumerate(starts):
        parts += [
            ", " if place else "",
            _rate_at(f"assumptions.{arm}.rates_per_month.{place}", hazard.rates_per_month[place]),
            f" from month {_short(start)}" if len(starts) > 1 else "",
        ]
    return (*(part for part in parts if part), " per month")


def _rate_at(path: str, rate: float) -> Value:
    """Show an assumed rate with five decimals, or as it was stated if that would show none of its digits."""
    if 0 < rate < _SMALLEST_RATE:
        return short_at(path, "per month")
    return number_at(path, _RATE_DECIMALS, "per month")


def _accrual(assumptions: SurvivalAssumptions) -> Parts:
    entry = assumptions.entry
    duration = months_at("assumptions.entry.duration_months")
    if len(entry.patients) == 1:
        return ("even over ", duration, " months")
    rates = [patients / (end - start) if end > start else None for start, end, patients in entry.periods()]
    if any(rate is None for rate in rates):
        return ("as observed, over ", duration, " months")
    first = next(rate for rate in rates if rate) or 1.0
    at_intensities = ", ".join(
        f"{significant((rate or 0) / first, 3)} from month {_short(start)}"
        for rate, start in zip(rates, entry.starts_months, strict=True)
    )
    return ("over ", duration, f" months, at intensities {at_intensities}")


def _dropout(assumptions: SurvivalAssumptions) -> Parts:
    lost, others = assumptions.dropout_control, assumptions.dropout_experimental
    control = _rate_at("assumptions.dropout_control.rates_per_month.0", lost.rates_per_month[0])
    if assumptions.dropout_hazard_experimental_per_month is None:
        return ("hazard ", control, " per month")
    other = _rate_at("assumptions.dropout_experimental.rates_per_month.0", others.rates_per_month[0])
    return ("hazard ", control, " control, ", other, " experimental, per month")


def _short(value: float) -> str:
    """Write a number someone gave, without needless zeros."""
    return f"{value:g}"


def level_facts(
    alpha: float, sides: int, *, far_tail: bool = False, rho: float = 0.0, gamma: float = 0.0
) -> tuple[Fact, ...]:
    """Say which test it is."""
    kind = "one-sided" if sides == 1 else "two-sided"
    tail = ", rejections in the wrong direction counted" if far_tail else ""
    test = "log-rank" if not (rho or gamma) else f"weighted log-rank (ρ = {_short(rho)}, γ = {_short(gamma)})"
    return (("Test", f"{test}, {kind} level {_short(100 * alpha)}%{tail}"),)


# Calendar dates beside the months of an answer: one opening, and every month counted from it.


def dates_of(opened: date | None, **months: Interval | float | None) -> dict[str, object]:
    """Give the dates of months, or of an expected month and its limits, as data of an answer under ``dates``.

    Parameters
    ----------
    opened
        Opening of the trial; None: there are no dates, and nothing is given.
    **months
        Calendar months since the opening, by name. Where a month is None, the date is.

    Example
    -------
    >>> dates_of(date(2022, 1, 1), look=12.0)
    {'dates': {'look': datetime.date(2023, 1, 1)}}
    """
    if opened is None:
        return {}

    def at(month: float | None) -> date | None:
        return None if month is None else date_after(opened, month)

    dates: dict[str, object] = {
        name: {"estimate": at(one.estimate), "lower": at(one.lower), "upper": at(one.upper)}
        if isinstance(one, Interval)
        else at(one)
        for name, one in months.items()
    }
    return {"dates": dates}


def dates_at(path: str) -> tuple[Value | str, ...]:
    """Show the date of an expected month with its limits; ``path`` leads to them."""
    expected, lower, upper = (Value(f"{path}.{part}", "date") for part in ("estimate", "lower", "upper"))
    return (expected, " (", lower, " to ", upper, ")")
