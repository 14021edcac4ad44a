"""Mann-Whitney test."""

import math
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import mann_whitney, wilcoxon_signed_rank

TRT1 = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
TRT2 = [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26]
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
sample = st.lists(st.integers(0, 5), min_size=1, max_size=6)


def _u(x, y):
    return sum((a > b) + (a == b) / 2 for a in x for b in y)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("options", "p"),
    [
        ({"method": "asymptotic", "continuity": True}, 0.011329696684474666),
        ({"method": "asymptotic", "continuity": False}, 0.010165201891956266),
        ({"method": "exact"}, 0.00893069778518695),
    ],
)
def test_mann_whitney_as_in_r(options, p):
    # R 4.2.2: wilcox.test(trt1, trt2, exact = , correct = ) of PlantGrowth
    found = mann_whitney(TRT1, TRT2, **options)
    assert found.statistic == 16
    assert found.rank_biserial == pytest.approx(-0.68)
    assert found.p_value == pytest.approx(p, rel=1e-12)


@pytest.mark.reference
def test_exact_with_ties_as_in_coin():
    # R 4.2.2, coin 1.4-2: wilcox_test(extra ~ group, sleep, distribution = "exact")
    found = mann_whitney(*SLEEP, method="exact")
    assert found.statistic == 25.5
    assert found.p_value == pytest.approx(0.0658165364047717, rel=1e-12)


@pytest.mark.parametrize(
    ("convention", "tied", "expected"),
    [
        ("spss23", False, "asymptotic, no continuity correction"),
        ("r", False, "exact"),
        ("r", True, "asymptotic, with continuity correction"),
        ("default", True, "exact"),
    ],
)
def test_the_convention_decides_and_says_so(convention, tied, expected):
    found = mann_whitney(*(SLEEP if tied else (TRT1, TRT2)), convention=convention)
    assert found.method == f"Mann–Whitney test, {expected}"


def test_large_samples_are_never_exact_by_convention():
    assert "asymptotic" in mann_whitney(range(50), range(50, 90), convention="r").method


@pytest.mark.parametrize("method", ["asymptotic", "exact"])
@pytest.mark.parametrize("continuity", [True, False])
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([2, 2, 2], [2, 2], "all_tied"),
        ([], [1, 2], "empty_group"),
        ([1], [None], "empty_group"),
        ([1, math.inf], [1, 2], "non_finite"),
    ],
)
def test_edge_cases(x, y, reason, method, continuity):
    with pytest.raises(NotEstimable) as caught:
        mann_whitney(x, y, method=method, continuity=continuity)
    assert caught.value.reason == reason


def test_counts():
    found = mann_whitney([1, 2, None], [3, 4, 5, None, None])
    assert (found.n_x, found.n_y, found.n_missing) == (2, 3, 3)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample)
def test_exact_is_the_count_of_all_choices(x, y):
    pooled = [*x, *y]
    if len(set(pooled)) == 1:
        return
    centre = len(x) * len(y) / 2
    places = range(len(pooled))
    values = [
        abs(_u([pooled[i] for i in chosen], [pooled[i] for i in places if i not in chosen]) - centre)
        for chosen in combinations(places, len(x))
    ]
    extreme = sum(value >= abs(_u(x, y) - centre) for value in values) / len(values)
    assert mann_whitney(x, y, method="exact").p_value == pytest.approx(extreme, rel=1e-12)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, st.sampled_from(["asymptotic", "exact"]), st.booleans())
def test_exchange_shift_and_monotone_transform(x, y, method, continuity):
    if len({*x, *y}) == 1:
        return
    plain = mann_whitney(x, y, method=method, continuity=continuity)
    changed = mann_whitney([v**3 - 7 for v in y], [v**3 - 7 for v in x], method=method, continuity=continuity)
    assert changed.p_value == pytest.approx(plain.p_value, rel=1e-10)
    assert changed.rank_biserial == pytest.approx(-plain.rank_biserial, abs=1e-12)
    assert changed.z == pytest.approx(-plain.z, abs=1e-12)


