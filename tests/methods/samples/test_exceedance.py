"""The probability that a rate exceeds a bound: closed forms, the integral, and a rule by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import BetaPrior, exceedance_boundary, rate_exceedance, rule_characteristics

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
