"""One proportion and the difference of two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import proportion_ci, proportion_difference, proportion_upper_limit

METHODS = ["wilson", "wilson_cc", "clopper_pearson"]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("method", "lower", "upper"),
    [
        ("wilson", 0.06591599071428143, 0.4300888096197414),  # prop.test(3, 16, correct=FALSE)
        ("wilson_cc", 0.04973125610800626, 0.4630765603109675),  # prop.test(3, 16, correct=TRUE)
        ("clopper_pearson", 0.040473733905945906, 0.4564565462316117),  # binom.test(3, 16)
    ],
)
def test_limits_are_those_of_r(method, lower, upper):
    result = proportion_ci(3, 16, method=method)
    assert (result.lower, result.upper) == pytest.approx((lower, upper), rel=1e-9)
    assert result.estimate == 3 / 16


@pytest.mark.parametrize("method", METHODS)
def test_limits_reach_exactly_0_and_1(method):
    assert proportion_ci(0, 12, method=method).lower == 0
    assert proportion_ci(12, 12, method=method).upper == 1


@pytest.mark.law
@given(data=st.data(), n=st.integers(1, 60), confidence=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
@pytest.mark.parametrize("method", METHODS)
def test_limits_hold_the_estimate_and_mirror(method, data, n, confidence):
    count = data.draw(st.integers(0, n))
    result = proportion_ci(count, n, method=method, confidence=confidence)
    mirrored = proportion_ci(n - count, n, method=method, confidence=confidence)
    assert 0 <= result.lower <= result.estimate <= result.upper <= 1
    assert (1 - mirrored.upper, 1 - mirrored.lower) == pytest.approx((result.lower, result.upper), abs=1e-9)


@pytest.mark.reference
def test_difference_is_newcombes_published_example():
    # Newcombe (1998) Stat Med 17:873, Table II (a): method 10 .0524 to .3339, method 11 .0428 to .3422
    plain = proportion_difference(56, 70, 48, 80)
    corrected = proportion_difference(56, 70, 48, 80, method="newcombe_cc")
    assert (plain.difference, plain.lower, plain.upper) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert (corrected.lower, corrected.upper) == pytest.approx((0.0428, 0.3422), abs=5e-5)


@pytest.mark.law
@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_difference_changes_sign_with_the_order(n1, n2, data):
    a, b = data.draw(st.integers(0, n1)), data.draw(st.integers(0, n2))
    one, other = proportion_difference(a, n1, b, n2), proportion_difference(b, n2, a, n1)
    assert (one.lower, one.upper) == pytest.approx((-other.upper, -other.lower), abs=1e-12)


def test_nobody_to_count_is_an_empty_group():
    with pytest.raises(NotEstimable) as caught:
        proportion_ci(0, 0)
    assert caught.value.reason == "empty_group"


@pytest.mark.parametrize(("count", "n"), [(3, 2), (-1, 4), (1.5, 4)])
def test_what_is_no_count_is_refused(count, n):
    with pytest.raises(DataError):
        proportion_ci(count, n)


def test_unknown_methods_are_refused():
    with pytest.raises(DataError, match="wald"):
        proportion_ci(1, 2, method="wald")
    with pytest.raises(DataError, match="wald"):
        proportion_difference(1, 2, 1, 2, method="wald")


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.9, 0.95, 0.975]))
def test_the_one_sided_limit_leaves_the_whole_error_above(count, more, confidence):
    n = count + more
    if not n:
        return
    limit = proportion_upper_limit(count, n, confidence=confidence)
    if count == n:
        assert limit == 1
    else:
        assert stats.binom.cdf(count, n, limit) == pytest.approx(1 - confidence, rel=1e-6)
