"""Stopping boundaries."""

from math import e, exp, inf, log, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from duonen_stats.design import crossing_probabilities, efficacy_boundary, spent_error
from duonen_stats.design.monitoring.boundaries import (
    EFFICACY_RULES,
    Looks,
    check_stated_spending,
    interpolated_spending,
    solve_boundary,
)
from duonen_stats.errors import PlanError

PARAMETER = {"wang_tsiatis": 0.25, "hwang_shih_decani": -4.0, "kim_demets": 2.0}


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien_fleming"),
    [(1, 1.960, 1.960), (2, 2.178, 1.977), (5, 2.413, 2.040), (10, 2.555, 2.087)],
)
def test_the_classical_constants_are_those_of_the_textbook(looks, pocock, obrien_fleming):
    # Jennison & Turnbull (2000), Tables 2.1 and 2.3: two-sided, alpha 0.05, equally spaced looks
    information = list(range(1, looks + 1))
    constant = efficacy_boundary(information, alpha=0.05, sides=2, rule="pocock")
    falling = efficacy_boundary(information, alpha=0.05, sides=2, rule="obrien_fleming")
    assert constant == pytest.approx((pocock,) * looks, abs=5.1e-4)
    assert falling[-1] == pytest.approx(obrien_fleming, abs=5.1e-4)
    assert falling[0] == pytest.approx(falling[-1] * looks**0.5)


@pytest.mark.law
@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.floats(0.05, 1), min_size=1, max_size=4),
    st.sampled_from(EFFICACY_RULES),
    st.sampled_from([1, 2]),
    st.sampled_from([0.01, 0.05, 0.2]),
)
def test_every_boundary_spends_exactly_its_level(steps, rule, sides, alpha):
    information = [sum(steps[: k + 1]) for k in range(len(steps))]
    parameter = PARAMETER.get(rule)
    if rule == "stated_spending":
        parameter = [alpha * (k + 1) / len(steps) for k in range(len(steps))]
    if rule == "haybittle_peto":
        parameter = 3.5
    upper = efficacy_boundary(information, alpha=alpha, sides=sides, rule=rule, parameter=parameter)
    lower = [-z for z in upper] if sides == 2 else None
    result = crossing_probabilities(upper, lower, information=information)
    assert result.total_upper + result.total_lower == pytest.approx(alpha, rel=1e-7)


def test_wang_tsiatis_holds_both_classical_boundaries():
    for rule, shape in (("obrien_fleming", 0.0), ("pocock", 0.5)):
        family = efficacy_boundary([1, 2, 3], rule="wang_tsiatis", parameter=shape)
        assert family == efficacy_boundary([1, 2, 3], rule=rule)


def test_haybittle_and_peto_leave_the_rest_to_the_last_look():
    upper = efficacy_boundary([1, 2, 3, 4], alpha=0.05, sides=2, rule="haybittle_peto", parameter=3.29)
    assert upper[:3] == (3.29,) * 3
    assert norm.isf(0.025) < upper[3] < 2.0


def test_a_look_at_which_nothing_is_spent_has_no_boundary():
    upper = efficacy_boundary([1, 2], rule="stated_spending", parameter=(0.0, 0.025))
    assert upper[0] == inf
    assert upper[1] == pytest.approx(norm.isf(0.025))


