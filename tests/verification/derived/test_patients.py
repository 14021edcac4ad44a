import pytest
from verification.made_folder import cycles, day, folder, subject

from duonen_stats.verification.derived.patients import delivered_cycles, patients_of, table


@pytest.fixture
def made():
    return folder(
        subjects=[
            subject("1", "B"),
            subject("2", "A", ACTARM="B"),
            subject("3", "A"),
            subject("4", "A", on=1001),
        ],
        administrations=[*cycles("1", 7400, 7400, 7400, 7400), *cycles("2", 7400, 0.0), *cycles("4", 7400)],
        disposition=[
            {"SUBJID": "1", "STATUS": "COMPLETED", "REASON": None, "DSDT": day(200)},
            {"SUBJID": "2", "STATUS": "DISCONTINUED", "REASON": "OTHER", "DSDT": day(300)},
        ],
        follow_up=[
            {"SUBJID": "1", "LASTDT": day(1200), "DEATHDT": None},
            {"SUBJID": "2", "LASTDT": day(400), "DEATHDT": day(400)},
            {"SUBJID": "3", "LASTDT": day(900), "DEATHDT": day(1100)},
        ],
    )


def test_patients_are_those_randomised_by_the_cut(made, study):
    found = patients_of(made, study)
    assert [*found.index] == ["1", "2", "3"]
    assert [*found["NCYC"]] == [4, 1, 0]
    assert [*found["TREATED"]] == ["B", "B", "A"]
    assert [*found["COMPLETED"]] == [True, False, False]
    assert found.loc["1", "ALIVE"] == day(1000)
    assert found.loc["2", "DEATH"] == day(400)
    assert found["DEATH"].isna()["3"]


def test_reporting_ends_after_the_last_cycle_or_with_a_later_end_of_treatment(made, study):
    found = patients_of(made, study)["UNTIL"]
    assert found["1"] == day(10 + 3 * 56 + 30)
    assert found["2"] == day(300)
    assert found.isna()["3"]


def test_a_cycle_of_which_0_mbq_is_recorded_was_not_delivered(made, study):
    assert [*delivered_cycles(made, study, ["2"])["CYCLE"]] == ["T1"]
    assert delivered_cycles(folder(subjects=[subject("1", "A")]), study, ["1"]).empty


def test_a_table_that_is_not_there_is_empty():
    assert [*table(folder(), "labs", "SUBJID").columns] == ["SUBJID"]
