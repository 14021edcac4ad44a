import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import firth_logistic


@pytest.mark.parametrize(("a", "b", "c", "d"), [(5, 7, 2, 9), (0, 8, 4, 6), (3, 0, 0, 3), (1, 20, 6, 14)])
def test_a_two_by_two_table_is_that_with_half_a_patient_more_in_each_cell(a, b, c, d):
    """Firth (1993): with a saturated model the penalty adds one half to each count, also where one is 0."""
    x = np.repeat([1.0, 1.0, 0.0, 0.0], [a, b, c, d])
    y = np.repeat([1.0, 0.0, 1.0, 0.0], [a, b, c, d])
    (term,) = firth_logistic(y, x).terms
    cells = [count + 0.5 for count in (a, b, c, d)]
    assert term.coefficient == pytest.approx(math.log(cells[0] * cells[3] / (cells[1] * cells[2])), abs=1e-8)
    assert term.std_err == pytest.approx(_error(cells, (a, b, c, d)), rel=1e-6)


def _error(cells, counts):
    """Standard error at the estimate: the information of each group is n p (1 - p)."""
    chances = (cells[0] / (cells[0] + cells[1]), cells[2] / (cells[2] + cells[3]))
    sizes = (counts[0] + counts[1], counts[2] + counts[3])
    return math.sqrt(sum(1 / (n * p * (1 - p)) for n, p in zip(sizes, chances, strict=True)))


@pytest.fixture(scope="module")
def records():
    rng = np.random.default_rng(7)
    x = np.column_stack([rng.gamma(2.0, 1.5, 60), rng.integers(1, 5, 60)])
    y = (rng.random(60) < special.expit(-3.0 + 0.5 * x[:, 0] + 0.1 * x[:, 1])).astype(float)
    return y, x


def penalised(beta, y, x):
    design = np.column_stack([np.ones(y.size), x])
    yes, no = special.log_expit(design @ beta), special.log_expit(-design @ beta)
    information = design.T @ (design * np.exp(yes + no)[:, None])
    return float(y @ yes + (1 - y) @ no + np.linalg.slogdet(information)[1] / 2)


@pytest.mark.independent
def test_estimates_limits_and_p_by_direct_maximisation(records):
    """Second programming: the penalised likelihood written out, its maximum and its profile by a general optimiser."""
    y, x = records
    found = firth_logistic(y, x, names=("dose", "cycle"))
    best = optimize.minimize(
        lambda beta: -penalised(beta, y, x), np.zeros(3), method="BFGS", options={"gtol": 1e-9}
    )
    assert [term.coefficient for term in found.terms] == pytest.approx(best.x[1:], abs=1e-5)
    assert found.loglik == pytest.approx(-best.fun, abs=1e-8)

    def profile(value):
        rest = optimize.minimize(
            lambda free: -penalised(np.array([free[0], value, free[1]]), y, x), best.x[[0, 2]], method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12},
        )  # fmt: skip
        return -rest.fun

    term = found.terms[0]
    for limit in (term.lower, term.upper):
        assert 2 * (-best.fun - profile(math.log(limit))) == pytest.approx(special.chdtri(1, 0.05), abs=1e-4)
    assert term.statistic == pytest.approx(2 * (-best.fun - profile(0.0)), abs=1e-5)
    assert term.p_value == pytest.approx(special.chdtrc(1, term.statistic))


@pytest.mark.independent
def test_four_records_of_two_covariates_have_the_maximum_of_the_likelihood():
    """The cycles of one patient: steps by the information alone came no nearer in 300 (about 30,000 were needed)."""
    y, x = np.array([0.0, 0.0, 0.0, 1.0]), np.array([[1.0, 1.0], [2.218, 2.0], [3.527, 3.0], [4.503, 4.0]])
    term = firth_logistic(y, x, names=("dose", "cycle")).terms[0]

    def top(fixed=None):
        ends = [
            optimize.minimize(
                lambda beta: -penalised(beta if fixed is None else np.array([beta[0], fixed, beta[1]]), y, x),
                np.array(start)[: 3 if fixed is None else 2],
                method="Nelder-Mead",
                options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 20000, "maxfev": 20000},
            )
            for start in ([0.0, 0.0, 0.0], [-6.0, -7.0, 10.0], [-8.0, 3.0, -5.0])
        ]
        return min(ends, key=lambda end: end.fun)

    best = top()
    assert term.coefficient == pytest.approx(best.x[1], abs=1e-4)
    assert term.statistic == pytest.approx(2 * (top(0.0).fun - best.fun), abs=1e-6)
    assert 2 * (top(math.log(term.upper)).fun - best.fun) == pytest.approx(special.chdtri(1, 0.05), abs=1e-4)


