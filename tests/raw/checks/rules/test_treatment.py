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
    assert worked.places("TRT-SPACING") == []


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


def test_an_activity_in_the_column_of_another_isotope_is_one_finding(worked):
    worked.change(TABLE, {"SUBJID": "P-1", "CYCLE": "T3"}, LU177_MBQ="", Y90_MBQ="7400")
    (found,) = [one for one in worked.findings() if one.rule.startswith("TRT-")]
    assert (found.rule, found.row, found.column) == ("TRT-ISOTOPE", 4, "Y90_MBQ")
    assert found.message.endswith("and LU177 is empty: the activity is probably in the wrong column.")


def test_an_administration_of_nothing(worked):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, LU177_MBQ="", Y90_MBQ="")
    assert worked.places("TRT-NOTHING") == [(TABLE, 7, "CYCLE", "P-2")]
    assert worked.places("TRT-LACKING") == []


def test_an_isotope_of_the_arm_that_was_not_given(worked):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, Y90_MBQ="")
    assert worked.places("TRT-LACKING") == [(TABLE, 7, "Y90_MBQ", "P-2")]


def _without_dose(worked, cycle, isotope=None):
    """Leave out a dose with the activity that did not give it."""
    where = {"SUBJID": "P-2", "CYCLE": cycle} | ({} if isotope is None else {"ISOTOPE": isotope})
    worked.drop("dosimetry", **where)


def test_an_isotope_left_out_is_entered_as_0(worked):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, Y90_MBQ="0")
    _without_dose(worked, "T2", "Y90")
    (found,) = worked.findings()
    assert (found.rule, found.severity, found.row, found.column) == ("TRT-OMITTED", "note", 7, "Y90_MBQ")


@pytest.mark.parametrize(("activity", "found"), [("0", False), ("0.5", True), ("-1", True)])
def test_0_is_the_only_activity_below_the_range(worked, activity, found):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, Y90_MBQ=activity)
    assert bool({"DD-RANGE", "TRT-UNIT"} & worked.rules()) == found


@pytest.mark.parametrize("dated", [True, False])
def test_a_cycle_that_was_skipped_is_entered_as_0(worked, dated):
    where = {"SUBJID": "P-1", "CYCLE": "T2"}
    worked.change(TABLE, where, LU177_MBQ="0", **({} if dated else {"EXDT": ""}))
    worked.drop("dosimetry", **where)
    for visit in ("T2", "V2"):
        worked.drop("labs", SUBJID="P-1", VISIT=visit)
    found = {one.rule: one for one in worked.findings()}
    assert set(found) == {"TRT-OMITTED", "DSP-CYCLES"}  # three of four cycles are no completed treatment
    assert (found["TRT-OMITTED"].row, found["TRT-OMITTED"].column) == (3, "CYCLE")


@pytest.mark.parametrize(("days", "found"), [(83, True), (84, False), (140, False), (141, True)])
def test_two_intervals_lie_between_cycles_around_a_skipped_one(worked, on, days, found):
    worked.change(TABLE, {"SUBJID": "P-1", "CYCLE": "T2"}, LU177_MBQ="0", EXDT="")
    worked.change(TABLE, {"SUBJID": "P-1", "CYCLE": "T3"}, EXDT=on(days))
    lines = [row for _, row, _, _ in worked.places("TRT-SPACING")]
    assert (4 in lines) == found


def test_a_cycle_that_was_given_needs_its_date(worked):
    worked.change(TABLE, {"SUBJID": "P-1", "CYCLE": "T2"}, EXDT="")
    assert worked.places("TRT-NODATE") == [(TABLE, 3, "EXDT", "P-1")]


def test_a_patient_treated_as_another_arm(worked):
    """What was given fits the arm treated as, and that is the one it is held against."""
    worked.change("subjects", {"SUBJID": "P-2"}, ARM="A")
    assert {row for _, row, _, _ in worked.places("TRT-ISOTOPE")} == {6, 7}
    worked.change("subjects", {"SUBJID": "P-2"}, ACTARM="B")
    (found,) = worked.findings()
    assert (found.rule, found.severity, found.column, found.subject) == (
        "TRT-OTHERARM", "warning", "ACTARM", "P-2",
    )  # fmt: skip
    worked.change("subjects", {"SUBJID": "P-2"}, ARM="B")
    assert worked.findings() == ()


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


@pytest.mark.parametrize(
    ("reason", "cells", "found"),
    [
        ("DOSIMETRY_INCREASE", {"Y90_MBQ": "2200", "Y90_SET_MBQ": "2000"}, 0),  # 10 %
        ("DOSIMETRY_INCREASE", {"Y90_MBQ": "2201", "Y90_SET_MBQ": "2000"}, 1),
        ("DOSIMETRY_INCREASE", {"Y90_MBQ": "1799", "Y90_SET_MBQ": "2000"}, 1),
        ("DOSIMETRY_INCREASE", {"Y90_MBQ": "2000", "Y90_SET_MBQ": "2"}, 1),  # GBq
        ("PLANNED", {"Y90_MBQ": "1850", "Y90_SET_MBQ": "0"}, 1),
        ("TOXICITY", {"Y90_MBQ": "1000", "Y90_SET_MBQ": "2000"}, 0),
        ("DOSIMETRY_INCREASE", {"Y90_MBQ": "2000", "Y90_SET_MBQ": ""}, 0),
        ("OTHER", {"LU177_MBQ": "0", "Y90_MBQ": "0", "Y90_SET_MBQ": "2000"}, 0),  # a cycle not given
        ("PLANNED", {"Y90_MBQ": "", "Y90_SET_MBQ": "2000"}, 0),  # TRT-LACKING
    ],
)
def test_an_activity_that_is_not_the_one_set(worked, reason, cells, found):
    worked.change(TABLE, {"SUBJID": "P-2", "CYCLE": "T2"}, REASON=reason, **cells)
    assert worked.places("TRT-SET") == [(TABLE, 7, "Y90_SET_MBQ", "P-2")] * found


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
        ("ALT", {"VALUE": "121", "ULN": ""}, False),  # without ULN nobody can know
    ],
)
def test_treatment_that_went_on_after_a_discontinuation_criterion(worked, analyte, cells, found):
    where = {"SUBJID": "P-1", "VISIT": "V2", "ANALYTE": analyte}
    worked.change("labs", where, **cells)
    assert worked.places("TRT-CONTINUED") == [("labs", worked.line("labs", **where), "VALUE", "P-1")] * found


@pytest.mark.parametrize("visit", ["T1", "V4"])
def test_a_criterion_met_before_treatment_or_after_all_of_it_is_no_continuation(worked, visit):
    worked.change("labs", {"SUBJID": "P-1", "VISIT": visit, "ANALYTE": "PLAT"}, VALUE="60")
    assert worked.places("TRT-CONTINUED") == []
