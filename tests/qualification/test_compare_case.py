"""Comparison of expected with obtained values."""

import math

import numpy as np
import pytest

from duonen_stats.qualification.compare_case import compare, unstated
from duonen_stats.qualification.reference_cases import Case


def judge(expected, obtained, *, procedure="anova", tolerance=None):
    case = Case(
        id="c",
        procedure=procedure,
        kind="reference",
        options={},
        data={},
        expected=expected,
        tolerance=tolerance or {},
    )
    return compare(case, obtained)


def passes(expected, obtained, **how):
    return all(item.passed for item in judge(expected, obtained, **how))


def test_numbers_agree_within_a_relative_tolerance():
    assert passes({"F": 2.0}, {"F": 2.0 * (1 + 9e-9)})
    assert not passes({"F": 2.0}, {"F": 2.0 * (1 + 2e-8)})
    assert judge({"F": 2.0}, {"F": 2.2})[0].error == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("procedure", "name", "near", "far"),
    [
        ("shapiro", "W", 1 + 9e-7, 1 + 2e-6),
        ("route", "shapiro_p", 1 + 9e-7, 1 + 2e-6),
        ("tukey_hsd", "upper", 1 + 9e-6, 1 + 2e-5),
        ("games_howell", "p", 1 + 9e-8, 1 + 2e-7),
        ("hedges_g", "g_lower", 1 + 9e-5, 1 + 2e-4),
        ("hedges_g", "g", 1 + 9e-9, 1 + 2e-8),
    ],
)
def test_each_procedure_has_its_tolerance(procedure, name, near, far):
    assert passes({name: 1.0}, {name: near}, procedure=procedure)
    assert not passes({name: 1.0}, {name: far}, procedure=procedure)


def test_a_case_may_state_its_own_tolerance_by_quantity():
    own = {"p": {"abs": 0.02}}
    assert passes({"p": 0.5}, {"p": 0.51}, tolerance=own)
    assert not passes({"p": 0.5}, {"p": 0.53}, tolerance=own)
    assert not passes({"p": 0.5, "F": 2.0}, {"p": 0.51, "F": 2.01}, tolerance=own)
    assert passes({"cif": [0.5]}, {"cif": [0.501]}, tolerance={"cif": {"rel": 0.01}})
    assert passes({"zph": {"km": {"p": 0.5}}}, {"zph": {"km": {"p": 0.51}}}, tolerance=own)


@pytest.mark.parametrize(
    ("procedure", "name", "wide"),
    [
        ("hedges_g", "g", False),
        ("hedges_g", "d", False),
        ("hedges_g", "g_upper", True),
        ("spearman_bootstrap", "rho", False),
        ("spearman_bootstrap", "bca_lower", True),
        ("kruskal_montecarlo", "H", False),
        ("kruskal_montecarlo", "p", True),
        ("anova", "p", False),
    ],
)
def test_a_tolerance_of_the_whole_case_widens_no_exact_quantity(procedure, name, wide):
    assert passes({name: 0.8}, {name: 0.8008}, procedure=procedure, tolerance={"rel": 0.002}) is wide


def lacks(procedure, expected, obtained, **how):
    plain = {"id": "c", "kind": "reference", "options": {}, "data": {}}
    return unstated(Case(**plain, procedure=procedure, expected=expected, **how), obtained)


def test_what_a_case_must_expect():
    g = {"g": 1, "g_lower": 0, "g_upper": 2, "d": 1, "d_lower": 0, "d_upper": 2}
    assert lacks("hedges_g", g, g) == ()
    assert lacks("hedges_g", {**g} | {"d": None}, g) == ()
    for name in g:
        assert lacks("hedges_g", {key: g[key] for key in g if key != name}, g) == (name,)
    assert lacks("hedges_g", {"g": 1}, g, without=("d", "g_lower", "g_upper", "d_lower", "d_upper")) == ()
    assert lacks("hedges_g", {"status": "not_estimable"}, {}) == ("reason",)


