import pytest

LABS, SIGNS = "labs", "vital_signs"
LAST = 168  # day of the last administration of P-1; P-2 had hers on day 56


def late(worked, on, visit, day, subject="P-1"):
    worked.add(
        LABS,
        SUBJID=subject,
        VISIT=visit,
        LBDT=on(day),
        ANALYTE="PLAT",
        VALUE="200",
        UNIT="10^9/L",
        LLN="150",
        ULN="400",
    )


def sign(worked, on, visit="T1", day=-3, **cells):
    row = {"SUBJID": "P-1", "VISIT": visit, "VSDT": on(day), "TEST": "KPS", "VALUE": "90", "UNIT": "points"}
    worked.add(SIGNS, **(row | cells))


def broken(worked, rule):
    return [(table, column, subject) for table, _, column, subject in worked.places(rule)]


@pytest.mark.parametrize(("day", "found"), [(55, True), (56, False), (112, False), (113, True)])
def test_a_late_visit_out_of_its_window(worked, on, day, found):
    late(worked, on, "F1", LAST + day)
    assert broken(worked, "LATE-WINDOW") == [(LABS, "LBDT", "P-1")] * found


def test_vital_signs_are_held_against_the_window_too(worked, on):
    sign(worked, on, "F2", LAST + 168)
    assert broken(worked, "LATE-WINDOW") == []
    sign(worked, on, "F2", LAST + 197)
    assert broken(worked, "LATE-WINDOW") == [(SIGNS, "VSDT", "P-1")]


@pytest.mark.parametrize(("day", "found"), [(-1, True), (0, True), (1, False)])
def test_a_late_visit_before_the_last_cycle(worked, on, day, found):
    late(worked, on, "F1", LAST + day)
    assert broken(worked, "LATE-SIDE") == [(LABS, "LBDT", "P-1")] * found


@pytest.mark.parametrize(("second", "found"), [(99, True), (100, True), (101, False)])
def test_late_visits_out_of_order(worked, on, second, found):
    late(worked, on, "F1", LAST + 100)
    late(worked, on, "F2", LAST + second)
    assert broken(worked, "LATE-ORDER") == [(LABS, "LBDT", "P-1")] * found


@pytest.mark.parametrize(("last_seen", "found"), [(56 + 196, False), (56 + 197, True)])
def test_a_patient_without_late_follow_up(worked, on, last_seen, found):
    worked.change("follow_up", {"SUBJID": "P-2"}, LASTDT=on(last_seen))
    assert broken(worked, "LATE-NONE") == []  # nobody has any: a cut from before it was recorded
    late(worked, on, "F1", LAST + 84)
    assert broken(worked, "LATE-NONE") == [("follow_up", "LASTDT", "P-2")] * found


@pytest.mark.parametrize(("unit", "found"), [("points", False), ("%", True)])
def test_unit_of_a_vital_sign(worked, on, unit, found):
    sign(worked, on, UNIT=unit)
    assert broken(worked, "VS-UNIT") == [(SIGNS, "UNIT", "P-1")] * found


@pytest.mark.parametrize(("value", "found"), [("31.9", True), ("32", False), ("43", False), ("43.1", True)])
def test_plausible_temperature(worked, on, value, found):
    sign(worked, on, TEST="TEMP", VALUE=value, UNIT="°C")
    assert broken(worked, "VS-IMPLAUSIBLE") == [(SIGNS, "VALUE", "P-1")] * found


@pytest.mark.parametrize(("value", "found"), [("80", False), ("85", True), ("0", False)])
def test_karnofsky_status_goes_in_steps(worked, on, value, found):
    sign(worked, on, VALUE=value)
    assert broken(worked, "VS-STEP") == [(SIGNS, "VALUE", "P-1")] * found


@pytest.mark.parametrize(("low", "found"), [("119", False), ("120", True)])
def test_pressures_exchanged(worked, on, low, found):
    sign(worked, on, TEST="SYSBP", VALUE="120", UNIT="mmHg")
    sign(worked, on, TEST="DIABP", VALUE=low, UNIT="mmHg")
    assert broken(worked, "VS-PRESSURE") == [(SIGNS, "VALUE", "P-1")] * found


@pytest.mark.parametrize(
    ("visit", "value", "found"), [("T1", "90", False), ("T1", "80", True), ("V1", "80", False)]
)
def test_two_statuses_at_baseline(worked, on, visit, value, found):
    sign(worked, on, visit, VALUE=value)
    assert broken(worked, "VS-BASELINE") == [(SIGNS, "VALUE", "P-1")] * found
