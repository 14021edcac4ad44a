import json
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from verification.made_folder import plan, values

from duonen_stats.methods import slope_per_year
from duonen_stats.verification.recomputed.harm import kidney_slopes
from duonen_stats.verification.recomputed.harm.kidney_slopes import fit_lines, recompute_slopes

CASES = json.loads((files("duonen_stats.qualification") / "reference_cases/repeated.json").read_text())[
    "cases"
]
LINES = [one for one in CASES if one["procedure"] == "slope_per_year" and one["kind"] == "reference"]
TREATED = pd.DataFrame({"TREATED": list("AAABBB")}, index=list("123456"))


def fitted(case):
    data = case["data"]
    arms = sorted({*data["arm"]})
    there = [place for place, value in enumerate(data["value"]) if value is not None]
    subject, arm, years, value = ([data[name][place] for place in there] for name in data)
    places = [arms.index(one) for one in arm]
    return arms, fit_lines(subject, places, np.array(years, dtype=float), np.array(value, dtype=float))


@pytest.mark.reference
@pytest.mark.parametrize("case", LINES, ids=lambda case: case["id"])
def test_lme4_with_the_degrees_of_freedom_of_lmertest_and_pbkrtest(case):
    arms, found = fitted(case)
    slopes = dict(zip(arms, np.eye(2 * len(arms))[len(arms) :], strict=True))
    assert found.sloped
    rows = [(one, slopes[one["arm"]]) for one in case["expected"]["slopes"]]
    rows += [(one, slopes[one["arm"]] - slopes[one["reference"]]) for one in case["expected"]["differences"]]
    for expected, weights in rows:
        for ending, adjusted in (("", False), ("_kr", True)):
            own = found.contrast(weights, 0.95, kenward_roger=adjusted)
            assert own["estimate"] == pytest.approx(expected["estimate"], rel=case["tol"]["estimate"]["rel"])
            assert own["se"] == pytest.approx(expected[f"se{ending}"], rel=case["tol"]["se"]["rel"])
            assert own["df"] == pytest.approx(expected[f"df{ending}"], rel=case["tol"]["df"]["rel"])
            assert own["ci_low"] == pytest.approx(expected[f"lower{ending}"], rel=1e-4)
            assert own["p"] == pytest.approx(expected[f"p{ending}"], rel=case["tol"]["p"]["rel"])


def cohort(seed, *, slopes=1.5, patients=20, times=6):
    draw = np.random.default_rng(seed)
    years = np.arange(times) * 0.5 + draw.uniform(-0.05, 0.05, (patients, times))
    arm = np.arange(patients) % 2
    slope = np.where(arm, -4.0, -2.0) + draw.normal(0, slopes, patients)
    value = draw.normal(85, 15, patients)[:, None] + slope[:, None] * years
    value += draw.normal(0, 2, value.shape)
    names = np.repeat([f"P{one}" for one in range(patients)], times).tolist()
    return names, np.repeat(arm, times).tolist(), years.ravel(), value.ravel()


def test_with_the_same_times_for_all_it_is_the_t_test_of_the_patients_own_slopes():
    names, arm, _, value = cohort(1)
    years = np.tile(np.arange(6) * 0.5, 20)
    found = fit_lines(names, arm, years, value)
    own = np.array([np.polyfit(years[:6], one, 1)[0] for one in value.reshape(20, 6)])
    pooled = (own[0::2].var(ddof=1) + own[1::2].var(ddof=1)) / 2
    for adjusted in (True, False):
        pair = found.contrast(np.array([0, 0, -1.0, 1.0]), 0.95, kenward_roger=adjusted)
        assert pair["estimate"] == pytest.approx(own[1::2].mean() - own[0::2].mean())
        assert pair["se"] == pytest.approx(np.sqrt(pooled * 2 / 10), rel=1e-6)
        assert pair["df"] == pytest.approx(18, rel=1e-6)


@pytest.mark.parametrize(
    ("seed", "sloped"),
    [(3, False), (4, True), (5, False), (6, True), (7, False), (8, False), (9, False), (10, True)],
)
def test_slopes_that_vary_no_more_than_by_error_are_left_out(seed, sloped):
    names, arm, years, value = cohort(seed, slopes=0.0)
    assert fit_lines(names, arm, years, value).sloped is sloped
    first = slope_per_year(names, ["AB"[one] for one in arm], years, value, reference="A")
    assert first.random_slope is sloped


FEW = {
    "0A": {0.12: 94.8, 0.29: 97.3, 0.96: 99.8, 2.46: 111.3, 2.98: 113.2, 4.25: 122.0, 4.58: 124.2},
    "1B": {0.02: 80.7, 0.12: 81.1, 0.28: 80.0, 0.38: 81.4, 0.72: 79.1, 0.97: 80.4},
    "2C": {3.46: 48.1, 4.36: 42.9, 4.6: 41.5},
    "3D": {0.35: 94.5, 0.77: 94.0},
    "4A": {0.39: 65.2, 0.69: 64.6, 1.62: 61.9, 1.64: 63.0, 2.05: 62.2, 3.79: 59.8},
    "5B": {0.47: 92.9, 0.61: 92.3, 0.62: 91.9, 0.74: 92.6},
    "6C": {-0.05: 57.5, -0.03: 58.7, 0.1: 58.0, 0.34: 57.5, 0.41: 56.5, 0.79: 57.9},
    "7D": {0.57: 79.9},
}


