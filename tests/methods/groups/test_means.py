"""One-way and Welch's analysis of variance."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import anova, independent_t, levene, welch_anova

PLANTS = {
    "ctrl": [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
    "trt1": [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
    "trt2": [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
}
sample = st.lists(st.integers(-20, 20), min_size=2, max_size=8).filter(lambda x: len(set(x)) > 1)


@pytest.mark.reference
def test_anova_as_in_r():
    # R 4.2.2: oneway.test(weight ~ group, PlantGrowth, var.equal = TRUE); effectsize of aov(weight ~ group)
    found = anova(PLANTS)
    assert (found.df1, found.df2) == (2, 27)
    assert found.statistic == pytest.approx(4.846087862380137, rel=1e-12)
    assert found.p_value == pytest.approx(0.015909958325622912, rel=1e-12)
    assert found.eta_squared == pytest.approx(0.26414829683211966, rel=1e-12)
    assert found.epsilon_squared == pytest.approx(0.2096407632641285, rel=1e-12)
    assert found.omega_squared == pytest.approx(0.2040788459899709, rel=1e-12)


@pytest.mark.reference
def test_welch_as_in_r():
    # R 4.2.2: oneway.test(weight ~ group, PlantGrowth)
    found = welch_anova(PLANTS)
    assert found.statistic == pytest.approx(5.180972408113189, rel=1e-12)
    assert found.df2 == pytest.approx(17.12841861664413, rel=1e-12)
    assert found.p_value == pytest.approx(0.01739282149017, rel=1e-12)


@pytest.mark.parametrize(
    ("groups", "anova_reason", "welch_reason"),
    [
        ({"A": [1, 2, 3]}, "single_group", "single_group"),
        ({"A": [1, 2, 3], "B": []}, "empty_group", "empty_group"),
        ({"A": [5, 5], "B": [5, 5]}, "zero_variance", "zero_variance"),
        ({"A": [1, 1], "B": [2, 2]}, "zero_variance", "zero_variance"),
        ({"A": [1], "B": [2]}, "group_too_small", "group_too_small"),
        ({"A": [1, 2, 3], "B": [4, 4], "C": [2, 5]}, None, "zero_variance_group"),
        ({"A": [1, 2, 3], "B": [4]}, None, "group_too_small"),
        ({"A": [1, 2, math.inf], "B": [4, 5]}, "non_finite", "non_finite"),
    ],
)
def test_edge_cases(groups, anova_reason, welch_reason):
    for test, reason in ((anova, anova_reason), (welch_anova, welch_reason)):
        if reason is None:
            assert 0 < test(groups).p_value < 1
            continue
        with pytest.raises(NotEstimable) as caught:
            test(groups)
        assert caught.value.reason == reason


def test_equal_means_give_p_one():
    assert anova({"A": [1, 3], "B": [1, 3]}).p_value == 1
    assert anova({"A": [1, 3], "B": [1, 3]}).eta_squared == 0


def test_a_group_of_one_is_named():
    assert anova({"A": [1, 2, 3], "B": [4]}).note == "one value only: B"


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, sample, st.integers(-1000, 1000))
def test_neither_order_nor_origin_matters(a, b, c, shift):
    for test in (anova, welch_anova):
        plain = test({"A": a, "B": b, "C": c})
        turned = test({"C": [v + shift for v in c], "A": [v + shift for v in a], "B": [v + shift for v in b]})
        assert turned.statistic == pytest.approx(plain.statistic, rel=1e-9, abs=1e-9)
        assert turned.p_value == pytest.approx(plain.p_value, rel=1e-7)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample)
def test_two_groups_give_the_square_of_t(a, b):
    groups = {"A": a, "B": b}
    for test, equal in ((anova, True), (welch_anova, False)):
        t = independent_t(a, b, equal_var=equal)
        assert test(groups).statistic == pytest.approx(t.statistic**2, rel=1e-9, abs=1e-12)
        assert test(groups).p_value == pytest.approx(t.p_value, rel=1e-7)


sample_variance = st.lists(st.integers(-20, 20), min_size=3, max_size=8, unique=True)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("center", "f", "p"),
    [("mean", 1.2369629544697833, 0.3061949229914475), ("median", 1.11918569487039, 0.3412266241254738)],
)
def test_levene_as_in_r(center, f, p):
    # R 4.2.2, car 3.1: leveneTest(weight ~ group, PlantGrowth, center = mean | median)
    found = levene(PLANTS, center=center)
    assert (found.df1, found.df2) == (2, 27)
    assert found.statistic == pytest.approx(f, rel=1e-12)
    assert found.p_value == pytest.approx(p, rel=1e-12)
    assert center in found.method


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ({"A": [1, 1, 1], "B": [2, 2, 2]}, "zero_variance"),
        ({"A": [1.1, 2.3], "B": [0.7, 9.1]}, "zero_variance"),  # two values lie equally far from their mean
        ({"A": [1], "B": [2]}, "group_too_small"),
        ({"A": [1, 2, 3]}, "single_group"),
        ({"A": [1, 2, 3], "B": [None]}, "empty_group"),
        ({"A": [1, 2, 3], "B": [1, -math.inf]}, "non_finite"),
    ],
)
def test_edge_cases_of_variance(groups, reason):
    with pytest.raises(NotEstimable) as caught:
        levene(groups)
    assert caught.value.reason == reason


def test_one_constant_group_is_compared():
    assert 0 < levene({"A": [1, 2, 4, 9], "B": [4, 4, 4]}).p_value < 1


def test_an_unknown_centre_is_refused():
    with pytest.raises(DataError, match="trimmed"):
        levene(PLANTS, center="trimmed")


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample_variance, sample_variance, st.integers(-500, 500), st.sampled_from(["mean", "median"]))
def test_neither_order_nor_origin_matters_of_variance(a, b, shift, center):
    try:
        plain = levene({"A": a, "B": b}, center=center)
    except NotEstimable:
        return
    turned = levene({"B": b, "A": [value + shift for value in a]}, center=center)
    assert turned.statistic == pytest.approx(plain.statistic, rel=1e-6, abs=1e-9)
