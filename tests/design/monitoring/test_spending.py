"""Error-spending functions."""

from math import e, exp, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from duonen_stats.design import spent_error
from duonen_stats.design.monitoring.spending import check_stated_spending, interpolated_spending
from duonen_stats.errors import PlanError

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
