"""Units and reference ranges of the centres' laboratories."""

from dataclasses import replace

import numpy as np
import pytest

from duonen_stats.errors import DictionaryError, PlanError
from duonen_stats.simulated.model.blood import REPORTED
from duonen_stats.simulated.model.laboratories import LABORATORIES, bench_of, eligible, stopped_by

CENTRE, FEMALE = np.array([0, 0, 3]), np.array([True, False, True])


def bench(study, laboratories=LABORATORIES):
    return bench_of(CENTRE, FEMALE, study, laboratories, REPORTED)


def test_ranges_go_by_sex_and_centre(study):
    found = bench(study)
    hgb, creat, alt = (REPORTED.index(code) for code in ("HGB", "CREAT", "ALT"))
    assert found.low[:, hgb].tolist() == [12, 13.5, 11.9]
    assert found.unit[:, creat].tolist() == ["mg/dL", "mg/dL", "umol/L"]
    assert found.high[2, creat] == 80
    assert np.isnan(found.low[:, alt]).all()


def test_values_are_rounded_in_the_unit_they_are_reported_in(study):
    values = np.tile([13.26, 231.4, 6.123, 3.9, 1.8, 0.857, 84.4, 27.2, 25.0, 0.5], (3, 1))
    creat, bili = REPORTED.index("CREAT"), REPORTED.index("BILI")
    out = bench(study).reported(values)
    assert out[0].tolist() == [13.3, 231, 6.12, 3.9, 1.8, 0.86, 84, 27, 25, 0.5]
    assert out[2, creat] == 76  # µmol/L
    assert out[2, bili] == pytest.approx(8.55)


def test_what_a_laboratory_lacks_is_named(study):
    lacking = replace(LABORATORIES[0], women={})
    with pytest.raises(PlanError, match="no range of HGB"):
        bench(study, (lacking,))
    with pytest.raises(PlanError, match="must be a laboratory"):
        bench(study, ())
    with pytest.raises(PlanError, match="is empty"):
        bench(study, (replace(LABORATORIES[0], men={**LABORATORIES[0].men, "HGB": (17, 13)}),))
    with pytest.raises(DictionaryError, match="stone"):
        bench(study, (replace(LABORATORIES[0], units={"HGB": "stone"}),))


def test_a_subset_keeps_its_rows(study):
    part = bench(study).subset(np.array([2]))
    assert part.low.shape == (1, len(REPORTED))
    assert part.unit[0, REPORTED.index("CREAT")] == "umol/L"


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
