"""The course of treatment, cycle after cycle: activities, doses, blood values, and why treatment ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.blood import measure, values_at
from duonen_stats.simulated.model.course import (
    COMPLETED,
    CRITERION,
    DEATH,
    ENDINGS,
    LOST,
    OTHER,
    PROGRESSION,
    WITHDRAWAL,
    Course,
    Patients,
    empty_course,
)
from duonen_stats.simulated.model.dates import NEVER, Days, working_day
from duonen_stats.simulated.model.laboratories import stopped_by
from duonen_stats.simulated.model.randomness import Floats, bounded
from duonen_stats.study import Study

# The protocol's rule for the next activity: approach the organs' limits of dose, and do not pass them.


_MBQ_PER_GBQ = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationRule:
    """How an activity is chosen, beyond what the protocol says. Fractions are of the nominal activity."""

    target: float = assumed(0.98, "Fraction of a limit that is aimed at, since doses vary.", "invented; §4.1")
    smallest: float = assumed(
        0.2,
        "No cycle without the isotope, however little is left of the limit.",
        "mean reductions of 63-68 %, Table 2",
    )
    largest_lutetium: float = assumed(1.28, "177Lu at most: mean increases of 25-29 %.", "Table 2")
    largest_yttrium: float = assumed(2.4, "90Y at most: a mean increase of 126 %.", "Table 2")
    worthwhile: float = assumed(
        0.1, "A smaller increase is not made: that of the tolerance of dispensing.", "§2.5, Table 2"
    )
    escalated: float = assumed(
        0.85, "Patients whose activity is increased when it may be; others stay.", "invented; arm D, Table 2"
    )
    step: float = assumed(10.0, "MBq; activities are ordered in multiples of it, rounded down.", "invented")
    dispensing_sd: float = assumed(
        0.012,
        "Spread of the dispensed about the ordered activity, within the tolerance of the protocol.",
        "invented",
    )

    def __post_init__(self) -> None:
        require_fractions(target=self.target, smallest=self.smallest, escalated=self.escalated)
        require_positive(
            smallest=self.smallest, target=self.target, step=self.step, dispensing_sd=self.dispensing_sd
        )
        if min(self.largest_lutetium, self.largest_yttrium) < 1 or not 0 <= self.worthwhile < 1:
            raise PlanError("The largest activity is at least the nominal one, and worthwhile is below 1.")

    def largest(self, isotope: str) -> float:
        """Largest activity of an isotope, as a fraction of the nominal one."""
        return self.largest_yttrium if isotope == "Y90" else self.largest_lutetium


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is known of n patients before a cycle, for o organs; doses in Gy, activities in MBq.

    ``delivered`` (n, o) is the dose so far; ``specific`` (n, o) the expected Gy per GBq of the isotope that
    may change; ``fixed`` (n, o) the expected dose of each further cycle from the other one; ``remaining``
    the number of further cycles; ``limit_total``, ``limit_cycle`` (o,), infinite where there is none.
    """

    delivered: Floats
    specific: Floats
    fixed: Floats
    remaining: int
    limit_total: Floats
    limit_cycle: Floats

    def projected(self, activity: Floats) -> Floats:
        """Dose in all, shape (n, o), if every further cycle has ``activity`` (n,)."""
        each = self.fixed + self.specific * activity[:, None] / _MBQ_PER_GBQ
        return np.asarray(self.delivered + self.remaining * each, dtype=np.float64)

    def allowed(self, target: float) -> Floats:
        """Largest activity (n,) whose projection passes no ``target`` part of a limit; below 0 if none does."""
        left = (target * self.limit_total - self.delivered) / self.remaining - self.fixed
        left = np.minimum(left, target * self.limit_cycle - self.fixed)
        return np.asarray((_MBQ_PER_GBQ * left / self.specific).min(axis=1), dtype=np.float64)