DARWIN = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
differences = st.lists(st.integers(-5, 5), min_size=1, max_size=9).filter(any)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("x", "y", "options", "v", "p"),
    [
        # R 4.2.2: d <- round(x - y, 10); wilcox.test(d[d != 0], exact = FALSE, correct = TRUE)
        (*SLEEP, {"continuity": True}, 0, 0.009090698015925056),
        # coin 1.4-2: wilcoxsign_test(d ~ 0, zero.method = "Pratt", distribution = "exact")
        (*SLEEP, {"zero_method": "pratt", "method": "exact"}, 0, 0.00390625),
        # wilcox.test(d, exact = FALSE, correct = FALSE)
        (DARWIN, None, {}, 96, 0.04088813291185591),
        # coin: wilcoxsign_test(d ~ 0, zero.method = "Pratt")
        (
            [5, 3, 4, 4, 6, 7, 2, 5, 5, 3, 8, 6],
            [5, 2, 4, 3, 6, 5, 3, 4, 7, 3, 5, 4],
            {"zero_method": "pratt"},
            51.5,
            0.15746860409931085,
        ),
        # wilcox.test(d, exact = TRUE)
        (
            [125, 115, 130, 140, 140.5, 115.2, 140.3, 125.7],
            [110, 122, 125.5, 120, 140.1, 124.6, 123, 137.9],
            {"method": "exact"},
            24,
            0.4609375,
        ),
    ],
)
def test_signed_rank_as_in_r(x, y, options, v, p):
    found = wilcoxon_signed_rank(x, y, **options)
    assert found.statistic == v
    assert found.p_value == pytest.approx(p, rel=1e-12)


def test_binary_noise_breaks_no_tie():
    # On paper the differences are 0.2, 0.2, -0.2, 0.3: three are tied.
    x, y = [13.1, 12.4, 11.0, 12.0], [12.9, 12.2, 11.2, 11.7]
    found = wilcoxon_signed_rank(x, y, decimals=6)
    assert found == wilcoxon_signed_rank([2, 2, -2, 3])
    assert found.statistic == 8
    assert wilcoxon_signed_rank(x, y, decimals=16).p_value != found.p_value


def test_counts_and_effect_size():
    found = wilcoxon_signed_rank([1, 2, 3, None, 5], [1, 1, 5, 2, None])
    assert (found.n_pairs, found.n_nonzero, found.n_missing) == (3, 2, 2)
    assert found.rank_biserial == pytest.approx(-1 / 3)


def test_constant_differences_have_an_answer():
    found = wilcoxon_signed_rank([1, 2, 3], [0, 1, 2], method="exact")
    assert found.p_value == 0.25
    assert found.rank_biserial == 1


@pytest.mark.parametrize("options", [{}, {"zero_method": "pratt"}, {"method": "exact"}, {"continuity": True}])
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 2, 3], [1, 2, 3], "all_differences_zero"),
        ([None, 1], [2, None], "n_too_small"),
        ([1, math.inf], [1, 2], "non_finite"),
    ],
)
def test_edge_cases_of_signed_rank(x, y, reason, options):
    with pytest.raises(NotEstimable) as caught:
        wilcoxon_signed_rank(x, y, **options)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        ("spss23", "asymptotic, no continuity correction, zeros dropped"),
        ("r", "asymptotic, with continuity correction, zeros dropped"),
        ("default", "exact, zeros dropped"),
    ],
)
def test_the_convention_decides_and_says_so_of_signed_rank(convention, expected):
    assert expected in wilcoxon_signed_rank(*SLEEP, convention=convention).method


def test_r_is_exact_without_ties_and_zeros():
    assert "exact" in wilcoxon_signed_rank(DARWIN, convention="r").method
    assert "asymptotic" in wilcoxon_signed_rank([*DARWIN, 0], convention="r").method


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(differences, st.sampled_from(["wilcox", "pratt"]))
def test_exact_is_the_count_of_all_signs(d, zeros):
    sizes = sorted(abs(v) for v in d if v or zeros == "pratt")
    rank = {v: sizes.index(v) + (sizes.count(v) + 1) / 2 for v in sizes}
    ranks = [rank[abs(v)] for v in d if v]
    observed = sum(rank[abs(v)] for v in d if v > 0)
    sums = [
        sum(r for r, s in zip(ranks, signs, strict=True) if s) for signs in product((0, 1), repeat=len(ranks))
    ]
    centre = sum(ranks) / 2
    extreme = sum(abs(total - centre) >= abs(observed - centre) for total in sums) / len(sums)
    found = wilcoxon_signed_rank(d, method="exact", zero_method=zeros)
    assert found.statistic == observed
    assert found.p_value == pytest.approx(extreme, rel=1e-12)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(differences, st.integers(-100, 100), st.booleans())
def test_exchange_shift_and_unit_do_not_matter(d, shift, continuity):
    y = [shift + i for i in range(len(d))]
    x = [a + b for a, b in zip(y, d, strict=True)]
    plain = wilcoxon_signed_rank(d, continuity=continuity)
    turned = wilcoxon_signed_rank([10 * v for v in y], [10 * v for v in x], continuity=continuity)
    assert turned.p_value == pytest.approx(plain.p_value, rel=1e-12)
    assert turned.rank_biserial == pytest.approx(-plain.rank_biserial, abs=1e-12)
