"""Adverse events: as many of each category and grade as printed, in patients whose values suggest them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duonen_stats.simulated.calibration.analytes import ANALYTES
from duonen_stats.simulated.calibration.roster import Roster
from duonen_stats.simulated.calibration.targets import Targets
from duonen_stats.study import Analyte, Study

Values = NDArray[np.float64]

_SEVERE = 3
_LASTS = {"ANEMIA": (40, 120), "THROMBOCYTOPENIA": (25, 70), "LEUKOPENIA_NEUTROPENIA": (25, 60),
          "RENAL_IMPAIRMENT": (30, 90)}  # fmt: skip
_SINGLE_LASTS = (3, 25)
_TERMS = {
    "ANEMIA": "Anemia", "THROMBOCYTOPENIA": "Platelet count decreased",
    "LEUKOPENIA_NEUTROPENIA": "White blood cell decreased", "RENAL_IMPAIRMENT": "Creatinine increased",
    "ALOPECIA": "Alopecia", "FATIGUE": "Fatigue", "DIARRHEA": "Diarrhea", "NAUSEA": "Nausea",
    "ABDOMINAL_DISCOMFORT": "Abdominal discomfort",
}  # fmt: skip
_SOURCE = {
    "ANEMIA": "HGB", "THROMBOCYTOPENIA": "PLAT", "LEUKOPENIA_NEUTROPENIA": "WBC", "RENAL_IMPAIRMENT": "CREAT",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of a patient (place in the roster): it starts ``delay`` days after visit V1, ... (0, ...)."""

    patient: int
    category: str
    term: str
    grade: int
    visit: int
    delay: int
    days: int
    stops: bool


def draw_events(
    roster: Roster, values: Mapping[str, Values], targets: Targets, study: Study, rng: np.random.Generator
) -> list[Event]:
    """Draw the events of Table 5.

    Those with a laboratory value go to the patients with the worst ones, at the visit of the worst; severe
    thrombocytopenia to those who stopped for platelets. The others go to anyone, once.

    Parameters
    ----------
    values
        Values at V1 to V4 of each analyte, shape (4, n), NaN if missing.
    """
    events: list[Event] = []
    for category in _TERMS:
        number = targets.count(f"table5.{category.lower()}.any.n")
        if category in _SOURCE:
            events += _laboratory(category, number, roster, values, targets, study, rng)
        else:
            events += _others(category, number, roster, rng)
    return events


def _second_grade(analyte: Analyte) -> float:
    """Bound below which CTCAE gives grade 2; none where high values are adverse: those events stay of grade 1."""
    return analyte.grade_bounds(analyte.unit)[0] if analyte.adverse == "low" else -np.inf


def _laboratory(
    category: str,
    number: int,
    roster: Roster,
    values: Mapping[str, Values],
    targets: Targets,
    study: Study,
    rng: np.random.Generator,
) -> Iterator[Event]:
    second = _second_grade(study.analyte(_SOURCE[category]))
    plan = next(one for one in ANALYTES if one.code == _SOURCE[category])
    measured = values[plan.code]
    worst = np.where(np.isfinite(measured), -plan.adverse * measured, np.inf)
    order = [int(one) for one in np.argsort(worst.min(axis=0), kind="stable")]
    severe = targets.count(f"table5.{category.lower()}.grade_ge3.n")
    stopped = [int(one) for one in np.flatnonzero(roster.severe)][:severe]
    for patient in (stopped + [one for one in order if not roster.severe[one] or not severe])[:number]:
        low, high = _LASTS[category]
        visit = int(worst[:, patient].argmin())
        stops = patient in stopped
        mild = 1 + int(measured[visit, patient] < second)
        yield Event(
            patient=patient, category=category, term=_TERMS[category], grade=_SEVERE if stops else mild,
            visit=int(roster.delivered[patient]) - 1 if stops else visit, delay=0,
            days=int(rng.integers(low, high)), stops=stops,
        )  # fmt: skip


def _others(category: str, number: int, roster: Roster, rng: np.random.Generator) -> Iterator[Event]:
    for patient in rng.choice(len(roster.arm), number, replace=False):
        yield Event(
            patient=int(patient), category=category, term=_TERMS[category], grade=1,
            visit=int(rng.integers(roster.delivered[patient])), delay=-int(rng.integers(3, 12)),
            days=int(rng.integers(*_SINGLE_LASTS)), stops=False,
        )  # fmt: skip