def next_activity(
    outlook: Outlook,
    *,
    nominal: Floats,
    current: Floats,
    largest: Floats,
    escalated: NDArray[np.bool_],
    rule: AdaptationRule,
) -> Floats:
    """Choose the activity of the next cycle of the isotope that dosimetry adapts.

    Parameters
    ----------
    outlook
        What is known.
    nominal, current
        Activity of cycle 1, and the one ordered last (MBq, shape (n,)).
    largest
        Bound as a fraction of ``nominal``.
    escalated
        Whether the patient's activity is increased when it may be.
    rule
        The bounds.

    Returns
    -------
    numpy.ndarray
        MBq to order. Where the current activity is projected to pass a limit it is the largest that does
        not, though never below ``rule.smallest``; else it is the largest allowed where that is a worthwhile
        increase, and the current one where it is not.

    References
    ----------
    Interim publication §2.2, §2.3 and §4.1: activities of cycles 2-4 approach but do not exceed the
    limits; the bounds are assumptions.
    """
    allowed = np.minimum(outlook.allowed(rule.target), largest * nominal)
    ordered = rule.step * np.floor(allowed / rule.step + 1e-9)
    ordered = np.maximum(ordered, rule.step * np.ceil(rule.smallest * nominal / rule.step))
    raised = escalated & (ordered >= current + rule.worthwhile * nominal)
    kept = np.where(ordered < current, ordered, current)
    return np.asarray(np.where(raised, ordered, kept), dtype=np.float64)