def test_separation_has_an_estimate_with_an_open_or_far_limit():
    (term,) = firth_logistic([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8]).terms
    assert 1 < term.odds_ratio < 50
    assert term.lower > 1
    assert term.upper is None or term.upper > term.odds_ratio


@pytest.mark.parametrize(
    ("outcome", "covariates", "reason"),
    [
        ([0, 0, 0, 0], [1, 2, 3, 4], "no_events"),
        ([1, 1, 1, 1], [1, 2, 3, 4], "no_events"),
        ([0, 1, 0, 1], [2, 2, 2, 2], "constant_input"),
        ([0, 1], [1, 2], "n_too_small"),
        ([0, 1, 0, 1, 1], [[1, 2], [2, 4], [3, 6], [4, 8], [5, 10]], "collinear_covariates"),
    ],
)
def test_what_cannot_be_estimated_has_a_reason(outcome, covariates, reason):
    with pytest.raises(NotEstimable) as verdict:
        firth_logistic(outcome, covariates)
    assert verdict.value.reason == reason


@pytest.mark.parametrize(
    ("outcome", "covariates"), [([0, 2], [1, 2]), ([0, 1], [1, math.nan]), ([0, 1, 1], [1, 2]), ([], [])]
)
def test_what_is_no_input_is_refused(outcome, covariates):
    with pytest.raises((DataError, NotEstimable)):
        firth_logistic(outcome, covariates)


@given(st.floats(0.01, 100), st.floats(-50, 50))
@settings(max_examples=20)
def test_a_change_of_unit_changes_the_ratio_and_not_the_test(records, scale, shift):
    y, x = records
    (before,) = firth_logistic(y, x[:, 0]).terms
    (after,) = firth_logistic(y, x[:, 0] * scale + shift).terms
    assert after.coefficient * scale == pytest.approx(before.coefficient, rel=1e-6)
    assert after.p_value == pytest.approx(before.p_value, rel=1e-6)
    assert after.upper == pytest.approx(before.upper ** (1 / scale), rel=1e-6)


@pytest.mark.parametrize("far", [1e6, 1e9])
def test_a_value_far_off_makes_two_groups(far):
    """Four values are then alike: the ratio is that of a two-by-two table, as above, with 1 of 1 against 1 of 4."""
    x, y = np.array([14.0, 27.8, 20.9, far, 16.4]), np.array([0.0, 1.0, 0.0, 1.0, 0.0])
    (term,) = firth_logistic(y, x).terms
    assert term.coefficient * far == pytest.approx(math.log(1.5 * 3.5 / (0.5 * 1.5)), rel=1e-4)
    assert term.lower < 1 < term.upper


ONE_EVENT = np.array(
    [
        (1.205, 1), (2.783, 2), (4.175, 3), (5.84, 4), (1.274, 1), (2.581, 2), (3.85, 3), (1.099, 1),
        (2.649, 2), (4.209, 3), (5.629, 4), (1.816, 1), (4.09, 2), (1.018, 1), (3.081, 1), (5.286, 2),
        (7.505, 3), (9.964, 4), (1.065, 1), (1.852, 2), (2.515, 1), (4.501, 2), (5.212, 1),
    ]
)  # fmt: skip
"""Dose and cycle of a SIMULATED cut; the event is in the last record."""


@pytest.mark.independent
def test_a_profile_is_the_higher_of_two_maxima_over_the_other_coefficients():
    """In R, ``optim`` along the higher maximum, then ``uniroot``: 60.2042149. From the estimate alone it was 47.81."""
    y = np.array([*np.zeros(len(ONE_EVENT) - 1), 1.0])
    term = firth_logistic(y, ONE_EVENT, names=("dose", "cycle")).terms[0]
    assert term.upper == pytest.approx(60.2042149, rel=1e-7)
    best = optimize.minimize(lambda beta: -penalised(beta, y, ONE_EVENT), np.zeros(3), method="BFGS")
    within = penalised(np.array([-11.136, math.log(47.811), -7.018]), y, ONE_EVENT)
    assert -best.fun - within < special.chdtri(1, 0.05) / 2 - 0.1  # one point is enough: 47.81 is no limit
