"""The course of treatment as arrays: whom to treat, and what happened to them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.model.assumption import assumed, require_fractions
from duonen_stats.simulated.model.blood import Bloods
from duonen_stats.simulated.model.dates import NEVER, Days
from duonen_stats.simulated.model.laboratories import Bench
from duonen_stats.simulated.model.randomness import Floats
from duonen_stats.study import Study

COMPLETED, CRITERION, PROGRESSION, DEATH, LOST, WITHDRAWAL, OTHER = range(7)
"""How treatment ended."""

ENDINGS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Patients:
    """What the course depends on: arrays of n patients, and their blood and doses per activity."""

    arm: NDArray[np.int64]
    age: NDArray[np.int64]
    female: NDArray[np.bool_]
    first_day: Days
    baseline_day: Days
    death: Days
    lost: Days
    progressed: Days
    bench: Bench
    bloods: Bloods
    specific: Floats
    measured: NDArray[np.bool_]


@dataclass(slots=True, kw_only=True)
class Course:
    """What happened to n patients over c cycles, o organs, i isotopes, v = 2c visits, a analytes.

    Days are ``NEVER``, numbers NaN where nothing happened. ``ordered`` and ``activity`` in MBq, ``dose`` in
    Gy whether or not it was measured, ``projected`` the dose in all (Gy) that was expected at each order;
    ``values`` as reported, in the laboratory's unit. ``ending`` is one of the seven endings, on day
    ``ended``; ``criterion`` the place of the discontinuation criterion met, ``at_visit`` where.
    """

    day: Days
    ordered: Floats
    activity: Floats
    dose: Floats
    projected: Floats
    visit_day: Days
    values: Floats
    ending: NDArray[np.int64]
    ended: Days
    criterion: NDArray[np.int64]
    at_visit: NDArray[np.int64]

    @property
    def given(self) -> NDArray[np.bool_]:
        """Whether each cycle was given, (n, c)."""
        return np.asarray(self.day < NEVER, dtype=np.bool_)


def empty_course(n: int, cycles: int, organs: int, isotopes: int, analytes: int) -> Course:
    """Make a course in which nothing has happened yet."""
    return Course(
        day=np.full((n, cycles), NEVER, dtype=np.int64),
        ordered=np.full((n, cycles, isotopes), np.nan), activity=np.full((n, cycles, isotopes), np.nan),
        dose=np.zeros((n, cycles, organs, isotopes)), projected=np.full((n, cycles, organs), np.nan),
        visit_day=np.full((n, 2 * cycles), NEVER, dtype=np.int64),
        values=np.full((n, 2 * cycles, analytes), np.nan),
        ending=np.full(n, COMPLETED, dtype=np.int64), ended=np.full(n, NEVER, dtype=np.int64),
        criterion=np.full(n, -1, dtype=np.int64), at_visit=np.full(n, -1, dtype=np.int64),
    )  # fmt: skip


# After treatment: rechecks of the value that ended it, other therapies, and the last contact.


_THERAPIES = ("Capecitabine and temozolomide", "Everolimus", "Sunitinib", "177Lu-DOTA-TATE outside the trial")
_RECHECKS = ((7, 0.25), (21, 0.6))
"""Days after the visit that ended treatment, and the part of the fall from baseline that has recovered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AftermathAssumptions:
    """What follows treatment."""

    treated_after_progression: float = assumed(
        0.6, "Another antitumour treatment after progression.", "invented"
    )
    treated_before: float = assumed(
        0.03, "Another one without progression, within a year of treatment.", "invented"
    )
    contact_days: int = assumed(
        35, "The last contact of the living is at most so long before the cut.", "invented"
    )

    def __post_init__(self) -> None:
        require_fractions(
            treated_after_progression=self.treated_after_progression, treated_before=self.treated_before
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecks:
    """Unscheduled values: ``patient`` and ``analyte`` by place, the day, the value in the laboratory's unit."""

    patient: NDArray[np.int64]
    analyte: NDArray[np.int64]
    day: Days
    value: Floats


def recheck(course: Course, bench: Bench, gone: Days, study: Study) -> Rechecks:
    """Repeat, twice, the value that ended treatment: it has come part of the way back."""
    patient = np.flatnonzero(course.ending == CRITERION)
    place = {code: k for k, code in enumerate(bench.analytes)}
    of_rule = np.array([place.get(rule.variable, -1) for rule in study.stopping_rules], dtype=np.int64)
    analyte = of_rule[course.criterion[patient]]
    visit = course.at_visit[patient]
    low, start = course.values[patient, visit, analyte], course.values[patient, 0, analyte]
    scale = 10.0 ** bench.decimals[patient, analyte]
    days, values = [], []
    for later, part in _RECHECKS:
        days.append(course.visit_day[patient, visit] + later)
        values.append(np.rint((low + part * (start - low)) * scale) / scale)
    day = np.concatenate(days)
    twice = np.tile(patient, len(_RECHECKS))
    seen = day < gone[twice]
    return Rechecks(
        patient=twice[seen], analyte=np.tile(analyte, len(_RECHECKS))[seen], day=day[seen],
        value=np.concatenate(values)[seen],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapies:
    """Another antitumour treatment of each patient: its first day (``NEVER`` without one) and its name."""

    day: Days
    name: NDArray[np.object_]


def draw_therapies(
    rng: np.random.Generator, ended: Days, progressed: Days, gone: Days, assumptions: AftermathAssumptions
) -> Therapies:
    """Draw who takes another treatment, and when: after progression was seen, or seldom before it."""
    n = len(ended)
    after = progressed + rng.integers(14, 61, n)
    before = ended + rng.integers(30, 366, n)
    takes = (progressed < NEVER) & (rng.random(n) < assumptions.treated_after_progression)
    early = (rng.random(n) < assumptions.treated_before) & (before < progressed)
    day = np.where(early, before, np.where(takes, after, NEVER))
    name = rng.choice(np.array(_THERAPIES, dtype=object), size=n)
    return Therapies(day=np.where(day < gone, day, NEVER), name=name)
