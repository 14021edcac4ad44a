from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import day

from duonen_stats.datasets.safety.toxicity_grade import (
    add_range_indicator,
    add_toxicity_grade,
    grade_low,
    grade_multiples,
)
from duonen_stats.errors import DictionaryError
from duonen_stats.study import load_study

NONE = np.nan
LOW_ADVERSE = [analyte for analyte in load_study().analytes if analyte.adverse == "low"]


def graded(
    code,
    value,
    *,
    low=NONE,
    high=NONE,
    base=NONE,
    base_state=None,
    on=14,
    unit=None,
    version="5.0",
    base_low=None,
):
    """The record of one value in ``unit``; limits and baseline are in the analyte's own unit."""
    analyte = load_study().analyte(code)
    row = pd.DataFrame(
        {
            "PARAMCD": [code],
            "UNIT": [unit or analyte.unit],
            "AVAL": [value * analyte.factor(unit or analyte.unit)],
            "ANRLO": [low],
            "ANRHI": [high],
            "BASE": [base],
            "BNRIND": [base_state],
            "ADT": [pd.Timestamp(day(on))],
            "TRTSDT": [pd.Timestamp(day(0))],
        }
    )
    if base_low is not None:
        row["BANRLO"] = [base_low]
    return add_toxicity_grade(row, load_study(), version).iloc[0]


def interval(code, value, **known):
    found = graded(code, value, **known)
    return int(found["ATOXGRMN"]), int(found["ATOXGRMX"])


def grade(code, value, **known):
    found = graded(code, value, **known)["ATOXGR"]
    return None if pd.isna(found) else int(found)


@pytest.mark.parametrize(
    ("code", "low", "bounds"),
    [
        ("HGB", 12.0, {12.0: 0, 11.9: 1, 10.0: 1, 9.9: 2, 8.0: 2, 7.9: 3, 3.0: 3}),
        ("PLAT", 150, {150: 0, 149: 1, 75: 1, 74: 2, 50: 2, 49: 3, 25: 3, 24: 4}),
        ("WBC", 4.0, {4.0: 0, 3.9: 1, 3.0: 1, 2.99: 2, 2.0: 2, 1.99: 3, 1.0: 3, 0.99: 4}),
        ("NEUT", 1.8, {1.8: 0, 1.79: 1, 1.5: 1, 1.49: 2, 1.0: 2, 0.99: 3, 0.5: 3, 0.49: 4}),
        ("LYMPH", 1.0, {1.0: 0, 0.99: 1, 0.8: 1, 0.79: 2, 0.5: 2, 0.49: 3, 0.2: 3, 0.19: 4}),
        ("EGFR", 90, {90: 0, 89: 1, 60: 1, 59.9: 2, 30: 2, 29.9: 3, 15: 3, 14.9: 4}),
    ],
)
def test_bounds_where_low_is_adverse(code, low, bounds):
    assert {value: grade(code, value, low=low) for value in bounds} == bounds


@pytest.mark.parametrize(
    ("code", "unit", "low", "bounds"),
    [
        # The bounds as CTCAE 5.0 prints them in each unit: 6.2 mmol/L is 9.99 g/dL, and still of grade 1.
        ("HGB", "mmol/L", 12, {6.2: 1, 6.1: 2, 4.9: 2, 4.8: 3}),
        ("HGB", "mmol/l", 12, {6.2: 1, 6.19: 2, 4.9: 2, 4.89: 3}),
        ("HGB", "g/L", 12, {100: 1, 99: 2, 80: 2, 79: 3}),
        ("HGB", "g/l", 12, {100: 1, 99.9: 2, 80: 2, 79.9: 3}),
        ("PLAT", "/uL", 150, {75_000: 1, 74_999: 2, 50_000: 2, 49_999: 3, 25_000: 3, 24_999: 4}),
        ("PLAT", "10^3/uL", 150, {75: 1, 74.9: 2, 50: 2, 49.9: 3, 25: 3, 24.9: 4}),
        ("WBC", "/uL", 4, {3_000: 1, 2_999: 2, 2_000: 2, 1_999: 3, 1_000: 3, 999: 4}),
        ("NEUT", "/uL", 1.8, {1_500: 1, 1_499: 2, 1_000: 2, 999: 3, 500: 3, 499: 4}),
        ("LYMPH", "/uL", 1, {800: 1, 799: 2, 500: 2, 499: 3, 200: 3, 199: 4}),
        ("EGFR", "mL/min/1.73 m²", 90, {60: 1, 59.9: 2, 30: 2, 29.9: 3, 15: 3, 14.9: 4}),
    ],
)
def test_bounds_are_those_of_the_unit_a_value_was_recorded_in(code, unit, low, bounds):
    assert {value: grade(code, value, low=low, unit=unit) for value in bounds} == bounds


