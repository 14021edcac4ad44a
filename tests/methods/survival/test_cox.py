"""Cox's model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import cox_model, likelihood_ratio, log_rank

# survival::aml, x = 1 for not maintained
TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
X = [0] * 11 + [1] * 12


@pytest.mark.reference
def test_breslow_fit_as_in_r():
    # coxph(Surv(time, status) ~ x, aml, ties = "breslow")
    result = cox_model(TIME, EVENT, X, names=["x"], ties="breslow")
    (term,) = result.terms
    assert term.coefficient == pytest.approx(0.9042197236857002, rel=1e-11)
    assert term.std_err == pytest.approx(0.5122479073041512, rel=1e-11)
    assert (term.lower, term.upper) == pytest.approx((0.9050476128460985, 6.740992526166754), rel=1e-11)
    assert term.p_value == pytest.approx(0.0775302512086183, rel=1e-10)
    assert (result.loglik_null, result.loglik) == pytest.approx((-42.89812389717403, -41.25011435006887))
    assert result.likelihood_ratio.statistic == pytest.approx(3.2960190942103225)
    assert result.score.statistic == pytest.approx(3.3225614162730652)
    assert result.wald.statistic == pytest.approx(3.115929094481183)
    assert result.concordance == pytest.approx(0.6190476190476191)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("arm", [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]])
def test_no_events_in_one_arm_has_no_hazard_ratio(arm, ties):
    with pytest.raises(NotEstimable, match="hazard ratio") as caught:
        cox_model([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], arm, names=["arm"], ties=ties)
    assert caught.value.reason == "monotone_likelihood"
    assert caught.value.n == {"all": 6, "events": 3}
    assert "arm" in caught.value.detail


def test_one_diverging_covariate_among_others_is_found_and_named():
    silent = np.where(np.arange(23) % 3 == 2, 1, 0)
    event = np.where(silent == 1, 0, EVENT)
    with pytest.raises(NotEstimable, match="silent") as caught:
        cox_model(TIME, event, np.column_stack((X, silent)), names=["x", "silent"])
    assert caught.value.reason == "monotone_likelihood"


@pytest.mark.parametrize(
    ("event", "x", "reason"),
    [
        ([0, 0, 0, 0], [0, 1, 0, 1], "no_events"),
        ([1, 1, 1, 0], [1, 1, 1, 1], "constant_input"),
        ([1, 1, 1, 0], [[0, 0], [1, 2], [3, 6], [4, 8]], "collinear_covariates"),
        ([0, 0, 0, 1], [0, 1, 0, 1], "zero_variance"),
    ],
)
def test_what_has_no_answer(event, x, reason):
    with pytest.raises(NotEstimable) as caught:
        cox_model([1, 2, 3, 4], event, x)
    assert caught.value.reason == reason


def test_a_hazard_ratio_beyond_the_range_of_numbers_asks_for_another_unit():
    with pytest.raises(NotEstimable, match="per unit of x1 is beyond") as caught:
        cox_model(TIME, EVENT, np.array(X) * 1e-3)
    assert caught.value.reason == "out_of_range"
    assert cox_model(TIME, EVENT, np.array(X) * 1e-2).terms[0].z == pytest.approx(
        cox_model(TIME, EVENT, X).terms[0].z
    )


def test_bad_requests_are_refused():
    with pytest.raises(DataError, match="2 names for 1 covariates"):
        cox_model(TIME, EVENT, X, names=["a", "b"])
    with pytest.raises(DataError, match="exact"):
        cox_model(TIME, EVENT, X, ties="exact")


def test_incomplete_records_are_counted():
    result = cox_model([*TIME, 3, 4], [*EVENT, 1, np.nan], [*X, np.nan, 1])
    assert (result.n, result.n_missing) == (23, 2)


def test_without_a_comparable_pair_there_is_no_concordance():
    result = cox_model([1, 2, 3, 3, 4, 4], [1, 1, 1, 1, 0, 0], [0, 1, 0, 1, 0, 1])
    assert result.concordance is not None
    strata = ["a", "b", "c", "c", "d", "d"]
    tied = cox_model([1, 2, 3, 3, 4, 4], [0, 0, 1, 1, 0, 0], [0, 1, 0, 1, 0, 1], strata=strata)
    assert tied.concordance is None


def exponential_trial(seed, n=60):
    generator = np.random.default_rng(seed)
    x = generator.integers(0, 2, n).astype(float)
    return generator.exponential(1 + x), generator.integers(0, 4, n) > 0, x


@pytest.mark.parametrize(
    ("time", "event", "x", "z", "strata"),
    [
        # a slow climb in two directions, and one beyond the range of a risk set; R warns of both
        (
            [0, 1, 4, 4, 5, 6, 7, 7],
            [1, 1, 0, 0, 1, 1, 1, 1],
            [-1.3, 0, 0.3, 0.7, 0.5, 0.6, -0.5, -0.3],
            [1, 1, 0, 0, 1, 1, 0, 0],
            "uuuvvvuv",
        ),
        (
            [0, 0, 2, 2, 4, 5, 5, 6],
            [0, 1, 1, 1, 1, 0, 0, 0],
            [-0.4, 0.6, 0.5, 1.9, -0.9, -0.5, 2.1, -0.2],
            [1, 0, 0, 1, 1, 1, 0, 1],
            "uuuuuvvv",
        ),
    ],
)
def test_a_likelihood_that_climbs_slowly_to_infinity_has_no_maximum(time, event, x, z, strata):
    with pytest.raises(NotEstimable) as caught:
        cox_model(time, event, np.column_stack((x, z)), strata=list(strata))
    assert caught.value.reason == "monotone_likelihood"


@pytest.mark.law
@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-100, 100))
def test_units_of_time_and_covariate_do_not_matter(seed, scale, shift):
    time, event, x = exponential_trial(seed)
    one, other = cox_model(time, event, x), cox_model(time**2, event, scale * x + shift)
    assert other.terms[0].coefficient * scale == pytest.approx(one.terms[0].coefficient, rel=1e-6, abs=1e-8)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-9)
    assert other.concordance == one.concordance


@pytest.mark.law
@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_without_ties_efron_is_breslow_and_the_score_test_is_the_log_rank_test(seed):
    time, event, x = exponential_trial(seed)
    efron, breslow = (cox_model(time, event, x, ties=ties) for ties in ("efron", "breslow"))
    assert efron.terms[0].coefficient == pytest.approx(breslow.terms[0].coefficient)
    assert efron.score.statistic == pytest.approx(log_rank(time, event, x.astype(int)).statistic)


def test_a_larger_model_is_tested_against_the_smaller_one():
    other = np.arange(23) % 2
    smaller = cox_model(TIME, EVENT, X)
    larger = cox_model(TIME, EVENT, np.column_stack((X, other)))
    found = likelihood_ratio(larger, smaller)
    assert (found.statistic, found.df) == (pytest.approx(2 * (larger.loglik - smaller.loglik)), 1)
    with pytest.raises(DataError, match="further terms"):
        likelihood_ratio(smaller, larger)
    strangers = cox_model(TIME, EVENT, np.column_stack((other, np.arange(23) % 3)))
    with pytest.raises(DataError, match="not nested"):
        likelihood_ratio(strangers, smaller)


def test_a_late_entry_is_not_at_risk_before_it():
    # At time 1 only the first two are at risk; at time 3 all that entered before and are left.
    found = cox_model([1, 6, 3, 5, 4], [1, 1, 1, 0, 0], [1.0, 0, 0, 1, 1], entry=[0, 0, 2, 2, 3])

    def loglik(b):
        e = np.exp(b)  # at risk: first and second; second, third and fourth; second alone
        return (b - np.log(e + 1)) - np.log(2 + e)

    assert found.loglik_null == pytest.approx(loglik(0.0))
    assert found.loglik == pytest.approx(loglik(found.terms[0].coefficient))
    with pytest.raises(NotEstimable, match="empty_interval"):
        cox_model([1, 2], [1, 1], [0, 1], entry=[0, 2])


@pytest.mark.law
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 20), st.integers(0, 1), st.floats(-2, 2), st.integers(0, 19)),
        min_size=4,
        max_size=20,
    )
)
def test_cutting_a_time_in_two_changes_nothing(rows):
    time, event, x, cut = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    inside = (cut > 0) & (cut < time)
    start = np.concatenate((np.zeros(time.size), cut[inside]))
    end = np.concatenate((np.where(inside, cut, time), time[inside]))
    happened = np.concatenate((np.where(inside, 0, event), event[inside]))
    try:
        whole = cox_model(time, event, x)
    except NotEstimable as verdict:
        with pytest.raises(NotEstimable, match=verdict.reason):
            cox_model(end, happened, np.concatenate((x, x[inside])), entry=start)
        return
    parts = cox_model(end, happened, np.concatenate((x, x[inside])), entry=start)
    assert parts.terms[0].coefficient == pytest.approx(whole.terms[0].coefficient, rel=1e-6, abs=1e-9)
    assert parts.loglik == pytest.approx(whole.loglik, abs=1e-9)
