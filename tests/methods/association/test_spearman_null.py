"""Null distribution of Spearman's coefficient."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import spearman
from duonen_stats.methods.association.spearman_null import edgeworth_p, exact_p

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


def test_too_many_pairs_to_count():
    rng = np.random.default_rng(3)
    with pytest.raises(NotEstimable) as caught:
        spearman(rng.normal(size=13), rng.normal(size=13), method="exact")
    assert caught.value.reason == "n_too_large"


def test_a_perfect_correlation_needs_no_counting():
    assert spearman(range(13), range(13), method="exact").p_value == pytest.approx(2 / 6227020800)
    assert spearman([1, 1, 2, 3], [4, 4, 5, 6]).p_value == pytest.approx(2 / 24)


def test_edgeworth_needs_untied_ranks():
    with pytest.raises(NotEstimable) as caught:
        spearman([1, 1, *range(2, 13)], [4, 3, 5, 6, *range(7, 16)], method="edgeworth")
    assert caught.value.reason == "ties"


def test_up_to_twelve_pairs_the_count_replaces_the_series():
    """n = 10, rho 0.939: of 10! pairings 748 have a sum of squared differences of at most 10 or at least 320.

    Counted by a recursion over subsets that knows squared differences only; R's series gives a p of 0 here.
    """
    found = spearman(range(1, 11), [2, 1, 4, 3, 6, 5, 8, 7, 10, 9], method="edgeworth")
    assert found.method == "Spearman's ρ, exact"
    assert found.p_value == pytest.approx(2 * squares_up_to(10, 10) / math.factorial(10), rel=1e-12)
    tied = spearman([1, 1, 2, 3], [4, 3, 5, 6], method="edgeworth")
    assert tied == spearman([1, 1, 2, 3], [4, 3, 5, 6], method="exact")


def squares_up_to(limit, n):
    """Permutations of n whose squared distances from the identity add up to ``limit`` at most, by whole numbers."""
    ways = {(0, 0): 1}
    for i in range(n):
        grown = {}
        for (used, total), count in ways.items():
            for j in range(n):
                sum_ = total + (i - j) ** 2
                if not used >> j & 1 and sum_ <= limit:
                    key = used | 1 << j, sum_
                    grown[key] = grown.get(key, 0) + count
        ways = grown
    return sum(ways.values())


@pytest.mark.reference
def test_edgeworth_as_in_r():
    # R 4.2.2: cor.test(1:25, y, method = "spearman", exact = TRUE), the Edgeworth series above 9 pairs
    y = [3, 13, 19, 9, 8, 12, 2, 22, 15, 21, 7, 10, 5, 4, 25, 24, 23, 16, 6, 1, 20, 14, 17, 18, 11]
    found = spearman(range(25), y, method="edgeworth")
    assert found.coefficient == pytest.approx(0.2, rel=1e-12)
    assert found.p_value == pytest.approx(0.33620674763753783, rel=1e-12)


@pytest.mark.independent
@pytest.mark.parametrize("squares", [20, 40, 60, 80, 100])
def test_where_the_series_is_given_it_is_within_six_per_cent(squares):
    """Thirteen pairs, beside the count of all pairings; further out it is refused, never a floor."""
    exact = 2 * squares_up_to(squares, 13) / math.factorial(13)
    order = order_with(squares, 13)
    if exact < 0.0017:  # the corrections reach 70 % of the normal probability
        with pytest.raises(NotEstimable, match="series_not_valid"):
            spearman(range(13), order, method="edgeworth")
    else:
        series = spearman(range(13), order, method="edgeworth").p_value
        assert series == pytest.approx(exact, rel=0.06)


def order_with(squares, n):
    """Swap by decreasing widths until the squared distances from the identity add up to ``squares``."""
    order, left, free = list(range(n)), squares, list(range(n))
    for width in range(n - 1, 0, -1):
        for i in list(free):
            if 2 * width**2 <= left and i in free and i + width in free:
                order[i], order[i + width] = order[i + width], order[i]
                free.remove(i)
                free.remove(i + width)
                left -= 2 * width**2
    assert left == 0
    return order


@pytest.mark.parametrize("n", [13, 20, 25, 60])
def test_far_out_the_series_is_refused(n):
    with pytest.raises(NotEstimable, match="t approximation") as caught:
        spearman(range(n), [1, 0, *range(2, n)], method="edgeworth")
    assert caught.value.reason == "series_not_valid"


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(st.permutations(range(14)))
def test_edgeworth_is_symmetric_and_a_probability(order):
    a, b = _centred(list(range(14))), _centred(list(order))
    if abs(int(a @ b)) > 0.9 * int(a @ a):
        with pytest.raises(NotEstimable, match="series_not_valid"):
            edgeworth_p(a, b)
    elif abs(int(a @ b)) < 0.6 * int(a @ a):
        p = edgeworth_p(a, b)
        assert 1e-3 < p <= 1
        assert edgeworth_p(a, -b) == p
