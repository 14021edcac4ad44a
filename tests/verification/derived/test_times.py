import pandas as pd
import pytest
from verification.made_folder import cycles, day, folder, subject
from verification.verified_folders import folder_of_results

from duonen_stats import FINAL
from duonen_stats.verification.derived.events import events_of
from duonen_stats.verification.derived.patients import patients_of
from duonen_stats.verification.derived.times import (
    COMPETING,
    EVENT,
    LOST,
    MISSED,
    NEW_THERAPY,
    NO_ASSESSMENT,
    NO_EVENT,
    NOT_REPORTED,
    last_alive,
    support_spans,
    times_of,
)
from duonen_stats.verification.report_folder import read_folder


def test_support_ends_as_recorded_by_the_cut_at_day_1000(study):
    """A transfusion and a growth factor without a known end go on; other therapies are none."""
    given = [
        ("1", "TRANSFUSION", 30, None), ("1", "TRANSFUSION", 40, 45), ("1", "TRANSFUSION", 50, 1200),
        ("1", "GROWTH_FACTOR", 60, None), ("1", "GROWTH_FACTOR", 70, 1200), ("1", "OTHER", 80, 90),
        ("9", "TRANSFUSION", 30, 30), ("1", "TRANSFUSION", 1100, 1100),
    ]  # fmt: skip
    rows = [
        {"SUBJID": who, "CLASS": what, "STARTDT": day(on), "ENDDT": None if end is None else day(end)}
        for who, what, on, end in given
    ]
    made = folder(
        subjects=[subject("1", "A")], administrations=cycles("1", 7400.0), concomitant_therapies=rows
    )
    found = support_spans(made, patients_of(made, study))
    since, never = day(0), pd.Timestamp("2200-01-01")
    assert (found["FROM"] - since).dt.days.tolist() == [30, 40, 50, 60, 70]
    assert found["TO"].tolist() == [never, day(45), never, never, never]
    # therapies are recorded, and none of these patients had one by the cut; without a record nobody can know
    for rest, known in ((rows[6:], True), ([], False)):
        nobody = folder(
            subjects=[subject("1", "A")], administrations=cycles("1", 7400.0), concomitant_therapies=rest
        )
        spans = support_spans(nobody, patients_of(nobody, study))
        assert (spans is not None) == known
        assert spans is None or spans.empty


def scan(on, response="SD", new="N"):
    return {"SUBJID": "1", "ASSESSDT": day(on), "RESPONSE": response, "NEWLESION": new}


def dated(study, scans, **contact):
    known = {
        "SUBJID": "1",
        "LASTDT": day(990),
        "DEATHDT": None,
        "NEWTRTDT": None,
        "STATUS": "ALIVE",
    } | contact
    made = folder(
        subjects=[subject("1", "A")],
        administrations=cycles("1", 7400.0),
        tumour_assessments=[*scans],
        follow_up=[known],
        disposition=[{"SUBJID": "1", "STATUS": "COMPLETED", "REASON": None, "DSDT": day(40)}],
    )
    patients = patients_of(made, study)
    found = times_of(made, patients, events_of(made, patients))
    return {name: (rows["END"].iloc[0], rows["CNSR"].iloc[0]) for name, rows in found.items()}


def test_progression_is_the_first_of_progression_new_lesion_and_death(study):
    found = dated(study, [scan(84), scan(168, "PD"), scan(252, "PD")])
    assert found["PFS"] == found["PFSHYP"] == (day(168), EVENT)
    assert found["OS"] == (day(990), NO_EVENT)
    assert dated(study, [scan(84, "SD", "Y")])["PFS"] == (day(84), EVENT)
    assert dated(study, [scan(84)], DEATHDT=day(130), LASTDT=day(130))["PFS"] == (day(130), EVENT)


def test_without_an_event_the_last_evaluable_assessment_counts(study):
    assert dated(study, [scan(84), scan(168, "NE")])["PFS"] == (day(84), NO_EVENT)
    assert dated(study, [scan(168, "NE")])["PFS"] == (day(0), NO_ASSESSMENT)
    assert dated(study, [scan(84)], STATUS="LOST", LASTDT=day(400))["PFS"] == (day(84), LOST)


def test_the_hypothetical_estimand_censors_before_another_treatment_and_a_gap(study):
    found = dated(study, [scan(84), scan(168, "PD")], NEWTRTDT=day(100))
    assert found["PFS"] == (day(168), EVENT)
    assert found["PFSHYP"] == (day(84), NEW_THERAPY)
    assert dated(study, [scan(84), scan(84 + 182, "PD")])["PFSHYP"] == (day(84 + 182), EVENT)
    assert dated(study, [scan(84), scan(84 + 183, "PD")])["PFSHYP"] == (day(84), MISSED)


def test_the_first_severe_event_competes_with_death_and_ends_with_reporting(study):
    assert dated(study, [scan(84)], DEATHDT=day(20), LASTDT=day(20))["TTAE3"] == (day(20), COMPETING)
    assert dated(study, [scan(84)])["TTAE3"] == (day(40), NOT_REPORTED)


def test_the_last_sign_of_life_is_the_latest_of_all_and_at_most_the_cut(study):
    made = folder(
        subjects=[subject("1", "A"), subject("2", "A", on=5)],
        administrations=cycles("1", 7400.0),
        follow_up=[{"SUBJID": "1", "LASTDT": day(2000), "DEATHDT": None}],
    )
    found = last_alive(made, patients_of(made, study))
    assert [*found] == [day(1000), day(5)]


@pytest.mark.independent
def test_every_time_of_the_final_data_is_that_of_adtte(
    final_cut, final_datasets, final_results, study, tmp_path
):
    read = read_folder(folder_of_results(tmp_path, final_cut, final_datasets, final_results, study, FINAL))
    patients = patients_of(read, study)
    found = times_of(read, patients, events_of(read, patients))
    for name, rows in found.items():
        adtte = read.datasets["adtte"].loc[read.datasets["adtte"]["PARAMCD"].eq(name)].set_index("SUBJID")
        own = rows.reindex(adtte.index)
        assert (own["CNSR"] == adtte["CNSR"]).all(), name
        assert (own["END"] == adtte["ADT"]).all(), name
        assert len(rows) == len(adtte), name
