import dataclasses

import numpy as np
import pandas as pd
import pytest
from patients import day, frame
from survival_patients import scan

from duonen_stats.datasets.efficacy.sourced_dates import (
    SOURCES,
    DateOf,
    SourcedDates,
    joined,
    judged_scans,
    sourced,
)
from duonen_stats.datasets.efficacy.survival_records import PUBLISHED_RULES
from duonen_stats.errors import DataError

ROWS = pd.DataFrame(
    {
        "EXDT": pd.to_datetime(["2024-03-01", "2024-02-01", "2024-01-01", None, "2024-03-02", "2024-02-01"]),
        "_ROW": [2, 7, 3, 4, 5, 6],
    }
)
PATIENT = np.array([1, 0, -1, 0, 1, 0])
CUT = pd.Timestamp("2024-03-01")


def test_what_is_known_at_the_cut_is_kept_with_its_place():
    out = sourced(ROWS, PATIENT, DateOf.GIVEN, until=CUT)
    assert (out.patient.tolist(), out.record.tolist()) == ([0, 0, 1], [6, 7, 2])
    assert set(out.source.tolist()) == {DateOf.GIVEN}
    some = sourced(ROWS, PATIENT, DateOf.GIVEN, until=CUT, kept=ROWS["_ROW"].to_numpy() == 7)
    assert some.record.tolist() == [7]


def test_an_absent_column_is_named():
    with pytest.raises(DataError, match="LASTDT"):
        sourced(ROWS, PATIENT, DateOf.CONTACT, until=CUT)


def test_first_and_last_on_one_day_go_by_the_order_given():
    known = sourced(ROWS, PATIENT, DateOf.GIVEN, until=CUT)
    assert known.record[known.first(2)].tolist() == [6, 2]
    assert known.record[known.last(2)].tolist() == [7, 2]
    again = joined([known, known.called(DateOf.CONTACT)])
    assert again.source[again.first(2)].tolist() == [DateOf.GIVEN, DateOf.GIVEN]
    assert again.source[again.last(2)].tolist() == [DateOf.CONTACT, DateOf.CONTACT]


def test_a_patient_without_a_date_has_none():
    known = sourced(ROWS, PATIENT, DateOf.GIVEN, until=CUT)
    assert known.first(3).tolist()[2] == known.last(3).tolist()[2] == -1
    dates = known.by_patient(3)
    assert dates[0] == np.datetime64("2024-02-01")
    assert np.isnat(dates[2])
    nobody: SourcedDates = known.of(np.zeros(3, dtype=bool))
    assert np.isnat(nobody.by_patient(2)).all()


START = np.array([np.datetime64(day(0), "ns")])


def judged(*scans, rules=PUBLISHED_RULES):
    rows = frame("tumour_assessments", [*scans])
    patient = np.where(rows["SUBJID"].eq("1"), 0, -1)
    return judged_scans(rows, patient, START, rules, until=pd.Timestamp(day(500)))


@pytest.mark.parametrize(
    ("response", "lesion", "said"),
    [
        ("CR", "N", "free"),
        ("PR", "N", "free"),
        ("SD", "N", "free"),
        ("SD", None, "free"),
        ("PD", "N", "Progressive disease (RECIST 1.1)"),
        ("PD", "Y", "Progressive disease (RECIST 1.1)"),
        ("SD", "Y", "New lesion"),
        ("NE", "Y", "New lesion"),
        (None, "Y", "New lesion"),
        ("NE", "N", None),
        (None, None, None),
    ],
)
def test_a_response_and_a_lesion(response, lesion, said):
    found = judged(scan("1", 84, response, lesion))
    shown = [SOURCES[source].kind for source in found.progressed.source.tolist()]
    assert shown == ([] if said in {None, "free"} else [said])
    assert found.free.date.size == (said == "free")


def test_only_after_randomisation_and_up_to_the_cut():
    days = (-10, 0, 1, 84, 500, 501)
    out = judged(*[scan("1", on) for on in days], scan("unknown", 84)).free
    assert pd.to_datetime(out.date).tolist() == [pd.Timestamp(day(on)) for on in (1, 84, 500)]
    assert out.record.tolist() == [4, 5, 6]


def test_a_new_lesion_may_be_left_to_the_response():
    rules = dataclasses.replace(PUBLISHED_RULES, new_lesion_is_progression=False)
    out = judged(scan("1", 84, "SD", "Y"), scan("1", 168, "NE", "Y"), rules=rules)
    assert not out.progressed.date.size
    assert pd.to_datetime(out.free.date).tolist() == [pd.Timestamp(day(84))]


def test_of_two_progressions_of_one_day_the_first_record_names_the_event():
    lesion_first = judged(scan("1", 84, "SD", "Y"), scan("1", 84, "PD"))
    assert lesion_first.progressed.source.tolist() == [DateOf.NEW_LESION, DateOf.PROGRESSION]


def test_no_assessment_and_no_column():
    assert not judged().free.date.size
    with pytest.raises(DataError, match="RESPONSE"):
        judged_scans(ROWS, PATIENT, START, PUBLISHED_RULES, until=CUT)
