import pandas as pd
from verification.made_folder import cycles, day, folder, subject

from duonen_stats.verification.derived.events import events_of, years_at_risk
from duonen_stats.verification.derived.patients import patients_of


def event(on, grade=1, end=None):
    record = {"SUBJID": "1", "TERM": "Fatigue", "CATEGORY": "FATIGUE", "GRADE": grade, "SERIOUS": "N"}
    start = None if on is None else day(on)
    return record | {
        "STARTDT": start,
        "ENDDT": None if end is None else day(end),
        "ACTION": "NONE",
        "OUTCOME": None,
    }


def made(*events):
    return folder(
        subjects=[subject("1", "A")], administrations=cycles("1", *[7400.0] * 4), adverse_events=[*events]
    )  # treated on days 10 to 178, reported to day 208


def test_events_are_emergent_from_the_first_cycle_to_the_end_of_reporting(study):
    rows = made(
        event(9), event(10, grade=3), event(208), event(209), event(None), event(None, end=5), event(1001)
    )
    found = events_of(rows, patients_of(rows, study))
    assert [*found["EMERGENT"]] == [False, True, True, False, True, False]
    assert [*found["BEFORE"]] == [True, False, False, False, False, True]
    assert [*found["AFTER"]] == [False, False, False, True, False, False]
    assert found["SEVERE"].sum() == 1


def test_time_at_risk_ends_with_reporting_or_with_the_last_sign_of_life(study):
    patients = patients_of(made(event(20)), study)
    for last, days in ((500, 199), (100, 91), (10, 1)):
        years = years_at_risk(patients, pd.Series({"1": day(last)}))
        assert years["1"] == days / 365.25
