"""Paired and independent t tests."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import NotEstimable
from duonen_stats.methods import cohens_d, hedges_g, independent_t, paired_t

SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
sample = st.lists(st.integers(-20, 20), min_size=2, max_size=8).filter(lambda x: len(set(x)) > 1)


@pytest.mark.reference
def test_paired_t_as_in_r():
    # R 4.2.2: t.test(x, y, paired = TRUE) of the sleep data
    found = paired_t([*SLEEP[0], None], [*SLEEP[1], 1])
    assert (found.df, found.n_x, found.n_missing) == (9, 10, 1)
    assert found.statistic == pytest.approx(-4.062127683382037, rel=1e-12)
    assert found.p_value == pytest.approx(0.00283289019738427, rel=1e-12)
    assert found.difference == pytest.approx(-1.58, rel=1e-12)
    assert (found.ci_low, found.ci_high) == pytest.approx(
        (-2.4598857632769824, -0.7001142367230175), rel=1e-12
    )


@pytest.mark.reference
def test_student_as_in_r():
    # R 4.2.2: t.test(x, y, var.equal = TRUE)
    found = independent_t(*SLEEP, equal_var=True)
    assert found.df == 18
    assert found.statistic == pytest.approx(-1.8608134674868528, rel=1e-12)
    assert found.p_value == pytest.approx(0.07918671421593818, rel=1e-12)
    assert (found.ci_low, found.ci_high) == pytest.approx(
        (-3.3638740322875984, 0.2038740322875986), rel=1e-12
    )


@pytest.mark.reference
def test_welch_as_in_r():
    # R 4.2.2: t.test(x, y)
    x, y = [11, 3, None, 15, 17, 7, 15, 19, 23], [-13, 8, -28, 1, -6, 4, None, 3, -13, -25, 3]
    found = independent_t(x, y, equal_var=False)
    assert found.df == pytest.approx(13.947175382007737, rel=1e-12)
    assert found.statistic == pytest.approx(4.404401135871642, rel=1e-12)
    assert found.p_value == pytest.approx(0.0006049466357065589, rel=1e-12)
    assert (found.n_x, found.n_y, found.n_missing) == (8, 10, 2)


@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 2, 3], [0, 1, 2], "zero_variance"),
        ([1.1, 2.2, 3.3], [1.0, 2.1, 3.2], "zero_variance"),  # 0.1 three times, but for binary noise
        ([1, 2], [1, 2], "all_differences_zero"),
        ([1, None], [2, 3], "n_too_small"),
        ([], [], "n_too_small"),
        ([1, math.inf], [2, 3], "non_finite"),
    ],
)
def test_paired_edge_cases(x, y, reason):
    with pytest.raises(NotEstimable) as caught:
        paired_t(x, y)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("x", "y", "student", "welch"),
    [
        ([], [1, 2], "empty_group", "empty_group"),
        ([1], [2], "group_too_small", "group_too_small"),
        ([1], [2, 3], None, "group_too_small"),
        ([1, 1], [2, 2], "zero_variance", "zero_variance"),
        ([1, 1], [2, 3], None, None),
        ([1, 1], [2, math.inf], "non_finite", "non_finite"),
    ],
)
def test_independent_edge_cases(x, y, student, welch):
    for equal, reason in ((True, student), (False, welch)):
        if reason is None:
            assert 0 < independent_t(x, y, equal_var=equal).p_value < 1
            continue
        with pytest.raises(NotEstimable) as caught:
            independent_t(x, y, equal_var=equal)
        assert caught.value.reason == reason


def test_differences_can_be_given_themselves():
    assert paired_t([1, 2, 4]) == paired_t([1, 3, 6], [0, 1, 2])


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, st.integers(-500, 500), st.booleans())
def test_exchange_and_shift(x, y, shift, equal):
    plain = independent_t(x, y, equal_var=equal)
    turned = independent_t([v + shift for v in y], [v + shift for v in x], equal_var=equal)
    assert turned.statistic == pytest.approx(-plain.statistic, rel=1e-9, abs=1e-9)
    assert turned.ci_low == pytest.approx(-plain.ci_high, abs=1e-6)


@pytest.mark.law
@settings(deadline=None, max_examples=60)
@given(sample, sample, st.floats(0.5, 0.99), st.booleans())
def test_the_interval_excludes_zero_as_the_test_rejects(x, y, confidence, equal):
    found = independent_t(x, y, equal_var=equal, confidence=confidence)
    rejected = found.p_value < 1 - confidence
    if abs(found.p_value - (1 - confidence)) > 1e-9:
        assert rejected == (not found.ci_low <= 0 <= found.ci_high)


sample_effect_size = st.lists(st.integers(-9, 9), min_size=2, max_size=8).filter(lambda x: len(set(x)) > 1)


@pytest.mark.reference
def test_effect_sizes_as_in_r():
    # R 4.2.2, effectsize 0.8.3: cohens_d(x, y); hedges_g(x, y); its limits are accurate to 1e-4
    d, g = cohens_d([*SLEEP[0], None], SLEEP[1]), hedges_g(*SLEEP)
    assert d.estimate == pytest.approx(-0.8321810813495396, rel=1e-12)
    assert g.estimate == pytest.approx(-0.7969352391911223, rel=1e-12)
    assert (d.ci_low, d.ci_high) == pytest.approx((-1.738816769254417, 0.09545043565750974), rel=1e-4)
    assert (g.ci_low, g.ci_high) == pytest.approx((-1.6651716663254206, 0.09140776866527169), rel=1e-4)
    assert (d.n_x, d.n_y, d.n_missing) == (10, 10, 1)


@pytest.mark.parametrize("function", [cohens_d, hedges_g])
@pytest.mark.parametrize(
    ("x", "y", "reason"),
    [
        ([1, 1], [1, 1, 1], "zero_variance"),
        ([1, 1], [2, 2], "zero_variance"),
        ([1], [2, 3], "group_too_small"),
        ([], [2, 3], "empty_group"),
        ([1, math.inf], [2, 3], "non_finite"),
    ],
)
def test_edge_cases(function, x, y, reason):
    with pytest.raises(NotEstimable) as caught:
        function(x, y)
    assert caught.value.reason == reason


@pytest.mark.parametrize("gap", [10, 100])
def test_samples_far_apart_have_limits(gap):
    found = cohens_d([0, 1, 2, 3], [gap, gap + 1, gap + 2, gap + 3])
    assert found.ci_low < found.estimate < found.ci_high < 0


def test_samples_too_far_apart_have_none():
    with pytest.raises(NotEstimable) as caught:
        cohens_d([0, 1, 2, 3], [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3])
    assert caught.value.reason == "no_limits"


@pytest.mark.law
@settings(deadline=None, max_examples=40)
@given(sample_effect_size, sample_effect_size, st.integers(1, 20), st.integers(-100, 100))
def test_exchange_unit_and_origin(x, y, factor, shift):
    plain = hedges_g(x, y)
    turned = hedges_g([factor * v + shift for v in y], [factor * v + shift for v in x])
    assert turned.estimate == pytest.approx(-plain.estimate, abs=1e-9)
    assert turned.ci_low == pytest.approx(-plain.ci_high, abs=1e-5)
    assert plain.ci_low < plain.estimate < plain.ci_high
    assert abs(plain.estimate) <= abs(cohens_d(x, y).estimate)
