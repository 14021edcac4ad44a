import pytest

from duonen_stats.raw.checks.rules.laboratory import likely_limit

TABLE = "labs"


def _at(**cells):
    return {"SUBJID": "P-1", "VISIT": "V1", "ANALYTE": "HGB", **cells}


def test_a_unit_nobody_knows(worked):
    worked.change(TABLE, _at(), UNIT="mg/dL/day")
    assert worked.places("LAB-UNIT") == [(TABLE, worked.line(TABLE, **_at()), "UNIT", "P-1")]


def test_a_unit_nobody_knows_is_one_finding_however_often_it_is_written(worked):
    """Of all values of two analytes: one finding a unit, with every line and the nearest known unit."""
    worked.change(TABLE, {"ANALYTE": "WBC"}, UNIT="M/µL")
    worked.change(TABLE, {"ANALYTE": "PLAT"}, UNIT="M/µL")
    (found,) = [one for one in worked.findings() if one.rule == "LAB-UNIT"]
    assert found.subject is None
    assert len(found.lines) == 24
    assert found.message.startswith("Unit 'M/µL' is not known for PLAT, WBC; ")
    assert "the nearest known is /uL" in found.message


@pytest.mark.parametrize(("unit", "said"), [("ml/min", True), ("mL/s", False), ("mL", False)])
def test_a_filtration_rate_without_body_surface_is_said_to_be_one_of_two(worked, unit, said):
    """KDIGO 2012: CKD-EPI is per 1.73 m² whatever the unit leaves out; a clearance by Cockcroft and Gault is not."""
    worked.change(TABLE, {"ANALYTE": "EGFR"}, UNIT=unit)
    (found,) = [one for one in worked.findings() if one.rule == "LAB-UNIT"]
    assert (f"codes: {{UNIT: {{{unit}: mL/min/1.73m2}}}}" in found.message) is said


@pytest.mark.parametrize("unit", ["10*9/L", "G/L", "10^3/uL", "K/uL"])
def test_units_that_mean_the_same(worked, unit):
    worked.change(TABLE, {"ANALYTE": "WBC"}, UNIT=unit)
    assert worked.findings() == ()


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "found"),
    [
        ("HGB", "130", "g/dL", True),  # g/L under the wrong name
        ("HGB", "130", "g/L", False),
        ("CREAT", "80", "mg/dL", True),  # µmol/L under the wrong name
        ("CREAT", "80", "umol/L", False),
        ("EGFR", "0", "mL/min/1.73m2", True),
        ("ALT", "-5", "U/L", True),
    ],
)
def test_a_value_that_cannot_be(worked, analyte, value, unit, found):
    worked.change(TABLE, _at(ANALYTE=analyte), VALUE=value, UNIT=unit)
    line = worked.line(TABLE, **_at(ANALYTE=analyte))
    assert worked.places("LAB-IMPLAUSIBLE") == [(TABLE, line, "VALUE", "P-1")] * found


def test_limits_of_normal_the_wrong_way_round(worked):
    worked.change(TABLE, _at(), LLN="16", ULN="12")
    assert worked.places("LAB-LIMITS") == [(TABLE, worked.line(TABLE, **_at()), "LLN", "P-1")]


@pytest.mark.parametrize(("analyte", "limit", "other"), [("HGB", "LLN", "ULN"), ("ALT", "ULN", "LLN")])
def test_only_the_limit_that_grading_needs_is_missed(worked, analyte, limit, other):
    worked.change(TABLE, {"ANALYTE": analyte}, **{other: ""})
    assert worked.findings() == ()
    worked.change(TABLE, {"ANALYTE": analyte}, **{limit: ""})
    (found,) = worked.findings()
    assert (found.rule, len(found.lines), found.column) == ("LAB-NOLIMIT", 12, limit)
    assert found.message.startswith(f"{limit} is missing for 12 of 12 values of {analyte} of laboratory L1")


def test_a_visit_after_a_cycle_that_was_not_given(worked, on):
    worked.change(TABLE, {"SUBJID": "P-2", "VISIT": "V2"}, VISIT="V3", LBDT=on(130))
    line = worked.line(TABLE, SUBJID="P-2", VISIT="V3", ANALYTE="HGB")
    assert worked.places("LAB-AFTERNOTHING") == [(TABLE, line, "VISIT", "P-2")]


def test_a_visit_before_a_cycle_that_was_not_given(worked, on):
    worked.change(TABLE, {"SUBJID": "P-2", "VISIT": "V2"}, VISIT="T3", LBDT=on(110))
    line = worked.line(TABLE, SUBJID="P-2", VISIT="T3", ANALYTE="HGB")
    assert worked.places("LAB-BEFORENOTHING") == [(TABLE, line, "VISIT", "P-2")]


@pytest.mark.parametrize(
    ("visit", "days", "rule"),
    [
        ("T1", 0, None),
        ("T1", 1, "LAB-SIDE"),
        ("T1", -28, None),
        ("T1", -29, "LAB-WINDOW"),
        ("T2", 56 - 14, None),
        ("T2", 56 - 15, "LAB-WINDOW"),
        ("T2", 57, "LAB-SIDE"),
        ("V2", 56 + 7, None),
        ("V2", 56 + 6, "LAB-WINDOW"),
        ("V2", 56 + 28, None),
        ("V2", 56 + 29, "LAB-WINDOW"),
        ("V2", 56, "LAB-SIDE"),
    ],
)
def test_a_visit_against_its_cycle_and_window(worked, on, visit, days, rule):
    worked.change(TABLE, {"SUBJID": "P-1", "VISIT": visit}, LBDT=on(days))
    line = worked.line(TABLE, SUBJID="P-1", VISIT=visit, ANALYTE="HGB")
    found = {name: worked.places(name) for name in ("LAB-SIDE", "LAB-WINDOW")}
    assert found == {name: [(TABLE, line, "LBDT", "P-1")] * (name == rule) for name in found}