def test_multiples_are_the_same_in_every_unit():
    # ULN 106.104 µmol/L = 1.2 mg/dL; 1.5 times it is 159.156 µmol/L, and not above.
    assert grade("CREAT", 159.156, high=1.2, base=1.2, unit="umol/L") == 1
    assert grade("CREAT", 159.2, high=1.2, base=1.2, unit="umol/L") == 2
    # ULN 20.52 µmol/L = 1.2 mg/dL of bilirubin; 3 times it is 61.56 µmol/L.
    assert grade("BILI", 61.56, high=1.2, base=1.0, base_state="NORMAL", unit="umol/L") == 2
    assert grade("BILI", 61.6, high=1.2, base=1.0, base_state="NORMAL", unit="umol/L") == 3
    # ULN 0.7 µkat/L = 42 U/L; 3 times it is 2.1 µkat/L.
    assert grade("ALT", 2.1, high=42, base=30, base_state="NORMAL", unit="ukat/L") == 1
    assert grade("ALT", 2.11, high=42, base=30, base_state="NORMAL", unit="ukat/L") == 2


def test_a_unit_that_is_not_known_is_refused(study):
    row = pd.DataFrame(
        {name: [1.0] for name in ("AVAL", "ANRLO", "ANRHI", "BASE", "BNRIND", "ADT", "TRTSDT")}
    )
    with pytest.raises(DictionaryError, match="HGB has no unit 'stones'"):
        add_toxicity_grade(row.assign(PARAMCD="HGB", UNIT="stones"), study)


@pytest.mark.parametrize("analyte", LOW_ADVERSE, ids=lambda analyte: analyte.code)
def test_without_lln_a_value_above_the_bound_of_grade_2_is_of_grade_0_or_1(analyte):
    second = analyte.ctcae_bounds[0].below[0]
    assert interval(analyte.code, second) == (0, 1)
    assert interval(analyte.code, 0.99 * second) == (2, 2)
    # No lower limit is above the upper one.
    assert interval(analyte.code, 1.5 * second, high=1.5 * second) == (0, 0)
    assert interval(analyte.code, 1.4 * second, high=1.5 * second) == (0, 1)
    assert grade(analyte.code, second) is None


