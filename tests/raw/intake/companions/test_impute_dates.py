"""Tests of duonen_stats.raw.intake.companions.impute_dates: worked patients, and laws that hold for every date."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import administration, contact, ended, event, make_cut, subject

from duonen_stats.raw.intake.companions.impute_dates import with_imputed_dates
from duonen_stats.raw.intake.companions.partial_text import period_of
from duonen_stats.study import load_study

# Randomised on 2023-12-12, treated on 2024-01-10 and 2024-03-06, last seen on 2024-10-27; data cut 2025-05-15.
GIVEN = [administration("001", "T1", 9, 7400.0), administration("001", "T2", 65, 7400.0)]


def imputed(table, column, record, study=None, **tables):
    """The date of a column after the imputation, as text, and the findings."""
    cut = make_cut(
        **{
            "subjects": [subject("001")],
            "administrations": GIVEN,
            "follow_up": [contact("001", on=300)],
            **tables,
            table: [record],
        }
    )
    out, found = with_imputed_dates(cut.tables, study or load_study())
    value = out[table][column].iloc[0]
    return None if pd.isna(value) else f"{value:%Y-%m-%d}", found


def an_event(start=None, part=None, end=None, end_part=None):
    return event("001", 1, 0, STARTDT=start, STARTDTC=part, ENDDT=end, ENDDTC=end_part)


STARTS = [
    ("2024-02", None, "2024-02-01"),
    ("2024-01", None, "2024-01-10"),  # the month of the first administration
    ("2024", None, "2024-01-10"),  # its year
    ("2023", None, "2023-01-01"),
    ("2023-12", None, "2023-12-01"),
    ("2024-01", "2024-01-05", "2024-01-01"),  # ended before the first administration, so it began before it
    ("2024", "2024-01-05", "2024-01-01"),
    ("2024-01", "2024-01-10", "2024-01-10"),
    ("UNK", None, "2024-01-10"),
    ("UNK", "2024-01-05", "2024-01-05"),  # not after its own end
    ("UNK", "2024-02-05", "2024-01-10"),
]


@pytest.mark.parametrize(("part", "end", "expected"), STARTS)
def test_start_of_an_event(part, end, expected):
    assert imputed("adverse_events", "STARTDT", an_event(part=part, end=end))[0] == expected


def test_start_of_an_event_that_ends_in_a_part():
    """The latest day that the end may be counts."""
    assert imputed("adverse_events", "STARTDT", an_event(part="2024", end_part="2024-01"))[0] == "2024-01-10"
    assert imputed("adverse_events", "STARTDT", an_event(part="2023", end_part="2023-12"))[0] == "2023-01-01"


def test_start_of_an_event_of_a_patient_never_treated():
    none = {"administrations": []}
    assert imputed("adverse_events", "STARTDT", an_event(part="2024-01"), **none)[0] == "2024-01-01"
    assert imputed("adverse_events", "STARTDT", an_event(part="UNK"), **none)[0] == "2023-12-12"
    zero = {"administrations": [administration("001", "T1", 9, 0.0)]}  # 0 MBq is no administration
    assert imputed("adverse_events", "STARTDT", an_event(part="2024-01"), **zero)[0] == "2024-01-01"


ENDS = [
    ("2024-02-03", "2024-02", "2024-02-29"),
    ("2024-02-03", "2024", "2024-10-27"),  # not after the last date known alive
    ("2024-02-03", "2024-10", "2024-10-27"),
    ("2024-10-29", "2024-10", "2024-10-29"),  # but not before the start
    ("2024-02-03", "2025-01", "2025-01-01"),  # wholly after the last contact: the first day it may be
    ("2024-02-03", "UNK", None),
]


@pytest.mark.parametrize(("start", "part", "expected"), ENDS)
def test_end_of_an_event(start, part, expected):
    assert imputed("adverse_events", "ENDDT", an_event(start=start, end_part=part))[0] == expected


def test_start_and_end_both_in_part():
    record = an_event(part="2024-01", end_part="2024-01")
    assert imputed("adverse_events", "STARTDT", record)[0] == "2024-01-10"
    assert imputed("adverse_events", "ENDDT", record)[0] == "2024-01-31"


@pytest.mark.parametrize(
    ("part", "expected"),
    [("2024-03", "2024-03-06"), ("2024-05", "2024-05-01"), ("2024", "2024-03-06"), ("UNK", None)],
)
def test_death(part, expected):
    """Not before the last day on which the patient was alive, the second administration."""
    record = contact("001") | {
        "STATUS": "DEAD",
        "LASTDT": None,
        "LASTDTC": part,
        "DEATHDT": None,
        "DEATHDTC": part,
    }
    assert imputed("follow_up", "DEATHDT", record)[0] == expected
    assert imputed("follow_up", "LASTDT", record)[0] == (expected or "2024-03-06")


def test_death_is_not_before_the_last_contact():
    record = contact("001", on=300) | {"STATUS": "DEAD", "DEATHDT": None, "DEATHDTC": "2024-10"}
    assert imputed("follow_up", "DEATHDT", record)[0] == "2024-10-27"


@pytest.mark.parametrize(
    ("part", "expected"), [("2024-03", "2024-03-06"), ("2024-07", "2024-07-01"), ("UNK", "2024-03-06")]
)
def test_last_contact(part, expected):
    assert imputed("follow_up", "LASTDT", contact("001") | {"LASTDT": None, "LASTDTC": part})[0] == expected


@pytest.mark.parametrize(
    ("part", "expected"), [("2024-05", "2024-05-01"), ("2023-12", "2023-12-12"), ("UNK", None)]
)
def test_another_treatment(part, expected):
    record = contact("001") | {"NEWTRT": "Everolimus", "NEWTRTDT": None, "NEWTRTDTC": part}
    assert imputed("follow_up", "NEWTRTDT", record)[0] == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [("2024-03", "2024-03-31"), ("2024", "2024-10-27"), ("2024-02", "2024-02-29"), ("UNK", "2024-03-06")],
)
def test_status_of_treatment(part, expected):
    record = ended("001") | {"DSDT": None, "DSDTC": part}
    assert imputed("disposition", "DSDT", record)[0] == expected


def test_a_note_says_how_many_and_where():
    _, (note,) = imputed("adverse_events", "STARTDT", an_event(part="2024-02"))
    assert (note.rule, note.severity, note.table, note.row, note.column) == (
        "RD-PARTIAL", "note", "adverse_events", 2, "STARTDT",
    )  # fmt: skip
    assert note.message.startswith("Of 1 date only a part is known, line 2; imputed")


@pytest.mark.parametrize(
    ("given", "part", "fault"),
    [
        ("2024-03-01", "2024-02", "'2024-02', but STARTDT is 2024-03-01"),
        (None, "Feb 2024", "is not YYYY, YYYY-MM or UNK"),
        (None, "2024-02-01", "is not YYYY, YYYY-MM or UNK"),
    ],
)
def test_a_part_that_is_faulty_or_contradicts(given, part, fault):
    value, (found,) = imputed("adverse_events", "STARTDT", an_event(start=given, part=part))
    assert value == given
    assert (found.rule, found.severity, found.column, found.subject) == (
        "RD-PARTCONFLICT", "error", "STARTDTC", "001",
    )  # fmt: skip
    assert fault in found.message


DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))
PARTS = st.sampled_from(["%Y", "%Y-%m"])


@settings(max_examples=60, deadline=None)
@given(DAYS, DAYS, PARTS, PARTS)
def test_an_imputed_date_may_be_the_true_one_and_reading_it_again_gives_the_same(one, other, form, end_form):
    """Start and end of an event, each known in part: within its part, in order, and stable."""
    start, end = sorted((one, other))
    record = an_event(part=start.strftime(form), end_part=end.strftime(end_form))
    cut = make_cut(
        cut_day=2000,
        subjects=[subject("001")],
        administrations=GIVEN,
        follow_up=[contact("001", on=1900)],
        adverse_events=[record],
    )
    study = load_study()
    tables, _ = with_imputed_dates(cut.tables, study)
    row = tables["adverse_events"].iloc[0]
    for column in ("STARTDT", "ENDDT"):
        period = period_of(row[f"{column}C"])
        assert period.first <= row[column].date() <= period.last
    assert row["STARTDT"] <= row["ENDDT"]
    again, found = with_imputed_dates(tables, study)
    pd.testing.assert_frame_equal(again["adverse_events"], tables["adverse_events"])
    assert {one.rule for one in found} == {"RD-PARTIAL"}
