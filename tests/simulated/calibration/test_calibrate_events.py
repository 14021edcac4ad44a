"""Adverse events: counts as printed, worst values first, severe ones in those who stopped for them."""

import numpy as np
from calibration_parts import small_targets, start_values

from duonen_stats.simulated.calibration.analytes import ANALYTES
from duonen_stats.simulated.calibration.calibrate_events import draw_events
from duonen_stats.simulated.calibration.roster import build_roster
from duonen_stats.study import load_study

COUNTS = {
    "anemia": (14, 0),
    "thrombocytopenia": (11, 5),
    "leukopenia_neutropenia": (4, 0),
    "renal_impairment": (4, 0),
}
OTHERS = ("alopecia", "fatigue", "diarrhea", "nausea", "abdominal_discomfort")


def made():
    counts = {f"table5__{name}__any__n": (number, 0) for name, (number, _) in COUNTS.items()}
    counts |= {f"table5__{name}__grade_ge3__n": (severe, 0) for name, (_, severe) in COUNTS.items()}
    targets = small_targets(**counts, **{f"table5__{name}__any__n": (1, 0) for name in OTHERS})
    roster = build_roster(targets)
    base = start_values()
    values = {plan.code: base[plan.code] * np.ones((4, 1)) for plan in ANALYTES}
    values = {code: np.where(roster.present, value, np.nan) for code, value in values.items()}
    return roster, values, draw_events(roster, values, targets, load_study(), np.random.default_rng(1))


def test_counts_are_those_printed():
    _, _, events = made()
    assert len(events) == 38
    assert sum(event.category == "ANEMIA" for event in events) == 14
    assert sum(event.grade >= 3 for event in events) == 5


def test_severe_ones_are_those_who_stopped():
    roster, _, events = made()
    severe = {event.patient for event in events if event.stops}
    assert severe == set(np.flatnonzero(roster.severe))
    assert all(event.grade == 3 for event in events if event.stops)


def test_the_lowest_haemoglobin_has_the_anemia():
    _, values, events = made()
    anemic = {event.patient for event in events if event.category == "ANEMIA"}
    assert anemic == set(np.argsort(np.nanmin(values["HGB"], axis=0))[:14])


def test_an_event_is_dated_at_a_visit_that_took_place():
    roster, _, events = made()
    assert all(event.visit < roster.delivered[event.patient] for event in events)
