"""Spearman's correlation adjusted for a covariate."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import partial_spearman, spearman

X = [1, 2, 3, 4, 5, 6, 7, 8]
Y = [2, 1, 4, 3, 6, 5, 8, 7]
Z = [1, 3, 2, 5, 4, 8, 6, 7]


def test_numeric_covariate_follows_the_textbook_formula():
    xy, xz, yz = (spearman(a, b).coefficient for a, b in ((X, Y), (X, Z), (Y, Z)))
    expected = (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2))
    found = partial_spearman(X, Y, Z)
    assert found.coefficient == pytest.approx(expected, rel=1e-12)
    assert found.df == 5
    assert found.statistic == pytest.approx(expected * math.sqrt(5 / (1 - expected**2)), rel=1e-12)


def test_a_factor_with_one_level_adjusts_for_nothing():
    plain, found = spearman(X, Y), partial_spearman(X, Y, ["A"] * 8)
    assert found.coefficient == pytest.approx(plain.coefficient, rel=1e-12)
    assert (found.df, found.p_value) == (plain.df, pytest.approx(plain.p_value))
    assert (found.ci_low, found.ci_high) == pytest.approx((plain.ci_low, plain.ci_high))


def test_two_labels_equal_a_numeric_code():
    arm = ["A", "B", "A", "B", "A", "A", "B", "B"]
    labelled = partial_spearman(X, Y, arm)
    coded = partial_spearman(X, Y, [float(a == "B") for a in arm])
    assert labelled.coefficient == pytest.approx(coded.coefficient, rel=1e-10)
    assert labelled.df == coded.df == 5


def test_three_labels_cost_two_degrees_of_freedom():
    found = partial_spearman(X, Y, list("AABBCCCA"))
    assert found.df == 4
    # A label whose pairs are all incomplete costs none.
    assert partial_spearman([*X, None], [*Y, 1], [*"AABBCCCA", "D"]).df == 4


@pytest.mark.parametrize("missing", [None, "", math.nan])
def test_an_unknown_label_drops_the_pair(missing):
    found = partial_spearman([*X, 99], [*Y, -5], np.array([*"AABBCCCA", missing], dtype=object))
    assert found.n_missing == 1
    assert found.coefficient == partial_spearman(X, Y, list("AABBCCCA")).coefficient


def test_a_missing_numeric_covariate_drops_the_pair():
    found = partial_spearman([*X, 99], [*Y, -5], [*Z, None])
    assert (found.n, found.n_missing) == (8, 1)
    assert found.coefficient == partial_spearman(X, Y, Z).coefficient


@pytest.mark.parametrize(
    ("x", "y", "z", "reason"),
    [
        ([1, 2], [2, 1], [1, 2], "n_too_small"),
        ([1, 2, 3], [2, 1, 3], [3, 1, 2], "n_too_small"),
        ([1, 2, 3, 4], [2, 1, 3, 4], list("ABCD"), "n_too_small"),
        ([1, 1, 1, 1], [2, 1, 3, 4], [1, 2, 3, 4], "constant_input"),
        ([1, 2, 3, 4, 5], [2, 1, 3, 4, 5], [1, 2, 3, 4, 5], "zero_variance"),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [1, 3, 2, 4, 5], "zero_variance"),
        ([1, 2, 3, 4], [2, 1, 3, math.inf], [1, 2, 3, 4], "non_finite"),
        ([1, 2, 3, 4], [2, 1, 3, 4], [1, 2, 3, math.inf], "non_finite"),
    ],
)
def test_edge_cases(x, y, z, reason):
    with pytest.raises(NotEstimable) as caught:
        partial_spearman(x, y, z)
    assert caught.value.reason == reason


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_label_is_no_level(missing):
    arms = list("AABABBBA")
    found = partial_spearman([*X, 1.5], [*Y, 2.5], [*arms, missing])
    assert (found.n, found.df, found.n_missing) == (8, 5, 1)
    assert found.coefficient == partial_spearman(X, Y, arms).coefficient


def test_texts_are_no_values():
    with pytest.raises(DataError):
        partial_spearman(list("abcdefgh"), Y, Z)


def test_lengths_must_agree():
    with pytest.raises(DataError):
        partial_spearman(X, Y, Z[:-1])


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("ABC")), min_size=7, max_size=15)
)
def test_labels_order_and_monotone_transforms_do_not_matter(data):
    x, y, z = zip(*data, strict=True)
    try:
        plain = partial_spearman(x, y, z)
    except NotEstimable:
        return
    changed = partial_spearman(
        [v**3 for v in y[::-1]], [2.0**v for v in x[::-1]], [f"arm {v}" for v in z[::-1]]
    )
    assert changed.coefficient == pytest.approx(plain.coefficient, abs=1e-9)
    renamed = partial_spearman(x, y, [{"A": "C", "B": "A", "C": "B"}[v] for v in z])
    assert renamed.coefficient == pytest.approx(plain.coefficient, abs=1e-9)