def test_from_further_starts_the_slopes_of_few_patients_with_a_small_error_are_found(monkeypatch):
    seen = [(name, years, value) for name, course in FEW.items() for years, value in course.items()]
    subject, years, value = zip(*seen, strict=True)
    arm = ["ABCD".index(one[1]) for one in subject]
    found = fit_lines([*subject], arm, np.array(years), np.array(value))
    assert found.sloped
    assert found.parameters[-1] == pytest.approx(0.490746729, abs=1e-8)
    monkeypatch.setattr(kidney_slopes, "_SHARES", kidney_slopes._SHARES[:1])
    assert not fit_lines([*subject], arm, np.array(years), np.array(value)).sloped


def test_without_a_variance_of_kenward_and_roger_the_contrast_is_satterthwaite_s():
    found = fit_lines(*cohort(1))
    weights = np.array([0, 0, -1.0, 1.0])
    plain = found.contrast(weights, 0.95, kenward_roger=False)
    assert found.contrast(weights, 0.95, kenward_roger=True)["se"] != plain["se"]
    for variance in (-found.small_sample.adjusted, 0 * found.small_sample.adjusted):
        none = replace(found, small_sample=replace(found.small_sample, adjusted=variance))
        assert none.contrast(weights, 0.95, kenward_roger=True) == plain


def test_a_patient_seen_once_says_something_of_the_level_alone():
    names, arm, years, value = cohort(4)
    found = fit_lines(names, arm, years, value)
    more = fit_lines([*names, "once"], [*arm, 0], np.append(years, 1.0), np.append(value, 40.0))
    weights = np.array([0.0, 0.0, 1.0, 0.0])
    assert more.contrast(weights, 0.95, kenward_roger=True)["estimate"] == pytest.approx(
        found.contrast(weights, 0.95, kenward_roger=True)["estimate"], abs=0.5
    )
    level = np.array([1.0, 0.0, 0.0, 0.0])
    both = [one.contrast(level, 0.95, kenward_roger=True) for one in (found, more)]
    assert both[1]["df"] > both[0]["df"]
    assert both[1]["estimate"] != pytest.approx(both[0]["estimate"], abs=0.1)


@pytest.mark.parametrize(
    ("years", "value"),
    [
        ([0, 1] * 4, [90, 88, 85, 84, 80, 79, 75, 71]),  # nobody has three values
        ([0, 1, 2] * 4, [90, 88, 86, 80, 77, 74, 70, 69, 68, 60, 58, 56]),  # lines without error
        ([1, 1, 1] * 4, [90, 88, 86, 80, 77, 74, 70, 69, 65, 60, 58, 56]),  # nobody has two times
    ],
)
def test_there_is_no_fit(years, value):
    per = len(years) // 4
    names = np.repeat(list("1234"), per).tolist()
    arm = np.repeat([0, 0, 1, 1], per).tolist()
    assert fit_lines(names, arm, np.array(years, dtype=float), np.array(value, dtype=float)) is None


def rows(**courses):
    return pd.DataFrame(
        [(name[1:], year, value) for name, course in courses.items() for year, value in course.items()],
        columns=["SUBJID", "YEARS", "AVAL"],
    )


SEEN = rows(
    _1={0: 90.0, 1: 88.0, 2: 85.0, 3: 84.0}, _2={0: 80.0, 1: 79.0, 2: 75.0}, _3={0: 95.0, 1: 90.0, 2: 84.0},
    _4={0: 70.0, 0.2: 69.0, 1: 63.0}, _5={0: 88.0, 1: 80.0, 2: 77.0, 3: 69.0}, _6={0: 99.0, 1: 97.0, 2: 90.0},
)  # fmt: skip


def test_counts_are_those_of_the_values_and_the_chronic_slope_has_fewer(study):
    found = values(recompute_slopes, SEEN, TREATED, plan(min_group=3), study)
    assert (found["kidney.slope.total.n"], found["kidney.slope.total.values"]) == (6, 20)
    assert (found["kidney.slope.chronic.n"], found["kidney.slope.chronic.values"]) == (6, 13)
    assert (found["kidney.slope.total.A.n"], found["kidney.slope.total.A.values"]) == (3, 10)
    assert found["kidney.slope.total.A.span"] == 2
    assert found["kidney.slope.total.C.n"] == 0
    assert "kidney.slope.total.C.span" not in found
    assert found["kidney.slope.total.B.difference.p"] <= 1
    assert "kidney.slope.total.C.slope" not in found
    few = values(recompute_slopes, SEEN, TREATED, plan(min_group=4), study)
    assert "kidney.slope.total.B.difference.ci_low" in few
    assert "kidney.slope.total.B.difference.p" not in few


def test_an_arm_of_one_patient_has_no_slope_and_without_the_control_arm_nothing_differs_from_it(study):
    alone = TREATED.assign(TREATED=list("AAABAA"))
    found = values(recompute_slopes, SEEN, alone, plan(), study)
    assert "kidney.slope.total.A.slope" in found
    assert "kidney.slope.total.B.slope" not in found
    others = values(recompute_slopes, SEEN, TREATED.assign(TREATED=list("CCCBBB")), plan(), study)
    assert {"kidney.slope.total.B.slope", "kidney.slope.total.C.slope"} <= others.keys()
    assert not [name for name in others if ".difference." in name]