def dispensed(rng: np.random.Generator, ordered: Floats, tolerance: float, rule: AdaptationRule) -> Floats:
    """Draw dispensed activities (MBq, whole) about the ordered ones, within half the protocol's tolerance.

    Half, so that two activities of one order differ by less than the tolerance.
    """
    widest = tolerance / 2 / rule.dispensing_sd
    error = rule.dispensing_sd * bounded(rng.standard_normal(ordered.shape), -widest, widest)
    return np.asarray(np.rint(ordered * (1 + error)), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleAssumptions:
    """When cycles and visits take place, and who leaves of his own accord."""

    interval_sd: float = assumed(
        4.0, "Days about the planned interval; holidays move it too.", "§2.2: 8 ± 2 weeks"
    )
    visit_sd: float = assumed(1.5, "Days about the planned day of a visit after a cycle.", "§2.4: 2 weeks")
    withdrawal: float = assumed(
        0.005, "Patients who withdraw from treatment before a later cycle.", "invented"
    )
    other: float = assumed(0.002, "Treatment ends before a later cycle for another reason.", "invented")

    def __post_init__(self) -> None:
        require_positive(interval_sd=self.interval_sd, visit_sd=self.visit_sd)
        require_fractions(withdrawal=self.withdrawal, other=self.other, together=self.withdrawal + self.other)


class Treatment:
    """Treats patients cycle by cycle; only the loop over cycles knows time.

    Parameters
    ----------
    rng
        Generator of dates, dispensing and withdrawals.
    patients
        Whom to treat.
    study, rule, schedule
        The protocol, and what it leaves open.
    """

    def __init__(
        self,
        rng: np.random.Generator,
        patients: Patients,
        study: Study,
        rule: AdaptationRule,
        schedule: ScheduleAssumptions,
    ) -> None:
        self._patients = patients
        self._study = study
        self._rule = rule
        self._schedule = schedule
        n, c = len(patients.arm), len(study.cycles)
        self._interval, self._visit_gap = self._gaps(rng, n, c)
        self._before = rng.integers(1, 5, (n, c))
        self._leaves = rng.random((n, c))
        self._notice = rng.integers(1, 8, (n, c))
        self._dispensing = rng
        self._escalated = rng.random(n) < rule.escalated
        self._nominal = self._activities()
        self._modified = self._modified_isotopes()
        one = patients.bloods.assumptions
        self._absent = rng.random((n, 2 * c)) < one.visit_missing
        self._no_panel = rng.random((n, 2 * c, 2)) < one.panel_missing
        self._course = empty_course(
            n, c, len(study.organs), len(study.isotopes), len(patients.bench.analytes)
        )

    def run(self) -> Course:
        """Give every cycle to anyone who is still in treatment."""
        active = np.ones(len(self._patients.arm), dtype=np.bool_)
        self._measure(0, active, self._patients.baseline_day)
        for cycle in range(len(self._study.cycles)):
            if cycle:
                active = self._still_treated(cycle, active)
            self._administer(cycle, active)
            day = working_day(self._course.day[:, cycle] + self._visit_gap[:, cycle])
            self._measure(2 * cycle + 1, active, day)
        self._finish(active)
        return self._course

    def _gaps(self, rng: np.random.Generator, n: int, c: int) -> tuple[Days, Days]:
        design, one = self._study.design, self._schedule
        planned = 7 * design.cycle_interval_weeks
        # A day is kept free at each bound, for weekends.
        room = (7 * design.cycle_interval_tolerance_weeks - 1) / one.interval_sd
        interval = planned + one.interval_sd * bounded(rng.standard_normal((n, c)), -room, room)
        after = [visit for visit in self._study.visits if visit.position == "after"]
        target = np.array([visit.day_target for visit in after])
        low = (np.array([visit.day_low + 1 for visit in after]) - target) / one.visit_sd
        high = (np.array([visit.day_high - 1 for visit in after]) - target) / one.visit_sd
        gap = target + one.visit_sd * bounded(
            rng.standard_normal((n, c)), np.maximum(low, -2.0), np.minimum(high, 2.0)
        )
        return np.rint(interval).astype(np.int64), np.rint(gap).astype(np.int64)

    def _activities(self) -> Floats:
        """Nominal activity of each patient and isotope (MBq); NaN for an isotope the arm does not have."""
        table = [
            [arm.initial_activity.get(isotope.code, np.nan) for isotope in self._study.isotopes]
            for arm in self._study.arms
        ]
        return np.array(table, dtype=np.float64)[self._patients.arm]

    def _modified_isotopes(self) -> NDArray[np.int64]:
        codes = [isotope.code for isotope in self._study.isotopes]
        table = [
            -1 if arm.modified_isotope is None else codes.index(arm.modified_isotope)
            for arm in self._study.arms
        ]
        return np.array(table)[self._patients.arm]

    def _still_treated(self, cycle: int, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """End treatment of those for whom something comes before the next cycle."""
        people, course = self._patients, self._course
        planned = working_day(course.day[:, cycle - 1] + self._interval[:, cycle])
        last_visit = 2 * cycle - 1
        met = stopped_by(course.values[:, last_visit], people.bench, self._study)
        leaves, notice = self._leaves[:, cycle], planned - self._notice[:, cycle]
        drop = self._schedule.withdrawal
        when = np.full((len(active), ENDINGS), NEVER, dtype=np.int64)
        when[:, CRITERION] = np.where(met >= 0, course.visit_day[:, last_visit] + 1, NEVER)
        when[:, PROGRESSION] = people.progressed
        when[:, DEATH] = people.death
        when[:, LOST] = people.lost
        when[:, WITHDRAWAL] = np.where(leaves < drop, notice, NEVER)
        when[:, OTHER] = np.where((leaves >= drop) & (leaves < drop + self._schedule.other), notice, NEVER)
        self._stop(active, when, planned, met, last_visit)
        active = active & (course.ending == COMPLETED)
        # The visit before the cycle may still show a reason not to give it.
        before = 2 * cycle
        day = working_day(planned - self._before[:, cycle])
        self._measure(before, active, day)
        met = stopped_by(course.values[:, before], people.bench, self._study)
        late = np.full_like(when, NEVER)
        late[:, CRITERION] = np.where(met >= 0, planned, NEVER)
        self._stop(active, late, planned, met, before)
        active = active & (course.ending == COMPLETED)
        course.day[active, cycle] = planned[active]
        return active

    def _stop(
        self, active: NDArray[np.bool_], when: Days, planned: Days, met: NDArray[np.int64], visit: int
    ) -> None:
        course = self._course
        ending, first = when.argmin(axis=1), when.min(axis=1)
        ends = active & (first <= planned)
        course.ending[ends], course.ended[ends] = ending[ends], first[ends]
        by_criterion = ends & (ending == CRITERION)
        course.criterion[by_criterion], course.at_visit[by_criterion] = met[by_criterion], visit

    def _administer(self, cycle: int, active: NDArray[np.bool_]) -> None:
        course, people = self._course, self._patients
        if cycle == 0:
            course.day[:, 0] = people.first_day
            ordered = self._nominal
        else:
            ordered = self._orders(cycle)
        course.ordered[active, cycle] = ordered[active]
        given = dispensed(self._dispensing, ordered, self._study.design.activity_tolerance, self._rule)
        course.activity[active, cycle] = given[active]
        gray = people.specific[:, cycle] * np.nan_to_num(given)[:, None, :] / 1000
        course.dose[active, cycle] = gray[active]

    def _orders(self, cycle: int) -> Floats:
        """Choose the activities of a later cycle (MBq); those that no dosimetry adapts stay nominal."""
        course, people = self._course, self._patients
        n = len(people.arm)
        rows, modified = np.arange(n), np.maximum(self._modified, 0)
        specific, delivered = self._known(cycle)
        ordered = self._nominal.copy()
        fixed_activity = np.nan_to_num(ordered)
        fixed_activity[rows, modified] = 0.0
        outlook = Outlook(
            delivered=delivered, specific=specific[rows, :, modified],
            fixed=(specific * fixed_activity[:, None, :] / 1000).sum(axis=2),
            remaining=len(self._study.cycles) - cycle,
            limit_total=np.array([organ.limit_total for organ in self._study.organs]),
            limit_cycle=np.array([organ.limit_cycle or np.inf for organ in self._study.organs]),
        )  # fmt: skip
        largest = np.array([self._rule.largest(isotope.code) for isotope in self._study.isotopes])[modified]
        current = np.where(
            np.isnan(course.ordered[rows, cycle - 1, modified]),
            1.0,
            course.ordered[rows, cycle - 1, modified],
        )
        nominal = np.nan_to_num(self._nominal[rows, modified], nan=1.0)
        chosen = next_activity(
            outlook,
            nominal=nominal,
            current=current,
            largest=largest,
            escalated=self._escalated,
            rule=self._rule,
        )
        adapts = self._modified >= 0
        ordered[rows[adapts], modified[adapts]] = chosen[adapts]
        mine = np.where(adapts, chosen, nominal)
        treated = course.day[:, cycle] < NEVER
        course.projected[treated, cycle] = outlook.projected(mine)[treated]
        return ordered

    def _known(self, cycle: int) -> tuple[Floats, Floats]:
        """Gather what dosimetry has shown so far: mean Gy per GBq (n, o, i), and the dose of the cycles given (n, o).

        A cycle whose dosimetry is missing is taken to have had the mean of the others.
        """
        people, course = self._patients, self._course
        seen = people.measured[:, :cycle, None, None]
        count = people.measured[:, :cycle].sum(axis=1)[:, None, None]
        specific = (people.specific[:, :cycle] * seen).sum(axis=1) / count
        gbq = np.nan_to_num(course.activity[:, :cycle])[:, :, None, :] / 1000
        doses = np.where(seen, course.dose[:, :cycle], specific[:, None] * gbq)
        return specific, doses.sum(axis=(1, 3))

    def _measure(self, visit: int, active: NDArray[np.bool_], day: Days) -> None:
        """Take blood at a visit from those in treatment, alive, seen, and not missing the visit."""
        people, course = self._patients, self._course
        if visit == 0:
            first = people.bloods.level + people.bloods.scatter[:, 0]
            values, here = measure(first, people.age, people.female), active
        else:
            last = (visit + 1) // 2
            since = (day[:, None] - np.where(course.given, course.day, 0)).astype(np.float64)
            doses = np.moveaxis(course.dose.sum(axis=3), 2, 0).copy()
            doses[:, :, last:] = 0.0
            values = values_at(
                people.bloods, visit, since, self._kidney_and_marrow(doses), people.age, people.female
            )
            here = active & (day < np.minimum(people.death, people.lost)) & ~self._absent[:, visit]
        reported = people.bench.reported(values)
        if visit:
            self._drop_panels(reported, visit)
        course.visit_day[here, visit] = day[here]
        course.values[here, visit] = reported[here]

    def _kidney_and_marrow(self, doses: Floats) -> Floats:
        codes = [organ.code for organ in self._study.organs]
        if not {"KIDNEY", "MARROW"} <= set(codes):
            raise PlanError("The simulator needs the organs KIDNEY and MARROW.")
        return doses[[codes.index("KIDNEY"), codes.index("MARROW")]]

    def _drop_panels(self, reported: Floats, visit: int) -> None:
        places = {code: place for place, code in enumerate(self._patients.bench.analytes)}
        for panel, codes in enumerate((("ALT", "AST", "BILI"), ("NEUT", "LYMPH"))):
            for code in codes:
                reported[self._no_panel[:, visit, panel], places[code]] = np.nan

    def _finish(self, active: NDArray[np.bool_]) -> None:
        """Date the end of those who had every cycle: the visit after the last one, or death or loss before it."""
        course, people = self._course, self._patients
        day = working_day(course.day[:, -1] + self._visit_gap[:, -1])
        gone = np.minimum(people.death, people.lost)
        course.ended[active] = np.maximum(np.minimum(day, gone), course.day[:, -1])[active]
