"""Adverse events as an investigator might report them: of the blood as measured, and others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.errors import PlanError
from duonen_stats.simulated.model.assumption import assumed, require_fractions, require_positive
from duonen_stats.simulated.model.course import CRITERION, Course
from duonen_stats.simulated.model.dates import NEVER, Days
from duonen_stats.simulated.model.laboratories import Bench
from duonen_stats.simulated.model.randomness import Floats
from duonen_stats.study import Study

# CTCAE 5.0 grades of blood values, by which the simulated investigators judge.


_READ_FROM_BLOOD = {
    "ANEMIA": ("HGB",),
    "THROMBOCYTOPENIA": ("PLAT",),
    "LEUKOPENIA_NEUTROPENIA": ("WBC", "NEUT"),
    "RENAL_IMPAIRMENT": ("CREAT", "EGFR"),
    "OTHER": ("ALT", "AST", "BILI"),
}
"""Analytes that an event of each category is read from; categories as in Table 5 of the publication."""


@dataclass(frozen=True, slots=True)
class BloodEvent:
    """A kind of event read from blood: its analytes with their terms and bounds.

    ``bounds`` are, for each analyte, those of CTCAE beyond which its grades begin: of grade 2 on in the dictionary's
    unit if ``low``, where grade 1 begins below the limit of normal; else of grade 1 on in multiples of the upper limit.
    """

    category: str
    low: bool
    analytes: tuple[str, ...]
    terms: tuple[str, ...]
    bounds: tuple[tuple[float, ...], ...]


def blood_events(study: Study) -> tuple[BloodEvent, ...]:
    """Give the kinds of event that are read from blood, with the terms and bounds of the data dictionary."""
    return tuple(_blood_event(category, analytes, study) for category, analytes in _READ_FROM_BLOOD.items())


def _blood_event(category: str, analytes: tuple[str, ...], study: Study) -> BloodEvent:
    """Read an event from its analytes; one that is adverse the other way than the first gets no grade.

    That is the filtration rate beside creatinine: alone it ends treatment.
    """
    found = [study.analyte(code) for code in analytes]
    low = found[0].adverse == "low"
    bounds: list[tuple[float, ...]] = []
    for analyte in found:
        multiples = analyte.ctcae_multiples
        graded = analyte.adverse == found[0].adverse
        if not graded or (not low and multiples is None):
            bounds.append(())
        else:
            bounds.append(
                analyte.grade_bounds(analyte.unit) if low or multiples is None else multiples.of_uln
            )
    return BloodEvent(
        category, low, analytes, tuple(one.ctcae_term or one.label for one in found), tuple(bounds)
    )


def grades(event: BloodEvent, reported: Floats, bench: Bench) -> NDArray[np.int64]:
    """Grade values of an event's analytes.

    Parameters
    ----------
    event
        The event.
    reported
        (n, visits, analytes) in the order of ``bench``, in the laboratory's units.
    bench
        Units and limits of normal.

    Returns
    -------
    numpy.ndarray
        0 to 4, shape (n, visits, analytes of the event); a missing value, or one without a limit, is 0.
    """
    out = np.zeros((*reported.shape[:2], len(event.analytes)), dtype=np.int64)
    for k, (code, bounds) in enumerate(zip(event.analytes, event.bounds, strict=True)):
        place = bench.analytes.index(code)
        value = reported[:, :, place]
        factor = bench.factor[:, place, None]
        if event.low:
            steps = [bench.low[:, place, None], *(bound / factor for bound in bounds)]
            beyond = [value < step for step in steps]
        else:
            high = bench.high[:, place, None]
            beyond = [value > bound * high for bound in bounds]
        out[:, :, k] = np.sum(beyond, axis=0) if beyond else 0
    return out


_OTHER_EVENTS = (
    ("ALOPECIA", "Alopecia"), ("FATIGUE", "Fatigue"), ("DIARRHEA", "Diarrhea"), ("NAUSEA", "Nausea"),
    ("ABDOMINAL_DISCOMFORT", "Abdominal discomfort"), ("OTHER", "Headache"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAssumptions:
    """What is reported, how often, and how long it lasts."""

    reported: tuple[float, ...] = assumed(
        (0.12, 0.8, 1.0, 1.0),
        "A blood value of grade 1, 2, 3, 4 worse than at baseline is reported: most of grade 1 are not.",
        "Table 5 against Table 4",
    )
    other_per_cycle: float = assumed(
        0.005, "Each of six other kinds, after each cycle.", "Table 5: five in 56"
    )
    second_grade: float = assumed(0.2, "Of those, grade 2; the others grade 1.", "Table 5")
    median_days: float = assumed(45.0, "Duration.", "invented")
    duration_sd_log: float = assumed(0.6, "Log spread of the duration.", "invented")
    serious: float = assumed(0.2, "Events of grade 3 and more that are serious.", "invented")
    related: float = assumed(
        0.7, "Other events taken as related to treatment; those of the blood all are.", "invented"
    )

    def __post_init__(self) -> None:
        if len(self.reported) != 4:  # noqa: PLR2004 - grades 1 to 4
            raise PlanError("reported needs a fraction for each of grades 1 to 4.")
        require_fractions(
            **{f"reported[{grade}]": share for grade, share in enumerate(self.reported, 1)},
            other_per_cycle=self.other_per_cycle, second_grade=self.second_grade, serious=self.serious,
            related=self.related,
        )  # fmt: skip
        require_positive(median_days=self.median_days, duration_sd_log=self.duration_sd_log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Adverse events, arrays of one length: ``patient`` is the place of the patient; days since 1970."""

    patient: NDArray[np.int64]
    term: NDArray[np.object_]
    category: NDArray[np.object_]
    grade: NDArray[np.int64]
    start: Days
    end: Days
    related: NDArray[np.bool_]
    serious: NDArray[np.bool_]
    ended_treatment: NDArray[np.bool_]

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Events":
        """Keep these events, in this order."""
        return Events(
            patient=self.patient[rows], term=self.term[rows], category=self.category[rows],
            grade=self.grade[rows], start=self.start[rows], end=self.end[rows], related=self.related[rows],
            serious=self.serious[rows], ended_treatment=self.ended_treatment[rows],
        )  # fmt: skip


