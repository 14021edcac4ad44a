import pytest

TABLE = "administrations"


def test_the_worked_cut_has_no_findings(worked):
    assert worked.findings() == ()


def test_a_cycle_without_the_one_before_it(worked):
    worked.drop(TABLE, SUBJID="P-1", CYCLE="T2")
    assert worked.places("TRT-SKIPPED") == [
        (TABLE, worked.line(TABLE, SUBJID="P-1", CYCLE="T3"), "CYCLE", "P-1")
    ]


def test_treatment_that_starts_with_the_second_cycle(worked):
    worked.drop(TABLE, SUBJID="P-2", CYCLE="T1")
    assert worked.places("TRT-SKIPPED") == [(TABLE, 6, "CYCLE", "P-2")]


@pytest.mark.parametrize("days", [0, -3])
def test_a_cycle_not_after_the_one_before_it(worked, on, days):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, EXDT=on(days))
    assert worked.places("TRT-ORDER") == [(TABLE, 7, "EXDT", "P-2")]
    assert "TRT-SPACING" not in worked.rules()


@pytest.mark.parametrize(("days", "found"), [(41, True), (42, False), (70, False), (71, True)])
def test_spacing_of_cycles_of_8_weeks_give_or_take_2(worked, on, days, found):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, EXDT=on(days))
    assert worked.places("TRT-SPACING") == [(TABLE, 7, "EXDT", "P-2")] * found


@pytest.mark.parametrize(("days", "found"), [(0, False), (1, True)])
def test_treatment_before_randomisation(worked, on, days, found):
    worked.change("subjects", {"SUBJID": "P-1"}, RANDDT=on(days))
    assert worked.places("TRT-EARLY") == [(TABLE, 2, "EXDT", "P-1")] * found


def test_yttrium_in_an_arm_without_it(worked):
    worked.change(TABLE, {"SUBJID": "P-1", "CYCLE": "T3"}, Y90_MBQ="1850")
    assert worked.places("TRT-ISOTOPE") == [(TABLE, 4, "Y90_MBQ", "P-1")]


def test_an_administration_of_nothing(worked):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, LU177_MBQ="", Y90_MBQ="")
    assert worked.places("TRT-NOTHING") == [(TABLE, 7, "CYCLE", "P-2")]
    assert "TRT-LACKING" not in worked.rules()


def test_an_isotope_of_the_arm_that_was_not_given(worked):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, Y90_MBQ="")
    assert worked.places("TRT-LACKING") == [(TABLE, 7, "Y90_MBQ", "P-2")]


@pytest.mark.parametrize(
    ("cells", "reason", "found"),
    [
        ({"LU177_MBQ": "4070"}, "PLANNED", False),  # 10 % above the nominal 3700
        ({"LU177_MBQ": "4071"}, "PLANNED", True),
        ({"LU177_MBQ": "3330"}, "PLANNED", False),
        ({"LU177_MBQ": "3329"}, "DOSIMETRY_REDUCTION", True),
        ({"LU177_MBQ": "1000"}, "TOXICITY", False),
        ({"Y90_MBQ": "600"}, "DOSIMETRY_REDUCTION", False),  # what arm B adapts
    ],
)
def test_a_fixed_activity_that_is_not_nominal(worked, cells, reason, found):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, REASON=reason, **cells)
    assert worked.places("TRT-ACTIVITY") == [(TABLE, 7, "LU177_MBQ", "P-2")] * found


def test_a_first_activity_that_is_not_nominal(worked):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T1"}, Y90_MBQ="185")
    assert worked.places("TRT-ACTIVITY") == [(TABLE, 6, "Y90_MBQ", "P-2")]


@pytest.mark.parametrize(("patient", "cycle", "line"), [("P-1", "T2", 3), ("P-2", "T1", 6)])
def test_dosimetry_as_a_reason_that_cannot_be(worked, patient, cycle, line):
    worked.change(TABLE, {"SUBJID": patient, "CYCLE": cycle}, REASON="DOSIMETRY_INCREASE")
    assert worked.places("TRT-REASON") == [(TABLE, line, "REASON", patient)]


@pytest.mark.parametrize(
    ("analyte", "cells", "found"),
    [
        ("HGB", {"VALUE": "8.0"}, False),
        ("HGB", {"VALUE": "7.9"}, True),
        ("HGB", {"VALUE": "79", "UNIT": "g/L", "LLN": "120", "ULN": "160"}, True),
        ("PLAT", {"VALUE": "79"}, True),
        ("CREAT", {"VALUE": "150", "UNIT": "umol/L", "LLN": "53", "ULN": "106"}, False),
        ("CREAT", {"VALUE": "150.1", "UNIT": "umol/L", "LLN": "53", "ULN": "106"}, True),
        ("ALT", {"VALUE": "120"}, False),
        ("ALT", {"VALUE": "121"}, True),  # ULN 40
        ("ALT", {"VALUE": "121", "ULN": ""}, False),  # without ULN nobody can tell
    ],
)
def test_treatment_that_went_on_after_a_discontinuation_criterion(worked, analyte, cells, found):
    where = {"SUBJID": "P-1", "VISIT": "V2", "ANALYTE": analyte}
    worked.change("labs", where, **cells)
    assert worked.places("TRT-CONTINUED") == [("labs", worked.line("labs", **where), "VALUE", "P-1")] * found


@pytest.mark.parametrize("visit", ["T1", "V4"])
def test_a_criterion_met_before_treatment_or_after_all_of_it_is_no_continuation(worked, visit):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": visit, "ANALYTE": "PLAT"}, VALUE="60")
    assert "TRT-CONTINUED" not in worked.rules()
