"""Pearson's and Spearman's correlation with intervals."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import correlation_interval, pearson, spearman

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
