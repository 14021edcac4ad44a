"""What is assumed of each analyte agrees with the dictionary and with the protocol."""

from duonen_stats import load_study
from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.simulated.calibration.analytes import ANALYTES, HEPATIC, SEVERE_PLATELETS


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
