"""Mann-Whitney test."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import mann_whitney

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