@pytest.mark.parametrize("rule", ["pocock", "lan_demets_obrien_fleming", "haybittle_peto"])
def test_binding_futility_lowers_the_critical_values(rule):
    free = Looks((0.5, 1.0), 0.025, two_sided=False)
    bound = Looks((0.5, 1.0), 0.025, two_sided=False, futility=(0.5, -inf))
    without, with_it = (solve_boundary(looks, rule, None) for looks in (free, bound))
    assert with_it[1] < without[1]
    result = crossing_probabilities(with_it, (0.5, -inf), information=(0.5, 1.0))
    assert result.total_upper == pytest.approx(0.025, rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"information": [1, 2], "alpha": 0.5}, "level"),
        ({"information": [1, 2], "alpha": nan}, "level"),
        ({"information": [1, 2], "sides": 3}, "one-sided"),
        ({"information": [2, 1]}, "must increase"),
        ({"information": [1, 2], "rule": "triangular"}, "not a boundary"),
        ({"information": [1, 2], "rule": "pocock", "parameter": 1.0}, "has no parameter"),
        ({"information": [1, 2], "rule": "wang_tsiatis"}, "one finite number"),
        ({"information": [1, 2], "rule": "haybittle_peto", "parameter": 1.0}, "interim looks spend"),
        ({"information": [1, 2], "rule": "haybittle_peto", "parameter": -1.0}, "above 0"),
        ({"information": [1, 2], "rule": "stated_spending"}, "cumulative error at each look"),
        ({"information": [1, 2], "rule": "kim_demets", "parameter": (1.0, 2.0)}, "one finite number"),
    ],
)
def test_contradictory_plans_are_refused(arguments, message):
    with pytest.raises(PlanError, match=message):
        efficacy_boundary(**arguments)


FUNCTIONS = [
    ("lan_demets_obrien_fleming", None),
    ("lan_demets_pocock", None),
    ("hwang_shih_decani", -4.0),
    ("hwang_shih_decani", 0.0),
    ("hwang_shih_decani", 1.0),
    ("kim_demets", 3.0),
]


@pytest.mark.parametrize(
    ("function", "parameter", "spent"),
    [
        ("lan_demets_obrien_fleming", None, 2 * norm.sf(norm.isf(0.0125) / 0.5**0.5)),
        ("lan_demets_pocock", None, 0.025 * log(1 + (e - 1) / 2)),
        ("hwang_shih_decani", -4.0, 0.025 * (1 - exp(2)) / (1 - exp(4))),
        ("hwang_shih_decani", 0.0, 0.0125),
        ("kim_demets", 3.0, 0.025 / 8),
    ],
)
def test_half_way_each_function_has_its_textbook_value(function, parameter, spent):
    assert float(spent_error(0.5, 0.025, function=function, parameter=parameter)) == pytest.approx(spent)


@pytest.mark.law
@pytest.mark.parametrize(("function", "parameter"), FUNCTIONS)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 0.5))
def test_spending_rises_from_nothing_to_all(function, parameter, a, b, total):
    early, late = sorted((a, b))
    spent = spent_error([0.0, early, late, 1.0, 1.7], total, function=function, parameter=parameter)
    assert spent[0] == 0
    assert (np.diff(spent) >= -1e-15).all()
    assert spent[3:] == pytest.approx([total, total])


@pytest.mark.parametrize(
    ("fraction", "total", "function", "parameter", "message"),
    [
        (-0.1, 0.025, "lan_demets_pocock", None, "0 or more"),
        (nan, 0.025, "lan_demets_pocock", None, "finite"),
        (0.5, 1.2, "lan_demets_pocock", None, "between 0 and 1"),
        (0.5, 0.025, "pocock", None, "not a spending function"),
        (0.5, 0.025, "lan_demets_pocock", 2.0, "has no parameter"),
        (0.5, 0.025, "kim_demets", None, "needs its parameter"),
        (0.5, 0.025, "kim_demets", 0.0, "above 0"),
        (0.5, 0.025, "hwang_shih_decani", nan, "finite"),
    ],
)
def test_what_is_out_of_range_is_refused(fraction, total, function, parameter, message):
    with pytest.raises(PlanError, match=message):
        spent_error(fraction, total, function=function, parameter=parameter)


def test_a_stated_plan_is_read_straight_from_point_to_point():
    spent = interpolated_spending((0.4, 1.0), (0.01, 0.025), [0.0, 0.2, 0.4, 0.7, 1.0, 1.2])
    assert spent == pytest.approx([0, 0.005, 0.01, 0.0175, 0.025, 0.025])


@pytest.mark.parametrize(
    ("spent", "message"),
    [((0.01, 0.025), "not 2"), ((0.02, 0.01, 0.025), "decrease"), ((0.0, 0.01, 0.02), "end at 0.025")],
)
def test_a_stated_plan_has_a_value_a_look_and_ends_at_the_level(spent, message):
    with pytest.raises(PlanError, match=message):
        check_stated_spending(spent, 3, 0.025)
