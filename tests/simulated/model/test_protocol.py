"""Criteria of the dictionary, asked of arrays."""

import numpy as np
import pytest

from duonen_stats.simulated.model.blood import REPORTED
from duonen_stats.simulated.model.laboratories import LABORATORIES, bench_of
from duonen_stats.simulated.model.protocol import eligible, stopped_by

SOUND = {"HGB": 13.0, "PLAT": 230, "WBC": 6.5, "NEUT": 4.0, "LYMPH": 1.8, "CREAT": 0.9, "EGFR": 80,
         "ALT": 25, "AST": 25, "BILI": 0.5}  # fmt: skip


def of(study, **values):
    row = np.array([[(SOUND | values)[code] for code in REPORTED]], dtype=float)
    return row, bench_of(np.array([0]), np.array([True]), study, LABORATORIES, REPORTED), study


@pytest.mark.parametrize(
    ("values", "fit"),
    [
        ({}, True),
        ({"HGB": 9.0}, False),
        ({"WBC": 3.0}, False),
        ({"PLAT": 100}, False),
        ({"ALT": 105}, False),  # three times 35
        ({"CREAT": 1.5}, True),  # 132 µmol/L, but the filtration rate is enough
        ({"CREAT": 1.5, "EGFR": 45}, False),
        ({"EGFR": 40}, True),  # creatinine is enough
        ({"NEUT": 0.9}, False),  # eligible, and at once to be stopped
    ],
)
def test_who_may_enter(study, values, fit):
    assert eligible(*of(study, **values))[0] == fit


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({}, None), ({"PLAT": 79}, "S-PLAT"), ({"PLAT": 80}, None), ({"WBC": 2.99}, "S-WBC"),
        ({"CREAT": 1.71}, "S-CREAT"), ({"EGFR": 29}, "S-EGFR"), ({"AST": 106}, "S-AST"), ({"HGB": 7.9}, "S-HGB"),
        ({"PLAT": np.nan}, None), ({"HGB": 7, "PLAT": 20}, "S-HGB"),
    ],
)  # fmt: skip
def test_which_criterion_ends_treatment(study, values, rule):
    place = stopped_by(*of(study, **values))[0]
    assert (None if place < 0 else study.stopping_rules[place].id) == rule
