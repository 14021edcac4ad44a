"""One account of what was given, for checks and datasets: 0 MBq is a statement that nothing was."""

import pandas as pd
import pytest
from patients import (
    administration,
    contact,
    cycles,
    day,
    dose,
    ended,
    event,
    frame,
    lab,
    make_cut,
    subject,
)

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.derived.cycles import (
    activities,
    delivered,
    given_isotopes,
    treatment_dates,
)

ROWS = (
    administration("1", "T1", 0, 3700.0, 0.0),
    administration("1", "T2", 56, None, 1850.0),
    administration("1", "T3", 112, 0.0, 0.0),
    administration("1", "T4", 168, None, None),
    administration("2", "T1", 9, 7400.0) | {"EXDT": None},
    administration(None, "T1", 9, 7400.0),
    administration("3", "T1", 300, 7400.0),
)


def test_a_cycle_is_delivered_with_a_date_up_to_the_cut_and_an_activity(study):
    rows = frame("administrations", [*ROWS])
    assert activities(rows, study)["Y90"].tolist()[:3] == [0.0, 1850.0, 0.0]
    assert delivered(rows, study).tolist() == [True, True, False, False, False, False, True]
    until = pd.Timestamp(day(56))
    assert delivered(rows, study, until=until).tolist() == [True, True] + [False] * 5
    assert not len(delivered(rows.iloc[:0], study))


def test_isotopes_and_dates_of_what_was_given(study):
    rows = frame("administrations", [*ROWS])
    given = rows[delivered(rows, study)]
    found = given_isotopes(given, study)
    assert found.to_numpy().tolist() == [["1", "T1", "LU177"], ["3", "T1", "LU177"], ["1", "T2", "Y90"]]
    dates = treatment_dates(given)
    assert dates["FIRST"].to_dict() == {"1": pd.Timestamp(day(0)), "3": pd.Timestamp(day(300))}
    assert dates.loc["1", ["LAST", "CYCLES"]].tolist() == [pd.Timestamp(day(56)), 2]
    assert treatment_dates(given.iloc[:0]).empty


def _cut(*administrations, labs=(), events=(), doses=()):
    return make_cut(
        subjects=[subject("1", "B"), subject("2", "A")],
        administrations=[*administrations],
        labs=[*labs],
        adverse_events=[*events],
        dosimetry=[*doses],
        disposition=[ended("1", "DISCONTINUED", 100, "PROGRESSION")],
        follow_up=[contact("1"), contact("2")],
    )


def _rules(cut, study, *, subjid="1"):
    return {one.rule for one in check_cut(cut, study, INTERIM) if one.subject in {subjid, None}}


FIRST, SECOND = administration("1", "T1", 0, 3700.0, 1850.0), administration("1", "T2", 56, 0.0, 0.0)


def test_checks_and_datasets_agree_on_dates_and_number_of_cycles(study):
    cut = _cut(FIRST, SECOND, *cycles("2", [0.0]))
    adsl = build_datasets(cut, study, INTERIM).adsl.set_index("SUBJID")
    span = CutView(cut, study).span
    for column, own in (("TRTSDT", "FIRST"), ("TRTEDT", "LAST")):
        assert adsl[column].dropna().to_dict() == span[own].to_dict()
    assert adsl["NCYC"].to_dict() == {"1": 1, "2": 0}
    assert span["CYCLES"].to_dict() == {"1": 1}


def test_a_patient_given_0_mbq_was_never_treated(study):
    cut = _cut(FIRST, *cycles("2", [0.0]))
    assert "PAT-UNTREATED" in _rules(cut, study, subjid="2")
    assert "PAT-NODISP" not in _rules(cut, study, subjid="2")


def test_0_mbq_of_an_isotope_that_the_arm_does_not_have_is_no_fault(study):
    cut = _cut(FIRST, *cycles("2", [7400.0], [0.0]))
    assert "TRT-ISOTOPE" not in _rules(cut, study, subjid="2")
    assert "TRT-ISOTOPE" in _rules(_cut(*cycles("2", [7400.0], [1.0])), study, subjid="2")


@pytest.mark.parametrize("organ", ["KIDNEY", "MARROW"])
def test_0_mbq_has_no_dose_and_a_dose_of_it_is_an_error(study, organ):
    row = administration("1", "T1", 0, 3700.0, 0.0)
    doses = [dose("1", "T1", name, "LU177", 1.0) for name in ("KIDNEY", "MARROW")]
    cut = _cut(row, doses=doses)
    assert build_datasets(cut, study, INTERIM).adsl.set_index("SUBJID").loc["1", "DOSFL"] == "Y"
    assert {"DOS-LACKING", "DOS-NOACTIVITY"}.isdisjoint(_rules(cut, study))
    strange = _cut(row, doses=[*doses, dose("1", "T1", organ, "Y90", 1.0)])
    assert "DOS-NOACTIVITY" in _rules(strange, study)
    assert (build_datasets(strange, study, INTERIM).set_aside["table"] == "dosimetry").sum() == 1


def test_a_visit_after_0_mbq_follows_nothing(study):
    cut = _cut(FIRST, SECOND, labs=[lab("1", "V2", 70, 13.0), lab("1", "T2", 60, 13.0)])
    rules = _rules(cut, study)
    assert {"LAB-AFTERNOTHING", "LAB-BEFORENOTHING"} <= rules
    assert "LAB-SIDE" not in rules  # there is no administration that T2 could be dated after
    placed = build_datasets(cut, study, INTERIM).adlb
    assert placed.loc[placed["DTYPE"].isna()].set_index("VISIT")["AVISIT"].to_dict() == {
        "T2": "T2",
        "V2": None,
    }


def test_what_happens_before_the_first_activity_is_before_treatment(study):
    rows = (administration("1", "T1", 0, 0.0, 0.0), administration("1", "T2", 56, 3700.0, 1850.0))
    cut = _cut(*rows, events=[event("1", 1, 10)])
    assert "AE-EARLY" in _rules(cut, study)
    assert build_datasets(cut, study, INTERIM).adae["TRTEMFL"].tolist() == [None]


def test_an_administration_without_any_entry_is_asked_about_once(study):
    rules = _rules(_cut(FIRST, administration("1", "T2", 56), labs=[lab("1", "V2", 70, 13.0)]), study)
    assert "TRT-NOTHING" in rules
    assert "LAB-AFTERNOTHING" not in rules
