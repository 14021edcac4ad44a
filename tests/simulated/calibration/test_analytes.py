"""What is assumed of each analyte agrees with the dictionary and with the protocol."""

import numpy as np
from calibration_parts import start_values

from duonen_stats import load_study
from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.simulated.calibration.analytes import ANALYTES, HEPATIC, SEVERE_PLATELETS, values_before


def test_every_analyte_of_the_dictionary_once():
    study = load_study()
    dictionary = {one.code: one for one in study.analytes}
    assert sorted(plan.code for plan in ANALYTES) == sorted(dictionary)
    for plan in ANALYTES:
        one = dictionary[plan.code]
        assert plan.adverse == {"low": -1, "high": 1}[one.adverse]
        assert one.plausible_low < plan.low < plan.high < one.plausible_high


def test_bounds_keep_treated_patients_inside_the_stopping_criteria():
    study = load_study()
    bounds = {plan.code: plan for plan in ANALYTES}
    for rule in study.stopping_rules:
        if rule.variable in bounds and not rule.relative:
            plan = bounds[rule.variable]
            worst = plan.low if plan.adverse < 0 else plan.high
            assert not meets(worst, rule.comparator, study.threshold(rule)), rule.id


def test_the_course_is_one_at_its_largest_visit_only():
    for plan in ANALYTES:
        assert max(plan.course) == 1.0
        assert plan.course.count(1.0) == 1


def test_white_cells_stand_before_their_parts():
    codes = [plan.code for plan in ANALYTES]
    assert codes.index("WBC") < codes.index("LYMPH") < codes.index("NEUT")
    assert set(HEPATIC) < set(codes)
    assert SEVERE_PLATELETS[1] < 50


def made():
    baseline = {name: np.round(value, 1) for name, value in start_values().items()}
    after = {plan.code: np.round(0.85 * baseline[plan.code] * np.ones((4, 1)), 2) for plan in ANALYTES}
    after["ALT"][1, 3] = np.nan
    return baseline, after, values_before(baseline, after, np.random.default_rng(1))


def test_half_way_back_on_average():
    baseline, after, before = made()
    part = (before["PLAT"] - after["PLAT"][:-1]) / (baseline["PLAT"] - after["PLAT"][:-1])
    assert 0.35 < np.mean(part) < 0.55
    assert np.isfinite(before["ALT"]).all()


def test_parts_of_the_white_cells_fit():
    _, _, before = made()
    rest = 1 - (before["NEUT"] + before["LYMPH"]) / before["WBC"]
    assert (rest > 0.02).all()
    assert (rest < 0.29).all()


def test_bounds_are_kept():
    baseline, _, before = made()
    for plan in ANALYTES:
        if plan.code not in {"NEUT", "LYMPH"}:
            low, high = np.minimum(plan.low, baseline[plan.code]), np.maximum(plan.high, baseline[plan.code])
            assert ((before[plan.code] >= low - 1e-9) & (before[plan.code] <= high + 1e-9)).all()
