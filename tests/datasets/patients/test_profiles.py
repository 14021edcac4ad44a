"""One patient's course: a worked patient, and who is of concern."""

import pytest
from patients import administration, contact, cycles, day, dose, ended, event, lab, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.datasets.patients.profiles import (
    OTHER_REASON,
    OTHER_TREATMENT,
    build_profile,
    patients_of_concern,
)
from duonen_stats.errors import DataError
from duonen_stats.plan import INTERIM


@pytest.fixture(scope="module")
def made(study):
    cut = make_cut(
        subjects=[subject("1", "B"), subject("2", "A")],
        administrations=cycles("1", [3700.0, 3800.0], [1850.0, 900.0]),
        dosimetry=[
            dose("1", "T1", "KIDNEY", "LU177", 2.0), dose("1", "T1", "KIDNEY", "Y90", 5.0),
            dose("1", "T2", "KIDNEY", "LU177", 3.0), dose("1", "T2", "KIDNEY", "Y90", 2.5),
            dose("1", "T1", "MARROW", "LU177", 0.1), dose("1", "T1", "MARROW", "Y90", 0.2),
        ],
        labs=[lab("1", "T1", -1, 13.0), lab("1", "V1", 14, 9.0, LLN=12.0, ULN=16.0)],
        adverse_events=[event("1", 1, 10, grade=3), event("1", 2, 20, ENDDT=day(25))],
        disposition=[ended("1")],
        follow_up=[contact("1", 300)],
    )  # fmt: skip
    return build_datasets(cut, study, INTERIM)


def test_days_count_from_the_first_administration_without_a_day_0(made, study):
    profile = build_profile(made, study, "1")
    hemoglobin = dict(profile.values)["HGB"]
    assert profile.cycles[0].day == 1
    assert [value.day for value in hemoglobin] == [-1, 15]
    assert [(event.start, event.end) for event in profile.events] == [(11, None), (21, 26)]


def test_activities_doses_and_grades_are_those_recorded(made, study):
    profile = build_profile(made, study, "1")
    assert [cycle.activities for cycle in profile.cycles] == [
        (("LU177", 3700.0), ("Y90", 1850.0)),
        (("LU177", 3800.0), ("Y90", 900.0)),
    ]
    doses = {one.organ: one.gray for one in profile.doses}
    assert doses["KIDNEY"] == pytest.approx((7.0, 12.5))
    assert doses["MARROW"] == pytest.approx((0.3,))  # the second cycle has no dosimetry: no sum is known
    hemoglobin = dict(profile.values)["HGB"]
    assert (hemoglobin[1].low, hemoglobin[1].high, hemoglobin[1].grade) == (12.0, 16.0, 2)


def test_a_patient_is_found_by_either_number(made, study):
    name = build_profile(made, study, "1").usubjid
    assert build_profile(made, study, name) == build_profile(made, study, "1")
    with pytest.raises(DataError, match="no patient 9"):
        build_profile(made, study, "9")


def test_who_was_never_treated_has_a_page_without_cycles(made, study):
    profile = build_profile(made, study, "2")
    assert profile.cycles == ()
    assert dict(profile.facts)["First cycle"] == "–"
    assert dict(profile.facts)["Died"] == "not recorded"


def test_facts_say_what_was_given_and_what_is_not_known(study):
    cut = make_cut(
        subjects=[subject("1", "B", ACTARM="C"), subject("2", "A")],
        administrations=cycles("1", [3700.0]),
        follow_up=[
            contact("1", 300, died=True) | {"DEATHDTC": day(300)[:7]},
            contact("2", 90),
        ],
    )
    data = build_datasets(cut, study, INTERIM)
    one, two = (dict(build_profile(data, study, patient).facts) for patient in ("1", "2"))
    assert (one["Arm"], two["Arm"]) == ("B, treated as C", "A")
    assert one["Died"] == f"{day(300)} (imputed)"
    assert two["Died"] == f"no (up to {day(90)})"


@pytest.mark.parametrize(
    ("missing", "shown"),
    [(("SEX",), "65 years"), (("AGE",), "F"), (("SEX", "AGE"), "–"), ((), "F, 65 years")],
)
def test_sex_and_age_are_shown_as_far_as_they_are_known(study, missing, shown):
    cut = make_cut(subjects=[subject("1", **dict.fromkeys(missing)), subject("2")])
    profile = build_profile(build_datasets(cut, study, INTERIM), study, "1")
    assert dict(profile.facts)["Sex and age"] == shown


def test_a_severe_event_is_of_concern(made):
    assert patients_of_concern(made) == tuple(made.adsl.loc[made.adsl["SUBJID"].eq("1"), "USUBJID"])


def test_of_concern_are_serious_severe_ending_and_over_a_limit(datasets):
    concern = set(patients_of_concern(datasets))
    events = datasets.adae
    severe = events["AETOXGR"].ge(3) | events["AESER"].eq("Y") | events["AEACN"].eq("DISCONTINUED")
    assert set(events.loc[severe, "USUBJID"]) <= concern
    above = datasets.addos.loc[datasets.addos["CRIT1FL"].eq("Y"), "USUBJID"]
    assert set(above) <= concern
    assert len(concern) < len(datasets.adsl)


def test_an_administration_alone_is_enough(study):
    cut = make_cut(subjects=[subject("1", "A")], administrations=[administration("1", "T1", 0, 7400.0)])
    profile = build_profile(build_datasets(cut, study, INTERIM), study, "1")
    assert [cycle.code for cycle in profile.cycles] == ["T1"]
    assert all(not values for _, values in profile.values)


def test_decisions_are_changed_activities_support_other_treatment_and_death(study):
    given = cycles("1", [3700.0, 1800.0, 1800.0, 3900.0], [1850.0] * 4)
    for row, reason in zip(
        given, ("PLANNED", "DOSIMETRY_REDUCTION", "DOSIMETRY_REDUCTION", "OTHER"), strict=True
    ):
        row["REASON"] = reason

    def therapy(number, on, kind, against="N", until=None):
        known = {"SUBJID": "1", "CMSEQ": number, "TERM": "a therapy", "CLASS": kind, "ANTITUMOUR": against}
        return known | {"LINE": None, "STARTDT": day(on), "ENDDT": None if until is None else day(until)}

    cut = make_cut(
        subjects=[subject("1", "C"), subject("2", "A")],
        administrations=[*given, *cycles("2", [7400.0])],
        concomitant_therapies=[
            therapy(1, 20, "GROWTH_FACTOR", until=24), therapy(2, 90, "GROWTH_FACTOR"),
            therapy(3, 30, "SOMATOSTATIN_ANALOGUE"), therapy(4, 250, "TARGETED", "Y"),
        ],
        follow_up=[
            contact("1", 300, died=True) | {"NEWTRTDT": day(250)}, contact("2", 200) | {"NEWTRTDT": day(150)}
        ],
    )  # fmt: skip
    data = build_datasets(cut, study, INTERIM)
    one, two = (build_profile(data, study, patient) for patient in ("1", "2"))
    starts = [cycle.day for cycle in one.cycles]
    assert {decision.words: decision.days for decision in one.decisions} == {
        "Reduced after dosimetry": ((starts[1], starts[1]), (starts[2], starts[2])),
        OTHER_REASON: ((starts[3], starts[3]),),
        "Growth factor": ((21, 25), (91, 301)),
        "Targeted therapy": ((251, 301),),
        "Death": ((301, 301),),
    }
    assert {decision.words: decision.days for decision in two.decisions} == {OTHER_TREATMENT: ((151, None),)}
