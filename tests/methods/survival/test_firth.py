"""Cox's model with Firth's penalty."""

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duonen_stats.errors import DataError, NotEstimable
from duonen_stats.methods import cox_model, firth_model
from duonen_stats.methods.inputs.survival_data import survival_data
from duonen_stats.methods.survival.firth import firth_coefficients, penalised
from duonen_stats.methods.survival.partial_likelihood import ArrangedRecords


def test_one_event_of_two_by_hand():
    # Penalised log likelihood with p = e^b / (1 + e^b): log p + log(p (1 - p)) / 2, largest at p = 3/4.
    term = firth_model([1, 2], [1, 0], [1.0, 0.0], names=["x"]).terms[0]
    assert term.coefficient == pytest.approx(log(3), rel=1e-9)
    at_top, at_zero = (log(p) + log(p * (1 - p)) / 2 for p in (0.75, 0.5))
    assert term.statistic == pytest.approx(2 * (at_top - at_zero), rel=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_no_event_in_an_arm_has_a_finite_ratio_and_limits(ties):
    arm = np.repeat([1.0, 0.0], 10)
    time = np.tile(np.arange(1.0, 11), 2)
    event = np.repeat([0, 1], 10)
    with pytest.raises(NotEstimable):
        cox_model(time, event, arm, ties=ties)
    term = firth_model(time, event, arm, ties=ties).terms[0]
    assert 0 < term.lower < term.hazard_ratio < term.upper < 1
    assert term.p_value < 0.01


def test_many_patients_need_no_penalty():
    generator = np.random.default_rng(3)
    arm = generator.integers(0, 2, 2000).astype(float)
    time = generator.exponential(np.exp(0.5 * arm))
    plain = cox_model(time, np.ones(2000), arm).terms[0]
    firth = firth_model(time, np.ones(2000), arm).terms[0]
    assert firth.coefficient == pytest.approx(plain.coefficient, abs=0.002)
    assert (firth.lower, firth.upper) == pytest.approx((plain.lower, plain.upper), rel=0.01)


def test_what_has_no_estimate():
    with pytest.raises(NotEstimable, match="no_events"):
        firth_model([1, 2, 3], [0, 0, 0], [0, 1, 0])
    with pytest.raises(NotEstimable, match="constant_input"):
        firth_model([1, 2, 3], [1, 1, 0], [1, 1, 1])
    with pytest.raises(DataError, match="ties"):
        firth_model([1, 2, 3], [1, 1, 0], [1, 0, 1], ties="exact")


@pytest.mark.law
@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 1), st.integers(0, 1)), min_size=6, max_size=14),
    st.floats(0.01, 100),
)
def test_units_and_signs_change_nothing_else(rows, scale):
    time, event, arm = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    try:
        one = firth_model(time, event, arm).terms[0]
    except NotEstimable:
        return
    scaled = firth_model(time, event, arm * scale).terms[0]
    turned = firth_model(time, event, 1 - arm).terms[0]
    assert scaled.coefficient * scale == pytest.approx(one.coefficient, abs=1e-6)
    assert turned.coefficient == pytest.approx(-one.coefficient, abs=1e-6)
    assert scaled.p_value == pytest.approx(one.p_value, abs=1e-6)
    assert (one.lower is None) == (turned.upper is None)


def test_coefficients_alone_are_those_of_the_model():
    generator = np.random.default_rng(5)
    x = generator.normal(size=(30, 2))
    time, event = generator.exponential(1.0, 30), generator.integers(0, 2, 30)
    strata = generator.integers(0, 2, 30)
    model = firth_model(time, event, x, strata=strata, ties="breslow")
    alone = firth_coefficients(time, event, x, strata=strata, ties="breslow")
    assert alone.tolist() == [term.coefficient for term in model.terms]


def test_two_events_and_four_covariates_still_have_a_maximum():
    # The climb is slow here: each step goes about a quarter of what is left, and 60 steps did not arrive.
    generator = np.random.default_rng(0)
    event = np.zeros(14, dtype=int)
    event[[5, 9]] = 1
    time, x = np.arange(1.0, 15), generator.normal(size=(14, 4)).round(1)
    beta = firth_coefficients(time, event, x)
    records = ArrangedRecords(survival_data(time, event, covariates=x), "efron")
    top = penalised(records, beta)
    for j in range(4):
        for step in (-1e-3, 1e-3):
            moved = beta + step * (np.arange(4) == j)
            assert penalised(records, moved) < top