@pytest.mark.parametrize(
    ("code", "known", "possible"),
    [
        # Neither limit nor baseline: anything from 0 on.
        ("ALT", {"value": 400}, (0, 4)),
        ("AST", {"value": 400}, (0, 4)),
        ("BILI", {"value": 5.0}, (0, 4)),
        ("CREAT", {"value": 10.0}, (0, 4)),
        # ULN is missing, baseline known and normal: by ULN.
        ("ALT", {"value": 400, "base": 30, "base_state": "NORMAL"}, (0, 4)),
        # LLN is known: ULN is no lower, and 400 U/L is 8 times 50 U/L.
        ("ALT", {"value": 400, "low": 50, "base": 60, "base_state": "NORMAL"}, (0, 3)),
        ("BILI", {"value": 0.2, "low": 0.2, "base": 0.4, "base_state": "NORMAL"}, (0, 0)),
        # ULN is missing, baseline above normal: by baseline, which is known.
        ("ALT", {"value": 400, "base": 100, "base_state": "HIGH"}, (2, 2)),
        ("BILI", {"value": 5.0, "base": 2.0, "base_state": "HIGH"}, (2, 2)),
        # Whether baseline was normal is not known, ULN is: 40 U/L at baseline too.
        ("ALT", {"value": 130, "high": 40, "base": 30}, (2, 2)),
        ("ALT", {"value": 130, "high": 40, "base": 60}, (1, 1)),
        # Neither is known: by ULN anything, by baseline grade 2.
        ("ALT", {"value": 130, "base": 30}, (0, 4)),
        ("ALT", {"value": 130, "base": 30, "low": 40}, (0, 2)),
        # No baseline: by ULN if it was normal, no higher if it was not.
        ("ALT", {"value": 130, "high": 40}, (0, 2)),
        ("ALT", {"value": 40, "high": 40}, (0, 0)),
        ("BILI", {"value": 13.0, "high": 1.2}, (0, 4)),
        # Creatinine: above 3 times baseline is 3, above 6 times ULN would be 4.
        ("CREAT", {"value": 10.0, "base": 0.8}, (3, 4)),
        ("CREAT", {"value": 1.3, "base": 0.8}, (2, 4)),
        ("CREAT", {"value": 1.2, "base": 0.8}, (0, 4)),
        ("CREAT", {"value": 1.2, "base": 0.8, "low": 0.7}, (0, 2)),
        ("CREAT", {"value": 10.0, "base": 0.8, "low": 1.7}, (3, 3)),
        # Its baseline is missing: no more than 3 by baseline, and by ULN what it is.
        ("CREAT", {"value": 1.0, "high": 1.2}, (0, 3)),
        ("CREAT", {"value": 2.0, "high": 1.2}, (2, 3)),
        ("CREAT", {"value": 4.0, "high": 1.2}, (3, 3)),
        ("CREAT", {"value": 8.0, "high": 1.2}, (4, 4)),
        # Before treatment by ULN alone.
        ("CREAT", {"value": 1.0, "high": 1.2, "on": 0}, (0, 0)),
        ("CREAT", {"value": 1.0, "on": 0}, (0, 4)),
        ("ALT", {"value": 130, "base": 130, "base_state": "HIGH", "high": 40, "on": 0}, (2, 2)),
    ],
)
def test_what_is_missing_leaves_open_every_grade_it_could_decide(code, known, possible):
    assert interval(code, **known) == possible


def test_an_undecided_record_has_a_term_and_no_grade():
    found = graded("ALT", 400)
    assert pd.isna(found["ATOXGR"])
    assert found["ATOXDSC"] == "Alanine aminotransferase increased"


def test_creatinine_by_uln_and_by_baseline():
    by_uln = {1.2: 0, 1.21: 1, 1.8: 1, 1.81: 2, 3.6: 2, 3.61: 3, 7.2: 3, 7.21: 4}
    assert {value: grade("CREAT", value, high=1.2, base=7.0) for value in by_uln} == by_uln
    assert grade("CREAT", 0.91, high=1.2, base=0.6) == 2  # within normal, but above 1.5 x baseline
    assert grade("CREAT", 0.90, high=1.2, base=0.6) == 0
    assert grade("CREAT", 1.81, high=1.2, base=0.6) == 3
    assert grade("CREAT", 0.91, high=1.2, base=0.6, on=0) == 0  # baseline itself: ULN only


@pytest.mark.parametrize("code", ["ALT", "AST"])
def test_aminotransferases_by_uln_or_by_an_abnormal_baseline(code):
    by_uln = {40: 0, 41: 1, 120: 1, 121: 2, 200: 2, 201: 3, 800: 3, 801: 4}
    assert {value: grade(code, value, high=40, base=30, base_state="NORMAL") for value in by_uln} == by_uln
    by_base = {89: 0, 90: 1, 180: 1, 181: 2, 300: 2, 301: 3, 1200: 3, 1201: 4}
    assert {value: grade(code, value, high=40, base=60, base_state="HIGH") for value in by_base} == by_base
    assert grade(code, 70, high=40, base=60, base_state="HIGH", on=-1) == 1  # before treatment: ULN only


def test_bilirubin_by_uln_or_by_an_abnormal_baseline():
    by_uln = {1.2: 0, 1.21: 1, 1.8: 1, 1.81: 2, 3.6: 2, 3.61: 3, 12.0: 3, 12.1: 4}
    assert {
        value: grade("BILI", value, high=1.2, base=1.0, base_state="NORMAL") for value in by_uln
    } == by_uln
    by_base = {2.0: 0, 2.01: 1, 3.0: 1, 3.01: 2, 6.0: 2, 6.01: 3, 20.0: 3, 20.1: 4}
    assert {
        value: grade("BILI", value, high=1.2, base=2.0, base_state="HIGH") for value in by_base
    } == by_base