def test_values_that_belong_together():
    assert lacks("chi_square", {"chi2": 1, "df": 1, "p": 0.3, "min_expected": 2}, {}) == ("cramers_v",)
    assert lacks("gray_test", {"df": 1, "cause2_p": 0.1}, {}) == ("cause2_chi2",)
    assert lacks("kaplan_meier", {"n": 3, "events": 1, "q2.5": 1}, {}) == ("q2.5_lower", "q2.5_upper")
    assert lacks("proportion_ci", {"estimate": 0.5, "wilson_cc_lower": 0.1}, {}) == ("wilson_cc_upper",)
    assert lacks("proportion_ci", {"estimate": 0.5}, {}) == ("wilson_lower", "wilson_upper")


def test_every_part_of_a_value_is_expected():
    pair = {"group1": "A", "group2": "B", "diff": 1.0, "p": 0.5, "lower": 0.0, "upper": 2.0}
    other = {**pair, "group2": "C"}
    obtained = {"pairs": [pair, other]}
    assert lacks("tukey_hsd", obtained, obtained) == ()
    assert lacks("tukey_hsd", {"pairs": [pair]}, obtained) == ("pairs A − C",)
    short = {key: value for key, value in other.items() if key != "upper"}
    assert lacks("tukey_hsd", {"pairs": [pair, short]}, obtained) == ("pairs A − C.upper",)
    rank = {"chi2": 1, "df": 1, "p": 0.3, "observed": {"A": 1}, "expected_events": {"A": 1, "B": 1}}
    both = {"observed": {"A": 1, "B": 2}, "expected_events": {"A": 1, "B": 1}}
    assert lacks("logrank", rank, both) == ("observed.B",)
    assert lacks("cumulative_incidence", {"cif": []}, {"cif": [0.1]})[-1] == "cif"


def test_a_case_may_count_its_values():
    assert lacks("quantile", {"type7": [1, 2]}, {"type7": [1, 2]}, n_values=2) == ()
    assert lacks("quantile", {"type7": [1, 2]}, {"type7": [1, 2]}, n_values=3) == (
        "(the case is of 3 values and states 2)",
    )


def test_values_near_zero_are_judged_absolutely():
    assert passes({"p": 1e-15, "estimate": 0}, {"p": 3e-15, "estimate": 1e-12})
    assert not passes({"p": 1e-15}, {"p": 1e-9})
    assert not passes({"estimate": 0}, {"estimate": 1e-9})
    assert judge({"p": 1e-15}, {"p": 3e-15})[0].tolerance.absolute


@pytest.mark.parametrize(
    ("expected", "obtained", "agree"),
    [
        (None, None, True),
        (None, math.nan, True),
        ("NaN", None, True),
        (None, 3.0, False),
        (3.0, None, False),
        (3.0, math.nan, False),
        ("Inf", math.inf, True),
        ("Inf", 1e300, False),
        ("-Inf", math.inf, False),
        ("anova", "anova", True),
        ("anova", "kruskal", False),
        (True, True, True),
        (True, False, False),
        (True, 1, False),
        (1, True, False),
        (5, np.int64(5), True),
        (5, "5", False),
    ],
)
def test_what_is_no_plain_number(expected, obtained, agree):
    assert passes({"x": expected}, {"x": obtained}) is agree


def test_nothing_obtained_is_a_failure():
    (item,) = judge({"F": 2.0}, {})
    assert not item.passed
    assert item.obtained == "(absent)"
    assert not passes({"n": {"A": 1}}, {"n": 3})


def test_lists_are_compared_place_by_place_and_must_be_of_one_length():
    assert [c.quantity for c in judge({"cif": [0.1, 0.2]}, {"cif": (0.1, 0.2)})] == ["cif[1]", "cif[2]"]
    assert not passes({"cif": [0.1, 0.2]}, {"cif": [0.1, 0.2, 0.3]})
    assert not passes({"cif": [0.1]}, {"cif": "0.1"})


def test_pairs_are_found_by_name():
    pairs = [{"group1": "A", "group2": "B", "diff": 1.0}, {"group1": "A", "group2": "C", "diff": 2.0}]
    assert passes({"pairs": pairs}, {"pairs": pairs[::-1]})
    assert not passes({"pairs": pairs}, {"pairs": pairs[:1]})
    assert judge({"pairs": pairs}, {"pairs": pairs})[1].quantity == "pairs A − C.diff"
