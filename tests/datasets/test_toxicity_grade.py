from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patients import day

from duonen_stats.datasets.toxicity_grade import BANDS, LowBands, add_toxicity_grade, grade_high, grade_low
from duonen_stats.errors import DictionaryError
from duonen_stats.study import load_study

NONE = np.nan


def grade(code, value, *, low=NONE, high=NONE, base=NONE, base_state=None, on=14):
    row = pd.DataFrame(
        {
            "PARAMCD": [code],
            "AVAL": [value],
            "ANRLO": [low],
            "ANRHI": [high],
            "BASE": [base],
            "BNRIND": [base_state],
            "ADT": [pd.Timestamp(day(on))],
            "TRTSDT": [pd.Timestamp(day(0))],
        }
    )
    found = add_toxicity_grade(row, load_study())["ATOXGR"].iloc[0]
    return None if pd.isna(found) else int(found)


@pytest.mark.worked
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


@pytest.mark.worked
def test_without_lln_only_grade_two_and_more_can_be_told():
    assert grade("HGB", 13.0) is None
    assert grade("HGB", 10.0) is None
    assert grade("HGB", 9.9) == 2


@pytest.mark.worked
def test_creatinine_by_uln_and_by_baseline():
    by_uln = {1.2: 0, 1.21: 1, 1.8: 1, 1.81: 2, 3.6: 2, 3.61: 3, 7.2: 3, 7.21: 4}
    assert {value: grade("CREAT", value, high=1.2) for value in by_uln} == by_uln
    assert grade("CREAT", 0.91, high=1.2, base=0.6) == 2  # within normal, but above 1.5 x baseline
    assert grade("CREAT", 0.90, high=1.2, base=0.6) == 0
    assert grade("CREAT", 1.81, high=1.2, base=0.6) == 3
    assert grade("CREAT", 0.91, high=1.2, base=0.6, on=0) == 0  # baseline itself: ULN only
    assert grade("CREAT", 0.91, base=0.6) == 2
    assert grade("CREAT", 0.61, base=0.6) is None


@pytest.mark.worked
@pytest.mark.parametrize("code", ["ALT", "AST"])
def test_aminotransferases_by_uln_or_by_an_abnormal_baseline(code):
    by_uln = {40: 0, 41: 1, 120: 1, 121: 2, 200: 2, 201: 3, 800: 3, 801: 4}
    assert {value: grade(code, value, high=40, base=30, base_state="NORMAL") for value in by_uln} == by_uln
    by_base = {89: 0, 90: 1, 180: 1, 181: 2, 300: 2, 301: 3, 1200: 3, 1201: 4}
    assert {value: grade(code, value, high=40, base=60, base_state="HIGH") for value in by_base} == by_base
    assert grade(code, 70, high=40, base=60, base_state="HIGH", on=-1) == 1  # before treatment: ULN only


@pytest.mark.worked
def test_bilirubin_by_uln_or_by_an_abnormal_baseline():
    by_uln = {1.2: 0, 1.21: 1, 1.8: 1, 1.81: 2, 3.6: 2, 3.61: 3, 12.0: 3, 12.1: 4}
    assert {value: grade("BILI", value, high=1.2) for value in by_uln} == by_uln
    by_base = {2.0: 0, 2.01: 1, 3.0: 1, 3.01: 2, 6.0: 2, 6.01: 3, 20.0: 3, 20.1: 4}
    assert {
        value: grade("BILI", value, high=1.2, base=2.0, base_state="HIGH") for value in by_base
    } == by_base


@pytest.mark.worked
def test_without_uln_there_is_no_grade():
    assert grade("ALT", 5000.0) is None


@pytest.mark.worked
def test_noise_of_a_conversion_decides_no_grade():
    assert 80 * 0.1 == 8.0
    assert grade("HGB", 79.99999999999999 * 0.1, low=12.0) == 2


@pytest.mark.worked
def test_every_analyte_has_bands_in_its_unit_and_a_term(study):
    assert set(BANDS) == {analyte.code for analyte in study.analytes}
    for analyte in study.analytes:
        bands = BANDS[analyte.code]
        assert isinstance(bands, LowBands) == (analyte.adverse == "low")


@pytest.mark.worked
def test_a_dictionary_with_another_unit_is_refused(study):
    changed = replace(study, analytes=(replace(study.analyte("HGB"), unit="g/L"),))
    row = pd.DataFrame(
        {name: [1.0] for name in ("AVAL", "ANRLO", "ANRHI", "BASE", "BNRIND", "ADT", "TRTSDT")}
    )
    with pytest.raises(DictionaryError, match="HGB"):
        add_toxicity_grade(row.assign(PARAMCD="HGB"), changed)


@pytest.mark.law
@settings(deadline=None)
@given(
    st.lists(st.floats(0, 500), min_size=2, max_size=20),
    st.sampled_from([bands for bands in BANDS.values() if isinstance(bands, LowBands)]),
)
def test_a_lower_value_never_has_a_lower_grade(values, bands):
    ordered = np.sort(np.array(values))
    grades = grade_low(ordered, np.full(len(values), 600.0), bands.bounds)
    assert (np.diff(grades) <= 0).all()


@pytest.mark.law
@settings(deadline=None)
@given(st.lists(st.floats(0, 5000), min_size=2, max_size=20))
def test_a_higher_value_never_has_a_lower_grade(values):
    grades = grade_high(np.sort(np.array(values)), np.full(len(values), 40.0), (1, 3, 5, 20))
    assert (np.diff(grades) >= 0).all()
