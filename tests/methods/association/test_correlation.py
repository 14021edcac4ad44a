"""Pearson's and Spearman's correlation with intervals."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import correlation_interval, partial_spearman, pearson, spearman
from duonen_stats.methods.association.correlation import edgeworth_p, exact_p

EIGHT = ([-3.7, -2.5, -2.2, -1.9, -1.1, -0.4, 0.2, 1.05], [38.2, 27.5, 35.1, 30.3, 22.2, 24.9, 9.8, 20.4])
TWELVE = (
    [1.2, 3.4, 2.2, 5.6, 4.1, 6.7, 0.3, 8.8, 7.5, 9.1, 2.9, 3.3],
    [2.1, 1.9, 3.5, 4.4, 6.1, 5.2, 1.1, 7.3, 8.4, 6.6, 0.7, 4.9],
)
TIED = ([1, 1, 2, 2, 2, 3, 3, 4, 4, 5], [2, 1, 2, 3, 3, 3, 5, 4, 4, 4])
pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=15)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("data", "rho", "p", "fisher", "bonett"),
    [
        (
            TWELVE,
            0.8321678321678323,
            0.0007854416778536104,
            (0.49436743143064815, 0.951601337289359),
            (0.4112453269716677, 0.9605661170298506),
        ),
        (
            TIED,
            0.8439661644432728,
            0.0021385963588282444,
            (0.45738843964807324, 0.9622623355140422),
            (0.35584254685408445, 0.9703050656883555),
        ),
    ],
)
def test_spearman_as_in_r(data, rho, p, fisher, bonett):
    # R 4.2.2: cor.test(x, y, method = "spearman", exact = FALSE); limits tanh(atanh(r) +- qnorm(.975) * se)
    found = spearman(*data)
    assert found.coefficient == pytest.approx(rho, rel=1e-12)
    assert found.p_value == pytest.approx(p, rel=1e-12)
    assert found.df == len(data[0]) - 2
    assert (found.ci_low, found.ci_high) == pytest.approx(bonett, rel=1e-12)
    other = spearman(*data, interval="fisher_z")
    assert (other.ci_low, other.ci_high) == pytest.approx(fisher, rel=1e-12)


@pytest.mark.reference
def test_exact_spearman_as_in_r():
    # R 4.2.2: cor.test(x, y, method = "spearman", exact = TRUE)
    found = spearman(*EIGHT, method="exact")
    assert found.coefficient == pytest.approx(-0.880952380952381, rel=1e-12)
    assert found.p_value == pytest.approx(0.007242063492063492, rel=1e-12)
    assert (found.statistic, found.df, found.method) == (None, None, "Spearman's ρ, exact")


# Nadir and dose of 56 simulated patients, 12 pairs incomplete.
DOSE = [
    0.42, 0.56, 0.21, 0.95, 0.68, 0.67, 0.58, None, 0.5, 0.92, 0.75, 0.41, 0.29, 0.22, 0.35, 0.35,
    0.86, 0.42, 0.9, 0.49, None, 0.49, 0.49, None, 0.81, 0.58, 0.36, 0.49, 0.46, 1.11, 0.26, 0.7,
    0.28, 0.88, 0.86, 0.65, 0.77, 0.28, 0.69, 0.46, 0.82, 0.57, 1.08, 0.58, 0.4, 0.46, None, 0.35,
    0.41, None, 0.45, 1.11, 0.67, 0.35, None, 0.38,
]  # fmt: skip
NADIR = [
    None, -0.27, -0.12, -1.28, -0.61, -0.45, -0.88, None, -1.19, -1.95, None, -0.5, -0.65, -0.84,
    -0.57, None, -0.31, -0.54, -1.5, -1.42, None, -0.2, -0.33, None, -0.63, -0.53, 0.12, -0.34,
    -1.26, -1.31, -1.67, -0.76, -1.42, -0.56, -1.07, -1.31, -1.59, None, -1.21, -0.18, None, -0.95,
    None, -0.86, -0.76, -0.49, None, -1.11, -1.32, None, -1.2, -1, -1.01, -0.21, None, -0.09,
]  # fmt: skip


@pytest.mark.reference
def test_pearson_as_in_r():
    # R 4.2.2: cor.test(x, y)
    found = pearson(DOSE, NADIR)
    assert found.coefficient == pytest.approx(-0.31666214197713244, rel=1e-12)
    assert found.statistic == pytest.approx(-2.1635447134003973, rel=1e-12)
    assert found.p_value == pytest.approx(0.0362368669010573, rel=1e-12)
    assert (found.ci_low, found.ci_high) == pytest.approx(
        (-0.5608194426084235, -0.021834444473794474), rel=1e-12
    )
    assert (found.df, found.n, found.n_missing) == (42, 44, 12)


@pytest.mark.parametrize("test", [spearman, pearson])
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 2], [2, 1], "n_too_small"),
        ([1, 2, 3, None], [2, 1, None, 4], "n_too_small"),
        ([1, 1, 1, 1], [1, 2, 3, 4], "constant_input"),
        ([1, 2, 3, 4], [7, 7, 7, 7], "constant_input"),
        ([1, 2, math.inf], [1, 2, 3], "non_finite"),
    ],
)
def test_edge_cases(test, x, y, reason):
    with pytest.raises(NotEstimable) as caught:
        test(x, y)
    assert caught.value.reason == reason


@pytest.mark.parametrize(("y", "rho"), [([10, 20, 30], 1), ([30, 20, 10], -1)])
def test_a_perfect_rank_correlation_has_an_exact_p(y, rho):
    found = spearman([1, 2, 3], y)
    assert found.coefficient == rho
    assert found.p_value == pytest.approx(2 / 6)
    assert found.method == "Spearman's ρ, exact"
    assert (found.ci_low, found.ci_high) == (None, None)


def test_points_on_a_line_have_no_pearson_p():
    for x, y in (([1, 2, 3], [2, 4, 6]), ([0.1, 0.2, 0.3, 0.7], [1 - 0.3 * v for v in (0.1, 0.2, 0.3, 0.7)])):
        with pytest.raises(NotEstimable) as caught:
            pearson(x, y)
        assert caught.value.reason == "zero_variance"


def test_a_nearly_perfect_line_has_a_p_above_zero():
    x = list(range(200))
    found = pearson(x, [v + 1e-7 * (v % 3) for v in x])
    assert 0 < found.p_value < 1e-100


@pytest.mark.parametrize(("r", "n", "controlled"), [(0.5, 3, 0), (1.0, 30, 0), (-1.0, 30, 0), (0.5, 5, 2)])
def test_limits_that_do_not_exist(r, n, controlled):
    assert correlation_interval(r, n, method="fisher_z", controlled=controlled) == (None, None)


def test_options_that_do_not_exist():
    with pytest.raises(DataError, match="kendall"):
        spearman(*EIGHT, method="kendall")


@pytest.mark.law
@settings(deadline=None, max_examples=80)
@given(pairs)
def test_spearman_ignores_order_and_monotone_transforms(data):
    x, y = zip(*data, strict=True)
    try:
        plain = spearman(x, y)
    except NotEstimable:
        return
    changed = spearman([v**3 + 1 for v in y[::-1]], [2.0**v for v in x[::-1]])
    assert changed.coefficient == pytest.approx(plain.coefficient, abs=1e-12)
    assert changed.p_value == pytest.approx(plain.p_value, rel=1e-9)
    turned = spearman(x, [-v for v in y])
    assert turned.coefficient == pytest.approx(-plain.coefficient, abs=1e-12)


@pytest.mark.law
@settings(deadline=None, max_examples=80)
@given(pairs, st.integers(1, 50), st.integers(-1000, 1000))
def test_pearson_ignores_unit_and_origin(data, factor, shift):
    x, y = zip(*data, strict=True)
    try:
        plain = pearson(x, y)
    except NotEstimable:
        return
    changed = pearson([factor * v + shift for v in x], y)
    assert changed.coefficient == pytest.approx(plain.coefficient, abs=1e-10)


@pytest.mark.law
@settings(deadline=None)
@given(st.floats(-0.99, 0.99), st.integers(4, 300), st.sampled_from(["fisher_z", "bonett_wright"]))
def test_the_interval_holds_the_coefficient(r, n, method):
    low, high = correlation_interval(r, n, method=method)
    assert -1 <= low <= r <= high <= 1


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
def test_edge_cases_of_partial(x, y, z, reason):
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
