"""The bounds of CTCAE typed a second time, from the document: what the tests compare the data dictionary with.

National Cancer Institute, Common Terminology Criteria for Adverse Events 5.0 (27 November 2017), system organ classes
Blood, Investigations, Renal; and version 6.0 (2025), the same classes.
"""

from fractions import Fraction

LESS_THAN = {  # grades from the worst on, in the analyte's unit
    "HGB": {3: Fraction(8), 2: Fraction(10)},
    "PLAT": {4: Fraction(25), 3: Fraction(50), 2: Fraction(75)},
    "WBC": {4: Fraction(1), 3: Fraction(2), 2: Fraction(3)},
    "NEUT": {4: Fraction("0.5"), 3: Fraction(1), 2: Fraction("1.5")},
    "LYMPH": {4: Fraction("0.2"), 3: Fraction("0.5"), 2: Fraction("0.8")},
    "EGFR": {4: Fraction(15), 3: Fraction(30), 2: Fraction(60)},
}
LESS_THAN_6 = {
    "HGB": {3: Fraction(8), 2: Fraction(10)},
    "PLAT": {4: Fraction(10), 3: Fraction(50), 2: Fraction(75)},
    "WBC": {4: Fraction(1), 3: Fraction(2), 2: Fraction(3)},
    "NEUT": {4: Fraction("0.1"), 3: Fraction("0.5"), 2: Fraction(1), 1: Fraction("1.5")},
}


def bounds_from_grade_2(code: str) -> tuple[float, ...]:
    """The bounds of an analyte below which grade 2, 3 and 4 begin (5.0)."""
    return tuple(float(bound) for _, bound in sorted(LESS_THAN[code].items()))
