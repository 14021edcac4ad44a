from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duonen_stats.methods.inputs.bounds import (
    above,
    below,
    meets,
    reached,
)
from duonen_stats.study import load_study


def test_noise_of_a_conversion_is_neither_below_nor_above():
    assert 58 * 0.1 != 5.8
    assert not above(58 * 0.1, 5.8)
    assert not below(5.8, 58 * 0.1)
    assert reached(58 * 0.1, 5.8)


def test_a_real_difference_counts():
    assert below(7.9999, 8.0)
    assert above(8.0001, 8.0)
    assert not reached(8.0001, 8.0)


def test_missing_is_nowhere():
    values = np.array([np.nan, 1.0])
    limits = np.array([1.0, np.nan])
    assert not below(values, limits).any()
    assert not above(values, limits).any()
    assert not reached(values, limits).any()


def test_zero_is_a_limit_like_any_other():
    assert above(1e-9, 0.0)
    assert not above(0.0, 0.0)


@pytest.mark.parametrize(
    ("comparator", "met"),
    [
        ("<", [True, False, False]),
        ("<=", [True, True, False]),
        (">", [False, False, True]),
        (">=", [False, True, True]),
    ],
)
def test_each_comparator_on_either_side_of_its_bound(comparator, met):
    assert meets([1, 2, 3], comparator, 2).tolist() == met
    assert not meets([np.nan, 2], comparator, [2, np.nan]).any()


def _multiples():
    study = load_study()
    rules = [rule.value for rule in (*study.eligibility_rules, *study.stopping_rules) if rule.relative]
    grades = [
        multiple
        for analyte in study.analytes
        if (criteria := analyte.ctcae_multiples) is not None
        for multiple in (*criteria.of_uln, *criteria.of_baseline)
        if multiple is not None
    ]
    return sorted({str(float(number)) for number in (*rules, *grades)})


MULTIPLES = _multiples()


def test_the_multiples_tried_are_those_of_the_protocol_and_of_ctcae():
    assert {float(text) for text in MULTIPLES} == {1, 1.5, 3, 5, 6, 10, 20}


@pytest.mark.law
@given(st.decimals("0.01", 200, places=2), st.sampled_from(MULTIPLES))
def test_a_value_is_held_against_a_multiple_of_a_limit_as_on_paper(limit, multiple):
    """3.6 at an upper limit of 1.2 is 3 times it; 3.6000001 is above; binary arithmetic confuses the first two."""
    exact, step = limit * Decimal(multiple), Decimal("1e-7")
    bound = float(multiple) * float(limit)
    assert reached(float(exact), bound)
    assert meets(float(exact), ">=", bound)
    assert meets(float(exact), "<=", bound)
    assert not above(float(exact), bound)
    assert not below(float(exact), bound)
    assert above(float(exact + step), bound)
    assert below(float(exact - step), bound)
