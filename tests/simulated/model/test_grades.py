"""Grades by CTCAE 5.0."""

import numpy as np
import pytest

from duonen_stats.simulated.model.blood import REPORTED
from duonen_stats.simulated.model.grades import BLOOD_EVENTS, grades
from duonen_stats.simulated.model.laboratories import LABORATORIES, bench_of


@pytest.mark.parametrize(
    ("category", "analyte", "value", "grade"),
    [
        ("ANEMIA", "HGB", 12.0, 0), ("ANEMIA", "HGB", 11.9, 1), ("ANEMIA", "HGB", 9.9, 2), ("ANEMIA", "HGB", 7.9, 3),
        ("THROMBOCYTOPENIA", "PLAT", 149, 1), ("THROMBOCYTOPENIA", "PLAT", 74, 2),
        ("THROMBOCYTOPENIA", "PLAT", 49, 3), ("THROMBOCYTOPENIA", "PLAT", 24, 4),
        ("LEUKOPENIA_NEUTROPENIA", "NEUT", 0.9, 3), ("LEUKOPENIA_NEUTROPENIA", "WBC", 2.9, 2),
        ("RENAL_IMPAIRMENT", "CREAT", 0.96, 1), ("RENAL_IMPAIRMENT", "CREAT", 1.43, 2),
        ("OTHER", "ALT", 106, 2), ("OTHER", "BILI", 1.9, 2), ("ANEMIA", "HGB", np.nan, 0),
    ],
)  # fmt: skip
def test_grades(study, category, analyte, value, grade):
    bench = bench_of(np.array([0]), np.array([True]), study, LABORATORIES, REPORTED)
    event = next(one for one in BLOOD_EVENTS if one.category == category)
    values = np.full((1, 1, len(REPORTED)), np.nan)
    values[0, 0, REPORTED.index(analyte)] = value
    assert grades(event, values, bench)[0, 0].max() == grade


def test_micromoles_are_graded_like_milligrams(study):
    bench = bench_of(np.array([3]), np.array([True]), study, LABORATORIES, REPORTED)
    renal = next(one for one in BLOOD_EVENTS if one.category == "RENAL_IMPAIRMENT")
    values = np.full((1, 2, len(REPORTED)), np.nan)
    values[0, :, REPORTED.index("CREAT")] = (81, 121)  # above 80, above 1.5 times 80
    assert grades(renal, values, bench)[0, :, 0].tolist() == [1, 2]
