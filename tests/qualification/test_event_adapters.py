"""Cases on counts and times with options that the shipped cases do not have."""

import pytest

from duonen_stats.qualification.reference_cases import Case
from duonen_stats.qualification.run_cases import run_case

TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
CAUSE = [1, 2, 0, 1, 2, 0, 1, 1, 0, 2, 0, 1, 1, 2, 1, 1, 0, 3, 1, 1, 2, 1, 1]
DATA = {"time": TIME, "event": EVENT, "group": ["M"] * 11 + ["N"] * 12, "x": [0] * 11 + [1] * 12}
TABLE = {"table": [[3, 1], [1, 3]]}


def run(procedure, expected, data=DATA, **options):
    plain = {"id": "x", "kind": "reference", "data": data}
    return run_case(Case(**plain, procedure=procedure, options=options, expected=expected))


def obtained(procedure, expected, data=DATA, **options):
    outcome = run(procedure, expected, data, **options)
    assert not outcome.message
    return [item.obtained for item in outcome.comparisons]


def test_any_quantile_of_a_curve_can_be_asked_for():
    early, late = obtained("kaplan_meier", {"q10": 0, "q62.5": 0}, probs=[0.1, 0.625])
    assert early < late
    assert obtained("kaplan_meier", {"median_lower": 0}, conf_type="logit", conf_level=0.8)[0] > 0


def test_log_rank_with_other_weights():
    plain = obtained("logrank", {"chi2": 0})
    assert obtained("logrank", {"chi2": 0}, rho=0, gamma=1) != plain
    assert obtained("logrank", {"chi2": 0}, stratified=False) == plain
    assert "holds no strata" in run("logrank", {"chi2": 0}, stratified=True).message


def test_cox_with_other_transforms_levels_and_formulas():
    wanted = {"hr_lower": [0.0], "zph": {"log": {"chi2": [0.0, 0.0], "p": [0.0, 0.0]}}}
    lower, *zph = obtained("cox_ph", wanted, formula="x", ties="breslow", conf_level=0.9)
    assert lower > 0.9050476128460985
    assert all(value is not None for value in zph)
    assert "'age' of the formula" in run("cox_ph", wanted, formula="x + age").message


def test_gray_test_for_as_many_causes_as_are_asked_for():
    data = {**DATA, "event": CAUSE}
    wanted = {"cause1_chi2": 0.0, "cause2_p": 0.0, "cause3_chi2": 0.0, "df": 1}
    values = obtained("gray_test", wanted, data, rho=1)
    assert values[3] == 1
    assert values[0] != obtained("gray_test", wanted, data, rho=0)[0]
    stratified = {**data, "strata": ["a", "b"] * 11 + ["a"]}
    assert obtained("gray_test", wanted, stratified, stratified=True)[0] != values[0]


def test_incidence_with_limits():
    data = {**DATA, "event": CAUSE, "at": [20]}
    lower, cif, upper = obtained(
        "cumulative_incidence", {"lower": [0], "cif": [0], "upper": [0]}, data, cause=2
    )
    assert lower < cif < upper


def test_fisher_one_sided_and_sampled():
    assert obtained("fisher_exact", {"p": 0}, TABLE, alternative="greater") == pytest.approx([17 / 70])
    assert obtained("fisher_exact", {"lower": 0}, TABLE, alternative="less") == [0]
    sampled = run(
        "fisher_exact", {"p": 0.5}, {"table": [[3, 1, 2], [1, 3, 2]]}, method="monte_carlo", n_resamples=99
    )
    assert not sampled.message


def test_proportions_at_other_levels():
    data = {"x": 3, "n": 16, "x1": 3, "n1": 16, "x2": 5, "n2": 12}
    for procedure, name in (("proportion_ci", "wilson_cc_lower"), ("proportion_difference", "lower")):
        assert obtained(procedure, {name: 0}, data, conf_level=0.99) < obtained(procedure, {name: 0}, data)
    wider = obtained("proportion_difference", {"lower": 0}, data, method="newcombe_cc")
    assert wider < obtained("proportion_difference", {"lower": 0}, data)


def test_restricted_means_need_two_groups_and_a_window():
    data = {**DATA, "group": DATA["x"]}
    (difference,) = obtained("rmst_difference", {"difference": 0}, data, tau=30)
    assert difference < 0
    assert (
        "two groups, not 1"
        in run("rmst_difference", {"difference": 0}, {**DATA, "group": [0] * 23}, tau=30).message
    )
    assert "does not state the option tau" in run("rmst_difference", {"difference": 0}, data).message


def test_follow_up_with_other_limits():
    plain = obtained("reverse_km_followup", {"lower": 0}, conf_type="plain", conf_level=0.9)
    assert plain != [None]
