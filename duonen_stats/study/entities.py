"""What the data dictionary speaks of, each a small frozen record: arms, visits, analytes, raw tables."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeVar

from duonen_stats.errors import DictionaryError
from duonen_stats.study.unit_spelling import unit_factor

if TYPE_CHECKING:
    import pandas as pd

ULN = "ULN"
"""The unit of a rule that is given in multiples of the upper limit of normal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of a code list and what it means."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFacts:
    """Size and pace of the trial as planned; months and weeks as named."""

    planned_subjects: int
    interim_subjects: int
    centres: int
    allocation_experimental: int
    allocation_control: int
    cycle_interval_weeks: int
    cycle_interval_tolerance_weeks: int
    activity_tolerance: float
    hazard_rate_per_month: float
    hazard_ratio: float
    accrual_months: int
    total_months: int
    recruitment_start_year: int
    last_follow_up_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Isotope:
    """A radionuclide: ``label`` with the raised mass number, ``plain`` without.

    An activity given in one cycle is plausible from ``plausible_low`` to ``plausible_high`` MBq.
    """

    code: str
    label: str
    plain: str
    plausible_low: float
    plausible_high: float

    def plausible(self, activities: "pd.Series[float]") -> "pd.Series[bool]":
        """Tell which activities (MBq) are plausible for one cycle."""
        return activities.between(self.plausible_low, self.plausible_high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A treatment arm.

    ``initial_activity`` is the nominal activity of each isotope at cycle 1, in MBq; ``modified_isotope``
    is the one that dosimetry adapts from cycle 2 on, ``None`` where activity is fixed; ``planned`` is the
    number of patients.
    """

    code: str
    label: str
    description: str
    isotopes: tuple[str, ...]
    initial_activity: Mapping[str, float] = field(hash=False)
    modified_isotope: str | None = None
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """A treatment cycle, T1 to T4."""

    code: str
    label: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit and its window, in days from the administration of the visit's own cycle (negative: before)."""

    code: str
    label: str
    number: float
    cycle: str
    position: Literal["before", "after"]
    day_low: int
    day_high: int
    day_target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePerActivity:
    """Between which Gy per GBq of an isotope the absorbed dose of an organ is plausible."""

    isotope: str
    low: float
    high: float

    def plausible(self, ratios: "pd.Series[float]") -> "pd.Series[bool]":
        """Tell which doses per activity (Gy per GBq) are plausible."""
        return ratios.between(self.low, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """An organ at risk with its limits of absorbed dose in Gy, over all cycles and in one cycle."""

    code: str
    label: str
    limit_total: float
    limit_cycle: float | None = None
    dose_per_activity: tuple[DosePerActivity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A unit of another dimension than the analyte's own; a value times ``factor`` is the value in the own unit.

    It stands for every unit of its dimension: what is known of ``umol/L`` is known of ``mmol/l``, too.
    """

    unit: str
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeBounds:
    """Absolute bounds of CTCAE grades in ``unit``: grade 1 is below LLN, grades 2, 3, ... are below these."""

    unit: str
    below: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeMultiples:
    """CTCAE grades 1, 2, ... that are above these multiples of ULN, or of the patient's baseline.

    ``baseline`` says how the two go together: ``added``, the worse of both counts (creatinine); ``replaces``, those of
    baseline count instead where baseline was above normal. None: the grade has no multiple of baseline.
    ``first_included`` says that the first multiple of baseline is reached by equality.
    """

    of_uln: tuple[float, ...]
    of_baseline: tuple[float | None, ...]
    baseline: Literal["added", "replaces"]
    first_included: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyte:
    """A laboratory analyte; ``plausible_low`` and ``plausible_high`` are in ``unit``.

    A limit of normal is plausible between ``lln_low`` and ``lln_high``, or ``uln_low`` and ``uln_high``; ``None``
    leaves an end open. ``usual_units`` are those that laboratories report it in, beside its own: a value that is not
    plausible is tried in them. No lower limit of normal is above ``normal_from``. Its CTCAE
    grades follow from ``ctcae_bounds`` where low values are adverse, else from
    ``ctcae_multiples``.
    """

    code: str
    label: str
    short: str
    category: Literal["HEMATOLOGY", "RENAL", "HEPATIC"]
    unit: str
    display_unit: str
    decimals: int
    change_decimals: int
    adverse: Literal["low", "high"]
    conversions: tuple[Conversion, ...] = ()
    usual_units: tuple[str, ...] = ()
    plausible_low: float
    plausible_high: float
    lln_low: float | None = None
    lln_high: float | None = None
    uln_low: float | None = None
    uln_high: float | None = None
    ctcae_term: str
    ctcae_bounds: tuple[GradeBounds, ...] = ()
    ctcae_multiples: GradeMultiples | None = None
    normal_from: float | None = None

    @property
    def highest_grade(self) -> int:
        """The highest CTCAE grade that a value can give; 0 if there are no criteria."""
        if self.ctcae_multiples is not None:
            return len(self.ctcae_multiples.of_uln)
        return 1 + len(self.ctcae_bounds[0].below) if self.ctcae_bounds else 0

    @property
    def undecided_grades(self) -> tuple[tuple[int, int], ...]:
        """Lowest and highest grade between which a value may be undecided: any two.

        Where a limit or a baseline is missing a low value is of a grade below an absolute bound, or of grade 0 or 1,
        and a high one may have any grade; a result known only to lie beyond a bound may have any in either case.
        """
        return tuple(combinations(range(self.highest_grade + 1), 2))

    def grade_bounds(self, unit: str) -> tuple[float, ...]:
        """Bounds of grades 2, 3, ... for a value recorded in ``unit``, in the analyte's own unit.

        CTCAE rounds its bounds in each unit it gives, so the bound of the value's own unit is the one that counts: 6.2
        mmol/L of hemoglobin is a bound, and so is 10.0 g/dL. A unit that CTCAE does not give has the bounds of the
        first one. ``DictionaryError`` if the unit is not known.
        """
        factor = self.factor(unit)
        given = [item for item in self.ctcae_bounds if math.isclose(self.factor(item.unit), factor)]
        chosen = (given or list(self.ctcae_bounds))[0]
        return tuple(bound * self.factor(chosen.unit) for bound in chosen.below)

    def plausible_limits(self, limit: Literal["LLN", "ULN"]) -> tuple[float, float]:
        """Between which bounds, in its own unit, a limit of normal is plausible; 0 and infinity if there are none."""
        low, high = (self.lln_low, self.lln_high) if limit == "LLN" else (self.uln_low, self.uln_high)
        return 0.0 if low is None else low, math.inf if high is None else high

    @property
    def conversion_factors(self) -> dict[str, float]:
        """Factor to the analyte's own unit of one unit of each dimension, its own (1) first."""
        return {self.unit: 1.0} | {other.unit: other.factor for other in self.conversions}

    @property
    def factors(self) -> dict[str, float]:
        """Factor to the analyte's own unit of every unit the dictionary names for it, its own (1) first."""
        return (
            {self.unit: 1.0}
            | {unit: self.factor(unit) for unit in self.usual_units}
            | self.conversion_factors
        )

    def known_factor(self, unit: str) -> float | None:
        """Factor from ``unit``, however it is spelt, to the analyte's own unit; ``None`` if it is not known."""
        return unit_factor(unit, self.conversion_factors)

    def factor(self, unit: str) -> float:
        """Factor from ``unit`` to the analyte's own unit; ``DictionaryError`` if the unit is not known."""
        factor = self.known_factor(unit)
        if factor is None:
            known = ", ".join(dict.fromkeys((self.unit, *self.usual_units, *self.conversion_factors)))
            raise DictionaryError(f"{self.code} has no unit {unit!r}; known: {known}.")
        return factor


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolRule:
    """A bound of the protocol on an analyte or a column of subjects; unit ``"ULN"`` makes it a multiple."""

    id: str
    variable: str
    comparator: Literal["<", "<=", ">", ">="]
    value: float
    unit: str
    label: str

    @property
    def relative(self) -> bool:
        """Whether ``value`` is a multiple of the upper limit of normal."""
        return self.unit == ULN


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule(ProtocolRule):
    """Treatment ends when this holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityRule(ProtocolRule):
    """What must hold before randomisation; of rules with the same ``alternative`` one is enough."""

    alternative: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawColumn:
    """A column of a raw table.

    ``codes`` are the allowed values (empty: free); ``low`` and ``high`` are allowed values too, in ``unit``, and so
    are those in ``also``; ``missing`` is what an empty cell is; ``references`` is the ``table.column`` that must hold
    each value. A column that is ``optional`` may be absent from a file; one of dates is ``ongoing`` if an empty cell
    says that something has not ended. What the column itself cannot hold is kept,
    as text, in companions: ``partial`` is the column of a date of which only a part is known, ``time`` that of the time
    of day, ``bound`` and ``reason`` those of a result known to lie beyond a limit and of the word in place of a result.
    """

    name: str
    label: str
    type: Literal["text", "integer", "number", "date"]
    unit: str | None = None
    codes: tuple[Code, ...] = ()
    low: float | None = None
    high: float | None = None
    also: tuple[float, ...] = ()
    missing: Literal["error", "warning", "allowed"] = "error"
    references: str | None = None
    optional: bool = False
    ongoing: bool = False
    partial: str | None = None
    time: str | None = None
    bound: str | None = None
    reason: str | None = None

    @property
    def nullable(self) -> bool:
        """Whether an analysis can stand an empty cell."""
        return self.missing != "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A raw table, in the file ``name.csv``; ``rows`` says how many rows it must have, ``required`` if it must be."""

    name: str
    label: str
    rows: Literal["one", "some", "any"]
    key: tuple[str, ...]
    columns: tuple[RawColumn, ...]
    required: bool = True

    def column(self, name: str) -> RawColumn:
        """Find a column by its name; ``DictionaryError`` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise DictionaryError(f"Table {self.name} has no column {name!r}.")


C = TypeVar("C", Arm, Cycle, Visit, Organ, Isotope, Analyte, Code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything the dictionary says. The lookups raise ``DictionaryError`` for a code it does not hold."""

    study_id: str
    title: str
    registration: str
    design: DesignFacts
    isotopes: tuple[Isotope, ...]
    arms: tuple[Arm, ...]
    cycles: tuple[Cycle, ...]
    visits: tuple[Visit, ...]
    organs: tuple[Organ, ...]
    analytes: tuple[Analyte, ...]
    ae_categories: tuple[Code, ...]
    eligibility_rules: tuple[EligibilityRule, ...]
    stopping_rules: tuple[StoppingRule, ...]
    tables: tuple[RawTable, ...]

    @property
    def planned_subjects(self) -> int:
        """Number of patients planned."""
        return self.design.planned_subjects

    def arm(self, code: str) -> Arm:
        """Find an arm by its code."""
        return _find(self.arms, code, "arm")

    def cycle(self, code: str) -> Cycle:
        """Find a cycle by its code."""
        return _find(self.cycles, code, "cycle")

    def visit(self, code: str) -> Visit:
        """Find a visit by its code."""
        return _find(self.visits, code, "visit")

    def analyte(self, code: str) -> Analyte:
        """Find an analyte by its code."""
        return _find(self.analytes, code, "analyte")

    def organ(self, code: str) -> Organ:
        """Find an organ by its code."""
        return _find(self.organs, code, "organ")

    def isotope(self, code: str) -> Isotope:
        """Find an isotope by its code."""
        return _find(self.isotopes, code, "isotope")

    def table(self, name: str) -> RawTable:
        """Find a raw table by its name."""
        for table in self.tables:
            if table.name == name:
                return table
        raise DictionaryError(f"No table {name!r}; known: {', '.join(table.name for table in self.tables)}.")

    def narrowed(self, only: Mapping[str, tuple[str, ...]]) -> "Study":
        """Return the study with these raw tables and their columns alone; of a key what is left of it."""
        return replace(
            self,
            tables=tuple(
                replace(
                    table,
                    columns=tuple(one for one in table.columns if one.name in only[table.name]),
                    key=tuple(name for name in table.key if name in only[table.name]),
                )
                for table in self.tables
                if table.name in only
            ),
        )

    def threshold(self, rule: ProtocolRule) -> float:
        """Bound of a rule in the unit of its analyte (or column); a multiple of ULN stays a multiple."""
        if rule.relative or rule.variable not in {analyte.code for analyte in self.analytes}:
            return rule.value
        return rule.value * self.analyte(rule.variable).factor(rule.unit)


def _find(items: tuple[C, ...], code: str, what: str) -> C:
    for item in items:
        if item.code == code:
            return item
    raise DictionaryError(f"No {what} {code!r}; known: {', '.join(item.code for item in items)}.")
