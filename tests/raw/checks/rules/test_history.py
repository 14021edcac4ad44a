import pytest

LABS, GIVEN = "labs", "administrations"


@pytest.mark.parametrize(("value", "found"), [("18.1", False), ("18.3", True), ("9.2", True), ("9.4", False)])
def test_a_value_far_from_the_others(worked, value, found):
    where = {"SUBJID": "P-1", "VISIT": "V2", "ANALYTE": "HGB"}  # the others are all 13.0: 1.4-fold decides
    worked.change(LABS, where, VALUE=value)
    assert worked.places("LAB-JUMP") == [(LABS, worked.line(LABS, **where), "VALUE", "P-1")] * found


def test_a_fall_that_lasts_is_no_jump(worked):
    for visit in ("V3", "T4", "V4"):
        worked.change(LABS, {"SUBJID": "P-1", "VISIT": visit, "ANALYTE": "HGB"}, VALUE="8.2")
    assert worked.places("LAB-JUMP") == []


def test_spread_within_patients_widens_what_is_allowed(worked):
    for row, factor in zip(worked.rows(LABS, ANALYTE="ALT"), [1, 0.8, 1.25] * 4, strict=True):
        row["VALUE"] = f"{25 * factor:g}"
    worked.change(LABS, {"SUBJID": "P-1", "VISIT": "V2", "ANALYTE": "ALT"}, VALUE="60")
    assert worked.places("LAB-JUMP") == []


@pytest.mark.parametrize(("dose", "found"), [("4.9", False), ("5.1", True), ("1.2", True)])
def test_a_dose_that_does_not_fit_the_activity(worked, dose, found):
    where = {"SUBJID": "P-1", "CYCLE": "T2", "ORGAN": "KIDNEY"}
    worked.change("dosimetry", where, DOSE_GY=dose)
    line = worked.line("dosimetry", **where)
    assert worked.places("DOS-JUMP") == [("dosimetry", line, "DOSE_GY", "P-1")] * found


def test_twice_the_activity_may_give_twice_the_dose(worked):
    worked.change("dosimetry", {"SUBJID": "P-1", "CYCLE": "T2"}, DOSE_GY="7.5")
    worked.change(GIVEN, {"SUBJID": "P-1", "CYCLE": "T2"}, LU177_MBQ="20000")
    assert [place for place in worked.places("DOS-JUMP") if place[1] == 4] == []


def test_a_dose_in_another_unit(worked):
    worked.change("dosimetry", {"SUBJID": "P-2", "ORGAN": "KIDNEY", "ISOTOPE": "LU177"}, DOSE_GY="26")
    assert {place[3] for place in worked.places("DOS-OUTLIER")} == {"P-2"}


@pytest.mark.parametrize(("activity", "found"), [("200", False), ("100", True)])
def test_an_activity_in_another_unit(worked, activity, found):
    worked.change(GIVEN, {"SUBJID": "P-2", "CYCLE": "T2"}, Y90_MBQ=activity)
    assert worked.places("TRT-STEP") == [(GIVEN, 7, "Y90_MBQ", "P-2")] * found