def _steps():
    """Each analyte of which high values are adverse, what its multiples are of, and the multiple of each grade."""
    for analyte in load_study().analytes:
        if analyte.ctcae_multiples is not None:
            by = {"high": analyte.ctcae_multiples.of_uln, "base": analyte.ctcae_multiples.of_baseline}
            for of, multiples in by.items():
                for number, multiple in enumerate(multiples, 1):
                    if multiple is not None:
                        yield analyte.code, of, number, multiple


@pytest.mark.parametrize(("code", "of", "number", "multiple"), [*_steps()])
@pytest.mark.parametrize("limit", ["0.7", "1.1", "1.2", "2.3", "33.3", "41.3"])
def test_a_multiple_of_a_limit_is_the_bound_that_paper_gives(code, of, number, multiple, limit):
    """0.7 x 3 is 2.1 and no more: at the bound the grade below, one digit further the grade."""
    exact = Decimal(limit) * Decimal(str(multiple))
    known = {"high": float(limit), "base": 0.9 * float(limit), "base_state": "NORMAL"}
    if of == "base":
        replaces = load_study().analyte(code).ctcae_multiples.baseline == "replaces"
        # Creatinine counts the worse of both: its limit of normal is far enough away not to count.
        known = {"base": float(limit), "high": 0.9 * float(limit) if replaces else 100 * float(limit)}
        known["base_state"] = "HIGH" if replaces else "NORMAL"
    elif code == "CREAT":
        known["base"] = 100 * float(limit)
    beyond = [grade(code, float(exact + Decimal(step)), **known) for step in ("-1e-6", "0", "1e-6")]
    included = of == "base" and number == 1 and code in {"ALT", "AST"}
    least = {("CREAT", "base"): {2: 0, 3: 2}}.get((code, of), {}).get(number, number - 1)
    assert beyond == [least, number if included else least, number]


def test_noise_of_a_conversion_decides_no_grade():
    assert 80 * 0.1 == 8.0
    assert grade("HGB", 79.99999999999999, low=12.0, unit="g/L") == 2
    assert 6.2 / 0.6206 > 9.99  # the bound itself, whatever the factor


@pytest.mark.law
@settings(deadline=None)
@given(st.lists(st.floats(0, 500), min_size=2, max_size=20), st.sampled_from(LOW_ADVERSE))
def test_a_lower_value_never_has_a_lower_grade(values, analyte):
    ordered = np.sort(np.array(values))
    limits = np.full(len(values), 600.0)
    bounds = np.tile(analyte.grade_bounds(analyte.unit), (len(values), 1))
    for lln in (limits, np.full(len(values), np.nan)):
        found = grade_low(ordered, lln, limits, bounds)
        assert (np.diff(found.lowest) <= 0).all()
        assert (np.diff(found.highest) <= 0).all()


@pytest.mark.law
@settings(deadline=None)
@given(st.lists(st.floats(0, 5000), min_size=2, max_size=20))
def test_a_higher_value_never_has_a_lower_grade(values):
    grades = grade_multiples(np.sort(np.array(values)), np.full(len(values), 40.0), (1, 3, 5, 20))
    assert (np.diff(grades) >= 0).all()


@pytest.mark.parametrize(
    ("code", "value", "limits", "expected"),
    [
        ("HGB", 11.9, [12.0, 16.0], "LOW"),
        ("HGB", 12.0, [12.0, 16.0], "NORMAL"),
        ("HGB", 16.1, [12.0, 16.0], "HIGH"),
        ("HGB", 13.0, [None, 16.0], None),  # low is adverse, and LLN is unknown
        ("HGB", 17.0, [None, 16.0], "HIGH"),
        ("EGFR", 95.0, [90.0, None], "NORMAL"),
        ("ALT", 30.0, [None, 40.0], "NORMAL"),
        ("ALT", 30.0, [5.0, None], None),  # high is adverse, and ULN is unknown
        ("ALT", 30.0, [None, None], None),
    ],
)
def test_range_indicator(study, code, value, limits, expected):
    row = pd.DataFrame({"PARAMCD": [code], "AVAL": [value], "ANRLO": limits[:1], "ANRHI": limits[1:]})
    row = row.astype({"ANRLO": float, "ANRHI": float})
    assert add_range_indicator(row, study)["ANRIND"].tolist() == [expected]


