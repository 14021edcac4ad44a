"""Kruskal-Wallis test."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import friedman, kruskal_wallis, mann_whitney

PLANTS = {
    "ctrl": [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
    "trt1": [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
    "trt2": [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
}
sample = st.lists(st.integers(0, 6), min_size=1, max_size=8)


def _h(parts):
    """H without ties corrected: proportional to the test statistic, written from its definition."""
    pooled = sorted(value for part in parts for value in part)
    rank = {value: (2 * pooled.index(value) + pooled.count(value) + 1) / 2 for value in pooled}
    return sum(sum(rank[value] for value in part) ** 2 / len(part) for part in parts)


def _all_allocations(parts):
    """Share of all permutations of the values that are at least as extreme."""
    flat = [value for part in parts for value in part]
    edges = np.cumsum([len(part) for part in parts])[:-1]
    observed = _h(parts)
    values = [_h([part.tolist() for part in np.split(order, edges)]) for order in permutations(flat)]
    return sum(value >= observed - 1e-9 for value in values) / len(values)


@pytest.mark.reference
def test_kruskal_as_in_r():
    # R 4.2.2: kruskal.test(weight ~ group, PlantGrowth)
    found = kruskal_wallis(PLANTS)
    assert found.statistic == pytest.approx(7.988228749, rel=1e-9)
    assert found.p_value == pytest.approx(0.01842375, rel=1e-6)
    assert (found.df1, found.df2) == (2, None)
    assert found.epsilon_squared == pytest.approx(7.988228749 / 29, rel=1e-9)
    assert found.eta_squared == pytest.approx((7.988228749 - 2) / 27, rel=1e-9)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("groups", "h", "p", "arrangements"),
    [
        (([6.4, 6.8, 7.2], [2.5, 3.7, 4.9], [1.3, 4.1, 5.2]), 5.422222222222224, 120 / 1680, 1680),
        (([0, 0, 0, 1], [0, 0, 1, 1], [1, 2, 2, 2]), 7.104166666666669, 0.03982683982683983, 34650),
    ],
)
def test_exact_as_enumerated_in_r(groups, h, p, arrangements):
    # R 4.2.2: kruskal.test of every allocation of the values to groups of these sizes, P(H >= observed)
    found = kruskal_wallis(dict(zip("abc", groups, strict=True)), method="exact")
    assert found.statistic == pytest.approx(h, rel=1e-12)
    assert found.p_value == pytest.approx(p, rel=1e-12)
    assert found.resamples == arrangements


@pytest.mark.law
@settings(deadline=None, max_examples=10)
@given(st.lists(st.integers(0, 4), min_size=7, max_size=7).filter(lambda x: len(set(x)) > 1))
def test_exact_is_the_count_of_all_permutations(x):
    parts = [x[:3], x[3:5], x[5:]]
    found = kruskal_wallis(dict(zip("abc", parts, strict=True)), method="exact")
    assert found.p_value == pytest.approx(_all_allocations(parts), rel=1e-12)


@pytest.mark.parametrize("method", ["asymptotic", "exact", "monte_carlo"])
@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({"A": [3, 3, 3], "B": [3, 3]}, "all_tied"),
        ({"A": [1], "B": [1]}, "all_tied"),
        ({"A": [1, 2]}, "single_group"),
        ({"A": [1, 2], "B": []}, "empty_group"),
        ({"A": [1, 2], "B": [math.inf]}, "non_finite"),
    ],
)
def test_edge_cases(groups, reason, method):
    with pytest.raises(NotEstimable) as caught:
        kruskal_wallis(groups, method=method)
    assert caught.value.reason == reason


def test_a_group_of_one_is_allowed_and_an_empty_one_left_out():
    found = kruskal_wallis({"A": [1, 2, 3], "B": [7], "C": [None]})
    assert found.df1 == 1
    assert found.note == "empty_group: C; one value only: B"
    assert found.n == {"A": 3, "B": 1, "C": 0}


def test_all_groups_of_one_have_no_eta_squared():
    assert kruskal_wallis({"A": [1], "B": [2], "C": [3]}).eta_squared is None


def test_an_exact_test_too_large_is_refused():
    rng = np.random.default_rng(1)
    with pytest.raises(NotEstimable) as caught:
        kruskal_wallis({name: rng.normal(size=40) for name in "ABCDEF"}, method="exact")
    assert caught.value.reason == "too_many_arrangements"


def test_an_unknown_method_is_refused():
    with pytest.raises(DataError, match="bootstrap"):
        kruskal_wallis(PLANTS, method="bootstrap")


def test_monte_carlo_repeats_with_its_seed_and_is_near_the_exact_p():
    groups = {"a": [0, 0, 0, 1], "b": [0, 0, 1, 1], "c": [1, 2, 2, 2]}
    first = kruskal_wallis(groups, method="monte_carlo", seed=4, resamples=20_000)
    again = kruskal_wallis(groups, method="monte_carlo", seed=4, resamples=20_000)
    other = kruskal_wallis(groups, method="monte_carlo", seed=5, resamples=20_000)
    assert first == again
    assert first.p_value != other.p_value
    assert first.p_value == pytest.approx(0.03982683982683983, abs=4 * math.sqrt(0.04 * 0.96 / 20_000))
    assert (first.seed, first.resamples) == (4, 20_000)


def test_monte_carlo_p_is_never_zero():
    far = {"A": range(20), "B": range(100, 120), "C": range(200, 220)}
    assert kruskal_wallis(far, method="monte_carlo", resamples=99).p_value == 0.01


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, sample)
def test_order_shift_and_monotone_transform_do_not_matter(a, b, c):
    try:
        plain = kruskal_wallis({"A": a, "B": b, "C": c})
    except NotEstimable:
        return
    changed = kruskal_wallis(
        {"C": [v**3 + 5 for v in c], "A": [v**3 + 5 for v in a], "B": [v**3 + 5 for v in b]}
    )
    assert changed.statistic == pytest.approx(plain.statistic, rel=1e-10, abs=1e-10)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample)
def test_two_groups_give_the_square_of_mann_whitney(a, b):
    if len({*a, *b}) == 1:
        return
    rank_sum = mann_whitney(a, b, method="asymptotic", continuity=False)
    found = kruskal_wallis({"A": a, "B": b})
    assert found.statistic == pytest.approx(rank_sum.z**2, rel=1e-10, abs=1e-10)
    assert found.p_value == pytest.approx(rank_sum.p_value, rel=1e-8)
    exact = kruskal_wallis({"A": a, "B": b}, method="exact")
    assert exact.p_value == pytest.approx(mann_whitney(a, b, method="exact").p_value, rel=1e-10)


# Hollander & Wolfe (1973), p. 140: rounding first base by three methods, 22 players.
ROUNDING = [
    [5.4, 5.5, 5.55], [5.85, 5.7, 5.75], [5.2, 5.6, 5.5], [5.55, 5.5, 5.4], [5.9, 5.85, 5.7],
    [5.45, 5.55, 5.6], [5.4, 5.4, 5.35], [5.45, 5.5, 5.35], [5.25, 5.15, 5], [5.85, 5.8, 5.7],
    [5.25, 5.2, 5.1], [5.65, 5.55, 5.45], [5.6, 5.35, 5.45], [5.05, 5, 4.95], [5.5, 5.5, 5.4],
    [5.45, 5.55, 5.5], [5.55, 5.55, 5.35], [5.45, 5.5, 5.55], [5.5, 5.45, 5.25], [5.65, 5.6, 5.4],
    [5.7, 5.65, 5.55], [6.3, 6.3, 6.25],
]  # fmt: skip
block = st.lists(st.integers(0, 5), min_size=3, max_size=3)


@pytest.mark.reference
def test_friedman_as_in_r():
    # R 4.2.2: friedman.test(RoundingTimes)
    found = friedman([*ROUNDING, [5, None, 6]])
    assert found.statistic == pytest.approx(11.142857142857142, rel=1e-12)
    assert found.p_value == pytest.approx(0.003805040775511363, rel=1e-12)
    assert found.kendalls_w == pytest.approx(0.2532467532467532, rel=1e-12)
    assert (found.df, found.n_blocks, found.n_missing) == (2, 22, 1)


def test_full_agreement_is_one():
    assert friedman([[1, 2, 3], [4, 5, 6], [0, 1, 9]]).kendalls_w == pytest.approx(1)


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ([[1, 1, 1], [2, 2, 2]], "all_tied"),
        ([[1], [2]], "single_group"),
        ([[1, None], [None, 2]], "n_too_small"),
        ([[1, math.inf], [1, 2]], "non_finite"),
    ],
)
def test_edge_cases_of_concordance(blocks, reason):
    with pytest.raises(NotEstimable) as caught:
        friedman(blocks)
    assert caught.value.reason == reason


@pytest.mark.parametrize("blocks", [[1, 2, 3], [[1, 2], [1]], [["a", "b"]]])
def test_what_is_not_a_table_is_a_data_error(blocks):
    with pytest.raises(DataError):
        friedman(blocks)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(st.lists(block, min_size=2, max_size=8).filter(lambda b: any(len(set(row)) > 1 for row in b)))
def test_order_and_monotone_transform_do_not_matter(blocks):
    plain = friedman(blocks)
    changed = friedman([[value**3 + i for value in row[::-1]] for i, row in enumerate(blocks[::-1])])
    assert changed.statistic == pytest.approx(plain.statistic, rel=1e-10, abs=1e-10)
    assert 0 <= plain.kendalls_w <= 1 + 1e-12


def test_groups_of_equal_mean_ranks_do_not_differ_at_all():
    """Symmetric groups of 9, 3 and 13 about the same middle: H is 0, where scipy 1.17.1 has 1.5e-14 for such."""
    middle = {size: [float(place) for place in range(-(size // 2), size // 2 + 1)] for size in (9, 3, 13)}
    found = kruskal_wallis({"A": middle[9], "B": middle[3], "C": middle[13]})
    assert (found.statistic, found.p_value) == (0.0, 1.0)