@pytest.mark.parametrize(("days", "found"), [(-3, True), (-4, True), (-2, False)])
def test_the_visit_after_a_cycle_not_after_the_one_before_it(worked, on, days, found):
    worked.change(TABLE, {"SUBJID": "P-1", "VISIT": "V1"}, LBDT=on(days))
    line = worked.line(TABLE, **_at())
    assert worked.places("LAB-ORDER") == [(TABLE, line, "LBDT", "P-1")] * found


def test_a_visit_with_two_dates(worked, on):
    worked.add(TABLE, **{**worked.one(TABLE, **_at()), "LBDT": on(15)})
    assert worked.places("LAB-REPEAT") == [(TABLE, 122, "LBDT", "P-1")]


def test_unscheduled_values_are_no_repeats_and_have_no_window(worked, on):
    for days in (40, 41):
        worked.add(TABLE, **{**worked.one(TABLE, **_at()), "VISIT": "UNS", "LBDT": on(days)})
    assert worked.findings() == ()


@pytest.mark.parametrize(("lymphocytes", "found"), [("2.51", False), ("2.52", True)])
def test_parts_above_the_whole(worked, lymphocytes, found):
    worked.change(TABLE, _at(ANALYTE="LYMPH"), VALUE=lymphocytes)  # NEUT 3.50, WBC 6.00
    line = worked.line(TABLE, **_at(ANALYTE="WBC"))
    assert worked.places("LAB-DIFFERENTIAL") == [(TABLE, line, "VALUE", "P-1")] * found


def test_parts_and_whole_are_compared_in_one_unit(worked):
    worked.change(TABLE, _at(ANALYTE="WBC"), VALUE="6000", UNIT="/uL", LLN="4000", ULN="10000")
    assert worked.findings() == ()


def test_no_value_before_treatment(worked):
    worked.drop(TABLE, SUBJID="P-2", VISIT="T1", ANALYTE="AST")
    worked.change(TABLE, {"SUBJID": "P-2", "VISIT": "T1", "ANALYTE": "HGB"}, VALUE="")
    (found,) = (one for one in worked.findings() if one.rule == "LAB-NOBASELINE")
    assert (found.table, found.row, found.subject) == (TABLE, None, "P-2")
    assert found.message.startswith("No value of HGB, AST at")


@pytest.mark.parametrize("unit", ["mL/min/1,73m2", "mL/min/1,73 m2", "mL/min/1,73 m²", "mL/min/1,73m²"])
def test_a_unit_may_be_spelt_with_a_decimal_comma(worked, unit):
    worked.change(TABLE, {"ANALYTE": "EGFR"}, UNIT=unit)
    assert worked.findings() == ()


def test_a_result_that_is_a_bound_or_a_word_is_no_empty_one(worked):
    """What there is instead of a value is kept, and nobody is asked for it."""
    worked.change(TABLE, _at(), VALUE="<12.5")
    worked.change(TABLE, _at(ANALYTE="ALT"), VALUE="hemoliza")
    assert worked.rules() == {"RD-CENSORED", "RD-NORESULT"}
    worked.change(TABLE, _at(), VALUE="")
    assert worked.rules() == {"DD-GAP", "RD-NORESULT"}


def test_several_samples_of_a_day_need_their_times(worked):
    again = [row | {"LBTM": "14:00"} for row in worked.rows(TABLE, **_at())]
    worked.tables[TABLE].extend(again)
    assert worked.rules() == {"LAB-REPEAT"}
    worked.change(TABLE, {**_at(), "LBTM": "14:00"}, LBTM="")
    assert worked.rules() == {"DD-KEY"}
    (found,) = worked.findings()
    assert "or distinguish them by LBTM" in found.message


@pytest.mark.parametrize(
    ("value", "bound", "found"),
    [
        ("", "<12.5", False),
        ("", ">=12", False),
        ("", "12.5", True),
        ("", "low", True),
        ("13", "<12.5", True),  # one of the two was reported
    ],
)
def test_a_bound_is_written_in_one_way_and_stands_alone(worked, value, bound, found):
    worked.change(TABLE, _at(), VALUE=value, BOUND=bound)
    assert worked.places("LAB-BOUND") == [(TABLE, worked.line(TABLE, **_at()), "BOUND", "P-1")] * found


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (121.0, "121 g/L = 12.1 g/dL would be: correct the limit or its unit."),
        (1210.0, ""),  # in no unit a limit of haemoglobin
        (99.0, "99 g/L = 9.9 g/dL would be: correct the limit or its unit."),
        (999.0, "It is probably a code for missing"),
    ],
)
def test_an_implausible_limit_is_one_in_another_unit_or_a_code(study, value, words):
    found = likely_limit(study.analyte("HGB"), "LLN", value)
    assert found.startswith(words)
    assert bool(found) == bool(words)