def test_noise_of_a_conversion_does_not_leave_the_range(study):
    row = pd.DataFrame({"PARAMCD": ["HGB"], "AVAL": [5.8], "ANRLO": [58 * 0.1], "ANRHI": [16.0]})
    assert row["AVAL"].iloc[0] != row["ANRLO"].iloc[0]
    assert add_range_indicator(row, study)["ANRIND"].tolist() == ["NORMAL"]


@pytest.mark.parametrize(
    ("code", "low", "bounds"),
    [
        ("HGB", 12.0, {12.0: 0, 11.9: 1, 10.0: 1, 9.9: 2, 8.0: 2, 7.9: 3}),
        ("PLAT", 150, {150: 0, 149: 1, 75: 1, 74: 2, 50: 2, 49: 3, 10: 3, 9.9: 4}),
        ("NEUT", 1.8, {1.79: 0, 1.5: 0, 1.49: 1, 1.0: 1, 0.99: 2, 0.5: 2, 0.49: 3, 0.1: 3, 0.09: 4}),
        ("NEUT", NONE, {1.6: 0, 1.49: 1}),
        ("LYMPH", 1.0, {0.1: None, 2.0: None}),
        ("EGFR", 90, {20: None}),
    ],
)
def test_bounds_of_version_6(code, low, bounds):
    assert {value: grade(code, value, low=low, version="6.0") for value in bounds} == bounds


def test_multiples_of_version_6():
    """ALT: 1, 1.5, 2 and 4 times a baseline above normal; creatinine by baseline only if that is below normal."""
    alt = {59: 0, 60: 1, 90: 1, 91: 2, 120: 2, 121: 3, 240: 3, 241: 4}
    assert {
        value: grade("ALT", value, high=40, base=60, base_state="HIGH", version="6.0") for value in alt
    } == alt
    usual = {1.2: 0, 1.3: 1, 1.8: 1, 1.9: 2, 3.6: 2, 3.7: 3, 7.3: 4}
    known = {"low": 0.6, "high": 1.2, "version": "6.0", "base_low": 0.6}
    assert {value: grade("CREAT", value, base=0.8, **known) for value in usual} == usual
    low = {0.7: 0, 0.76: 2, 1.5: 2, 1.51: 3, 7.3: 4}  # baseline 0.5 is below 0.6: 1.5 and 3 times it
    assert {value: grade("CREAT", value, base=0.5, **known) for value in low} == low
    # Of a baseline that is not known, nobody can say whether it was below normal.
    assert interval("CREAT", 1.0, low=0.6, high=1.2, version="6.0") == (0, 3)
    # Below a normal of 0.6, 2.0 is above 3 times it, whatever it was (grade 3); by ULN it is of grade 2.
    assert interval("CREAT", 2.0, low=0.6, high=1.2, version="6.0") == (2, 3)
    assert interval("CREAT", 1.79, low=0.6, high=1.2, version="6.0") == (1, 3)
    assert interval("CREAT", 1.3, high=1.2, base=0.8, version="6.0") == (1, 2)


def test_grades_of_high_counts():
    def high(code, value, **known):
        found = graded(code, value, **known)
        return found["ATOXHMN"], found["ATOXHMX"], found["ATOXDSCH"]

    term = "Hemoglobin increased"
    found = {value: high("HGB", value, low=12, high=16)[:2] for value in (16, 16.1, 18, 18.1, 20, 20.1)}
    assert found == {16: (0, 0), 16.1: (1, 1), 18: (1, 1), 18.1: (2, 2), 20: (2, 2), 20.1: (3, 3)}
    assert high("HGB", 15, low=12) == (0, 2, term)  # ULN may be as low as 12
    assert high("WBC", 100)[:2] == (0, 0)
    assert high("WBC", 101)[:2] == (3, 3)
    assert [high("LYMPH", value)[0] for value in (4, 4.1, 20, 20.1)] == [0, 2, 2, 3]
    nothing = graded("ALT", 400, high=40)
    assert pd.isna(nothing["ATOXHMN"])
    assert pd.isna(nothing["ATOXDSCH"])