def draw_events(
    rng: np.random.Generator,
    course: Course,
    bench: Bench,
    gone: Days,
    study: Study,
    assumptions: EventAssumptions,
) -> Events:
    """Draw the events of all patients, by patient, start and term.

    Parameters
    ----------
    rng
        Generator.
    course, bench
        Blood values as measured, and their limits of normal.
    gone
        Day of death or loss of each patient: nothing starts then or later.
    study
        The discontinuation criteria, whose event is always reported.
    assumptions
        What is reported.
    """
    parts = [_of_blood(rng, event, course, bench, study, assumptions) for event in blood_events(study)]
    parts += [_others(rng, course, *kind, assumptions) for kind in _OTHER_EVENTS]
    names = Events.__dataclass_fields__
    whole = Events(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
    whole = whole.take(whole.start < gone[whole.patient])
    return whole.take(np.lexsort((whole.term.astype(str), whole.start, whole.patient)))


def _of_blood(
    rng: np.random.Generator,
    event: BloodEvent,
    course: Course,
    bench: Bench,
    study: Study,
    one: EventAssumptions,
) -> Events:
    """At most one event a patient: the worst grade above that of baseline, from the first visit that has it."""
    n = len(course.ending)
    rows = np.arange(n)
    by_analyte = grades(event, course.values, bench)  # (n, visits, analytes of the event)
    grade = by_analyte.max(axis=2)
    emergent = np.where(grade > grade[:, :1], grade, 0)
    visit = emergent.argmax(axis=1)
    forced = _ended(event, course, study)
    visit = np.where(forced, course.at_visit, visit)
    worst = np.where(forced, np.maximum(grade[rows, visit], 1), emergent[rows, visit])
    chance = np.array([0.0, *one.reported])[worst]
    reported = forced | (rng.random(n) < chance)
    term = np.array(event.terms, dtype=object)[by_analyte[rows, visit].argmax(axis=1)]
    return _events(
        rng, rows[reported], term[reported], event.category, worst[reported], course.visit_day[rows, visit][reported],
        np.ones(int(reported.sum()), dtype=np.bool_), forced[reported], one,
    )  # fmt: skip


def _ended(event: BloodEvent, course: Course, study: Study) -> NDArray[np.bool_]:
    """Whether a criterion about one of the event's analytes ended treatment."""
    mine = [place for place, rule in enumerate(study.stopping_rules) if rule.variable in event.analytes]
    return np.asarray((course.ending == CRITERION) & np.isin(course.criterion, mine), dtype=np.bool_)


def _others(
    rng: np.random.Generator, course: Course, category: str, term: str, one: EventAssumptions
) -> Events:
    n, cycles = course.day.shape
    happens = (rng.random((n, cycles)) < one.other_per_cycle) & course.given
    delay = rng.integers(1, 21, (n, cycles))
    patient, cycle = np.nonzero(happens)
    grade = 1 + (rng.random(len(patient)) < one.second_grade).astype(np.int64)
    start = course.day[patient, cycle] + delay[patient, cycle]
    related = rng.random(len(patient)) < one.related
    return _events(
        rng, patient, np.full(len(patient), term, dtype=object), category, grade, start, related,
        np.zeros(len(patient), dtype=np.bool_), one,
    )  # fmt: skip


def _events(
    rng: np.random.Generator,
    patient: NDArray[np.int64],
    term: NDArray[np.object_],
    category: str,
    grade: NDArray[np.int64],
    start: Days,
    related: NDArray[np.bool_],
    ended_treatment: NDArray[np.bool_],
    one: EventAssumptions,
) -> Events:
    n = len(patient)
    lasts = np.ceil(one.median_days * np.exp(one.duration_sd_log * rng.standard_normal(n))).astype(np.int64)
    return Events(
        patient=patient, term=term, category=np.full(n, category, dtype=object), grade=grade, start=start,
        end=np.minimum(start + lasts, NEVER), related=related,
        serious=(grade >= 3) & (rng.random(n) < one.serious),  # noqa: PLR2004 - severe
        ended_treatment=ended_treatment,
    )  # fmt: skip
