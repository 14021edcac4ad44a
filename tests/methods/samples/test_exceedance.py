"""The probability that a rate exceeds a bound: closed forms, the integral, and a rule by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import (
    BetaPrior,
    exceedance_boundary,
    proportion_ci,
    rate_exceedance,
    rule_characteristics,
)

UNIFORM = BetaPrior(1.0, 1.0)


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.02, 0.98))
def test_with_a_uniform_prior_it_is_a_binomial_tail(events, others, bound):
    # P(rate > b | x of n) = P(Binomial(n + 1, b) <= x) for a uniform prior.
    n = events + others
    if not n:
        return
    found = rate_exceedance(events, n, bound=bound, prior=UNIFORM)
    assert found.exceeds == pytest.approx(stats.binom.cdf(events, n + 1, bound), rel=1e-9, abs=1e-300)


def test_it_is_the_integral_of_likelihood_and_prior():
    def weight(rate):
        return rate**3 * (1 - rate) ** 13 * rate**-0.5 * (1 - rate) ** -0.5

    above, whole = integrate.quad(weight, 0.2, 1)[0], integrate.quad(weight, 0, 1)[0]
    assert rate_exceedance(3, 16, bound=0.2).exceeds == pytest.approx(above / whole, rel=1e-7)


def test_no_event_has_a_closed_form_with_a_uniform_prior():
    found = rate_exceedance(0, 10, bound=0.2, prior=UNIFORM, confidence=0.9)
    assert found.exceeds == pytest.approx(0.8**11)
    assert found.upper == pytest.approx(1 - 0.05 ** (1 / 11))


@given(st.integers(1, 40), st.floats(0.05, 0.6), st.floats(0.5, 0.99))
def test_the_boundary_is_where_the_probability_passes_the_threshold(most, bound, threshold):
    for n, least in enumerate(exceedance_boundary(most, bound=bound, threshold=threshold), 1):
        if least is None:
            assert rate_exceedance(n, n, bound=bound).exceeds < threshold
            continue
        assert rate_exceedance(least, n, bound=bound).exceeds >= threshold
        if least:
            assert rate_exceedance(least - 1, n, bound=bound).exceeds < threshold


def test_the_rule_behaves_as_simulated():
    boundary = exceedance_boundary(23, bound=0.2, threshold=0.9, first=5)
    draw = np.random.default_rng(7)
    trials = 40_000
    for rate, exact in zip((0.1, 0.35), rule_characteristics(boundary, (0.1, 0.35)), strict=True):
        events = (draw.random((trials, 23)) < rate).cumsum(axis=1)
        limits = np.array([99 if least is None else least for least in boundary])
        crossed = events >= limits
        signalled = crossed.any(axis=1)
        seen = np.where(signalled, crossed.argmax(axis=1) + 1, 23)
        assert signalled.mean() == pytest.approx(exact.signals, abs=4 * (0.25 / trials) ** 0.5)
        assert seen.mean() == pytest.approx(exact.patients, abs=0.15)


def test_a_rate_of_0_never_signals_and_of_1_at_once():
    boundary = exceedance_boundary(10, bound=0.2, threshold=0.9, first=3)
    never, always = rule_characteristics(boundary, (0.0, 1.0))
    assert (never.signals, never.patients) == (0.0, 10.0)
    assert (always.signals, always.patients) == (1.0, 3.0)


def test_a_prior_moves_the_verdict():
    strict = rate_exceedance(2, 8, bound=0.2, prior=BetaPrior(1, 9)).exceeds
    assert strict < rate_exceedance(2, 8, bound=0.2).exceeds


# R 4.2.2:
#   p <- function(x, n, b, a1 = 0.5, a2 = 0.5) pbeta(b, a1 + x, a2 + n - x, lower.tail = FALSE)
#   p(3, 16, 0.2); p(7, 23, 0.3); p(0, 92, 0.05); p(12, 23, 0.3, 1, 9)
#   qbeta(c(0.025, 0.975), 0.5 + 7, 0.5 + 16); qbeta(c(0.05, 0.95), 1 + 12, 9 + 11)
@pytest.mark.parametrize(
    ("events", "n", "bound", "prior", "exceeds"),
    [
        (3, 16, 0.2, (0.5, 0.5), 0.476284937487213),
        (7, 23, 0.3, (0.5, 0.5), 0.530384474987758),
        (0, 92, 0.05, (0.5, 0.5), 0.00209571374213077),
        (12, 23, 0.3, (1, 9), 0.867427851421843),
    ],
)
def test_posterior_probabilities_are_those_of_r(events, n, bound, prior, exceeds):
    found = rate_exceedance(events, n, bound=bound, prior=BetaPrior(*prior))
    assert found.exceeds == pytest.approx(exceeds, rel=1e-12)


def test_credible_limits_are_those_of_r():
    one = rate_exceedance(7, 23, bound=0.3)
    assert (one.lower, one.upper) == pytest.approx((0.147716543802186, 0.506842135924033), rel=1e-12)
    other = rate_exceedance(12, 23, bound=0.3, prior=BetaPrior(1, 9), confidence=0.9)
    assert (other.lower, other.upper) == pytest.approx((0.259661964942015, 0.535639301638384), rel=1e-12)


# R 4.2.2, with p as above; at each number of patients the next, or what is left of 23:
#   least <- sapply(1:23, function(n) if (n < 3) NA else { x <- 0:n; x[which(p(x, n, 0.3) >= 0.9)[1]] })
#   rule <- function(rate) { going <- 1; signals <- 0; patients <- 0
#     for (n in seq_along(least)) { patients <- patients + sum(going)
#       further <- c(going * (1 - rate), 0) + c(0, going * rate)
#       if (!is.na(least[n])) { hit <- seq_along(further) - 1 >= least[n]
#         signals <- signals + sum(further[hit]); further[hit] <- 0 }
#       going <- further }
#     c(signals, patients) }
#   least; for (rate in c(0.1, 0.2, 0.3, 0.4, 0.5)) print(rule(rate))
def test_boundary_and_characteristics_of_the_plans_rule_are_those_of_r():
    boundary = exceedance_boundary(23, bound=0.3, threshold=0.9, first=3)
    assert boundary[:2] == (None, None)
    assert boundary[2:] == (2, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 10, 10, 10)
    found = rule_characteristics(boundary, (0.1, 0.2, 0.3, 0.4, 0.5))
    wanted = [
        (0.0315575838961153, 22.3806914794433851),
        (0.142632107344938, 20.377801387135968),
        (0.371580365667255, 16.819969299352145),
        (0.674843668304535, 12.291044931221371),
        (0.899327635765076, 8.186480522155762),
    ]
    assert [(one.signals, one.patients) for one in found] == [pytest.approx(one, rel=1e-12) for one in wanted]


# R 4.2.2: binom.test(7, 23)$conf.int, binom.test(0, 23)$conf.int, binom.test(5, 14)$conf.int
@pytest.mark.parametrize(
    ("events", "n", "limits"),
    [
        (7, 23, (0.132102879698100, 0.529191666008507)),
        (0, 23, (0.0, 0.148185128915224)),
        (5, 14, (0.127598429859159, 0.648619889384008)),
    ],
)
def test_exact_limits_beside_it_are_those_of_r(events, n, limits):
    found = proportion_ci(events, n, method="clopper_pearson")
    assert (found.lower, found.upper) == pytest.approx(limits, rel=1e-12)


def test_nobody_has_no_rate():
    with pytest.raises(NotEstimable):
        rate_exceedance(0, 0, bound=0.2)


@pytest.mark.parametrize(
    "call",
    [
        lambda: rate_exceedance(3, 2, bound=0.2),
        lambda: rate_exceedance(1, 2, bound=0),
        lambda: BetaPrior(0, 1),
        lambda: exceedance_boundary(3, bound=0.2, threshold=1),
        lambda: rule_characteristics((1,), (1.5,)),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(DataError):
        call()
