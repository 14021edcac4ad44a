"""Slips of data entry, put into a clean cut on request: each of them is one that the data check finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from duonen_stats.errors import PlanError
from duonen_stats.raw.cut import Cut
from duonen_stats.raw.intake.convert import ROW
from duonen_stats.study import RawColumn, RawTable, Study

_TEN_YEARS = pd.DateOffset(years=10)
_SPARED = ("data_cut", "enrolment")
"""Tables without slips: the one that says what the cut is, and the list of who has entered."""
_SET = "_SET_MBQ"
"""End of the names of columns without slips: they were filled in later, and a seed means the slips it always meant."""
_MIXED_UP = ("HGB", "CREAT")
"""Analytes whose value in another usual unit cannot be taken for one in its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How many slips there are in a thousand records (at least one in all), and of which kinds."""

    per_thousand: float = 2.0
    kinds: tuple[str, ...] = (
        "code", "date", "decimal", "duplicate", "empty", "isotope", "mixed-up unit", "range", "unknown unit",
    )  # fmt: skip

    def __post_init__(self) -> None:
        if not 0 < self.per_thousand <= 100:  # noqa: PLR2004 - a tenth of all records
            raise PlanError(f"per_thousand is {self.per_thousand:g}; it must be above 0 and at most 100.")
        unknown = sorted(set(self.kinds) - set(SLIPS))
        if unknown or not self.kinds:
            raise PlanError(
                f"kinds holds {', '.join(unknown) or 'nothing'}; known: {', '.join(sorted(SLIPS))}."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A slip and where it was made: the table, the line of its file, the column."""

    kind: str
    table: str
    row: int
    column: str


class SpoiltTables:
    """The tables of a cut while they are spoilt; no record is spoilt twice."""

    def __init__(self, cut: Cut, study: Study, rng: np.random.Generator) -> None:
        self.study = study
        self.rng = rng
        self.tables = {name: frame.copy() for name, frame in cut.tables.items()}
        self._spoilt: set[tuple[str, int]] = set()

    def pick(self, table: str, fit: pd.Series) -> int | None:
        """Pick the index of a record that is fit and not spoilt; None if there is none."""
        fitting = np.flatnonzero(fit.to_numpy()).tolist()
        places = [place for place in fitting if (table, place) not in self._spoilt]
        if not places:
            return None
        place = int(self.rng.choice(places))
        self._spoilt.add((table, place))
        return place

    def column(self, suits: Callable[[RawTable, RawColumn], bool]) -> tuple[RawTable, RawColumn]:
        """Pick one of the columns that suit, tables about patients only."""
        found = [
            (table, column)
            for table in self.study.tables
            for column in table.columns
            if table.name not in _SPARED and suits(table, column)
        ]
        return found[int(self.rng.integers(len(found)))]

    def cell(self, table: str, place: int, column: str) -> Any:
        """Look up what is in a cell."""
        return self.tables[table].at[place, column]  # noqa: PD008 - one cell

    def put(self, kind: str, table: str, place: int, column: str, value: Any) -> Slip:
        """Put a value into a cell."""
        frame = self.tables[table]
        frame.loc[place, column] = value
        return Slip(kind=kind, table=table, row=int(self.cell(table, place, ROW)), column=column)

    def append(self, table: str, place: int) -> int:
        """Repeat a record at the end of its table, as spoilt as the first; return its line."""
        frame = self.tables[table]
        row = int(frame[ROW].max()) + 1
        self.tables[table] = pd.concat([frame, frame.loc[[place]].assign(**{ROW: row})], ignore_index=True)
        self._spoilt.add((table, len(frame)))
        return row


def spoil(cut: Cut, study: Study, noise: Noise, rng: np.random.Generator) -> tuple[Cut, tuple[Slip, ...]]:
    """Put slips of data entry into a cut.

    Parameters
    ----------
    cut
        A clean cut; it is not changed.
    study
        The dictionary it is written by.
    noise
        How many slips, and of which kinds.
    rng
        Generator.

    Returns
    -------
    spoilt : Cut
        The cut with the slips.
    slips : tuple of Slip
        What was done, and where. A small cut may have fewer slips than asked for.
    """
    ledger = SpoiltTables(cut, study, rng)
    records = sum(len(frame) for name, frame in cut.tables.items() if name != "enrolment")
    wanted = max(1, round(noise.per_thousand * records / 1000))
    made = [SLIPS[kind](ledger) for kind in rng.choice(np.array(noise.kinds, dtype=object), size=wanted)]
    return replace(cut, tables=ledger.tables), tuple(slip for slip in made if slip is not None)


def _code(ledger: SpoiltTables) -> Slip | None:
    """Write a code in lower case."""
    table, column = ledger.column(lambda _, column: bool(column.codes))
    values = ledger.tables[table.name][column.name]
    place = ledger.pick(table.name, values.notna())
    if place is None:
        return None
    return ledger.put("code", table.name, place, column.name, str(values[place]).lower())


