"""What the data dictionary speaks of, each a small frozen record: arms, visits, analytes, raw tables."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeVar

from duonen_stats.errors import DictionaryError
from duonen_stats.study.raw_tables import Code, RawTable, place_in_series
from duonen_stats.study.unit_spelling import unit_factor

if TYPE_CHECKING:
    import pandas as pd

ULN = "ULN"
"""The unit of a rule that is given in multiples of the upper limit of normal."""


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
    """A radionuclide: ``label`` with the raised mass number, ``plain`` without, and its physical half-life.

    An activity given in one cycle is plausible from ``plausible_low`` to ``plausible_high`` MBq.
    """

    code: str
    label: str
    plain: str
    half_life_hours: float
    plausible_low: float
    plausible_high: float

    def plausible(self, activities: "pd.Series[float]") -> "pd.Series[bool]":
        """Say which activities (MBq) are plausible for one cycle."""
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


LAST = "LAST"
"""In place of a cycle: the last one that was given, whichever it is."""

_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSeries:
    """Follow-up visits without an end, every ``interval_weeks`` from the last administration: ``F1``, ``F2``, ...

    The window of each reaches from ``day_low`` to ``day_high`` days around its target day; visit n has the number
    ``number`` + n.
    """

    code: str
    label: str
    number: int
    interval_weeks: int
    day_low: int
    day_high: int

    def place(self, code: object) -> int | None:
        """Which of the series a code names, ``3`` of ``"F3"``; ``None`` if it names none."""
        return place_in_series(self.code, code)

    def visit(self, place: int) -> Visit:
        """Give a visit of the series, its window in days from the last administration."""
        target = _DAYS_A_WEEK * self.interval_weeks * place
        return Visit(
            code=f"{self.code}{place}",
            label=f"{self.label} {place} ({self.interval_weeks * place} weeks)",
            number=float(self.number + place),
            cycle=LAST,
            position="after",
            day_low=target + self.day_low,
            day_high=target + self.day_high,
            day_target=target,
        )

    def visits(self, number: int) -> tuple[Visit, ...]:
        """Give the first visits of the series."""
        return tuple(self.visit(place) for place in range(1, number + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalSign:
    """A vital sign or performance status in ``unit``; a value with a ``step`` is a multiple of it."""

    code: str
    label: str
    unit: str
    decimals: int
    plausible_low: float
    plausible_high: float
    step: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePerActivity:
    """Between which Gy per GBq of an isotope the absorbed dose of an organ is plausible."""

    isotope: str
    low: float
    high: float

    def plausible(self, ratios: "pd.Series[float]") -> "pd.Series[bool]":
        """Say which doses per activity (Gy per GBq) are plausible."""
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

    ``baseline`` says how the two go together: ``added``, the worse of both counts (creatinine in 5.0); ``replaces``,
    those of baseline count instead where baseline was above normal; ``replaces_if_low``, they count instead where
    baseline was below normal (creatinine in 6.0). None: the grade has no multiple of baseline.
    ``first_included`` says that the first multiple of baseline is reached by equality.
    """

    of_uln: tuple[float, ...]
    of_baseline: tuple[float | None, ...]
    baseline: Literal["added", "replaces", "replaces_if_low"]
    first_included: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeIncrease:
    """CTCAE grades of the other direction, where low values are the usual harm: grades 1, 2, ... are above these.

    ``above`` are in the analyte's own unit, and over the upper limit of normal if ``over_uln`` is true. None: the term
    has no such grade.
    """

    term: str
    above: tuple[float | None, ...]
    over_uln: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CtcaeCriteria:
    """The criteria of one version of CTCAE for an analyte: bounds where low values are adverse, else multiples.

    If ``lln_counts`` is false, grade 1 begins at the first bound, whatever the lower limit of normal.
    """

    term: str
    bounds: tuple[GradeBounds, ...] = ()
    multiples: GradeMultiples | None = None
    lln_counts: bool = True

    @property
    def highest_grade(self) -> int:
        """The highest grade that a value can give; 0 if there are no criteria."""
        if self.multiples is not None:
            return len(self.multiples.of_uln)
        return int(self.lln_counts) + len(self.bounds[0].below) if self.bounds else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyte:
    """A laboratory analyte; ``plausible_low`` and ``plausible_high`` are in ``unit``.

    A limit of normal is plausible between ``lln_low`` and ``lln_high``, or ``uln_low`` and ``uln_high``; ``None``
    leaves an end open. ``usual_units`` are those that laboratories report it in, beside its own: a value that is not
    plausible is tried in them. No lower limit of normal is above ``normal_from``. Its grades by CTCAE 5.0 follow from
    ``ctcae_bounds`` where low values are adverse, else from ``ctcae_multiples``; those by CTCAE 6.0 from ``ctcae_6``,
    None if that version has no term for it. ``ctcae_increase`` is the term of high values, alike in both versions.
    One without ``ctcae_term`` has no grades.
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
    ctcae_term: str | None = None
    ctcae_bounds: tuple[GradeBounds, ...] = ()
    ctcae_multiples: GradeMultiples | None = None
    normal_from: float | None = None
    ctcae_increase: GradeIncrease | None = None
    ctcae_6: CtcaeCriteria | None = None

    def criteria(self, version: str) -> CtcaeCriteria | None:
        """Criteria of a version of CTCAE, ``"5.0"`` or ``"6.0"``; None if it has no term for the analyte."""
        if version == "6.0":
            return self.ctcae_6
        if not self.ctcae_term:
            return None
        return CtcaeCriteria(term=self.ctcae_term, bounds=self.ctcae_bounds, multiples=self.ctcae_multiples)

    def highest_grade(self, version: str) -> int:
        """Return the highest grade that a value can give by a version of CTCAE; 0 if there are no criteria."""
        criteria = self.criteria(version)
        return 0 if criteria is None else criteria.highest_grade

    def undecided_grades(self, version: str) -> tuple[tuple[int, int], ...]:
        """Lowest and highest grade between which a value may be undecided by a version of CTCAE: any two.

        Where a limit or a baseline is missing a low value is of a grade below an absolute bound, or of grade 0 or 1,
        and a high one may have any grade; a result known only to lie beyond a bound may have any in either case.
        """
        return tuple(combinations(range(self.highest_grade(version) + 1), 2))

    def grade_bounds(self, unit: str, version: str = "5.0") -> tuple[float, ...]:
        """Absolute bounds of grades for a value recorded in ``unit``, in the analyte's own unit.

        CTCAE rounds its bounds in each unit it gives, so the bound of the value's own unit is the one that counts: 6.2
        mmol/L of hemoglobin is a bound, and so is 10.0 g/dL. A unit that CTCAE does not give has the bounds of the
        first one. ``DictionaryError`` if the unit is not known.
        """
        factor = self.factor(unit)
        criteria = self.criteria(version)
        bounds = () if criteria is None else criteria.bounds
        given = [item for item in bounds if math.isclose(self.factor(item.unit), factor)]
        chosen = (given or list(bounds))[0]
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


C = TypeVar("C", Arm, Cycle, Visit, Organ, Isotope, Analyte, VitalSign, Code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything the dictionary says. The lookups raise ``DictionaryError`` for a code it does not hold.

    ``visits`` are those around the cycles; late follow-up is in ``follow_up_visits``. ``analytes`` are those that every
    patient should have and that tables have a row for; ``further_analytes`` may be measured.
    """

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
    follow_up_visits: VisitSeries
    further_analytes: tuple[Analyte, ...]
    vital_signs: tuple[VitalSign, ...]
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
        """Find a visit by its code, one of late follow-up too."""
        place = self.follow_up_visits.place(code)
        if place is not None:
            return self.follow_up_visits.visit(place)
        return _find(self.visits, code, "visit")

    def analyte(self, code: str) -> Analyte:
        """Find an analyte by its code."""
        return _find(self.all_analytes, code, "analyte")

    @property
    def all_analytes(self) -> tuple[Analyte, ...]:
        """``analytes`` and, after them, ``further_analytes``."""
        return (*self.analytes, *self.further_analytes)

    def vital_sign(self, code: str) -> VitalSign:
        """Find a vital sign by its code."""
        return _find(self.vital_signs, code, "vital sign")

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
