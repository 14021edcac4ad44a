"""A second programming of the CTCAE laboratory grades: every value that a missing number could have is tried.

The criteria are written down again from the document, in exact fractions: National Cancer Institute, Common Terminology
Criteria for Adverse Events 5.0 (27 November 2017), system organ classes Blood, Investigations, Renal; and version 6.0
(2025), the same classes.
"""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from ctcae_bounds import LESS_THAN, LESS_THAN_6
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duonen_stats.datasets.safety.toxicity_grade import add_toxicity_grade
from duonen_stats.study import load_study

pytestmark = pytest.mark.independent
F = Fraction
STUDY = load_study()
HIGHEST_LIMIT = {"EGFR": F(90)}
"""No laboratory's lower limit is above: from 90 on eGFR is normal (KDIGO 2024, table 3: G1)."""


def low_grade(code, value, lln, less_than=LESS_THAN):
    for grade, bound in less_than[code].items():
        if value < bound:
            return grade
    return 1 if value < lln else 0


def creatinine(value, uln, base):
    if value > 6 * uln:
        return 4
    if value > 3 * uln or (base is not None and value > 3 * base):
        return 3
    if value > F("1.5") * uln or (base is not None and value > F("1.5") * base):
        return 2
    return 1 if value > uln else 0


def aminotransferase(value, uln, base, *, abnormal):
    reference = base if abnormal else uln
    for grade, multiple in {4: 20, 3: 5, 2: 3}.items():
        if value > multiple * reference:
            return grade
    return int(value >= F("1.5") * base) if abnormal else int(value > uln)


def bilirubin(value, uln, base, *, abnormal):
    reference = base if abnormal else uln
    for grade, multiple in {4: 10, 3: 3, 2: F("1.5")}.items():
        if value > multiple * reference:
            return grade
    return int(value > reference)


def creatinine_6(value, lln, uln, base):
    """By multiples of baseline in grades 2 and 3 if baseline is below normal, else by those of ULN."""
    if value > 6 * uln:
        return 4
    reference = base if base < lln else uln
    if value > 3 * reference:
        return 3
    if value > F("1.5") * reference:
        return 2
    return 1 if value > uln else 0


def aminotransferase_6(value, uln, base, *, abnormal):
    grades = {4: 4, 3: 2, 2: F("1.5")} if abnormal else {4: 20, 3: 5, 2: 3}
    for grade, multiple in grades.items():
        if value > multiple * (base if abnormal else uln):
            return grade
    return int(value >= base) if abnormal else int(value > uln)


def bilirubin_6(value, uln, base, *, abnormal):
    grades = {4: 10, 3: F("2.5"), 2: F("1.5")} if abnormal else {4: 10, 3: 3, 2: F("1.5")}
    for grade, multiple in grades.items():
        if value > multiple * (base if abnormal else uln):
            return grade
    return int(value >= base) if abnormal else int(value > uln)


def every(value):
    """Numbers between which no grade can change: around each multiple of the value, and far away on both sides."""
    multiples = [F(m) for m in ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "10", "20")]
    steps = [value / m * nudge for m in multiples for nudge in (F("0.999"), F(1), F("1.001"))]
    return [F(1, 10**6), *steps, F(10**6)]


def possible_6(code, value, lln, uln, base, state):
    """All grades of all completions by version 6.0; none without a term."""
    if code in {"LYMPH", "EGFR"}:
        return set()
    if code == "NEUT":
        return {next((grade for grade, bound in LESS_THAN_6[code].items() if value < bound), 0)}
    if code != "CREAT":
        by = bilirubin_6 if code == "BILI" else aminotransferase_6
        return possible(code, value, lln, uln, base, state, less_than=LESS_THAN_6, by=by)
    lows = (
        [lln] if lln is not None else [F(0), *every(value), *([base, base + 1] if base is not None else [])]
    )
    highs = [uln] if uln is not None else every(value) + ([lln] if lln is not None else [])
    bases = [base] if base is not None else [*every(value), *(low for low in lows)]
    # The limits of the record stand in for those of the baseline.
    return {
        creatinine_6(value, low, high, b)
        for low in lows
        for high in highs
        for b in bases
        if b > 0 and (low <= high or None not in {lln, uln} or (lln is None and uln is not None))
    }