def _date(ledger: SpoiltTables) -> Slip | None:
    """Write a decade that has not come yet."""
    table, column = ledger.column(lambda _, column: column.type == "date")
    values = ledger.tables[table.name][column.name]
    place = ledger.pick(table.name, values.notna())
    if place is None:
        return None
    return ledger.put("date", table.name, place, column.name, values[place] + _TEN_YEARS)


def _decimal(ledger: SpoiltTables) -> Slip | None:
    """Lose a decimal point: tens are multiplied until nobody could take the value for true."""
    labs = ledger.tables["labs"]
    place = ledger.pick("labs", labs["VALUE"].gt(0) & labs["ANALYTE"].notna())
    if place is None:
        return None
    analyte = ledger.study.analyte(ledger.cell("labs", place, "ANALYTE"))
    value, factor = (
        float(ledger.cell("labs", place, "VALUE")),
        analyte.factors.get(ledger.cell("labs", place, "UNIT"), 1.0),
    )
    while value * factor <= analyte.plausible_high:
        value *= 10
    return ledger.put("decimal", "labs", place, "VALUE", round(value, 4))


def _duplicate(ledger: SpoiltTables) -> Slip | None:
    """Enter a record a second time, at the end of its table."""
    tables = [table for table in ledger.study.tables if table.name not in _SPARED]
    table = tables[int(ledger.rng.integers(len(tables)))]
    frame = ledger.tables[table.name]
    place = ledger.pick(table.name, frame[list(table.key)].notna().all(axis=1))
    if place is None:
        return None
    row = ledger.append(table.name, place)
    return Slip(kind="duplicate", table=table.name, row=row, column=table.key[-1])


def _empty(ledger: SpoiltTables) -> Slip | None:
    """Leave a cell empty that should have a value."""
    table, column = ledger.column(lambda _, column: column.missing != "allowed")
    place = ledger.pick(table.name, ledger.tables[table.name][column.name].notna())
    if place is None:
        return None
    return ledger.put("empty", table.name, place, column.name, None)


def _isotope(ledger: SpoiltTables) -> Slip | None:
    """Enter the activity of an arm with one isotope in the column of the other."""
    frame = ledger.tables["administrations"]
    single = frame["LU177_MBQ"].notna() & frame["Y90_MBQ"].isna()
    place = ledger.pick("administrations", single)
    if place is None:
        return None
    activity = ledger.cell("administrations", place, "LU177_MBQ")
    ledger.put("isotope", "administrations", place, "LU177_MBQ", np.nan)
    return ledger.put("isotope", "administrations", place, "Y90_MBQ", activity)


def _mixed_up(ledger: SpoiltTables) -> Slip | None:
    """Enter a value in another usual unit, under the unit of the laboratory."""
    labs = ledger.tables["labs"]
    place = ledger.pick("labs", labs["VALUE"].gt(0) & labs["ANALYTE"].isin(_MIXED_UP))
    if place is None:
        return None
    analyte = ledger.study.analyte(ledger.cell("labs", place, "ANALYTE"))
    factors = analyte.factors
    unit = ledger.cell("labs", place, "UNIT")
    other = next(name for name, factor in factors.items() if factor != factors.get(unit, 1.0))
    value = float(ledger.cell("labs", place, "VALUE")) * factors.get(unit, 1.0) / factors[other]
    return ledger.put("mixed-up unit", "labs", place, "VALUE", round(value, 2))


def _range(ledger: SpoiltTables) -> Slip | None:
    """Enter ten times the largest value that there can be."""
    table, column = ledger.column(lambda _, column: column.high is not None)
    if column.name.endswith(_SET):
        return None
    place = ledger.pick(table.name, ledger.tables[table.name][column.name].notna())
    if place is None or column.high is None:
        return None
    return ledger.put("range", table.name, place, column.name, int(10 * column.high))


def _unknown_unit(ledger: SpoiltTables) -> Slip | None:
    """Write a unit as nobody else does."""
    labs = ledger.tables["labs"]
    place = ledger.pick("labs", labs["UNIT"].notna() & labs["ANALYTE"].notna())
    if place is None:
        return None
    return ledger.put("unknown unit", "labs", place, "UNIT", f"{ledger.cell('labs', place, 'UNIT')} (serum)")


SLIPS: Mapping[str, Callable[[SpoiltTables], Slip | None]] = MappingProxyType(
    {
        "code": _code,
        "date": _date,
        "decimal": _decimal,
        "duplicate": _duplicate,
        "empty": _empty,
        "isotope": _isotope,
        "mixed-up unit": _mixed_up,
        "range": _range,
        "unknown unit": _unknown_unit,
    }
)
"""How each kind of slip is made."""
