"""Null distribution of Spearman's coefficient."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import spearman
from duonen_stats.methods.spearman_null import edgeworth_p, exact_p

values = st.lists(st.integers(0, 4), min_size=5, max_size=6).filter(lambda x: len(set(x)) > 1)


def _centred(x):
    doubled = [2 * sorted(x).index(v) + x.count(v) + 1 for v in x]
    return np.array([d - len(x) - 1 for d in doubled])


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(values, values)
def test_exact_is_the_count_of_all_pairings(x, y):
    n = min(len(x), len(y))
    a, b = _centred(x[:n]), _centred(y[:n])
    if not a.any() or not b.any():
        return
    products = [abs(int(a @ np.array(order))) for order in permutations(b.tolist())]
    extreme = sum(product >= abs(int(a @ b)) for product in products) / len(products)
    assert exact_p(a, b) == pytest.approx(extreme, rel=1e-12)


@pytest.mark.worked
def test_too_many_pairs_to_count():
    rng = np.random.default_rng(3)
    with pytest.raises(NotEstimable) as caught:
        spearman(rng.normal(size=13), rng.normal(size=13), method="exact")
    assert caught.value.reason == "n_too_large"


@pytest.mark.worked
def test_a_perfect_correlation_needs_no_counting():
    assert spearman(range(13), range(13), method="exact").p_value == pytest.approx(2 / 6227020800)
    assert spearman([1, 1, 2, 3], [4, 4, 5, 6]).p_value == pytest.approx(2 / 24)


@pytest.mark.worked
def test_edgeworth_needs_untied_ranks():
    with pytest.raises(NotEstimable) as caught:
        spearman([1, 1, 2, 3], [4, 3, 5, 6], method="edgeworth")
    assert caught.value.reason == "ties"


@pytest.mark.reference
def test_edgeworth_as_in_r():
    # R 4.2.2: cor.test(1:25, y, method = "spearman", exact = TRUE), the Edgeworth series above 9 pairs
    y = [3, 13, 19, 9, 8, 12, 2, 22, 15, 21, 7, 10, 5, 4, 25, 24, 23, 16, 6, 1, 20, 14, 17, 18, 11]
    found = spearman(range(25), y, method="edgeworth")
    assert found.coefficient == pytest.approx(0.2, rel=1e-12)
    assert found.p_value == pytest.approx(0.33620674763753783, rel=1e-12)


@pytest.mark.worked
@pytest.mark.parametrize("order", [[2, 1, 5, 3, 4, 9, 8, 7, 6, 10], [3, 9, 1, 10, 2, 8, 5, 7, 4, 6]])
def test_edgeworth_is_near_the_exact_p(order):
    a, b = _centred(list(range(10))), _centred(order)
    assert edgeworth_p(a, b) == pytest.approx(exact_p(a, b), abs=0.002)


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(st.permutations(range(11)))
def test_edgeworth_is_symmetric_and_a_probability(order):
    a, b = _centred(list(range(11))), _centred(list(order))
    assert 0 < edgeworth_p(a, b) <= 1
    assert edgeworth_p(a, -b) == edgeworth_p(a, b)