def possible(code, value, lln, uln, base, state, less_than=LESS_THAN, by=None):
    """All grades of all completions of what is not known (None)."""
    if code in LESS_THAN:
        most = HIGHEST_LIMIT.get(code, F(10**6))
        tried = [lln] if lln is not None else [low for low in [*every(value), most] if low <= most]
        return {
            low_grade(code, value, low, less_than)
            for low in tried
            if uln is None or low <= uln or lln is not None
        }
    limits = [uln] if uln is not None else [u for u in every(value) if lln is None or u >= lln]
    if uln is None and lln is not None:
        limits.append(lln)
    bases = [base] if base is not None else every(value)
    if code == "CREAT":
        return {creatinine(value, u, b) for u in limits for b in bases}
    by = by or (bilirubin if code == "BILI" else aminotransferase)
    found = set()
    for u in limits:
        for b in bases:
            states = [state == "HIGH"] if state is not None else [b > u]
            if state is None and uln is None and base is not None:
                states = [True, False]  # the limits of both are unknown, and need not be the same
            found |= {by(value, u, b, abnormal=abnormal) for abnormal in states}
    return found


GRID = {
    "HGB": ["4.8", "7.9", "8", "9.9", "10", "11", "12", "17", "18"],
    "PLAT": ["24", "25", "49", "50", "74", "75", "125", "150", "400"],
    "WBC": ["0.9", "1", "1.9", "2", "2.9", "3", "3.9", "4", "10"],
    "NEUT": ["0.4", "0.5", "0.9", "1", "1.4", "1.5", "1.7", "1.8", "7"],
    "LYMPH": ["0.1", "0.2", "0.4", "0.5", "0.7", "0.8", "0.9", "1", "4"],
    "EGFR": ["14", "15", "29", "30", "59", "60", "89", "90", "120"],
    "CREAT": ["0.4", "0.6", "0.9", "1.2", "1.21", "1.8", "1.81", "3.6", "3.61", "7.2", "10"],
    "ALT": ["5", "30", "40", "41", "60", "90", "120", "130", "200", "201", "400", "800", "801"],
    "AST": ["5", "30", "40", "41", "60", "90", "120", "130", "200", "201", "400", "800", "801"],
    "BILI": ["0.2", "0.9", "1.2", "1.21", "1.8", "2", "3", "3.61", "6", "12", "12.1", "20.1"],
}


@st.composite
def records(draw):
    code = draw(st.sampled_from(sorted(GRID)))
    numbers = st.sampled_from([F(text) for text in GRID[code]])
    low, high = sorted((draw(numbers), draw(numbers)))
    base = draw(st.none() | numbers)
    state = "HIGH" if base is not None and base > high else "NORMAL"
    lln = draw(st.sampled_from([None, low]))
    uln = draw(st.sampled_from([None, high]))
    known = draw(st.booleans()) and base is not None
    return code, draw(numbers), lln, uln, base, state if known else None


@settings(deadline=None, max_examples=15)
@given(st.lists(records(), min_size=1, max_size=40))
@example([("EGFR", F(90), None, None, None, None), ("EGFR", F(89), None, None, None, None)])
def test_the_interval_is_what_every_completion_of_a_record_allows(drawn):
    """Many records at a time: a table costs as much with forty rows as with one."""
    for version, every_grade in (("5.0", possible), ("6.0", possible_6)):
        _compare(drawn, version, every_grade)


def _compare(drawn, version, every_grade):
    table = pd.DataFrame(
        {
            "PARAMCD": [code for code, *_ in drawn],
            "UNIT": [STUDY.analyte(code).unit for code, *_ in drawn],
            "ADT": pd.Timestamp("2024-03-01"),
            "TRTSDT": pd.Timestamp("2024-02-01"),
            "BNRIND": pd.Series([state for *_, state in drawn], dtype=object),
        }
    )
    for place, name in enumerate(("AVAL", "ANRLO", "ANRHI", "BASE"), 1):
        table[name] = [np.nan if record[place] is None else float(record[place]) for record in drawn]
    found = add_toxicity_grade(table, STUDY, version)
    for record, low, high in zip(drawn, found["ATOXGRMN"], found["ATOXGRMX"], strict=True):
        grades = every_grade(*record)
        if grades:
            assert (low, high) == (min(grades), max(grades)), (version, record)
        else:
            assert pd.isna(low), (version, record)
            assert pd.isna(high), (version, record)
